"""How a claimed value stands to a value in evidence, exactly.

- **same**: what the evidence gives lies in what the claim allows. Rounding counts as the same only
  where the claim shows that it rounds: it says "about", or it gives at least two digits and fewer
  decimals than the evidence ("3.14" of 3.14159, "57 %" of 57.3 %, "1.2 million" of 1,234,567). A
  whole number without a magnitude word rounds nothing: 1,200 is not 1,234.
- **part**: they overlap, but the evidence does not say as much as the claim does (the claim is
  more exact, or the evidence is only a bound).
- **other**: they exclude each other.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from guard.verify.quantities.model import DATE, MONTH_DAY, Quantity, Reading

Relation = Literal["same", "part", "other"]
ORDER: tuple[Relation, ...] = ("same", "part", "other")
CONVERSION = Fraction(1, 100)
"""How far two differently measured values may be apart to be one, at most half a last digit."""
CALENDAR = Fraction(2, 100)
PART = Fraction(1, 100)
"""How far a percentage may be from a third and its kin, which no percentage gives exactly."""
JOINTS = str.maketrans("", "", "-_ ")


def relation(claim: Quantity, evidence: Quantity) -> Relation | None:
    """How the claim's value stands to the evidence's; None when they cannot be compared."""
    if claim.key or evidence.key:
        return keyed(claim, evidence)
    dates = partial_dates(claim, evidence)
    if dates:
        return dates
    pairs = [(mine, theirs) for mine in claim.readings for theirs in evidence.readings]
    found = [related(mine, theirs) for mine, theirs in pairs if mine.unit == theirs.unit]
    if evidence.ends and claim.unit == evidence.unit == DATE:
        found += [related(claim.readings[0], end) for end in evidence.ends]
        if inside(claim.readings[0], evidence.readings[0]):
            return "same"
    best = min(found, key=ORDER.index, default=None)
    # Values that only a second reading can compare ("2017", the number) say nothing by differing.
    return None if best == "other" and claim.unit != evidence.unit else best


def keyed(claim: Quantity, evidence: Quantity) -> Relation | None:
    """Identifiers: the same string, or another one of the same series (AX-200 and AX-300)."""
    if not (claim.key and evidence.key):
        return None
    if bare_key(claim.key) in {bare_key(key) for key in (evidence.key, *pieces(evidence.key))}:
        return "same"
    mine = series(claim.key)
    if mine != series(evidence.key) or not any(c.isalpha() or c == "." for c in mine):
        return None
    longer, shorter = sorted((claim.key, evidence.key), key=len, reverse=True)
    if longer.startswith(shorter) and not longer[len(shorter)].isalnum():
        return "same" if claim.key == shorter else "part"
    return "other"


def bare_key(key: str) -> str:
    """An identifier without its hyphens and blanks: AX-200 is AX200."""
    return key.translate(JOINTS)


def pieces(key: str) -> list[str]:
    """The hyphenated pieces of an identifier that are identifiers themselves."""
    parts = key.split("-")
    return [part for part in parts if any(c.isdigit() for c in part) and part[:1].isalpha()]


def series(key: str) -> str:
    """What an identifier's digits number: its letters, before the first digit."""
    head = key.rstrip("0123456789.")
    letters = "".join(character for character in key if not character.isdigit())
    return letters if head else "." * key.count(".")


def partial_dates(claim: Quantity, evidence: Quantity) -> Relation | None:
    """A date without a year against one with it; None when that is not so."""
    mine, theirs = claim.readings[0], evidence.readings[0]
    if mine.unit == MONTH_DAY and evidence.partial is not None and theirs.unit == DATE:
        return related(mine, evidence.partial)
    if theirs.unit == MONTH_DAY and claim.partial is not None and mine.unit == DATE:
        return "part" if related(claim.partial, theirs) == "same" else "other"
    return None


def related(mine: Reading, theirs: Reading) -> Relation:
    """How two readings in one unit stand to each other."""
    if inside(theirs, mine):
        return "same" if not both_ranges(mine, theirs) or ends_given(mine, theirs) else "part"
    if mine.unit not in {DATE, MONTH_DAY} and mine.low == mine.high and centre(theirs) == mine.low:
        return "same"  # "4,000" of "about 4,000": it is the value that the evidence gives
    # Two approximate dates agree on the year that both name.
    both = mine.unit == DATE and theirs.slack > 0
    room = Fraction(0) if both else tolerance(mine, theirs) + mine.slack
    if room and inside(theirs, grown(mine, room)):
        return "same"
    close = overlap(mine, grown(theirs, theirs.slack)) or rounds_to(mine, theirs)
    return "part" if close else "other"


