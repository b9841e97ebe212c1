"""What the keywords for types, listed values, numbers and strings say, and what their opposites."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from guard.errors import SchemaError
from guard.grammar.alternative import (
    ANY,
    TYPES,
    Alternative,
    Alternatives,
    Lists,
    Numbers,
    Objects,
    type_of,
    written,
)
from guard.grammar.expand import Expander, Keyword, Rule
from guard.grammar.texts import length, not_length, pattern, text_format
from guard.types import Json

MAX_EXACT = 2**53
MAX_BOUND = 2**63 - 1
"""The engine counts in 64 bits."""

LEAST_BOUND = 1e-60
"""The engine cannot count down to much smaller fractions."""

MOST_GAPS = 8
"""Numbers that are left out by the ranges around them, at most."""

INEXACT = (
    "the check divides binary fractions, as jsonschema does, by which 0.07 is no multiple of 0.01; "
    "a grammar has decimals"
)
ROUNDED = "the engine rounds whole numbers beyond 2**53; the grammar has the next one outside"
NEGATED_PART = "what does not satisfy it cannot be described by a grammar"


def _type(_: Expander, one: Keyword) -> Alternatives:
    return _typed(frozenset([one.value] if isinstance(one.value, str) else one.value))


@lru_cache(maxsize=128)
def _typed(names: frozenset[str]) -> Alternatives:
    integer = "integer" in names and "number" not in names
    types = frozenset("number" if name == "integer" else name for name in names) & TYPES
    return (
        (Alternative(types=types, number=Numbers(integer=True)),)
        if integer
        else (Alternative(types=types),)
    )


def _not_type(see: Expander, one: Keyword) -> Alternatives:
    names = {one.value} if isinstance(one.value, str) else set(one.value)
    if "integer" in names and "number" not in names:
        see.note(one.at, "a number that is not whole cannot be described by a grammar")
    elif "number" in names:
        names.add("number")
    types = TYPES - names
    return (Alternative(types=types),) if types else ()


def _enum(_: Expander, one: Keyword) -> Alternatives:
    values = one.value if one.name == "enum" else [one.value]
    rounded = next((v for v in _whole_numbers(values) if abs(v) > MAX_EXACT), None)
    if rounded is not None:
        raise SchemaError(
            f"the number {rounded} at {one.at} cannot be written: the grammar engine rounds whole"
            " numbers beyond 2**53",
            hint="give it as a string, or give a minimum and a maximum in its place",
        )
    texts = tuple(dict.fromkeys(written(value) for value in values))
    return (Alternative(values=texts),) if texts else ()


def _whole_numbers(values: list[Json]) -> Iterator[int]:
    """Those that are listed, and those inside listed arrays and objects."""
    waiting = [*values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, int):
            yield value
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()


def _not_enum(see: Expander, one: Keyword) -> Alternatives:
    """All other values: of other types, between the numbers, the other boolean, other strings."""
    values = one.value if one.name == "enum" else [one.value]
    kinds = {kind: [v for v in values if type_of(written(v)) == kind] for kind in TYPES}
    rounded = any(abs(value) > MAX_EXACT for value in kinds["number"])
    if kinds["array"] or kinds["object"] or rounded or len(kinds["number"]) > MOST_GAPS:
        see.note(one.at, "a grammar cannot leave out such values one by one")
        kinds |= {"number": []} if rounded or len(kinds["number"]) > MOST_GAPS else {}
    split = {kind for kind in ("null", "boolean", "number") if kinds[kind]}
    banned = tuple(written(value) for value in kinds["string"])
    found = [Alternative(types=TYPES - split, banned=banned, origins=(one.at,))]
    if kinds["boolean"]:
        left = [flag for flag in (True, False) if not any(v is flag for v in kinds["boolean"])]
        found += [Alternative(values=tuple(written(flag) for flag in left))] if left else []
    if kinds["number"]:
        limits = _gaps(sorted(set(kinds["number"])))
        found += [Alternative(types=frozenset(["number"]), number=each) for each in limits]
    return tuple(found)


def _gaps(numbers: list[float]) -> list[Numbers]:
    """The ranges below, between and above."""
    lows, highs = [None, *numbers], [*numbers, None]
    return [
        Numbers(low=low, low_open=low is not None, high=high, high_open=high is not None)
        for low, high in zip(lows, highs, strict=True)
    ]


def _bounds(see: Expander, one: Keyword) -> Alternatives:
    limits = _limits(see, one, one.name)
    return (Alternative(number=limits),) if limits else (ANY,)


def _not_bounds(see: Expander, one: Keyword) -> Alternatives:
    if isinstance(one.value, bool):  # draft 4's flag, which every number satisfies by itself
        return ()
    opposite = {
        "minimum": "exclusiveMaximum",
        "exclusiveMinimum": "maximum",
        "maximum": "exclusiveMinimum",
        "exclusiveMaximum": "minimum",
    }[_effective(one)]
    limits = _limits(see, one, opposite)
    return (Alternative(types=frozenset(["number"]), number=limits or Numbers()),)


def _effective(one: Keyword) -> str:
    """The keyword, where draft 4 says by a flag beside it that the bound itself is out."""
    flag = "exclusive" + one.name.capitalize()
    return flag if one.node.get(flag) is True else one.name


def _limits(see: Expander, one: Keyword, name: str) -> Numbers | None:
    if isinstance(one.value, bool):
        return None
    if abs(one.value) >= MAX_BOUND:
        see.note(one.at, "the bound is too large a number for a grammar")
        return None
    if 0 < abs(one.value) < LEAST_BOUND:
        see.note(one.at, "the bound is too small a fraction for a grammar")
        return None
    is_open = name.startswith("exclusive") or _effective(one) != one.name == name
    is_low, bound = name in ("minimum", "exclusiveMinimum"), one.value
    if abs(bound) > MAX_EXACT and (is_open or float(bound) != bound):
        see.note(one.at, ROUNDED)
        bound, is_open = math.nextafter(bound, -math.inf if is_low else math.inf), False
        if abs(bound) >= MAX_BOUND:
            return None
    if is_low:
        return Numbers(low=bound, low_open=is_open)
    return Numbers(high=bound, high_open=is_open)


def _multiple(see: Expander, one: Keyword) -> Alternatives:
    if Fraction(str(one.value)) != Fraction(one.value):
        see.note(one.at, INEXACT)
    return (Alternative(number=Numbers(multiples=(one.value,)), origins=(one.at,)),)


def opposite_of(kind: str) -> Rule:
    """The rule for the opposite of a keyword for one type that no limits can say."""

    def rule(see: Expander, one: Keyword) -> Alternatives:
        see.note(one.at, NEGATED_PART)
        return see.loose((Alternative(types=frozenset([kind])),))

    return rule


def _size(_: Expander, one: Keyword) -> Alternatives:
    return (_sized(one, one.name, one.value),)


def _not_size(_: Expander, one: Keyword) -> Alternatives:
    is_min = one.name.startswith("min")
    opposite = one.name.replace("min", "max") if is_min else one.name.replace("max", "min")
    size = one.value - 1 if is_min else one.value + 1
    kind = frozenset(["array" if one.name.endswith("Items") else "object"])
    made = _sized(one, opposite, size)._replace(types=kind)
    return (made,) if size >= 0 else ()


def _sized(one: Keyword, name: str, size: float) -> Alternative:
    least, most = math.ceil(size), math.floor(size)
    if name.endswith("Items"):
        limits = Lists(least=least) if name == "minItems" else Lists(most=most)
        return Alternative(list=limits)
    sizes = Objects(least=least) if name == "minProperties" else Objects(most=most)
    return Alternative(object=sizes, origins=(one.at,))


NUMBER_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
POSITIVE: dict[str, Rule] = {
    "type": _type,
    "enum": _enum,
    "const": _enum,
    **dict.fromkeys(NUMBER_BOUNDS, _bounds),
    "multipleOf": _multiple,
    "minLength": length,
    "maxLength": length,
    "pattern": pattern,
    "format": text_format,
    "minItems": _size,
    "maxItems": _size,
    "minProperties": _size,
    "maxProperties": _size,
}
NEGATIVE: dict[str, Rule] = {
    "type": _not_type,
    "enum": _not_enum,
    "const": _not_enum,
    **dict.fromkeys(NUMBER_BOUNDS, _not_bounds),
    "multipleOf": opposite_of("number"),
    "minLength": not_length,
    "maxLength": not_length,
    "pattern": opposite_of("string"),
    "format": opposite_of("string"),
    "minItems": _not_size,
    "maxItems": _not_size,
    "minProperties": _not_size,
    "maxProperties": _not_size,
}
