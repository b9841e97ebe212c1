"""`allOf` as one schema, for servers that read no several."""

from __future__ import annotations

from collections.abc import Set

from guard.models.changes import Walk
from guard.models.subsets import ANNOTATIONS
from guard.types import Json

TOGETHER = (
    frozenset(["items", "prefixItems", "additionalItems"]),
    frozenset(["contains", "minContains", "maxContains"]),
    frozenset(["if", "then", "else"]),
)
"""Keywords that mean something else beside one another."""


def merged(walk: Walk, node: Json, at: str) -> Json:
    """`allOf` as one schema, where its parts do not overlap."""
    parts: list[Json] = node.get("allOf") or []
    if not parts:
        return node
    whole = {key: value for key, value in node.items() if key != "allOf"}
    if not all(isinstance(part, dict) and _merge(whole, part) for part in parts):
        return node
    if "$ref" in whole and whole.keys() - {"$ref"} - ANNOTATIONS:
        return node  # the reference would be all that is read of it
    walk.note(at, "allOf", "merged", "its parts are written as one schema")
    return whole


def _merge(whole: dict[str, Json], part: dict[str, Json]) -> bool:
    """Add a part of `allOf` to the rest; whether it means the same as before."""
    if "additionalProperties" in whole or "additionalProperties" in part:
        return False  # it counts the properties of its own schema only
    if any(_differ(whole, part, keys) for keys in TOGETHER):
        return False
    have: Json
    for key, value in part.items():
        have = whole.setdefault(key, value)
        if key == "required":
            whole[key] = list(dict.fromkeys([*have, *value]))
        elif key == "properties" and have is not value:
            if have.keys() & value.keys():
                return False
            whole[key] = {**have, **value}
        elif have != value and key not in ("title", "description", "default", "examples"):
            return False
    return True


def _differ(one: dict[str, Json], other: dict[str, Json], keys: Set[str]) -> bool:
    """Whether both have some of the keywords, and not the same."""
    ours = {key: one[key] for key in keys & one.keys()}
    theirs = {key: other[key] for key in keys & other.keys()}
    return bool(ours and theirs) and ours != theirs
