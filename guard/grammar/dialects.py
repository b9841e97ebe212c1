"""Parts of a schema that declare another draft than the schema itself.

A validator goes over to the declared draft there (jsonschema does wherever `$schema` stands,
`referencing` for the addresses in it). Here the whole of a schema is of one draft: such a part is
taken where everything in it means the same in both drafts, so that going over would change nothing,
and refused where something does not. What is of which draft is told from where it stands: a
reference out of such a part leads back to the draft of the whole (jsonschema would stay with that
of the part). jsonschema passes over a draft that it does not know; here that is refused, as it is
at the top of a schema. A schema that declares no draft may be of that of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guard.errors import SchemaError
from guard.grammar.drafts import DRAFTS, IGNORES_BESIDE_REF, draft_of, keywords, stock_validator
from guard.types import Json

ADDRESSES = {
    "id": ("4",),
    "$id": ("6", "7", "2019-09", "2020-12"),
    "$anchor": ("2019-09", "2020-12"),
    "$recursiveAnchor": ("2019-09",),
    "$dynamicAnchor": ("2020-12",),
}
"""The drafts in which a keyword says how a schema may be referred to."""

Alike = Callable[[dict[str, Json], set[str]], bool]
ALIKE: dict[str, Alike] = {
    "type": lambda node, drafts: (
        "4" not in drafts or "integer" not in str(node["type"])
    ),  # as for 1.0
    "minimum": lambda node, drafts: True,  # draft 4 has it with a flag beside it, which differs
    "maximum": lambda node, drafts: True,
    "items": lambda node, drafts: not isinstance(node["items"], list) or "2020-12" not in drafts,
    "contains": lambda node, drafts: (
        "4" not in drafts and not node.keys() & {"minContains", "maxContains"}
    ),
}
"""When keywords mean the same in two drafts, where jsonschema has several rules for them, or one
that goes by more than the keyword."""


def draft_of_whole(document: Json) -> str | None:
    """The draft that a schema declares, None if unknown.

    One that declares none is of the draft that its parts declare, where that is one and nothing
    outside of them means something else in it; else of the newest.
    """
    draft = draft_of(document)
    if not isinstance(document, dict) or "$schema" in document or draft is None:
        return draft
    parts = declared(document, draft)
    (own, *others) = set(parts.values()) or {draft}
    if others or own not in DRAFTS.values() or own == draft:
        return draft
    outside = (node for node in _objects(document) if id(node) not in parts)
    is_same = all(not _differs(key, node, draft, own) for node in outside for key in node)
    return own if is_same else draft


def _objects(document: Json) -> Iterator[dict[str, Json]]:
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def declared(document: Json, draft: str) -> dict[int, str]:
    """By `id()`, the draft or else the text of the nearest `$schema`, where that is not `draft`."""
    found: dict[int, str] = {}
    waiting = [(document, draft)]
    while waiting:
        node, own = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$schema"), str):
                own = draft_of(node) or node["$schema"]
            if own != draft:
                found[id(node)] = own
            waiting += [(child, own) for child in node.values() if isinstance(child, dict | list)]
        elif isinstance(node, list):
            waiting += [(child, own) for child in node if isinstance(child, dict | list)]
    return found


def require_same(node: dict[str, Json], at: str, draft: str, own: str) -> None:
    """Raise SchemaError where a schema means something else in its `own` draft than in `draft`."""
    if own not in DRAFTS.values():
        known = ", ".join(DRAFTS.values())
        raise SchemaError(
            f"what is at {at or 'the top'} declares the unknown draft {own!r}",
            hint=f"known are {known}; or leave its $schema out",
        )
    for keyword in node:
        if _differs(keyword, node, draft, own):
            raise SchemaError(
                f"{at}/{keyword} is in a part of draft {own}, the whole is of draft {draft}, in"
                f" which {keyword} means something else here",
                hint=f"declare one draft in both as $schema, or write the part in draft {draft}",
            )


def _differs(keyword: str, node: dict[str, Json], one: str, other: str) -> bool:
    """Whether a keyword of a schema means something else in one of two drafts."""
    if keyword in ADDRESSES:
        return _is_address(keyword, node, one) != _is_address(keyword, node, other)
    if keyword == "$ref":
        beside = (node.keys() & (keywords(one) | keywords(other) | ADDRESSES.keys())) - {"$ref"}
        return bool(beside) and (one in IGNORES_BESIDE_REF) != (other in IGNORES_BESIDE_REF)
    alike = ALIKE.get(keyword)
    if alike is not None:
        return not alike(node, {one, other})
    rules = [stock_validator(draft).VALIDATORS.get(keyword) for draft in (one, other)]
    return rules[0] is not rules[1]


def _is_address(keyword: str, node: dict[str, Json], draft: str) -> bool:
    """Whether a keyword names a schema in a draft; an `$id` that is an anchor is one in some."""
    is_anchor = keyword == "$id" and str(node[keyword]).startswith("#")
    return draft in ADDRESSES[keyword] and not (is_anchor and draft.startswith("20"))
