"""Keywords that jsonschema's own rules get wrong: decimal multiples, and items after none."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from guard.types import Json

Rule = Callable[[Any, Json, Json, Json], Iterator[Any]]


def multiple_of(checker: Any, step: Json, value: Json, _: Json) -> Iterator[Any]:
    """`multipleOf` in decimals, as numbers are written: 19.99 is a multiple of 0.01.

    jsonschema divides binary fractions, to which it is none. Raises OverflowError for a whole
    number beyond all of them beside a fraction.
    """
    from jsonschema import ValidationError

    if not checker.is_type(value, "number"):
        return
    has_fraction = isinstance(value, float) or isinstance(step, float)
    if (has_fraction and not math.isfinite(value)) or _exact(value) % _exact(step):
        yield ValidationError(f"{value!r} is not a multiple of {step!r}")


def _exact(number: float) -> Fraction:
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def additional_items(stock: Rule) -> Rule:
    """`additionalItems`, which says nothing where `items` is true; jsonschema's own rule fails."""

    def rule(checker: Any, rest: Json, value: Json, schema: Json) -> Iterator[Any]:
        if isinstance(schema.get("items"), list):
            yield from stock(checker, rest, value, schema) or ()

    return rule
