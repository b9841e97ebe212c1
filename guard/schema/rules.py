"""Rules for keywords where jsonschema's own fail, or take square time or endless memory.

A server that ignores its schema may answer with megabytes of anything.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from itertools import islice
from typing import Any

from guard.types import Json

Rule = Callable[[Any, Json, Json, Json], Iterator[Any]]

MAX_VIOLATIONS = 1000
"""Violations that are looked for in a value, or in one alternative for it."""


def unique_items(checker: Any, wanted: Json, value: Json, _: Json) -> Iterator[Any]:
    """`uniqueItems`: no two items are equal."""
    from jsonschema import ValidationError

    if not (wanted and checker.is_type(value, "array")):
        return
    if len({_key(item) for item in value}) < len(value):
        yield ValidationError(f"{value!r} has non-unique elements")


def _key(value: Json) -> Hashable:
    """The same for values that are equal in JSON, and only for them: 1 is 1.0 and not true."""
    if isinstance(value, dict):
        return ("object", frozenset((name, _key(item)) for name, item in value.items()))
    if isinstance(value, list):
        return ("array", tuple(_key(item) for item in value))
    return ("boolean", value) if isinstance(value, bool) else value


def any_of(checker: Any, branches: Json, value: Json, _: Json) -> Iterator[Any]:
    """`anyOf`: some alternative holds."""
    from jsonschema import ValidationError

    valid, errors = _first_valid(checker, branches, value)
    if valid is None:
        message = f"{value!r} is not valid under any of the given schemas"
        yield ValidationError(message, context=errors)


def one_of(checker: Any, branches: Json, value: Json, _: Json) -> Iterator[Any]:
    """`oneOf`: exactly one alternative holds."""
    from jsonschema import ValidationError

    valid, errors = _first_valid(checker, branches, value)
    if valid is None:
        message = f"{value!r} is not valid under any of the given schemas"
        yield ValidationError(message, context=errors)
        return
    others = branches[valid + 1 :]
    more = [each for each in others if checker.evolve(schema=each).is_valid(value)]
    if more:
        reprs = ", ".join(repr(each) for each in (*more, branches[valid]))
        yield ValidationError(f"{value!r} is valid under each of {reprs}")


def _first_valid(checker: Any, branches: Json, value: Json) -> tuple[int | None, list[Any]]:
    """The number of the first alternative that holds, else what is wrong with each."""
    errors: list[Any] = []
    for at, branch in enumerate(branches):
        found = list(islice(checker.descend(value, branch, schema_path=at), MAX_VIOLATIONS))
        if not found:
            return at, []
        errors += found
    return None, errors


def additional_items(stock: Rule) -> Rule:
    """`additionalItems`, which says nothing where `items` is true; jsonschema's own rule fails."""

    def rule(checker: Any, rest: Json, value: Json, schema: Json) -> Iterator[Any]:
        if isinstance(schema.get("items"), list):
            yield from stock(checker, rest, value, schema) or ()

    return rule