def both_ranges(mine: Reading, theirs: Reading) -> bool:
    """Whether both are ranges or bounds. A wider one is true of what is in a narrower one, but its
    ends are values that the evidence does not give. Dates are ranges of days by nature."""
    is_date = mine.unit in {DATE, MONTH_DAY}
    return not is_date and all(one.low != one.high for one in (mine, theirs))


def centre(reading: Reading) -> Fraction | None:
    """The value that an approximate reading is about, None for any other."""
    if not reading.slack or reading.low != reading.high:
        return None
    return reading.low


def ends_given(mine: Reading, theirs: Reading) -> bool:
    """Whether every end of a range is one of the other's: "at least 3" of "3 to 5". A rounder end
    is given by a more exact one, as "over 800" by "over 835"."""
    pairs = ((mine.low, theirs.low), (mine.high, theirs.high))
    return all(
        one is None or one == other or (other is not None and rounder(mine, one, theirs, other))
        for one, other in pairs
    )


def rounder(mine: Reading, one: Fraction, theirs: Reading, other: Fraction) -> bool:
    """Whether an end has fewer digits than another, and the first of them in common."""
    close = abs(other - one) <= abs(other) / 10
    return close and last_digit(mine, one) > last_digit(theirs, other)


def last_digit(reading: Reading, end: Fraction) -> Fraction:
    """The place value of the last digit of an end that is not zero."""
    if not reading.ulp:
        return Fraction(0)
    count = abs(end) / reading.ulp
    if count.denominator != 1 or not count:
        return reading.ulp
    digits = str(count.numerator)
    return reading.ulp * Fraction(10) ** (len(digits) - len(digits.rstrip("0")))


def inside(inner: Reading, outer: Reading) -> bool:
    """Whether everything `inner` allows is allowed by `outer`."""
    return above(inner, outer) and below(inner, outer)


def above(inner: Reading, outer: Reading) -> bool:
    """Whether `inner` does not reach under `outer`."""
    if outer.low is None:
        return True
    if inner.low is None:
        return False
    strict = outer.open and outer.high is None and not (inner.open and inner.high is None)
    return inner.low > outer.low if strict else inner.low >= outer.low


def below(inner: Reading, outer: Reading) -> bool:
    """Whether `inner` does not reach over `outer`."""
    if outer.high is None:
        return True
    if inner.high is None:
        return False
    strict = outer.open and outer.low is None and not (inner.open and inner.low is None)
    return inner.high < outer.high if strict else inner.high <= outer.high


def overlap(one: Reading, other: Reading) -> bool:
    """Whether some value is allowed by both; touching bounds count."""
    if one.low is not None and other.high is not None and other.high < one.low:
        return False
    if one.high is not None and other.low is not None and one.high < other.low:
        return False
    return not excluded(one, other) and not excluded(other, one)


def excluded(bound: Reading, value: Reading) -> bool:
    """Whether `bound` is an open bound right at the exact `value`: more than 5, and 5."""
    if not bound.open or value.open or value.low is None or value.high is None:
        return False
    return value.high == bound.low or value.low == bound.high


def tolerance(mine: Reading, theirs: Reading) -> Fraction:
    """How far the evidence may lie outside of the claim and still be the same value."""
    if mine.unit in {DATE, MONTH_DAY} or mine.low is None or mine.high is None:
        return Fraction(0)
    size = max(abs(mine.low), abs(mine.high))
    if mine.unit == "share" and not (mine.ulp and theirs.ulp):
        # Thirds and sixths are no whole percentages; a quarter is 25 % and nothing else.
        endless = any(r.low and not r.ulp and 100 % r.low.denominator for r in (mine, theirs))
        return PART if endless else Fraction(0)
    if mine.surface != theirs.surface and mine.surface and theirs.surface:
        share = CALENDAR if mine.unit == "second" else CONVERSION
        if mine.unit == "kelvin^1":
            return max(mine.ulp, theirs.ulp) / 2
        return min(max(mine.ulp, theirs.ulp) / 2, size * share)
    finer = theirs.ulp < mine.ulp
    exact = theirs.low is not None and theirs.low == theirs.high
    if finer and exact and mine.ulp and size / mine.ulp >= 10:
        return mine.ulp / 2
    return Fraction(0)


def grown(reading: Reading, room: Fraction) -> Reading:
    """`reading` with `room` on its closed sides."""
    if reading.open or reading.low is None or reading.high is None:
        return reading
    return replace(reading, low=reading.low - room, high=reading.high + room)


def rounds_to(mine: Reading, theirs: Reading) -> bool:
    """Whether the evidence is a rounding of the more exact claim."""
    if mine.low is None or mine.low != mine.high or theirs.low is None or theirs.high is None:
        return False
    if mine.unit in {DATE, MONTH_DAY} or mine.ulp >= theirs.ulp:
        return False
    return theirs.low - theirs.ulp / 2 <= mine.low <= theirs.high + theirs.ulp / 2
