"""Thresholds with a promise: at most a share `alpha` of what passes is wrong.

The method is Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei 2021, arXiv:2110.01052)
with split fixed-sequence testing. For each candidate threshold the hypothesis "more than `alpha`
of the claims that pass here are wrong" is tested with an exact binomial tail. The order of the
tests is fixed by rows that the tests do not see: the first threshold is the one that those rows
pass most surely, then come the laxer ones, down to the first that cannot be rejected. As the order
is fixed beforehand, all rejected thresholds hold together, each test being made at `delta`, and
the laxest of them may be used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Claims that passed, and how many of them are wrong."""

    passed: int
    wrong: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A candidate threshold: what it lets pass of the rows that choose where to begin (`scout`),
    and of those that it is tested on (`test`)."""

    threshold: float
    scout: Count
    test: Count


def lowest_safe(steps: Sequence[Step], *, alpha: float, delta: float) -> Step | None:
    """The laxest of `steps`, given strictest first, that keeps the promise; None if none does.

    With probability at least 1 - `delta` over the rows tested, at most `alpha` of the claims that
    pass the step's threshold are wrong.
    """
    chances = [chance(step.scout, alpha) for step in steps]
    first = chances.index(min(chances)) if chances else 0
    found = None
    for step in steps[first:]:
        if chance(step.test, alpha) > delta:
            break
        found = step
    return found


def chance(count: Count, share: float) -> float:
    """How likely it is to see no more than `count.wrong`, were a `share` of all that pass wrong."""
    return at_most(count.wrong, count.passed, share)


def upper_bound(count: Count, delta: float) -> float:
    """The Clopper-Pearson bound: the share that is not exceeded with probability 1 - `delta`."""
    if count.wrong >= count.passed:
        return 1.0
    low, high = count.wrong / count.passed, 1.0
    while low < (middle := (low + high) / 2) < high:
        if chance(count, middle) > delta:
            low = middle
        else:
            high = middle
    return high


def least_passed(alpha: float, delta: float) -> int:
    """How many claims must pass, none of them wrong, before `alpha` can be promised."""
    return math.ceil(math.log(delta) / math.log1p(-alpha))


def at_most(hits: int, tries: int, share: float) -> float:
    """The chance of at most `hits` in `tries` that each hit with probability `share`."""
    if hits >= tries or share <= 0.0:
        return 1.0
    if hits < 0 or share >= 1.0:
        return 0.0
    if hits > tries * share:  # the other tail is the shorter sum
        return 1.0 - at_most(tries - hits - 1, tries, 1.0 - share)
    term = total = 1.0  # relative to the last and largest term
    for hit in range(hits, 0, -1):
        term *= hit / (tries - hit + 1) * (1.0 - share) / share
        total += term
        if term < 1e-18 * total:
            break
    return min(1.0, math.exp(_log_chance(hits, tries, share)) * total)


def _log_chance(hits: int, tries: int, share: float) -> float:
    """The logarithm of the chance of exactly `hits`."""
    ways = math.lgamma(tries + 1) - math.lgamma(hits + 1) - math.lgamma(tries - hits + 1)
    return ways + hits * math.log(share) + (tries - hits) * math.log1p(-share)
