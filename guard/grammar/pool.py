"""Values that a schema itself suggests, for what can be tried out but not described.

That a string misses a pattern, or that an object has some name with one, cannot be said in plain
terms. But the patterns, listed values and numbers of a schema lead to a few values that can be held
against it, and those that fit can be listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, permutations
from typing import Any

from guard.grammar.alternative import NEVER, Place, Values, written
from guard.grammar.refs import Node
from guard.grammar.samples import sample
from guard.types import Json

Fits = Callable[[Json, Json], bool | None]
"""Whether a value satisfies a schema that stands in the document; None where that fails to be seen,
so that the value counts neither as one that does nor as one that does not."""

PLAIN = ("", "k", "0", "kk", "k1", "kkkk", "kkkkkkkkkkkk", " ")
MOST_PARTS = 20
"""Texts that are joined in pairs, as one string may have to hold several of them."""

MOST_IN_THREES = 8
"""Texts that are joined in threes."""

WHOLE = 5
"""A pattern for all of a string counts as much as so many for a part of it."""

MOST_SIZES = 8
"""Lengths, bounds and steps that are looked at."""

MOST_TRIES = 100_000
"""Values that are held against schemas; after so many none is found any more."""

MOST_REQUIRED = 50
"""Names of required properties that are tried."""

MOST_ASKING = 40
"""Schemas that texts are ranked by."""

MOST_VALUES = 12
"""Values that are listed for one place."""

MOST = 600
"""Texts, and numbers, that are tried."""

LONGEST = 200
"""Characters that a text is lengthened to."""

MULTIPLES = 60
"""Multiples that are tried on each side of 0 and of each bound."""


@dataclass
class Pool:
    """The values that the schemas of a document suggest; `fits` tries one."""

    nodes: Mapping[int, Node]
    fits: Fits
    lists: bool
    """Whether strings and numbers are listed that cannot be described."""
    few: int = 3
    """Names of one kind that are tried in objects."""
    required_first: bool = False
    _tries: int = 0
    """Whether names are tried alone that objects must have anyway, where one of them fits."""

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Strings, those first that fit most of what the schemas say of strings."""
        required = self._required[:MOST_REQUIRED]
        found = dict.fromkeys([*required, *self._listed(str), *self._samples(), *PLAIN])
        parts = [text for text in found if text and text not in required][:MOST_PARTS]
        pairs = [_overlapped(*pair) for pair in permutations(parts, 2)]
        found |= dict.fromkeys(text for pair in pairs for text in pair)
        found |= dict.fromkeys(map("".join, permutations(parts[:MOST_IN_THREES], 3)))
        sizes = dict.fromkeys(int(size) for size in self._values("minLength") if size <= LONGEST)
        short = tuple(found)
        for size in islice(sizes, MOST_SIZES):
            found |= dict.fromkeys([text.ljust(size, "k") for text in short])
        asking = [*self._asking()][:MOST_ASKING]
        ranked = [
            (-sum(_weight(each) for each in asking if self._fits(each, text)), text)
            for text in found
        ]
        return tuple(text for _, text in sorted(ranked, key=lambda each: each[0]))[:MOST]

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """Numbers: listed ones, and multiples near 0 and near the bounds."""
        bounds = dict.fromkeys([0, *(value for name in BOUNDS for value in self._values(name))])
        steps = dict.fromkeys([1, *self._values("multipleOf")])
        found: dict[float, None] = dict.fromkeys(islice(self._listed(int | float), MOST))
        for near in islice(bounds, MOST_SIZES):
            for step in islice(steps, MOST_SIZES):
                found |= dict.fromkeys(_multiples(near, step))
        return tuple(found)

    def names(self, schema: Json, *, positive: bool) -> tuple[str, ...]:
        """A few names of properties that satisfy a schema, or that do not."""
        if self._is_spent():
            return ()
        known = self._required if self.required_first else ()
        fitting = [text for text in known if self._fits(schema, text) is positive]
        more = (text for text in self.texts if text and self._fits(schema, text) is positive)
        return tuple(fitting[: self.few]) or tuple(islice(more, self.few))

    def values(self, place: Place, kinds: frozenset[str]) -> Values:
        """Strings and numbers that may stand at a place, as JSON texts."""
        if NEVER in place or not self.lists or self._is_spent():
            return ()
        tried: list[Json] = [*self.texts] if "string" in kinds else []
        tried += self.numbers if "number" in kinds else ()
        found = (written(value) for value in tried if self._stands(place, value))
        return tuple(islice(found, MOST_VALUES))

    def _is_spent(self) -> bool:
        return self._tries > MOST_TRIES

    def _fits(self, schema: Json, value: Json) -> bool | None:
        self._tries += 1
        return self.fits(schema, value)

    def _stands(self, place: Place, value: Json) -> bool:
        return all(
            self._fits(self.nodes[demand.key].document, value) is demand.positive
            for demand in place
            if demand.key in self.nodes
        )

    @cached_property
    def _schemas(self) -> list[dict[str, Json]]:
        """The schemas, without keywords of a wrong kind, as unknown places may have them."""
        found = [node.document for node in self.nodes.values() if isinstance(node.document, dict)]
        return [
            {key: schema[key] for key in schema if isinstance(schema[key], KINDS.get(key, object))}
            for schema in found
        ]

    def _asking(self) -> Iterator[Json]:
        """What the schemas say of strings and of the names of properties."""
        for schema in self._schemas:
            if {"pattern", "enum", "const"} & schema.keys():
                yield schema
            yield from ({"pattern": pattern} for pattern in schema.get("patternProperties", ()))

    @cached_property
    def _required(self) -> list[str]:
        names = (name for schema in self._schemas for name in schema.get("required", ()))
        return [*dict.fromkeys(name for name in names if isinstance(name, str))]

    def _samples(self) -> Iterator[str]:
        for schema in self._schemas:
            patterns = [schema["pattern"]] if "pattern" in schema else []
            for pattern in (*patterns, *schema.get("patternProperties", ())):
                yield sample(pattern) or ""

    def _listed(self, kind: Any) -> Iterator[Json]:
        for schema in self._schemas:
            for value in [*schema.get("enum", ()), schema.get("const")]:
                if isinstance(value, kind) and not isinstance(value, bool):
                    yield value

    def _values(self, keyword: str) -> Iterator[float]:
        for schema in self._schemas:
            value = schema.get(keyword)
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
                yield value


Pooled = Callable[[Mapping[int, Node]], Pool]
"""Makes a pool, given the schemas of a document."""

KINDS = {"enum": list, "required": list, "pattern": str, "patternProperties": dict}
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def _weight(schema: dict[str, Json]) -> int:
    """How much it says of a string that it fits: more where the whole of it has to."""
    pattern = schema.get("pattern", "")
    return WHOLE if pattern.startswith("^") and pattern.endswith("$") else 1


def _overlapped(one: str, other: str) -> tuple[str, str]:
    """Two texts in a row, and with what the first ends with and the second begins with once."""
    shared = next(size for size in range(len(other), -1, -1) if one.endswith(other[:size]))
    return one + other, one + other[shared:]


def _multiples(near: float, step: float) -> Iterator[float]:
    """Multiples of `step` on both sides of a number, the nearest first."""
    exact = Fraction(str(step))
    middle = Fraction(str(near)) // exact
    for away in range(MULTIPLES):
        for count in (middle + away, middle - away):
            value = exact * count
            yield int(value) if value.denominator == 1 else float(value)
