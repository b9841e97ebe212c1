"""Reading a schema, and refusing everything that is none before any work is done with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from guard.errors import InputError, SchemaError
from guard.files import parse_json, read_text, sha256
from guard.grammar.drafts import DRAFTS, draft_of, stock_validator
from guard.grammar.walk import bare
from guard.schema.forms import document_of, is_form, name_of
from guard.schema.limits import unreadable
from guard.types import Json

MAX_BYTES = 4 * 1024 * 1024
SchemaSource: TypeAlias = "Schema | Path | str | Json"
"""What a schema is read from; a form has no narrower type than `Any`."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A JSON Schema that has been read and found usable.

    `draft` is `4`, `6`, `7`, `2019-09` or `2020-12`; `sha256` is the hash of its canonical JSON;
    `source` is the file or form it came from, or `inline`; `form` is the Python type, the `Choice`
    or the `Regex` it was made from, or None.
    """

    document: Json
    draft: str
    sha256: str
    source: str
    form: Any = None


def load_schema(source: Path | str | Json) -> Schema:
    """Read a schema from a path, from JSON text, from the parsed document, or from a form.

    A form is a Python type, a `Choice` or a `Regex` (see `guard.schema.forms`). A string is JSON
    text when it starts like JSON, else a path. Raises SchemaError when it cannot be read, is not
    JSON, is over 4 MiB or too deep, is not a schema of its draft, has a reference that leads out of
    the document or in a circle, or a pattern that cannot be matched safely, and for a form that
    JSON cannot say.
    """
    form = source if is_form(source) else None
    document, origin = _read(source if form is None else document_of(form))
    name = "the schema" if origin == "inline" else f"schema {origin}"
    if form is not None:
        name = origin = name_of(form)
    if not isinstance(document, dict | bool):
        kind = "a list" if isinstance(document, list) else f"the JSON value {document!r:.40}"
        raise SchemaError(f"{name} is {kind}, not a schema", hint="a schema is an object")
    why = unreadable(document)
    if why is not None:
        raise SchemaError(f"{name} cannot be used: {why}", hint="take it out")
    draft = _draft(document, name)
    try:
        _check(document, draft, name)
    except RecursionError as error:
        raise _too_deep(name) from error
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return Schema(document=document, draft=draft, sha256=sha256(text), source=origin, form=form)


def _read(source: Path | str | Json) -> tuple[Json, str]:
    """The document and what to call it."""
    try:
        if isinstance(source, str) and source.lstrip()[:1] in tuple('{["'):
            return parse_json(source, where="the schema"), "inline"
        if isinstance(source, str) and source.strip() in ("true", "false", "null"):
            return json.loads(source), "inline"
        if isinstance(source, str | Path):
            text = read_text(Path(source), limit=MAX_BYTES, what="schema")
            return parse_json(text, where=f"schema {source}"), str(source)
        return parse_json(_as_text(source), where="the schema"), "inline"
    except InputError as error:
        raise SchemaError(error.message, hint=error.hint) from error


def _as_text(document: Json) -> str:
    """The document as JSON, so that what was passed in code obeys the same limits as a file."""
    try:
        text = json.dumps(document)
    except RecursionError as error:
        raise _too_deep("the schema") from error
    except (TypeError, ValueError) as error:
        raise SchemaError(
            f"the schema is not JSON: {error}", hint="pass a dictionary of JSON values"
        ) from error
    if len(text) > MAX_BYTES:
        raise SchemaError(f"the schema has {len(text):,} bytes, more than {MAX_BYTES:,}")
    return text


def _draft(document: Json, name: str) -> str:
    draft = draft_of(document)
    if draft is None:
        known = ", ".join(DRAFTS.values())
        raise SchemaError(
            f"{name} declares the unknown draft {document['$schema']!r}", hint=f"known are {known}"
        )
    return draft


def _check(document: Json, draft: str, name: str) -> None:
    from guard.grammar.refs import resolve

    root = bare(document)
    _check_form(root, "", draft, name)
    nodes = resolve(root, draft, check=lambda node, at: _check_form(node, at, draft, name))
    _check_patterns([(node.pointer, node.document) for node in nodes.values()], name)


def _check_form(node: Json, pointer: str, draft: str, name: str) -> None:
    """Hold a schema against the schema of its draft."""
    from guard.schema.validate import message_of

    validator: Any = stock_validator(draft)
    error = next(iter(_worst(validator, node)), None)
    if error is not None:
        at = pointer + error.json_path.removeprefix("$") or "the top"
        raise SchemaError(
            f"{name} is not a JSON Schema of draft {draft}: at {at}, {message_of(error)}",
            hint="mend the keyword; guard schema check FILE looks again",
        )


def _worst(validator: Any, document: Json) -> list[Any]:
    from jsonschema.exceptions import best_match

    error = best_match(validator(validator.META_SCHEMA).iter_errors(document))
    return [] if error is None else [error]


def _check_patterns(nodes: list[tuple[str, Json]], name: str) -> None:
    from guard.grammar.patterns import dangerous, problem

    asks = any("unevaluatedProperties" in node for _, node in nodes)
    for pointer, node in nodes:
        found = [(f"{pointer}/pattern", node["pattern"])] if "pattern" in node else []
        keys = list(node.get("patternProperties", ()))
        found += [(f"{pointer}/patternProperties", key) for key in keys]
        for at, pattern in found:
            reason = problem(pattern)
            if reason is None and asks and pattern in keys and dangerous(pattern):
                reason = "cannot be tried on property names beside unevaluatedProperties"
            if reason is not None:
                raise SchemaError(
                    f"the pattern at {at} of {name} {reason}: {pattern[:100]!r}",
                    hint="write it without a repeat inside a repeat",
                )


def _too_deep(name: str) -> SchemaError:
    return SchemaError(f"{name} is nested too deep to be checked", hint="flatten it with $defs")
