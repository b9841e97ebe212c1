"""What a quantity is: its readings, as exact intervals, and the words that say of what."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from guard.types import Span

Kind = Literal[
    "number", "measure", "percent", "money", "date", "time", "ordinal", "version", "identifier"
]

MAX_DIGITS = 400
"""A number with more digits, or a larger exponent, is read as an identifier: an exact string."""

DATE = "date"
"""The unit of calendar dates: days, counted from 1970-01-01."""

MONTH_DAY = "month-day"
"""The unit of dates without a year: 100 * month + day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One way to read a quantity: an interval in a base unit.

    `low` and `high` are None where unbounded; `open` means that a finite end of a bounded side is
    itself excluded ("more than 5"). `ulp` is the size of the last digit given, in the same unit
    (0: exact words such as "half"). `surface` names the unit as written, so that a conversion can
    be told from a plain comparison. `slack` is how far off an approximate value may be.
    """

    low: Fraction | None
    high: Fraction | None
    unit: str | None = None
    open: bool = False
    ulp: Fraction = Fraction(1)
    surface: str = ""
    slack: Fraction = Fraction(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """A value in a text.

    `span` covers `text`, the words of the value with its unit and its qualifier ("more than
    5 km"). `readings` are the ways it can be meant, likeliest first ("$" or "1.234" or "2000" have
    more than one). `noun` is the normalised head word of what is counted ("engineer"), or "".
    `approximate` is set by "about" and its kin. A `weak` value may be a figure of speech or part
    of a name, so that nothing may be concluded from its absence. `partial` is the month
    and day of a full date, as a yearless reading. `ends` are the two ends of a range of dates.
    `key` is the exact folded string of a version or identifier.
    """

    span: Span
    text: str
    kind: Kind
    readings: tuple[Reading, ...]
    noun: str = ""
    approximate: bool = False
    weak: bool = False
    partial: Reading | None = None
    ends: tuple[Reading, ...] = ()
    key: str = ""

    @property
    def low(self) -> Fraction | None:
        """The lower end of the likeliest reading, None when unbounded."""
        first = self.readings[0] if self.readings else None
        return None if first is None or first.low is None else first.low - first.slack

    @property
    def high(self) -> Fraction | None:
        """The upper end of the likeliest reading, None when unbounded."""
        first = self.readings[0] if self.readings else None
        return None if first is None or first.high is None else first.high + first.slack

    @property
    def unit(self) -> str | None:
        """The base unit of the likeliest reading, None for a bare number."""
        return self.readings[0].unit if self.readings else None
