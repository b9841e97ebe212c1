"""Reading a schema, and refusing everything that is none before any work is done with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from guard.errors import SchemaError
from guard.files import sha256
from guard.grammar.drafts import draft_of, specification, uri_of
from guard.grammar.refs import Check, Node, has_addresses
from guard.grammar.walk import undeclared
from guard.schema.forms import document_of, is_form, name_of
from guard.schema.read import check_form, declared_draft, read_document, require_schema, too_deep
from guard.schema.references import Given, References
from guard.types import Json

SchemaSource: TypeAlias = "Schema | Path | str | Json"
"""What a schema is read from; a form has no narrower type than `Any`."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A JSON Schema that has been read and found usable.

    `document` is whole: what it refers to is in it. `draft` is `4`, `6`, `7`, `2019-09` or
    `2020-12`; `sha256` is the hash of its canonical JSON; `source` is the file or form it came
    from, or `inline`; `form` is the Python type, the `Choice` or the `Regex` it was made from, or
    None.
    """

    document: Json
    draft: str
    sha256: str
    source: str
    form: Any = None


def load_schema(source: Path | str | Json, *, references: Given | None = None) -> Schema:
    """Read a schema from a path, from JSON text, from the parsed document, or from a form.

    A form is a Python type, a `Choice` or a `Regex` (see `guard.schema.forms`). A string is JSON
    text when it starts like JSON, else a path.

    `references` are the documents that it refers to, by their addresses: whole, or as they count
    from the schema's own `$id`. Those that are reached are put into the document; the schemas of
    the drafts are known. Nothing is fetched. References by the addresses of its own parts (`$id`,
    `$anchor`) become pointers too, wherever they lead to one part on every way.

        load_schema("order.json", references={"https://example.com/item.json": "item.json"})

    Raises SchemaError when it cannot be read, is not JSON, is over 4 MiB or too deep, is not a
    schema of its draft, has a reference that leads to nothing given or in a circle, or a pattern
    that cannot be matched safely, and for a form that JSON cannot say; the same for what it refers
    to. A part of another draft has to mean the same in both (see `guard.grammar.dialects`).
    """
    form = source if is_form(source) else None
    document, origin = read_document(source if form is None else document_of(form))
    name = "the schema" if origin == "inline" else f"schema {origin}"
    if form is not None:
        name = origin = name_of(form)
    require_schema(document, name)
    draft = declared_draft(document, name)
    if draft != draft_of(document):  # it is that of its parts, which will not say so any more
        document = {"$schema": uri_of(draft), **document}
    try:
        document = _checked(document, draft, name, references or {})
    except RecursionError as error:
        raise too_deep(name) from error
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return Schema(document=document, draft=draft, sha256=sha256(text), source=origin, form=form)


def _checked(document: Json, draft: str, name: str, given: Given) -> Json:
    """The document, with what it refers to outside, once nothing is wrong with any of it."""
    from guard.schema.bundle import bundle

    root = undeclared(document)
    check_form(root, "", draft, name)
    base = specification(draft).create_resource(root).id() or ""
    # Files that nothing asks for are not read.
    references = References(given if has_addresses(root) else {}, draft=draft, base=base)
    whole, nodes = bundle(root, draft, references=references, check=_check(references, draft, name))
    _check_patterns(nodes.values(), name)
    if whole is root:
        return document
    declared = {key: value for key, value in document.items() if key == "$schema"}
    return {**declared, **whole}


def _check(references: References, draft: str, name: str) -> Check:
    """Looks at what a reference leads to, in the schema itself or in a document given for it."""

    def check(node: Json, at: str) -> None:
        place = references.place(node)
        if place is None:
            check_form(node, at, draft, name)
        else:
            references.check(node, place[1], place[0])

    return check


def _check_patterns(nodes: Iterable[Node], name: str) -> None:
    from guard.grammar.patterns import dangerous, problem

    found = [(node.pointer, node.document) for node in nodes]
    asks = any("unevaluatedProperties" in node for _, node in found)
    for pointer, node in found:
        here = [(f"{pointer}/pattern", node["pattern"])] if "pattern" in node else []
        keys = list(node.get("patternProperties", ()))
        here += [(f"{pointer}/patternProperties", key) for key in keys]
        for at, pattern in here:
            reason = problem(pattern)
            if reason is None and asks and pattern in keys and dangerous(pattern):
                reason = "cannot be tried on property names beside unevaluatedProperties"
            if reason is not None:
                raise SchemaError(
                    f"the pattern at {at} of {name} {reason}: {pattern[:100]!r}",
                    hint="write it without a repeat inside a repeat",
                )
