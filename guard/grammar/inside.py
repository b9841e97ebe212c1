"""What the keywords for items and properties say, and what their opposites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guard.grammar.alternative import (
    ANY,
    Alternative,
    Alternatives,
    Contained,
    ListPart,
    Lists,
    ObjectPart,
    Objects,
    Place,
)
from guard.grammar.choices import DYNAMIC, absent, at_most
from guard.grammar.expand import LATE, TOO_MANY, Expander, Keyword, Rule
from guard.grammar.refs import Node, in_place
from guard.grammar.scalars import opposite_of
from guard.types import Json

ARRAY, OBJECT = frozenset(["array"]), frozenset(["object"])
GROUPS = (
    ("properties", "patternProperties", "additionalProperties"),
    ("prefixItems", "items", "additionalItems"),
)
"""Keywords that are read together, at the first of them."""

UNKNOWN_BRANCHES = "which branches of anyOf hold is not known before the value is written"


def _is_first(see: Expander, one: Keyword) -> bool:
    """Whether this keyword comes first of its group in the schema."""
    group = next(group for group in GROUPS if one.name in group)
    return next(name for name in one.node if name in group and name in see.known) == one.name


def _properties(see: Expander, one: Keyword) -> Alternatives:
    if not _is_first(see, one):
        return (ANY,)
    part = _object_part(see, one)
    return (Alternative(object=Objects(parts=(part,)), origins=_origins(one)),)


def _origins(one: Keyword) -> tuple[str, ...]:
    return (f"{one.pointer}/patternProperties",) if "patternProperties" in one.node else ()


def _object_part(see: Expander, one: Keyword) -> ObjectPart:
    rest = one.node.get("additionalProperties")
    return ObjectPart(
        named=tuple(
            (name, see.place(child)) for name, child in one.node.get("properties", {}).items()
        ),
        matched=tuple(
            (pattern, see.place(child))
            for pattern, child in one.node.get("patternProperties", {}).items()
        ),
        rest=None if rest is None else see.place(rest),
    )


def _not_properties(see: Expander, one: Keyword) -> Alternatives:
    found = [
        _with_property(name, see.place(child, positive=False))
        for name, child in one.value.items()
        if child not in (True, {}) or child is False
    ]
    return at_most(see, found, one.at)


def _with_property(name: str, place: Place) -> Alternative:
    part = ObjectPart(named=((name, place),), annotates=False)
    return Alternative(types=OBJECT, object=Objects(parts=(part,), required=(name,)))


def _not_rest(see: Expander, one: Keyword) -> Alternatives:
    """Some property misses a schema; which one cannot be said."""
    if one.value in (True, {}) and one.value is not False:
        return ()
    see.note(one.at, "that some property misses it cannot be described by a grammar")
    return (Alternative(types=OBJECT, object=Objects(least=1), origins=(one.at,)),)


def _required(_: Expander, one: Keyword) -> Alternatives:
    if not isinstance(one.value, list):  # draft 3 has it inside the property
        return (ANY,)
    return (Alternative(object=Objects(required=tuple(dict.fromkeys(one.value)))),)


def _not_required(see: Expander, one: Keyword) -> Alternatives:
    missing = [replace(absent(name), types=OBJECT) for name in one.value]
    return at_most(see, missing, one.at)


def _names(see: Expander, one: Keyword) -> Alternatives:
    return (Alternative(object=Objects(names=see.place(one.value)), origins=(one.at,)),)


def _items(see: Expander, one: Keyword) -> Alternatives:
    if not _is_first(see, one):
        return (ANY,)
    return (Alternative(list=Lists(parts=(_list_part(see, one),))),)


def _list_part(see: Expander, one: Keyword) -> ListPart:
    items = one.node.get("items")
    if isinstance(items, list):  # before 2020-12
        first, rest = items, one.node.get("additionalItems")
    elif "prefixItems" in see.known:
        first, rest = one.node.get("prefixItems", []), items
    else:
        first, rest = [], items
    return ListPart(
        first=tuple(see.place(child) for child in first),
        rest=None if rest is None else see.place(rest),
    )


def _not_items(see: Expander, one: Keyword) -> Alternatives:
    if not _is_first(see, one):
        return ()
    part = _list_part(see, one)
    found = []
    if any(place != () for place in part.first) or part.rest not in (None, ()):
        see.note(one.at, "that some item misses it cannot be described by a grammar")
        found = [Alternative(types=ARRAY, list=Lists(least=1))]
    return tuple(found)


def _contains(see: Expander, one: Keyword) -> Alternatives:
    least = int(one.node.get("minContains", 1)) if "minContains" in see.known else 1
    most = one.node.get("maxContains") if "maxContains" in see.known else None
    if "unevaluatedItems" not in see.known:
        least, most = 1, None
    contained = Contained(
        place=see.place(one.value),
        outside=see.place(one.value, positive=False),
        least=least,
        most=None if most is None else int(most),
    )
    if least == 0 and most is None:
        return (ANY,)
    lists = Lists(least=least, contained=(contained,))
    return (Alternative(list=lists, origins=(one.at,)),)


def _not_contains(see: Expander, one: Keyword) -> Alternatives:
    if "minContains" in one.node or "maxContains" in one.node:
        return opposite_of("array")(see, one)
    part = ListPart(rest=see.place(one.value, positive=False), annotates=False)
    return (Alternative(types=ARRAY, list=Lists(parts=(part,))),)


def _unique(_: Expander, one: Keyword) -> Alternatives:
    return (Alternative(list=Lists(unique=True), origins=(one.at,)),) if one.value else (ANY,)


def _not_unique(see: Expander, one: Keyword) -> Alternatives:
    if not one.value:
        return ()
    see.note(one.at, "that items are equal cannot be described by a grammar")
    return (Alternative(types=ARRAY, list=Lists(least=2)),)


def _unevaluated_properties(see: Expander, one: Keyword, found: Alternative) -> Alternative:
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
    return replace(found, object=replace(found.object, parts=(*found.object.parts, part)))


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


def _unevaluated_items(see: Expander, one: Keyword, found: Alternative) -> Alternative:
    parts = [part for part in found.list.parts if part.annotates]
    if any(part.rest is not None for part in parts):
        return found
    if _is_unsure(see, one):
        see.note(one.at, "which items others looked at is not known before the value is written")
        return found
    size = max((len(part.first) for part in parts), default=0)
    part = ListPart(first=((),) * size, rest=see.place(one.value))
    return replace(found, list=replace(found.list, parts=(*found.list.parts, part)))


def _not_unevaluated(see: Expander, one: Keyword) -> Alternatives:
    kind = "object" if one.name.endswith("Properties") else "array"
    return opposite_of(kind)(see, one)


def _later(_: Expander, __: Keyword) -> Alternatives:
    return (ANY,)


LATE["unevaluatedProperties"] = _unevaluated_properties
LATE["unevaluatedItems"] = _unevaluated_items
POSITIVE: dict[str, Rule] = {
    **dict.fromkeys(GROUPS[0], _properties),
    **dict.fromkeys(GROUPS[1], _items),
    "required": _required,
    "propertyNames": _names,
    "contains": _contains,
    "uniqueItems": _unique,
    **dict.fromkeys(LATE, _later),
}
NEGATIVE: dict[str, Rule] = {
    "properties": _not_properties,
    "patternProperties": _not_rest,
    "additionalProperties": _not_rest,
    "propertyNames": _not_rest,
    **dict.fromkeys(GROUPS[1], _not_items),
    "required": _not_required,
    "contains": _not_contains,
    "uniqueItems": _not_unique,
    **dict.fromkeys(LATE, _not_unevaluated),
}
