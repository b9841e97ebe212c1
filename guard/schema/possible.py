"""Finding out, where it is simple, that no value at all satisfies a schema.

The grammar engine sees contradicting types, bounds and required properties. This looks for what it
does not: values without an end, `not` of everything, and enumerations that other keywords empty.
Only schemas that every value has to satisfy are looked at; a dead alternative does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from graphlib import CycleError, TopologicalSorter
from typing import Any

from guard.grammar.drafts import IGNORES_BESIDE_REF, keywords
from guard.grammar.refs import REFS, Node, is_ambiguous, resolve
from guard.grammar.walk import bare
from guard.schema.load import Schema
from guard.schema.validate import validator
from guard.types import Json

MAX_VALUES = 1000


def impossible(schema: Schema) -> str | None:
    """Why no value satisfies `schema`, or None when that cannot be seen."""
    document = bare(schema.document)
    if document is False:
        return "it is false"
    if document is True:
        return None
    nodes = resolve(document, schema.draft)
    known = keywords(schema.draft) - {key for key in REFS if is_ambiguous(nodes, key)}
    meant = {key: _meant(node.document, schema.draft, known) for key, node in nodes.items()}
    needed = _needed(document, nodes, meant)
    checker = validator(schema.draft, document)
    reasons = (_reason(nodes[key], meant[key], checker) for key in needed if key in nodes)
    return next((reason for reason in reasons if reason), None) or _endless(needed, nodes)


def _meant(schema: dict[str, Json], draft: str, known: Set[str]) -> dict[str, Json]:
    """The keywords of a schema that are known and not passed over beside `$ref`."""
    if draft in IGNORES_BESIDE_REF and "$ref" in schema:
        return {"$ref": schema["$ref"]}
    return {key: value for key, value in schema.items() if key in known}


def _needed(
    document: Json, nodes: dict[int, Node], meant: dict[int, dict[str, Json]]
) -> dict[int, list[int]]:
    """The schemas that some part of every value is held against, and which of them lead where."""
    edges: dict[int, list[int]] = {}
    waiting = [id(document)]
    while waiting:
        key = waiting.pop()
        if key in edges or key not in nodes:
            continue
        edges[key] = [id(child) for child in _demands(nodes[key], meant[key])]
        waiting += edges[key]
    return edges


def _demands(node: Node, schema: dict[str, Json]) -> Iterator[Json]:
    """Schemas that have to be satisfiable for this one to be."""
    keys = [key for key in REFS if key in node.document]
    yield from (target for key, target in zip(keys, node.targets, strict=True) if key in schema)
    required = schema.get("required", []) if schema.get("type") == "object" else []
    least = schema.get("minItems", 0) if schema.get("type") == "array" else 0
    prefixed = len(schema.get("prefixItems", []))
    for path, child in node.inside:
        named = path[0] == "properties" and path[1] in required
        if named or path[0] == "allOf" or (path == ("items",) and least > prefixed):
            yield child


def _reason(node: Node, schema: dict[str, Json], checker: Any) -> str | None:
    from referencing.exceptions import Unresolvable

    at = node.pointer or "the top"
    if schema.get("not") in (True, {}):
        return f"not, at {at}, excludes everything"
    if not node.document.keys() & set(REFS) <= schema.keys():  # not known what it refers to
        return None
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is None or len(values) > MAX_VALUES:
        return None
    here = checker.evolve(schema=schema)
    try:
        if any(here.is_valid(value) for value in values):
            return None
    except Unresolvable:  # a reference that counts from an inner $id: nothing can be said
        return None
    return f"none of the listed values at {at} satisfies the other keywords there"


def _endless(edges: dict[int, list[int]], nodes: dict[int, Node]) -> str | None:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        at = next(nodes[key].pointer or "the top" for key in error.args[1])
        return f"what is required at {at} contains itself, so no value is ever complete"
    return None
