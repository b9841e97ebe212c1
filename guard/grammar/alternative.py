"""One way for a value to satisfy a schema: plain limits for each type, and nothing to choose.

A schema is turned into a list of alternatives, of which a value has to satisfy one. What they say
of the values inside is said by `Place`s: the schemas that such a value must and must not satisfy.

They are named tuples since they are made, compared and hashed by the ten thousand.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import NamedTuple

from guard.types import Json

TYPES = frozenset(["null", "boolean", "number", "string", "array", "object"])
"""What a value can be; an integer is a number."""


class Demand(NamedTuple):
    """A schema, by its place among the nodes of its document, to be satisfied or not to be."""

    key: int
    positive: bool = True


Place = tuple[Demand, ...]
"""All that a value is held against, each once, in the order in which the schema has it."""

NEVER = Demand(0)
"""What no value satisfies."""


def joined(*places: Place) -> Place:
    """The place of values that are held against all that several places demand."""
    if len(places) == 1:
        return places[0]
    return tuple(dict.fromkeys(demand for place in places for demand in place))


Values = tuple[str, ...]
"""JSON texts, numbers in one notation, members in the order of the schema."""


class Numbers(NamedTuple):
    """Limits of numbers; `low_open` says that `low` itself is out, `high_open` the same above."""

    low: float | None = None
    low_open: bool = False
    high: float | None = None
    high_open: bool = False
    integer: bool = False
    multiples: tuple[float, ...] = ()


class Texts(NamedTuple):
    """Limits of strings; every pattern is to be found, and every format to be had."""

    least: int = 0
    most: int | None = None
    patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()


class ListPart(NamedTuple):
    """What one schema says of items: the first by their places, the others all the same.

    `rest` is None where it says nothing of them. `annotates`: the schema was satisfied, so its
    items count as evaluated.
    """

    first: tuple[Place, ...] = ()
    rest: Place | None = None
    annotates: bool = True


class Contained(NamedTuple):
    """At least `least` and at most `most` items satisfy `place`, and those others `outside`."""

    place: Place
    outside: Place
    least: int
    most: int | None


class Lists(NamedTuple):
    """Limits of arrays."""

    parts: tuple[ListPart, ...] = ()
    least: int = 0
    most: int | None = None
    contained: tuple[Contained, ...] = ()
    unique: bool = False


class ObjectPart(NamedTuple):
    """What one schema says of properties: by name, by pattern, and of those that are neither.

    `rest` is None where it says nothing of them. `annotates`: the schema was satisfied, so what it
    speaks of counts as evaluated.
    """

    named: tuple[tuple[str, Place], ...] = ()
    matched: tuple[tuple[str, Place], ...] = ()
    rest: Place | None = None
    annotates: bool = True

    def __hash__(self) -> int:  # hundreds of names would be hashed again and again
        return hash((len(self.named), self.named[:1], self.rest))


class Objects(NamedTuple):
    """Limits of objects."""

    parts: tuple[ObjectPart, ...] = ()
    required: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None
    names: Place = ()


NUMBERS, TEXTS, LISTS, OBJECTS = Numbers(), Texts(), Lists(), Objects()


class Alternative(NamedTuple):
    """One way to be valid. `values` are the only ones, where given; `banned` strings are
    none.

    `origins` are the JSON Pointers of keywords that may turn out not to be expressible. `is_loose`:
    it takes more than the schema does (marked only where an `Expander` has a pool).
    """

    types: frozenset[str] = TYPES
    values: Values | None = None
    banned: Values = ()
    number: Numbers = NUMBERS
    text: Texts = TEXTS
    list: Lists = LISTS
    object: Objects = OBJECTS
    origins: tuple[str, ...] = ()
    is_loose: bool = False


ANY = Alternative()
Alternatives = tuple[Alternative, ...]


def written(value: Json) -> str:
    """A value as JSON text, whole numbers without a point: equal values, equal texts but order."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Json, *, below: float = 1e15) -> Json:
    """The value with whole numbers as such, but for floating ones that are larger."""
    if isinstance(value, float) and value.is_integer() and abs(value) < below:
        return int(value)
    if isinstance(value, list):
        return [_plain(item, below=below) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, below=below) for key, item in value.items()}
    return value


@lru_cache(maxsize=65_536)
def same(text: str) -> str:
    """What two texts have in common exactly when their values are equal."""
    if text[:1] not in "[{-0123456789" or text.isdecimal():
        return text
    return json.dumps(_plain(json.loads(text), below=math.inf), sort_keys=True, ensure_ascii=False)


def type_of(text: str) -> str:
    """The type of the value in a JSON text, by how it begins."""
    kinds = {'"': "string", "[": "array", "{": "object", "n": "null", "t": "boolean"}
    return kinds.get(text[0], "boolean" if text[0] == "f" else "number")
