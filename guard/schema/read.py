"""Reading one JSON document, and refusing it where it is no JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from guard.errors import InputError, SchemaError
from guard.files import parse_json, read_text
from guard.grammar.dialects import draft_of_whole
from guard.grammar.drafts import DRAFTS, stock_validator
from guard.schema.limits import unreadable
from guard.types import Json

MAX_BYTES = 4 * 1024 * 1024


def read_document(
    source: Path | str | Json, *, inline: str = "the schema", file: str = "schema"
) -> tuple[Json, str]:
    """The document from a path, JSON text or parsed JSON, and its path or `inline`.

    What is returned is nobody else's. `inline` and `file` are what errors call it. Raises
    SchemaError when it cannot be read, is not JSON, or is over 4 MiB or too deep.
    """
    try:
        if isinstance(source, str) and source.lstrip()[:1] in tuple('{["'):
            return parse_json(source, where=inline), "inline"
        if isinstance(source, str) and source.strip() in ("true", "false", "null"):
            return json.loads(source), "inline"
        if isinstance(source, str | Path):
            text = read_text(Path(source), limit=MAX_BYTES, what=file)
            return parse_json(text, where=f"{file} {source}"), str(source)
        return parse_json(_as_text(source, inline), where=inline), "inline"
    except InputError as error:
        raise SchemaError(error.message, hint=error.hint) from error


def _as_text(document: Json, name: str) -> str:
    """The document as JSON, so that what was passed in code obeys the same limits as a file."""
    try:
        text = json.dumps(document)
    except RecursionError as error:
        raise too_deep(name) from error
    except (TypeError, ValueError) as error:
        raise SchemaError(
            f"{name} is not JSON: {error}", hint="pass a dictionary of JSON values"
        ) from error
    if len(text) > MAX_BYTES:
        raise SchemaError(f"{name} has {len(text):,} bytes, more than {MAX_BYTES:,}")
    return text


def require_schema(document: Json, name: str) -> None:
    """Raise SchemaError for what is no object, and for what no engine can read."""
    if not isinstance(document, dict | bool):
        kind = "a list" if isinstance(document, list) else f"the JSON value {document!r:.40}"
        raise SchemaError(f"{name} is {kind}, not a schema", hint="a schema is an object")
    why = unreadable(document)
    if why is not None:
        raise SchemaError(f"{name} cannot be used: {why}", hint="take it out")


def declared_draft(document: Json, name: str) -> str:
    """The draft of a schema. Raises SchemaError for one that is not known."""
    draft = draft_of_whole(document)
    if draft is None:
        known = ", ".join(DRAFTS.values())
        raise SchemaError(
            f"{name} declares the unknown draft {document['$schema']!r}", hint=f"known are {known}"
        )
    return draft


def check_form(node: Json, pointer: str, draft: str, name: str) -> None:
    """Hold a schema against the schema of its draft; `pointer` is where it is. Raises SchemaError.

    A schema deeper than Python's stack is a RecursionError.
    """
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


def too_deep(name: str) -> SchemaError:
    """The error for what Python's stack has no room for."""
    return SchemaError(f"{name} is nested too deep to be checked", hint="flatten it with $defs")
