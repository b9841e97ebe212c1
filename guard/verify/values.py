"""Exact values with a unit, and what can be done with them."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import NamedTuple

ROOT_DIGITS = 10**40


class Value(NamedTuple):
    """A number with its unit.

    `number` is in base units. `unit` is the base unit or None, `surface` the unit's own name;
    `ulp` is the size of the last digit given. `steps` counts the operations that made it.
    """

    number: Fraction
    unit: str | None = None
    surface: str = ""
    ulp: Fraction = Fraction(1)
    percent: bool = False
    scaled: bool = False
    unsure: bool = False
    steps: int = 0


def made(value: Value, result: Fraction) -> Value:
    """The outcome of an operation on `value`."""
    return value._replace(number=result, steps=value.steps + 1, ulp=Fraction(0))


def plain(value: Value) -> Value:
    """A percentage as the bare number it is."""
    return value._replace(percent=False, surface="") if value.percent else value


def added(left: Value, right: Value, *, sign: int) -> Value | None:
    """A sum or difference of values of one kind; temperatures do not add."""
    if left.unit != right.unit or left.percent != right.percent:
        return None
    if left.surface.startswith("degree_"):
        return None
    joined = left._replace(unsure=left.unsure or right.unsure)
    return made(joined, left.number + sign * right.number)


def multiplied(left: Value, right: Value) -> Value | None:
    """A product with at most one unit."""
    if left.unit is not None and right.unit is not None:
        return None
    carrier = left if left.unit is not None else right
    if carrier.surface.startswith("degree_"):
        return None
    unsure = left.unsure or right.unsure
    return made(carrier._replace(unsure=unsure), left.number * right.number)


def divided(left: Value, right: Value) -> Value | None:
    """A quotient: by a bare number, or of two values of one kind."""
    if not right.number or (right.unit is not None and right.unit != left.unit):
        return None
    unit = None if right.unit is not None else left.unit
    surface = "" if unit is None else left.surface
    carrier = left._replace(unit=unit, surface=surface, unsure=left.unsure or right.unsure)
    return made(carrier, left.number / right.number)


def nth_root(number_: Fraction, degree: int) -> Fraction:
    """The root, exact where it is rational, else to 40 digits."""
    top = whole_root(number_.numerator, degree)
    bottom = whole_root(number_.denominator, degree)
    if top**degree == number_.numerator and bottom**degree == number_.denominator:
        return Fraction(top, bottom)
    return Fraction(whole_root(int(number_ * ROOT_DIGITS**degree), degree), ROOT_DIGITS)


def whole_root(number_: int, degree: int) -> int:
    """The whole part of a square or cube root."""
    if degree == 2:
        return isqrt(number_)
    low, high = 0, 1 << (number_.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= number_ else (low, middle - 1)
    return low
