"""Leaving out patterns that declared property names match, where the engine comes to no end there.

It holds such a property against both schemas together, and gives up where they lead back to it.
"""

from __future__ import annotations

from guard.grammar.objects import has_pattern
from guard.grammar.relax import with_children
from guard.grammar.walk import children, escape
from guard.types import Json

CIRCULAR = "circular references with sibling keys"
SHARED = "declared names match a pattern in a recursive schema, which the engine does not take"


def without_shared_names(
    node: Json, pointer: str, refused: dict[str, str], *, is_closed: bool
) -> Json:
    """A plain schema without such patterns; each reason is added by JSON Pointer.

    Other properties are held against one of the schemas that patterns have, or what is left; with
    `is_closed` against what is left only.
    """
    if not isinstance(node, dict):
        return node
    inner = {
        path: without_shared_names(
            child, pointer + "".join(f"/{escape(t)}" for t in path), refused, is_closed=is_closed
        )
        for path, child in children(node)
    }
    made = with_children(node, inner)
    if not _shares(made):
        return made
    matched = made.pop("patternProperties")
    refused[f"{pointer}/patternProperties"] = SHARED
    rest = made.pop("additionalProperties", {})
    if rest is False and not is_closed:
        rest = {"anyOf": [*matched.values()]}
    elif rest not in (False, {}):
        rest = {"anyOf": [rest, *matched.values()]}
    return {**made, "additionalProperties": rest}


def _shares(node: dict[str, Json]) -> bool:
    names, patterns = node.get("properties", {}), node.get("patternProperties", {})
    return any(has_pattern(pattern, name) is not False for pattern in patterns for name in names)
