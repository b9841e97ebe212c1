"""Outputs named in Python instead of JSON Schema: a type, a choice, a regular expression.

Each becomes a JSON Schema, and the value that satisfies it becomes a Python value again. Pydantic
(which outlines brings) knows how for types: `int`, `datetime.date`, `Literal`, an `Enum` class,
`list[int]`, a `TypedDict`, a dataclass, a pydantic model and whatever is made of these.
"""

from __future__ import annotations

import json
import re
import sys
import typing
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from guard.errors import SchemaError
from guard.grammar.walk import children, escape
from guard.types import Json, Violation

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from guard.schema.load import Schema

__all__ = ["Choice", "Regex", "document_of", "is_form", "name_of", "problems", "to_python"]


@dataclass(frozen=True)
class Choice:
    """One of `options`, which are texts, numbers or truth values."""

    options: tuple[str | int | float | bool, ...]

    def __init__(self, options: typing.Iterable[str | int | float | bool]) -> None:
        object.__setattr__(self, "options", tuple(options))


@dataclass(frozen=True)
class Regex:
    """A text that matches `pattern` from its beginning to its end."""

    pattern: str


def is_form(source: object) -> bool:
    """Whether `source` is an output named in Python, and not a schema, a path or a JSON text."""
    if isinstance(source, (Choice, Regex, type)):
        return True
    return typing.get_origin(source) is not None


def name_of(form: object) -> str:
    """What errors and listings call a form."""
    if isinstance(form, Choice):
        return f"the choice of {len(form.options):,}"
    if isinstance(form, Regex):
        return f"the regular expression {form.pattern[:60]!r}"
    return f"the type {getattr(form, '__name__', form)!s:.60}"


def document_of(form: object) -> Json:
    """The JSON Schema of a form. Raises SchemaError for one that no schema says."""
    if isinstance(form, Choice):
        return _choice(form)
    if isinstance(form, Regex):
        return _regex(form)
    try:
        document = _adapter(form).json_schema()
    except Exception as error:
        why = str(error).partition("\n")[0][:300]
        raise SchemaError(
            f"{name_of(form)} cannot be written as JSON: {why}",
            hint="use numbers, texts, dates, Literal, Enum, lists and classes of these",
        ) from error
    if not document:
        raise SchemaError(f"{name_of(form)} says nothing about the value", hint="name a type")
    return _closed(document)


def _choice(form: Choice) -> Json:
    bad = [option for option in form.options if not isinstance(option, (str, int, float, bool))]
    if bad or not form.options:
        what = f"has {bad[0]!r:.40}, which is no text or number" if bad else "has nothing to choose"
        raise SchemaError(f"the choice {what}", hint="list texts, numbers, True and False")
    # A list, since True and 1 are one and the same to a set.
    kinds = [(type(option), option) for option in form.options]
    if len(set(kinds)) < len(kinds):
        twice = next(option for kind, option in kinds if kinds.count((kind, option)) > 1)
        raise SchemaError(f"the choice has {twice!r:.40} twice", hint="leave one out")
    return {"enum": list(form.options)}


def _regex(form: Regex) -> Json:
    """The pattern, anchored at both ends. Raises SchemaError where the engine cannot hold to it."""
    from guard.grammar.patterns import engine_problem

    whole = f"^(?:{form.pattern})$"
    why = engine_problem(whole) if isinstance(form.pattern, str) else "it is no text"
    if why is not None:
        raise SchemaError(
            f"the regular expression {form.pattern!r:.100} cannot be written by: {why}",
            hint="write it without look-around, back-references and word boundaries",
        )
    return {"type": "string", "pattern": whole}


@lru_cache(maxsize=128)
def _cached(form: object) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(_readable(form))


def _adapter(form: object) -> TypeAdapter[Any]:
    """Pydantic's reader of a type."""
    try:
        return _cached(form)
    except TypeError:  # not hashable, as Annotated[int, {...}]
        return _cached.__wrapped__(form)


def _readable(form: object) -> Any:
    """The type, a TypedDict of typing in the form that pydantic takes before Python 3.12."""
    if sys.version_info >= (3, 12) or not typing.is_typeddict(form):
        return form
    from typing_extensions import TypedDict

    hints = typing.get_type_hints(form, include_extras=True)
    name, total = getattr(form, "__name__", "value"), getattr(form, "__total__", True)
    return TypedDict(name, hints, total=total)  # type: ignore[operator]


def _closed(node: Json) -> Json:
    """A schema whose objects have their own properties only: a class takes no others."""
    if not isinstance(node, dict):
        return node
    if "properties" in node:
        node.setdefault("additionalProperties", False)
    for _, child in children(node):
        _closed(child)
    return node


def to_python(schema: Schema, value: Json) -> Any:
    """A value that satisfies `schema` as what the schema was made from; JSON where it was JSON."""
    if schema.form is None or isinstance(schema.form, (Choice, Regex)):
        return value
    return _adapter(schema.form).validate_json(json.dumps(value))


def problems(schema: Schema, value: Json) -> tuple[Violation, ...]:
    """What is wrong with a value of the right schema for the form that it was made from."""
    if isinstance(schema.form, Regex):
        return _not_whole(schema.form.pattern, value)
    from pydantic import ValidationError

    try:
        to_python(schema, value)
    except ValidationError as error:
        return tuple(_violation(found) for found in error.errors(include_url=False))
    return ()


def _violation(found: Any) -> Violation:
    pointer = "".join(f"/{escape(str(token))}" for token in found["loc"])
    return Violation(pointer=pointer, keyword="type", message=str(found["msg"])[:240])


def _not_whole(pattern: str, value: Json) -> tuple[Violation, ...]:
    """A violation of a text that ends behind the match: to Python `$` is before a last line end."""
    from guard.grammar.patterns import dangerous

    if not value.endswith("\n") or dangerous(pattern) or re.fullmatch(pattern, value):
        return ()
    message = f"the text ends in a line end that is not part of {pattern!r:.100}"
    return (Violation(pointer="", keyword="pattern", message=message),)
