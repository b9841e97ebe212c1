"""Dates and times of day in their usual shapes, as intervals of days or minutes.

A day is a count from 1970-01-01 in the proleptic Gregorian calendar, so that a year, a decade and
a century are intervals that hold their days. Nothing is guessed: a date without a year stays one.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from guard.verify.quantities.model import DATE, MONTH_DAY, Reading
from guard.verify.quantities.numbers import DASHES
from guard.verify.quantities.tokens import Tokens, at, glued
from guard.verify.quantities.units import TIMES

MONTHS = {
    name: place
    for place, name in enumerate(
        "january february march april may june july august september october november "
        "december".split(),
        start=1,
    )
}
FULL_MONTHS = frozenset(MONTHS)
MONTHS |= {name[:3]: place for name, place in MONTHS.items()} | {"sept": 9}
ORDINALS = {
    name: place
    for place, name in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
        start=1,
    )
} | {"twentieth": 20, "thirtieth": 30}
SUFFIXES = frozenset(("st", "nd", "rd", "th"))
BEFORE_CHRIST = frozenset(("bc", "bce"))
ERAS = BEFORE_CHRIST | {"ad", "ce"}
BEFORE_MONTH = frozenset(
    "in of since until till by during from to early mid late last next".split()
)
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class When(NamedTuple):
    """The readings of a date or time, the index behind it, and its month and day if it has them."""

    readings: tuple[Reading, ...]
    next: int
    partial: Reading | None = None
    ends: tuple[Reading, ...] = ()
    kind: str = "date"


def days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01, by Howard Hinnant's `days_from_civil`."""
    year -= month <= 2
    era, within = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + within * 365 + within // 4 - within // 100 + of_year - 719468


