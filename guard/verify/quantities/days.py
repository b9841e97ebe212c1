"""The calendar as numbers: a day is a count from 1970-01-01, a month or year an interval."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from guard.verify.quantities.model import DATE, MONTH_DAY, Reading

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


def year_of(count: int) -> int:
    """The calendar year of a day counted from 1970-01-01."""
    year = 1970 + count * 400 // 146097
    return year - (days(year, 1, 1) > count) + (days(year + 1, 1, 1) <= count)


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
