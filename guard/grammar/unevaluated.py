"""`unevaluatedProperties` and `unevaluatedItems`: what no other keyword of the schema looked at.

Each alternative knows what was looked at on the way to it. Only where branches of `anyOf` may hold
together is that not known; there more counts as looked at, which leaves a superset.
"""

from __future__ import annotations

from collections.abc import Iterator

from guard.grammar.alternative import Alternative, ListPart, ObjectPart
from guard.grammar.choices import DYNAMIC
from guard.grammar.expand import TOO_MANY, Expander, Keyword
from guard.grammar.refs import Node, in_place
from guard.types import Json

UNKNOWN_BRANCHES = "which branches of anyOf hold is not known before the value is written"


def unevaluated_properties(see: Expander, one: Keyword, found: Alternative) -> Alternative:
    """The properties that no other keyword of this schema looked at are held against this one.

    Where `anyOf` has branches that can hold together, the names in all of them count as looked at.
    """
    parts = [part for part in found.object.parts if part.annotates]
    if any(part.rest is not None for part in parts):
        return found
    maybe = _maybe_names(see, one)
    if maybe is None:
        see.note(one.at, UNKNOWN_BRANCHES)
        return found
    named = dict.fromkeys([name for part in parts for name, _ in part.named])
    if not maybe.keys() <= named.keys():
        see.note(one.at, UNKNOWN_BRANCHES)
    part = ObjectPart(
        named=tuple((name, ()) for name in named | maybe),
        matched=tuple((pattern, ()) for part in parts for pattern, _ in part.matched),
        rest=see.place(one.value),
    )
    return found._replace(object=found.object._replace(parts=(*found.object.parts, part)))


def _is_unsure(see: Expander, one: Keyword) -> bool:
    """Whether items may have been looked at that the alternatives do not tell of."""
    has_contains = any("contains" in node.document for node in _in_place(see, [id(one.node)]))
    return has_contains or _is_lost(see) or any(True for _ in _loose_branches(see, one))


def _is_lost(see: Expander) -> bool:
    """Whether some schema was not followed."""
    return any(reason in (DYNAMIC, TOO_MANY) for reason in see.notes.values())


def _maybe_names(see: Expander, one: Keyword) -> dict[str, None] | None:
    """The names in branches that may hold beside the one that is followed.

    None where such branches may look at any name, or are not followed.
    """
    if _is_lost(see):
        return None
    names: dict[str, None] = {}
    for branch in _loose_branches(see, one):
        for node in _in_place(see, [id(branch)]):
            if {"patternProperties", "additionalProperties"} & node.document.keys():
                return None
            if "unevaluatedProperties" in node.document:
                return None
            names |= dict.fromkeys(node.document.get("properties", {}))
    return names


def _loose_branches(see: Expander, one: Keyword) -> Iterator[Json]:
    for node in _in_place(see, [id(one.node)]):
        branches = node.document.get("anyOf", [])
        yield from branches if len(branches) > 1 else []


def _in_place(see: Expander, waiting: list[int]) -> Iterator[Node]:
    """The schemas that look at the same place as these, these included."""
    seen: set[int] = set()
    while waiting:
        key = waiting.pop()
        if key not in seen and key in see.nodes:
            seen.add(key)
            yield see.nodes[key]
            waiting += [id(child) for child in in_place(see.nodes[key])]


def unevaluated_items(see: Expander, one: Keyword, found: Alternative) -> Alternative:
    """The items that no other keyword of this schema looked at are held against this one."""
    parts = [part for part in found.list.parts if part.annotates]
    if any(part.rest is not None for part in parts):
        return found
    if _is_unsure(see, one):
        see.note(one.at, "which items others looked at is not known before the value is written")
        return found
    size = max((len(part.first) for part in parts), default=0)
    part = ListPart(first=((),) * size, rest=see.place(one.value))
    return found._replace(list=found.list._replace(parts=(*found.list.parts, part)))
