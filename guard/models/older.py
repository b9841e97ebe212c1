"""What older drafts say in words that no server knows, in those of today."""

from __future__ import annotations

from guard.grammar.walk import subschemas
from guard.models.changes import Walk
from guard.types import Json

FLAGS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""In draft 4 these say of the bound beside them that it is out itself."""


def without_flags(walk: Walk, document: Json) -> None:
    """Let the numbers that are out stand in the place of draft 4's flags; changes the document."""
    for at, node in subschemas(document):
        if not isinstance(node, dict):
            continue
        for flag, bound in FLAGS.items():
            if not isinstance(node.get(flag), bool):
                continue
            is_out = node.pop(flag) and bound in node
            walk.note(at, flag, "rewritten", f"as draft 4 means it beside {bound}")
            if is_out:
                node[flag] = node.pop(bound)


def has_tuple(node: dict[str, Json]) -> bool:
    """Whether `items` lists a schema for each of the first items, as up to draft 2019-09."""
    return isinstance(node.get("items"), list)


def with_prefix(walk: Walk, node: dict[str, Json], at: str) -> dict[str, Json]:
    """A schema whose listed `items` are called `prefixItems`, and the others `items`."""
    if not has_tuple(node):
        return node
    walk.note(at, "items", "rewritten", "as prefixItems")
    names = {"items": "prefixItems", "additionalItems": "items"}
    return {names.get(key, key): value for key, value in node.items()}
