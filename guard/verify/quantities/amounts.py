"""Numbers with their sign, currency, range and unit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from guard.verify.quantities import money
from guard.verify.quantities.measures import converted, delta, in_degrees, temperature, unit_after
from guard.verify.quantities.model import DATE, Kind, Reading
from guard.verify.quantities.numbers import number_at
from guard.verify.quantities.numerals import DASHES, ONES, Number
from guard.verify.quantities.periods import year_alone
from guard.verify.quantities.tokens import Tokens, at, glued
from guard.verify.quantities.units import Unit, unit_at

GROUPS = frozenset((3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 25, 50, 100, 1000, 10_000, 100_000))
"""Of so many, a share is told: one in five, three in 1,000."""


class Amount(NamedTuple):
    """A number with its unit: the readings, the kind, and the index behind it."""

    readings: tuple[Reading, ...]
    kind: Kind
    next: int
    form: str = "digits"
    ends: tuple[Reading, ...] = ()
    factor: Fraction = Fraction(1)


def between_at(tokens: Tokens, index: int) -> Amount | None:
    """ "between 3 and 5 km", "from 3 to 5", "between 1990 and 1995"."""
    word = at(tokens, index).low
    ranging = at(tokens, index - 1).low.startswith("rang") or word == "between"
    joiner = {"between": "and", "from": "to"}.get(word) if ranging else None
    if joiner is None:
        return None
    year = year_alone(tokens, index + 1)
    if year and at(tokens, year.next).low == joiner:
        other = year_alone(tokens, year.next + 1)
        if other is None or word == "from":
            return None
        low, high = year.readings[0].low, other.readings[0].high
        return Amount((Reading(low=low, high=high, unit=DATE),), "date", other.next)
    first = amount_at(tokens, index + 1)
    if first is None or at(tokens, first.next).low != joiner or first.kind == "date":
        return None
    second = amount_at(tokens, first.next + 1)
    return spanned(first, second) if second else None


def one_in(tokens: Tokens, index: int) -> Amount | None:
    """ "one in five", "3 out of 10": a share."""
    first = at(tokens, index)
    if first.kind != "d" and first.low not in ONES:
        return None
    some = number_at(tokens, index)
    if some is None or some.ulp != 1 or some.scaled:
        return None
    skip = {"in": 1, "out": 1 + (at(tokens, some.next + 1).low == "of")}
    place = some.next + skip.get(at(tokens, some.next).low, 0)
    every = number_at(tokens, place) if place > some.next else None
    if every is None or every.ulp != 1 or every.values[0] not in GROUPS:
        return None
    if not 0 < some.values[0] < every.values[0] or unit_at(tokens, every.next):
        return None
    share = some.values[0] / every.values[0]
    reading = converted(share, share, Fraction(0), "%share")
    return Amount((reading,), "percent", every.next, "part")


def spanned(first: Amount, second: Amount) -> Amount | None:
    """The range from one amount to another; the first takes the unit of the second if bare."""
    readings = []
    for end in second.readings:
        for start in first.readings:
            low = start.low
            if start.unit is None and low is not None:
                low *= second.factor if first.factor == 1 else 1
                low = converted(low, low, start.ulp, end.surface).low
            elif start.unit != end.unit:
                continue
            if low is not None and end.high is not None and low < end.high:
                readings.append(replace(end, low=low))
    return Amount(tuple(readings), second.kind, second.next) if readings else None


def amount_at(tokens: Tokens, index: int) -> Amount | None:
    """A number with sign, currency, range and unit at `index`."""
    place, negative = sign_at(tokens, index)
    currency = money.prefix_at(tokens, place)
    number = number_at(tokens, currency.next if currency else place)
    if number is None or (number.form == "part" and number.next == index):
        return None
    if currency:
        number = short_million(tokens, number)
    low = number
    ranged = range_end(tokens, number, currency) or either(tokens, number)
    if ranged:
        number = ranged
    return with_unit(tokens, low, number, currency, negative=negative)


def sign_at(tokens: Tokens, index: int) -> tuple[int, bool]:
    """Where the number behind a sign starts, and whether the sign is a minus."""
    token = at(tokens, index)
    minus = token.text in {"-", "−"} or token.low in {"minus", "negative"}
    joined = glued(tokens, index) and at(tokens, index - 1).text not in {"(", "=", "[", ":", "~"}
    if token.kind == "s" and (joined or not glued(tokens, index + 1)):
        return index, False
    return (index + 1, True) if minus else (index, False)


def short_million(tokens: Tokens, number: Number) -> Number:
    """ "$5m" and "£7m" are millions, "$5K" thousands."""
    token = at(tokens, number.next)
    factor = {"m": 10**6, "M": 10**6, "K": 10**3, "b": 10**9, "t": 10**12}.get(token.text)
    if factor and not number.scaled:
        return number.times(factor, number.next + 1)
    return number


def range_end(tokens: Tokens, number: Number, currency: Unit | None) -> Number | None:
    """The second number of "3-5" or "3 to 5", larger than the first."""
    place = number.next
    dash = at(tokens, place).text in DASHES
    if not dash and (at(tokens, place).low != "to" or changing(tokens, place)):
        return None
    again = money.prefix_at(tokens, place + 1) if currency else None
    second = number_at(tokens, again.next if again else place + 1)
    if second is None or second.form != number.form or second.values[0] <= number.values[0]:
        return None
    after = at(tokens, second.next)
    if dash and (after.text in DASHES or after.text == "/") and glued(tokens, second.next):
        return None
    return second


def changing(tokens: Tokens, place: int) -> bool:
    """Whether the "to" at `place` ends a change, "from 3 to 5", and not a range."""
    before = [token.low for token in tokens[max(place - 6, 0) : place]]
    return "from" in before and not any(word.startswith("rang") for word in before)


def either(tokens: Tokens, number: Number) -> Number | None:
    """The second number of "59 or 60 years", read as a range."""
    if at(tokens, number.next).low != "or" or number.values[0] >= 1000:
        return None
    second = number_at(tokens, number.next + 1)
    near = second is not None and second.values[0] == number.values[0] + 1
    return second if near else None


def with_unit(
    tokens: Tokens, low: Number, high: Number, currency: Unit | None, *, negative: bool
) -> Amount:
    """The amount from `low` to `high` with the unit behind it."""
    if high.scaled and not low.scaled:
        low = low.times(high.factor, low.next)
    names, kind, end = unit_after(tokens, high, currency)
    readings: list[Reading] = []
    for first, last in zip(low.values, high.values, strict=False):
        pair = (-last, -first) if negative else (first, last)
        readings += [converted(*pair, high.ulp, name) for name in names]
    if temperature(names) and delta(tokens, low.next):
        readings = [in_degrees(reading) for reading in readings]
    ends: tuple[Reading, ...] = ()
    if low is not high and readings:
        ends = tuple(
            replace(readings[0], low=v, high=v) for v in (readings[0].low, readings[0].high)
        )
    return Amount(tuple(readings), kind, end, high.form, ends, high.factor)


def plus_minus(tokens: Tokens, amount: Amount) -> Amount | None:
    """ "5 ± 0.2 mm" or "5 mm +/- 0.2 mm": the range around a value."""
    words = "".join(at(tokens, amount.next + step).text for step in range(3))
    skip = 1 if words[:1] == "±" else 3 if words in {"+/-", "+/−"} else 0
    room = amount_at(tokens, amount.next + skip) if skip else None
    if room is None:
        return None
    readings = []
    for side in room.readings:
        for middle in amount.readings:
            if middle.low is None or middle.high is None or side.high is None:
                continue
            low, high = middle.low, middle.high
            if middle.unit is None and side.surface:
                low = converted(low, low, middle.ulp, side.surface).low or low
                high = low
            elif middle.unit != side.unit:
                continue
            readings.append(replace(side, low=low - side.high, high=high + side.high))
    return Amount(tuple(readings), room.kind, room.next) if readings else None
