"""Holding a value against a schema: every violation, formats asserted, in bounded time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from guard.errors import InputError
from guard.files import parse_json
from guard.grammar import formats
from guard.grammar.drafts import stock_validator
from guard.grammar.walk import bare, escape
from guard.schema.forms import problems
from guard.schema.names import additional_properties, pattern_properties
from guard.schema.rules import MAX_VIOLATIONS, additional_items, any_of, one_of, unique_items
from guard.types import Json, Violation

if TYPE_CHECKING:
    from guard.schema.load import Schema

MESSAGE = 240


def validate(value: Json, schema: Schema) -> tuple[Violation, ...]:
    """What is wrong with `value`, in document order; nothing when it is valid.

    It is everything, unless there are more than a thousand violations: those found first then.
    """
    checker = validator(schema.draft, bare(schema.document))
    try:
        some = islice(checker.iter_errors(value), MAX_VIOLATIONS)
        errors = sorted(some, key=lambda error: _key(error.absolute_path))
        found = tuple(_violation(error) for error in errors)
    except RecursionError:
        message = "the value is nested too deep to be checked"
        return (Violation(pointer="", keyword="depth", message=message),)
    except OverflowError:
        message = "a whole number in the value is too large to be reckoned with"
        return (Violation(pointer="", keyword="json", message=message),)
    return found or (() if schema.form is None else problems(schema, value))


def satisfies(schema: Schema, value: Json) -> bool:
    """Whether `value` is valid under `schema`."""
    return not validate(value, schema)


def parse(text: str, schema: Schema) -> tuple[Json, tuple[Violation, ...]]:
    """The JSON value in `text` and what is wrong with it.

    Strict: duplicate keys, NaN and text around the value are violations, the value then is None.
    """
    try:
        value = parse_json(text, where="the answer")
    except InputError as error:
        return None, (Violation(pointer="", keyword="json", message=error.message),)
    return value, validate(value, schema)


def validator(draft: str, document: Json) -> Any:
    """A jsonschema validator with the limits of this module; `document` as `bare` gives it.

    It is given an empty registry, so that nothing is ever fetched.
    """
    from referencing import Registry

    empty: Registry[Json] = Registry()
    return _limited(draft)(document, registry=empty, format_checker=formats.checker())


@lru_cache(maxsize=8)
def _limited(draft: str) -> Any:
    from jsonschema import validators

    limited: dict[str, Any] = {
        "pattern": _pattern,
        "format": _format,
        "patternProperties": pattern_properties,
        "additionalProperties": additional_properties,
        "uniqueItems": unique_items,
        "anyOf": any_of,
        "oneOf": one_of,
    }
    stock = stock_validator(draft)
    if "additionalItems" in stock.VALIDATORS:
        limited["additionalItems"] = additional_items(stock.VALIDATORS["additionalItems"])
    known = {name: check for name, check in limited.items() if name in stock.VALIDATORS}
    extend: Any = validators.extend  # its stub has no types
    return extend(stock, known)


def _pattern(checker: Any, pattern: str, value: Json, _: Json) -> Iterator[Any]:
    from jsonschema import ValidationError

    from guard.grammar.patterns import TooCostly, matches

    if not checker.is_type(value, "string"):
        return
    try:
        if not matches(pattern, value):
            yield ValidationError(f"{_shown(value)} does not match {pattern!r}")
    except TooCostly:
        yield ValidationError(f"a text of {len(value):,} characters is too long for {pattern!r}")


def _format(checker: Any, name: str, value: Json, _: Json) -> Iterator[Any]:
    from jsonschema import ValidationError
    from jsonschema.exceptions import FormatError

    if isinstance(value, str) and len(value) > formats.MAX_FORMAT and formats.is_known(name):
        yield ValidationError(f"a text of {len(value):,} characters is too long for a {name}")
        return
    try:
        checker.format_checker.check(value, name)
    except FormatError:
        yield ValidationError(f"{_shown(value)} is not a {name}")


def _key(path: Any) -> list[tuple[int, str]]:
    return [(token, "") if isinstance(token, int) else (-1, token) for token in path]


def _violation(error: Any) -> Violation:
    pointer = "".join(f"/{escape(str(token))}" for token in error.absolute_path)
    return Violation(pointer=pointer, keyword=error.validator or "false", message=message_of(error))


def message_of(error: Any) -> str:
    """The validator's sentence; for alternatives also what the nearest of them misses."""
    from jsonschema.exceptions import best_match

    message = _cut(error.message, error.instance)
    if error.validator in ("anyOf", "oneOf") and error.context:
        nearest = best_match([error])
        if nearest is not None and nearest is not error:
            message += f"; nearest: {_cut(nearest.message, nearest.instance)}"
    return message if len(message) <= MESSAGE else message[: MESSAGE - 1] + "…"


def _cut(message: str, value: Json) -> str:
    """The message with a long value in it shortened."""
    return message if len(message) <= MESSAGE else message.replace(repr(value), _shown(value), 1)


def _shown(value: Json) -> str:
    whole = repr(value)
    return whole if len(whole) <= 80 else whole[:60] + "…" + whole[-15:]
