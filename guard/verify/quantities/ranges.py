"""Qualifiers: about, more than, at least, up to, before, after; and what they do to a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from guard.verify.quantities.model import DATE, MONTH_DAY, Reading
from guard.verify.quantities.tokens import Tokens, at

Qualifier = Literal["about", "over", "under", "least", "most"]


def phrases_of(table: Mapping[Qualifier, str]) -> dict[tuple[str, ...], Qualifier]:
    """The words of each phrase to its qualifier."""
    return {
        tuple(phrase.split()): name
        for name, phrases in table.items()
        for phrase in phrases.split("|")
    }


BEFORE = phrases_of(
    {
        "about": "about|around|approximately|approx|approx .|roughly|circa|c .|ca .|~|≈|nearly|"
        "almost|close to|an estimated|estimated|estimated at|some|an average of|as many as|"
        "as much as|nearing|approaching|more or less|on the order of|in the region of",
        "over": "more than|over|above|greater than|larger than|bigger than|higher than|"
        "longer than|older than|taller than|heavier than|better than|exceeding|exceeds|exceed|"
        "exceeded|exceeded by|in excess of|upwards of|upward of|surpassed|surpassing|surpasses|"
        "surpass|beyond|>|well over|just over|in over|faster than|topped|past|"
        "over the age of|above the age of|aged over",
        "under": "before they were|before he was|before she was|before turning|before it was|"
        "less than|fewer than|under|below|lower than|smaller than|shorter than|"
        "younger than|lesser than|slower than|lighter than|<|just under|well under|cheaper than|"
        "under the age of|below the age of|aged under",
        "least": "at least|no less than|no fewer than|not less than|not fewer than|≥|> =|"
        "a minimum of|minimum of|minimum|starting at",
        "most": "at most|up to|no more than|not more than|no greater than|≤|< =|a maximum of|"
        "maximum of|maximum|no longer than|not exceeding|within|no later than|"
        "before the age of|before age|by the age of|by age",
    }
)
BEFORE_DATES = phrases_of(
    {
        "about": "about|around|circa|c .|c|ca .|ca|~|approximately|approx .|roughly",
        "over": "after|later than|following|post -",
        "under": "before|prior to|earlier than|ahead of|pre -",
        "most": "by|until|no later than|up to",
        "least": "no earlier than|at the earliest",
    }
)
AFTER: Mapping[tuple[str, ...], Qualifier] = {
    ("or", "more"): "least", ("or", "greater"): "least", ("or", "older"): "least",
    ("or", "higher"): "least", ("or", "above"): "least", ("and", "above"): "least",
    ("or", "over"): "least", ("and", "over"): "least", ("or", "less"): "most",
    ("or", "fewer"): "most", ("or", "under"): "most", ("or", "younger"): "most",
    ("or", "below"): "most", ("or", "lower"): "most", ("at", "most"): "most",
    ("at", "least"): "least", ("or", "so"): "about", ("plus",): "least", ("odd",): "about",
    ("-", "odd"): "about", ("-", "plus"): "least", ("-", "ish"): "about",
}  # fmt: skip
SKIPPED = frozenset(("the", "a", "an", "just", "only", "another", "[", "("))
LONGEST = 4


def qualifier_before(
    tokens: Tokens, index: int, *, dates: bool = False
) -> tuple[Qualifier | None, int]:
    """The qualifier that ends right before `index`, and the index where its words begin."""
    table = BEFORE_DATES if dates else BEFORE
    for skip in (0, 1):
        if skip and at(tokens, index - 1).low not in SKIPPED:
            break
        for count in range(LONGEST, 0, -1):
            start = index - skip - count
            if start < 0:
                continue
            words = tuple(token.low for token in tokens[start : start + count])
            if words in table:
                return table[words], start
    return None, index


def qualifier_after(tokens: Tokens, index: int) -> tuple[Qualifier | None, int]:
    """The qualifier that starts at `index` ("or more", "+"), and the index behind it."""
    token = at(tokens, index)
    if token.text == "+" and not token.gap and at(tokens, index + 1).kind != "d":
        return "least", index + 1
    for count in (2, 1):
        words = tuple(at(tokens, index + step).low for step in range(count))
        if words in AFTER:
            return AFTER[words], index + count
    return None, index


def qualified(reading: Reading, qualifier: Qualifier | None) -> Reading:
    """`reading` widened or opened as the qualifier says."""
    if qualifier == "about":
        return replace(reading, slack=slack(reading))
    if qualifier == "over":
        low = reading.high if reading.unit in {DATE, MONTH_DAY} else reading.low
        return replace(reading, low=low, high=None, open=True)
    if qualifier == "under":
        return replace(reading, low=None, high=reading.low, open=True)
    if qualifier == "least":
        return replace(reading, high=None)
    if qualifier == "most":
        return replace(reading, low=None)
    return reading


def slack(reading: Reading) -> Fraction:
    """How far off "about" may be: half of the last digit that is not zero, within 3 to 10 %.

    "about 400" takes 360 to 440, "about 412" takes 400 to 424; about a year takes two years,
    about a decade's first year five.
    """
    if reading.low is None or reading.high is None:
        return Fraction(0)
    if reading.unit in {DATE, MONTH_DAY}:
        return Fraction(2 * 366) if reading.unit == DATE else Fraction(5)
    size = max(abs(reading.low), abs(reading.high))
    if not reading.ulp:
        return size / 10
    return max(size * Fraction(3, 100), min(last_digit(reading) / 2, size / 10))


def last_digit(reading: Reading) -> Fraction:
    """The place value of the last digit of the value that is not zero."""
    step = reading.ulp
    if not step or reading.low is None:
        return Fraction(0)
    count = abs(reading.low) / step
    if count.denominator != 1 or not count:
        return step
    digits = str(count.numerator)
    return step * Fraction(10) ** (len(digits) - len(digits.rstrip("0")))
