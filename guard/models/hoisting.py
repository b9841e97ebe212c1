"""Putting what references lead to directly under `$defs`, where strict mode looks for it.

Schemas that were bundled out of several keep definitions inside definitions, and references may
lead to any part. Each such part is moved to the table at the top, with a reference in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from guard.grammar.parts import referred, tokens
from guard.grammar.walk import escape, subschemas
from guard.types import Json

TABLES = ("$defs", "definitions")


def hoist(document: Json) -> dict[str, str]:
    """Let references of a schema, which is changed, lead to `#` and `#/$defs/NAME` only.

    Comes back with the pointers that the new entries of `$defs` had, by their names. A reference
    that leads to no schema in it stays as it is.
    """
    schemas = {id(node): node for _, node in subschemas(document) if isinstance(node, dict)}
    moved: dict[int, tuple[str, str]] = {}
    for node in list(_leading_deeper(schemas.values())):
        reference, part = node["$ref"], id(referred(document, node["$ref"]))
        if part in schemas:
            taken = {*document.get("$defs", ()), *(name for name, _ in moved.values())}
            moved.setdefault(part, (_free(reference, taken), reference[1:]))
            node["$ref"] = f"#/$defs/{moved[part][0]}"
    for part, (name, _) in moved.items():
        whole = dict(schemas[part])
        schemas[part].clear()
        schemas[part]["$ref"] = f"#/$defs/{name}"
        document.setdefault("$defs", {})[name] = whole
    if moved:
        _forget_unused(document)
    return dict(moved.values())


def _leading_deeper(schemas: Iterable[dict[str, Json]]) -> Iterator[dict[str, Json]]:
    """The schemas with a reference to neither the top nor a definition there."""
    for node in schemas:
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            parts = tokens(reference)
            if len(parts) != 2 or parts[0] not in TABLES:
                yield node


def _free(reference: str, taken: set[str]) -> str:
    """A name after the last steps of a pointer."""
    steps = [step for step in tokens(reference) if step not in (*TABLES, "properties")]
    name = re.sub(r"\W", "_", "_".join(steps[-2:]), flags=re.ASCII) or "part"
    while name in taken:
        name += "_"
    return name


def _forget_unused(document: Json) -> None:
    """Take out what no reference leads to any more: tables inside, and their mere containers."""
    schemas = [node for _, node in subschemas(document) if isinstance(node, dict)]
    for node in schemas[1:]:
        for table in TABLES:
            node.pop(table, None)
    used = {unquote(str(node["$ref"])) for node in schemas if "$ref" in node}
    for table in TABLES:
        for name in list(document.get(table, ())):
            if f"#/{table}/{escape(name)}" not in used:
                del document[table][name]


def given_pointer(pointer: str, moved: Mapping[str, str]) -> str:
    """Where in the schema as it was given a place of the changed one is."""
    parts = pointer.split("/", 3)
    if parts[1:2] != ["$defs"] or parts[2] not in moved:
        return pointer
    return "/".join([moved[parts[2]], *parts[3:]])
