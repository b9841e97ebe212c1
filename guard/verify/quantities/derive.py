"""Values that evidence does not state but that follow from it.

A time between two of its dates (an age, a career), or the number of items in one of its lists. Such
a claim is neither carried nor absent: it is left to the checks that read sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from guard.verify.quantities.days import years
from guard.verify.quantities.model import DATE, Quantity, Reading
from guard.verify.quantities.units import TIMES

DAY = 86400
MAX_DATES = 60
MAX_COUNT = 20
OLDEST = 120 * TIMES["year"]
PRESENT = years(2015, 2035)
"""What "present" and "today" may be; fixed, so that a verdict does not depend on the day."""

ITEM = re.compile(r"[|,;\n]| and | or | & ")


def derivable_from(claimed: Quantity, evidence: Sequence[Quantity], text: str) -> bool:
    """Whether `claimed` may follow from the evidence, whose passage reads `text`."""
    if claimed.unit == "second":
        return between_dates(claimed.readings, evidence)
    if claimed.unit is None and claimed.kind == "number" and not claimed.noun:
        ages = tuple(aged(reading) for reading in claimed.readings)
        if all(age.low is None or age.low <= OLDEST for age in ages):
            return between_dates(ages, evidence)
    small = claimed.low is not None and 1 < claimed.low <= MAX_COUNT
    few = claimed.low is None and claimed.high is not None and claimed.high <= MAX_COUNT
    if claimed.unit is None and claimed.kind == "number" and (small or few):
        return any(allows(claimed.readings[0], count) for count in list_lengths(text))
    return False


def aged(reading: Reading) -> Reading:
    """A bare number as an age in years: "when she was 17"."""
    year = TIMES["year"]
    low = None if reading.low is None else reading.low * year
    high = None if reading.high is None else reading.high * year
    return replace(reading, low=low, high=high, unit="second", ulp=year)


def between_dates(readings: Sequence[Reading], evidence: Sequence[Quantity]) -> bool:
    """Whether some two dates, or one and the present, lie as far apart as the claim says."""
    dates = [item for item in evidence if item.unit == DATE]
    ends = [end for item in dates for end in (item.ends or item.readings[:1])][:MAX_DATES]
    ends.append(PRESENT)
    return any(
        apart(one, other, reading)
        for place, one in enumerate(ends)
        for other in ends[place + 1 :]
        for reading in readings
        if reading.unit == "second"
    )


def apart(one: Reading, other: Reading, length: Reading) -> bool:
    """Whether two dates can be as far apart as `length` allows, give or take its last digit."""
    if None in {one.low, one.high, other.low, other.high}:
        return False
    first, last = sorted((one, other), key=lambda reading: reading.low or Fraction(0))
    shortest = max(((last.low or 0) - (first.high or 0)) * DAY, 0)
    longest = ((last.high or 0) - (first.low or 0)) * DAY
    room = length.ulp + length.slack
    return (length.high is None or shortest <= length.high + room) and (
        length.low is None or longest >= length.low - room
    )


def allows(reading: Reading, count: int) -> bool:
    """Whether a reading allows this count."""
    low, high = reading.low, reading.high
    return (low is None or count >= low) and (high is None or count <= high)


@lru_cache(maxsize=256)
def list_lengths(text: str) -> frozenset[int]:
    """How many items the lists of `text` have: cells of a line, or parts of a sentence."""
    lengths: set[int] = set()
    for line in text.split("\n"):
        cells = line.count("|") + 1
        if cells > 1:
            lengths.add(cells)
        for sentence in line.split(". "):
            pieces = len(ITEM.split(sentence))
            lengths.update(range(2, min(pieces, MAX_COUNT) + 1))
    return frozenset(lengths)
