"""Units that stand over a column or before a colon, not beside the number.

"Length (km)" over a cell of 12, "Mass (kg): 40", and a list under "Donations in thousand euros:".
The bare number is read in that unit, and as a bare number too.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from guard.verify.quantities import money
from guard.verify.quantities.measures import percent_at
from guard.verify.quantities.model import Kind, Quantity, Reading
from guard.verify.quantities.numerals import MAGNITUDES
from guard.verify.quantities.scan import in_units
from guard.verify.quantities.tables import Cell
from guard.verify.quantities.tokens import Tokens, at
from guard.verify.quantities.units import unit_at

OPENERS = frozenset("([")
MARKS = frozenset(("-", "*", "•", "–"))
REACH = 10
"""Tokens before a colon in which a unit is looked for."""

ITEMS = 60
"""Lines of a list that its heading speaks for."""


class Over(NamedTuple):
    """Units, by their names in the table of units, and a factor such as a thousand."""

    names: tuple[str, ...]
    factor: Fraction
    kind: Kind


def headed(quantity: Quantity, first: int, cell: Cell | None, tokens: Tokens) -> Quantity:
    """A bare number in the unit of its header, key or list; any other value as it is."""
    if quantity.key or not any(reading.unit is None for reading in quantity.readings):
        return quantity
    over = _within(tokens, cell.header) if cell else _before(tokens, first)
    if over is None:
        return quantity
    if over.names:
        readings = tuple(in_units(quantity, over.names, over.factor))
    else:
        readings = tuple(_times(reading, over.factor) for reading in quantity.readings)
    return replace(quantity, kind=over.kind, readings=(*readings, *quantity.readings))


def _times(reading: Reading, factor: Fraction) -> Reading:
    if reading.unit is not None or reading.low is None or reading.high is None:
        return reading
    return replace(
        reading, low=reading.low * factor, high=reading.high * factor, ulp=reading.ulp * factor
    )


def _before(tokens: Tokens, first: int) -> Over | None:
    """The unit of the key before a number, or of the heading over its list."""
    place = first - 1
    while place > first - 3 and at(tokens, place).text in {"*", '"', "~"}:
        place -= 1
    if at(tokens, place).text == ":":
        start = place
        while start > max(place - REACH, 0) and not _parts(tokens, start):
            start -= 1
        found = _within(tokens, range(start, place))
        if found:
            return found
    return _heading(tokens, first)


def _parts(tokens: Tokens, place: int) -> bool:
    """Whether a token begins a piece of its own, or a line."""
    return at(tokens, place - 1).text in {";", "|", ","} or "\n" in at(tokens, place).gap


def _heading(tokens: Tokens, first: int) -> Over | None:
    """The unit in a line that ends with a colon, over the list that a number stands in."""
    start = _line(tokens, first)
    for _ in range(ITEMS):
        if start == 0 or at(tokens, start).text not in MARKS:
            return None
        before = _line(tokens, start - 1)
        if at(tokens, start - 1).text == ":":
            return _within(tokens, range(before, start - 1))
        start = before
    return None


def _line(tokens: Tokens, index: int) -> int:
    """Where the line of a token starts."""
    place = index
    while place > 0 and index - place < 80 and "\n" not in at(tokens, place).gap:
        place -= 1
    return place


def _within(tokens: Tokens, part: range) -> Over | None:
    """The unit in brackets or behind "in", the last one of a header."""
    for place in reversed(part):
        text = at(tokens, place).text
        if text in OPENERS or at(tokens, place).low == "in":
            return _unit(tokens, place + 1)
    return None


def _unit(tokens: Tokens, place: int) -> Over | None:
    factor = Fraction(MAGNITUDES.get(at(tokens, place).low, 1))
    place += factor != 1
    share = percent_at(tokens, place)
    if share:
        return Over(share[0], factor, "percent")
    coins = money.prefix_at(tokens, place) or money.suffix_at(tokens, place)
    unit = unit_at(tokens, place)
    if coins and unit is None:
        more = Fraction(MAGNITUDES.get(at(tokens, coins.next).low, 1))
        return Over(tuple(f"${name}" for name in coins.names), factor * more, "money")
    if unit:
        return Over(unit.names, factor, "measure")
    return Over((), factor, "number") if factor != 1 else None
