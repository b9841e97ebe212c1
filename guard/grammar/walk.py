"""Where a JSON Schema holds other schemas, and the way through them."""

from __future__ import annotations

from collections.abc import Iterator

from guard.types import Json

# As the value, in a list, or in a table by name.
ONE = frozenset(
    [
        "additionalItems",
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    ]
)
LISTS = frozenset(["allOf", "anyOf", "items", "oneOf", "prefixItems"])
TABLES = frozenset(
    ["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"]
)
HOLDERS = ONE | LISTS | TABLES
# Keywords that say nothing about which values are valid, or are settled where they point.
SILENT = frozenset(
    [
        "$anchor",
        "$comment",
        "$defs",
        "$dynamicAnchor",
        "$id",
        "$recursiveAnchor",
        "$schema",
        "$vocabulary",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "example",
        "examples",
        "id",
        "readOnly",
        "title",
        "writeOnly",
        "x-guidance",
    ]
)


def escape(token: str) -> str:
    """A JSON Pointer token (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")


def children(node: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """The schemas directly inside a schema, each with its path from there."""
    if not isinstance(node, dict):
        return
    for key in filter(HOLDERS.__contains__, node):
        value = node[key]
        if key in ONE and isinstance(value, dict | bool):
            yield (key,), value
        elif key in LISTS and isinstance(value, list):
            yield from (((key, str(at)), child) for at, child in enumerate(value))
        elif key in TABLES and isinstance(value, dict):
            for name, child in value.items():
                if isinstance(child, dict | bool):
                    yield (key, name), child


def subschemas(document: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Every schema in a schema, itself first, with its JSON Pointer."""
    yield pointer, document
    for path, child in children(document):
        yield from subschemas(child, pointer + "".join(f"/{escape(token)}" for token in path))


def undeclared(document: Json) -> Json:
    """A schema without the `$schema` at its top."""
    if not isinstance(document, dict):
        return document
    return {key: value for key, value in document.items() if key != "$schema"}


def bare(node: Json) -> Json:
    """A schema without the `$schema` of any part.

    jsonschema would go by it to a validator of its own, which knows nothing of guard's limits.
    """
    if not isinstance(node, dict):
        return node
    copy: dict[str, Json] = {key: value for key, value in node.items() if key != "$schema"}
    for path, child in children(node):
        if len(path) == 1:
            copy[path[0]] = bare(child)
            continue
        if copy[path[0]] is node[path[0]]:
            copy[path[0]] = node[path[0]].copy()
        copy[path[0]][int(path[1]) if isinstance(copy[path[0]], list) else path[1]] = bare(child)
    return copy
