"""Dates and times of day in their usual shapes, as intervals of days or minutes.

A day is a count from 1970-01-01 in the proleptic Gregorian calendar, so that a year, a decade and
a century are intervals that hold their days. Nothing is guessed: a date without a year stays one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from guard.verify.quantities.clock import clock, named_time, running_time
from guard.verify.quantities.days import When, day_of, length, months, yearless
from guard.verify.quantities.model import DATE, MONTH_DAY, Reading
from guard.verify.quantities.numerals import DASHES
from guard.verify.quantities.periods import (
    SUFFIXES,
    century,
    decade,
    era_year,
    number,
    part_of_number,
    quarter,
    year_at,
)
from guard.verify.quantities.tokens import Tokens, at, glued, listed

MONTHS = {
    name: place
    for place, name in enumerate(
        listed(
            "january february march april may june july august september october november december"
        ),
        start=1,
    )
}


FULL_MONTHS = frozenset(MONTHS)


DOUBTFUL = frozenset(("march", "may", "april", "june", "august"))


MONTHS |= {name[:3]: place for name, place in MONTHS.items()} | {"sept": 9}


BEFORE_MONTH = frozenset(
    listed("in of since until till by during from to early mid late last next")
)


def when_at(tokens: Tokens, index: int) -> When | None:
    """The date or time of day that starts at `index`, the longest shape first."""
    token = at(tokens, index)
    if token.kind == "d":
        for shape in DIGIT_SHAPES:
            found = shape(tokens, index)
            if found:
                return found
        return None
    if token.low in MONTHS and token.text[:1].isupper():
        return month_first(tokens, index)
    for shape in OTHER_SHAPES:
        found = shape(tokens, index)
        if found:
            return found
    return None


def iso(tokens: Tokens, index: int) -> When | None:
    """1999-03-03, 1999/03/03, and with a time behind T."""
    year = number(tokens, index, digits=(4,))
    mark = at(tokens, index + 1).text
    if year is None or mark not in {"-", "/", ".", "‐", "‑"} or at(tokens, index + 3).text != mark:
        return None
    if not all(glued(tokens, index + step) for step in range(1, 5)):
        return None
    month, day = number(tokens, index + 2, digits=(1, 2)), number(tokens, index + 4, digits=(1, 2))
    reading = day_of(year, month, day) if year and month and day else None
    return When((reading,), index + 5, yearless(month or 0, day)) if reading else None


def numeric(tokens: Tokens, index: int) -> When | None:
    """03/04/1999 with both orders, 3.4.1999, 3-4-99."""
    first, second = (number(tokens, index + step, digits=(1, 2)) for step in (0, 2))
    mark = at(tokens, index + 1).text
    year = number(tokens, index + 4, digits=(2, 4))
    if not (first and second and year is not None) or at(tokens, index + 3).text != mark:
        return None
    if mark not in {"/", ".", "-"} or not all(glued(tokens, index + s) for s in range(1, 5)):
        return None
    if len(tokens[index + 4].text) == 2:
        if mark != "/":
            return None
        year += 1900 if year > 50 else 2000
    orders = [(second, first)] if mark == "." else [(second, first), (first, second)]
    readings = [day_of(year, month, day) for month, day in dict.fromkeys(orders)]
    found = tuple(reading for reading in readings if reading)
    return When(found, index + 5) if found else None


def day_range(tokens: Tokens, index: int) -> When | None:
    """6 - 21 August 2016: both days, as ends of a range."""
    first = number(tokens, index, digits=(1, 2))
    if not first or at(tokens, index + 1).text not in DASHES:
        return None
    last = day_first(tokens, index + 2)
    if last is not None and last.readings[0].unit == MONTH_DAY:
        return yearless_range(first, last)
    if last is None or last.partial is None:
        return None
    final = last.readings[0].high or Fraction(0)
    length_in_days = (last.partial.low or Fraction(0)) % 100 - first
    if length_in_days <= 0:
        return None
    low = final - length_in_days
    start = Reading(low=low, high=low, unit=DATE)
    span = Reading(low=low, high=final, unit=DATE)
    return When((span,), last.next, ends=(start, last.readings[0]))


def yearless_range(first: int, last: When) -> When | None:
    """7-19 February: the days of a range without a year."""
    end = last.readings[0]
    low = (end.low or Fraction(0)) // 100 * 100 + first
    if end.low is None or low >= end.low:
        return None
    start = Reading(low=Fraction(low), high=Fraction(low), unit=MONTH_DAY)
    return When((replace(start, high=end.high),), last.next, ends=(start, end))


def day_first(tokens: Tokens, index: int) -> When | None:
    """3 March 1999, 3rd of March, 3 Mar."""
    day = number(tokens, index, digits=(1, 2))
    place = index + 1
    place += at(tokens, place).low in SUFFIXES and glued(tokens, place)
    place += at(tokens, place).low == "of"
    place += at(tokens, place).text in DASHES
    month = month_at(tokens, place)
    if not day or not month:
        return None
    return full(tokens, month, day, place + 1)


def month_at(tokens: Tokens, index: int) -> int | None:
    """The month named at `index`, with a capital."""
    token = at(tokens, index)
    return MONTHS.get(token.low) if token.text[:1].isupper() else None


def full(tokens: Tokens, month: int, day: int, place: int) -> When | None:
    """A day and month with the year that follows at `place`, if one does."""
    place += at(tokens, place).text == "." and not at(tokens, place).gap
    dash = at(tokens, place).text in DASHES and at(tokens, place + 1).kind == "d"
    year = year_at(tokens, place + (dash and glued(tokens, place)))
    if year is None:
        valid = 1 <= day <= length(2000, month)
        return When((yearless(month, day),), place) if valid else None
    reading = day_of(year[0], month, day)
    return When((reading,), year[1], yearless(month, day)) if reading else None


def month_first(tokens: Tokens, index: int) -> When | None:
    """March 3, 1999; March 3rd; March 1999; and "March" alone behind "in"."""
    month = MONTHS[tokens[index].low]
    place = index + 1
    place += at(tokens, place).text == "." and not at(tokens, place).gap
    day = number(tokens, place, digits=(1, 2))
    if (day and not part_of_number(tokens, place)) or suffixed(tokens, place):
        after = place + 1
        after += at(tokens, after).low in SUFFIXES and glued(tokens, after)
        return full(tokens, month, day or 0, after)
    year = year_at(tokens, place)
    if year:
        return When((months(year[0], month, month),), year[1], yearless(month, None))
    named = at(tokens, place).text[:1].isupper() and not at(tokens, place).gap.count("\n")
    sure = at(tokens, index - 1).low in BEFORE_MONTH or tokens[index].low not in DOUBTFUL
    if sure and tokens[index].low in FULL_MONTHS and not named:
        return When((yearless(month, None),), index + 1)
    return None


def suffixed(tokens: Tokens, index: int) -> bool:
    """Whether a day number with its ordinal suffix stands at `index`."""
    joined = at(tokens, index + 1).low in SUFFIXES and glued(tokens, index + 1)
    return joined and number(tokens, index, digits=(1, 2)) is not None


Shape = Callable[[Tokens, int], When | None]


DIGIT_SHAPES: tuple[Shape, ...] = (
    iso,
    numeric,
    running_time,
    clock,
    century,
    decade,
    day_range,
    day_first,
    era_year,
)


OTHER_SHAPES: tuple[Shape, ...] = (century, quarter, named_time)