def length(year: int, month: int) -> int:
    """How many days that month has."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else LENGTHS[month - 1]


def interval(low: int, high: int) -> Reading:
    """A reading as days `low` to `high`, both in it."""
    return Reading(low=Fraction(low), high=Fraction(high), unit=DATE)


def years(first: int, last: int) -> Reading:
    """The days of the years `first` to `last`."""
    return interval(days(first, 1, 1), days(last, 12, 31))


def months(year: int, first: int, last: int) -> Reading:
    """The days of the months `first` to `last` of `year`."""
    return interval(days(year, first, 1), days(year, last, length(year, last)))


def day_of(year: int, month: int, day: int) -> Reading | None:
    """One day, None when the calendar has no such day."""
    if not (1 <= month <= 12 and 1 <= day <= length(year, month)):
        return None
    count = days(year, month, day)
    return interval(count, count)


def yearless(month: int, day: int | None) -> Reading:
    """A day, or a whole month, of no known year."""
    low = 100 * month + (day or 0)
    return Reading(low=Fraction(low), high=Fraction(low if day else low + 99), unit=MONTH_DAY)


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


def number(tokens: Tokens, index: int, *, digits: tuple[int, ...]) -> int | None:
    """The whole number at `index` when it has one of these counts of digits."""
    token = at(tokens, index)
    return int(token.text) if token.kind == "d" and len(token.text) in digits else None


def year_at(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """A year of four digits at `index` (over a comma or "of"), and the index behind it."""
    place = index + (at(tokens, index).low in {",", "of"})
    year = number(tokens, place, digits=(4,))
    if year is None or not 1000 <= year <= 2999 or part_of_number(tokens, place):
        return None
    return year, place + 1


def part_of_number(tokens: Tokens, index: int) -> bool:
    """Whether the digits at `index` go on: 1,999 or 1999.5 or 1999th."""
    follower = at(tokens, index + 1)
    if follower.text in {".", ","} and glued(tokens, index + 1):
        return at(tokens, index + 2).kind == "d" and glued(tokens, index + 2)
    return follower.low in SUFFIXES and glued(tokens, index + 1)


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
    if day and not part_of_number(tokens, place) or suffixed(tokens, place):
        after = place + 1
        after += at(tokens, after).low in SUFFIXES and glued(tokens, after)
        return full(tokens, month, day or 0, after)
    year = year_at(tokens, place)
    if year:
        return When((months(year[0], month, month),), year[1], yearless(month, None))
    named = at(tokens, place).text[:1].isupper() and not at(tokens, place).gap.count("\n")
    if at(tokens, index - 1).low in BEFORE_MONTH and tokens[index].low in FULL_MONTHS and not named:
        return When((yearless(month, None),), index + 1)
    return None


def suffixed(tokens: Tokens, index: int) -> bool:
    """Whether a day number with its ordinal suffix stands at `index`."""
    joined = at(tokens, index + 1).low in SUFFIXES and glued(tokens, index + 1)
    return joined and number(tokens, index, digits=(1, 2)) is not None


def decade(tokens: Tokens, index: int) -> When | None:
    """1990s, and 90s behind "the" or an apostrophe; 1900s may be the decade or the century."""
    mark = at(tokens, index + 1)
    place = index + 1 + (mark.text in {"'", "’"})
    if at(tokens, place).low != "s" or not glued(tokens, index + 1) or not glued(tokens, place):
        return None
    year = number(tokens, index, digits=(4,))
    if year is None and at(tokens, index - 1).low in {"his", "her", "their"}:
        return thirties(tokens, index, place + 1)
    if year is None:
        short = number(tokens, index, digits=(2,))
        named = at(tokens, index - 1).low in {"the", "'", "’", "early", "mid", "late", "‘", "-"}
        if short is None or short % 10 or not named:
            return None
        year = 1900 + short if short >= 20 else 2000 + short
    readings = [within(tokens, index, year, 10)]
    if year % 100 == 0:
        readings.append(within(tokens, index, year, 100))
    return When(tuple(readings), place + 1)


def thirties(tokens: Tokens, index: int, end: int) -> When | None:
    """An age in tens: "in her 30s"."""
    tens = number(tokens, index, digits=(2,))
    if not tens or tens % 10:
        return None
    year = TIMES["year"]
    low, high = tens * year, (tens + 10) * year - 1
    return When((Reading(low=low, high=high, unit="second", surface="year"),), end)


def within(tokens: Tokens, index: int, first: int, size: int) -> Reading:
    """A decade or century from `first` on, or the part of it that early, mid or late names."""
    place = index - 1
    while place > index - 3 and at(tokens, place).text in {"-", "'", "’", "‘", "the"}:
        place -= 1
    share = {"early": (0, 5), "mid": (3, 7), "middle": (3, 7), "late": (5, 10)}
    low, high = share.get(at(tokens, place).low, (0, 10))
    return years(first + low * size // 10, first + high * size // 10 - 1)


def century(tokens: Tokens, index: int) -> When | None:
    """19th century, nineteenth century, 3rd century BC."""
    token = at(tokens, index)
    count = number(tokens, index, digits=(1, 2)) or ORDINALS.get(token.low)
    place = index + 1
    if token.low == "twenty":
        place += at(tokens, place).text == "-"
        count = 20 + ORDINALS.get(at(tokens, place).low, 0)
        place += 1
    elif token.kind == "d":
        place += at(tokens, place).low in SUFFIXES
    place += at(tokens, place).text == "-"
    if not count or at(tokens, place).low not in {"century", "centuries"}:
        return None
    if at(tokens, place + 1).low in BEFORE_CHRIST:
        return When((years(-100 * count + 1, -100 * count + 100),), place + 2)
    place += at(tokens, place + 1).low in ERAS
    first = 100 * (count - 1)
    return When((within(tokens, index, first, 100),), place + 1)


def era_year(tokens: Tokens, index: int) -> When | None:
    """44 BC, 1200 AD, 79 CE."""
    year = number(tokens, index, digits=(1, 2, 3, 4))
    if (
        not year
        or at(tokens, index + 1).low not in ERAS
        or not at(tokens, index + 1).text.isupper()
    ):
        return None
    count = 1 - year if at(tokens, index + 1).low in BEFORE_CHRIST else year
    return When((years(count, count),), index + 2)


def quarter(tokens: Tokens, index: int) -> When | None:
    """Q3 2021, H1 2021, the third quarter of 2021."""
    token, follower = at(tokens, index), at(tokens, index + 1)
    count, size, place = 0, 3, index + 2
    if token.text in {"Q", "H"} and follower.kind == "d" and glued(tokens, index + 1):
        count, size = int(follower.text[:2]), 3 if token.text == "Q" else 6
    elif follower.low in {"quarter", "half"}:
        count, size = ORDINALS.get(token.low, 0), 3 if follower.low == "quarter" else 6
    year = year_at(tokens, place + (at(tokens, place).text in DASHES))
    if not 1 <= count <= 12 // size or year is None:
        return None
    return When((months(year[0], size * (count - 1) + 1, size * count),), year[1])


def clock(tokens: Tokens, index: int) -> When | None:
    """11:00, 3:30 pm, 3 p.m., as minutes of the day; without am or pm both halves of the day."""
    hour = number(tokens, index, digits=(1, 2))
    if hour is None or hour > 24:
        return None
    minute, place = 0, index + 1
    timed = at(tokens, place).text == ":" and glued(tokens, place) and glued(tokens, place + 1)
    if timed:
        found = number(tokens, place + 1, digits=(2,))
        if found is None or found > 59:
            return None
        minute, place = found, place + 2
        if at(tokens, place).text == ":" and number(tokens, place + 1, digits=(2,)) is not None:
            place += 2
    half, place = half_of_day(tokens, place)
    if not timed and not half:
        return None
    return When(clock_readings(hour, minute, half), place, kind="time")


def running_time(tokens: Tokens, index: int) -> When | None:
    """42:15 in a line on a length: minutes and seconds, or hours and minutes."""
    first, second = (number(tokens, index + step, digits=(1, 2, 3)) for step in (0, 2))
    if first is None or second is None or second > 59 or at(tokens, index + 1).text != ":":
        return None
    line = {token.low for token in tokens[max(index - 4, 0) : index]}
    if not line & {"length", "duration", "runtime", "lasts", "long", "time"}:
        return None
    values = [Fraction(60 * first + second), Fraction(3600 * first + 60 * second)]
    readings = [Reading(low=value, high=value, unit="second", surface="clock") for value in values]
    return When(tuple(readings), index + 3)


def half_of_day(tokens: Tokens, place: int) -> tuple[str, int]:
    """ "am" or "pm" at `place` in any spelling, "" when none is given."""
    token = at(tokens, place)
    if token.low in {"am", "pm"} and token.text != "Am":
        return token.low, place + 1
    dotted = [at(tokens, place + step).low for step in range(3)]
    if dotted[0] in {"a", "p"} and dotted[1:] == [".", "m"]:
        return f"{dotted[0]}m", place + 3 + (at(tokens, place + 3).text == ".")
    return "", place


def clock_readings(hour: int, minute: int, half: str) -> tuple[Reading, ...]:
    """The minutes of the day that the clock may mean."""
    if half:
        hours = [hour % 12 + (12 if half == "pm" else 0)]
    else:
        hours = [hour, hour + 12] if 1 <= hour < 12 else [hour]
    minutes = [Fraction(60 * value + minute) for value in hours]
    return tuple(Reading(low=value, high=value, unit="minute-of-day") for value in minutes)


def named_time(tokens: Tokens, index: int) -> When | None:
    """Noon and midnight."""
    value = {"noon": 720, "midnight": 0}.get(at(tokens, index).low)
    if value is None:
        return None
    reading = Reading(low=Fraction(value), high=Fraction(value), unit="minute-of-day")
    return When((reading,), index + 1, kind="time")


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


def year_alone(tokens: Tokens, index: int) -> When | None:
    """A year by itself (1999), or two as a range: 1965-1972, 2018/19, 1990 to 1995."""
    found = year_at(tokens, index) if at(tokens, index).kind == "d" else None
    if found is None or found[0] > 2199:
        return None
    first, place = found
    dash = at(tokens, place).text in {*DASHES, "/"}
    if dash or at(tokens, place).low in {"to", "through", "until"}:
        last = last_year(tokens, place + 1, first)
        if last:
            ends = (years(first, first), years(last, last))
            return When((years(first, last),), place + 2, ends=ends)
    return When((years(first, first),), place)


def last_year(tokens: Tokens, index: int, first: int) -> int:
    """The later year that ends a range, in four digits or two, 0 when there is none."""
    year = number(tokens, index, digits=(4,))
    if year is None and glued(tokens, index) and not glued(tokens, index + 1):
        short = number(tokens, index, digits=(2,))
        year = None if short is None else first // 100 * 100 + short
    return year if year and first < year < first + 1000 and not part_of_number(tokens, index) else 0
