"""Values that a claim computes from values that the evidence states.

A sum, a difference, a share, a percentage change or an average is only looked for where the claim
says that it is one; it has to come out exactly, at the precision that the claim shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from guard.verify.quantities.model import DATE, MONTH_DAY, Reading
from guard.verify.quantities.placing import Placed

MAX_VALUES = 24
LONGEST_SUM = 8

_TOTAL = re.compile(
    r"\b(?:together|totals?|altogether|combined|in all|sum|overall|both|as many|collectively)\b"
)
_APART = re.compile(
    r"\b(?:differen|lost|los[et]|gain|more|fewer|less|fell|fall|drop|declin|decreas|rose|rise|grew|"
    r"grow|increas|gap|longer|shorter|older|younger|taller|higher|lower|heavier|lighter|ahead|"
    r"margin|left|remain)"
)
_AVERAGE = re.compile(r"\b(?:average|averaged|averages|mean)\b")
_RATIO = re.compile(r"\b(?:times|twice|double|doubled|triple|tripled|half|third|quarter|ratio)\b")


def computed(claim: str, claimed: Placed, evidence: Sequence[Placed]) -> bool:
    """Whether the claim says that its value is computed, and it comes out of stated values."""
    said = claim.casefold()
    wanted = claimed.quantity.readings[:1]
    if not wanted or wanted[0].unit in {DATE, MONTH_DAY}:
        return False
    if wanted[0].unit == "share":
        return any(_equal(wanted[0], value) for value in _shares(claimed, evidence))
    values = [
        reading.low
        for item in _related(claimed, evidence)
        for reading in item.quantity.readings[:1]
        if reading.unit == wanted[0].unit and reading.low is not None
        if reading.low == reading.high
    ]
    return any(_equal(wanted[0], value) for value in _results(said, values))


def _related(claimed: Placed, evidence: Sequence[Placed]) -> list[Placed]:
    """The values that stand in sentences with a word of the claim."""
    return [item for item in evidence if item.far & claimed.far][:MAX_VALUES]


def _results(said: str, values: Sequence[Fraction]) -> Iterator[Fraction]:
    if _TOTAL.search(said) or _AVERAGE.search(said):
        average = _AVERAGE.search(said) is not None
        for run in _runs(values):
            yield sum(run, Fraction(0)) / (len(run) if average else 1)
    if _APART.search(said):
        yield from (abs(one - other) for one, other in combinations(values, 2))


def _runs(values: Sequence[Fraction]) -> Iterator[Sequence[Fraction]]:
    """Values that stand one after the other, at least two."""
    for start in range(len(values)):
        for end in range(start + 2, min(start + LONGEST_SUM, len(values)) + 1):
            yield values[start:end]


def _shares(claimed: Placed, evidence: Sequence[Placed]) -> Iterator[Fraction]:
    """Each value as a share of another of its kind, and the change from one to the other."""
    values: dict[str | None, list[Fraction]] = {}
    for item in _related(claimed, evidence):
        for reading in item.quantity.readings[:1]:
            exact = reading.low is not None and reading.low == reading.high
            if exact and reading.unit not in {DATE, MONTH_DAY, "share", "points", "ordinal"}:
                values.setdefault(reading.unit, []).append(reading.low or Fraction(0))
    for group in values.values():
        for one, other in combinations(group, 2):
            if one and other:
                yield from (one / other, other / one)
                yield from (abs(one - other) / abs(one), abs(one - other) / abs(other))


def _equal(claimed: Reading, value: Fraction) -> bool:
    """Whether a claimed value is a result, rounded as the claim shows it."""
    room = claimed.slack if claimed.slack else claimed.ulp / 2 if claimed.unit == "share" else 0
    if claimed.low is not None and value < claimed.low - room:
        return False
    return claimed.high is None or value <= claimed.high + room
