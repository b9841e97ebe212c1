"""How long the strings, lists and numbers are that a schema itself speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from guard.grammar.walk import children
from guard.types import Json

BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")

Size = tuple[Literal["string", "name", "items", "digits"], int]


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The longest of each: characters of strings and of names, items of lists, digits of numbers.

    0 where the schema speaks of none.
    """

    string: int = 0
    name: int = 0
    items: int = 0
    digits: int = 0


def sizes(schema: Json) -> Sizes:
    """The longest that the limits, bounds and listed values of a plain schema speak of."""
    longest: dict[str, int] = {}
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            for kind, size in _of(node):
                longest[kind] = max(size, longest.get(kind, 0))
            waiting += (child for _, child in children(node))
    return Sizes(**longest)


def _of(node: dict[str, Json]) -> Iterator[Size]:
    for key in ("minLength", "maxLength"):
        yield "string", _count(node.get(key))
    for key in ("minItems", "maxItems"):
        yield "items", _count(node.get(key))
    first = node.get("prefixItems")
    yield "items", len(first) if isinstance(first, list) else 0
    for key in ("properties", "required"):
        yield "name", max(map(len, node.get(key) or ()), default=0)
    for key in BOUNDS:
        yield "digits", _digits(node.get(key))
    yield from _of_values([*(node.get("enum") or ()), node.get("const")])


def _of_values(values: list[Json]) -> Iterator[Size]:
    while values:
        value = values.pop()
        if isinstance(value, str):
            yield "string", len(value)
        elif isinstance(value, list):
            yield "items", len(value)
            values += value
        elif isinstance(value, dict):
            yield "name", max(map(len, value), default=0)
            values += value.values()
        else:
            yield "digits", _digits(value)


def _count(value: Json) -> int:
    return int(value) if _is_number(value) else 0


def _digits(value: Json) -> int:
    """Digits of a number, however it is written: 1e20 has 21."""
    if not _is_number(value):
        return 0
    whole = len(str(abs(int(value))))
    return max(whole, sum(char.isdigit() for char in repr(value)))


def _is_number(value: Json) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < float("inf")
