"""How good a support is: is it right at 0.5, and does it mean what it says?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BINS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """`balanced_accuracy` is the mean of the shares of supported and of other claims that are told
    right at 0.5, `calibration_error` the mean gap between support and the share that is right."""

    balanced_accuracy: float
    calibration_error: float


def quality(levels: Sequence[float], supports: Sequence[float], labels: Sequence[bool]) -> Quality:
    """The quality of claims that pass up to a threshold of `levels` and have these `supports`."""
    return Quality(
        balanced_accuracy=balanced_accuracy([level >= 0.5 for level in levels], labels),
        calibration_error=calibration_error(supports, labels),
    )


def balanced_accuracy(passed: Sequence[bool], labels: Sequence[bool]) -> float:
    """The mean of the shares of supported claims that passed and of others that did not."""
    pairs = list(zip(passed, labels, strict=True))
    shares = [
        sum(one == label for one, label in pairs if label is kind) / labels.count(kind)
        for kind in (True, False)
    ]
    return sum(shares) / 2


def calibration_error(supports: Sequence[float], labels: Sequence[bool], bins: int = BINS) -> float:
    """The expected calibration error over bins of as many claims each.

    In each bin the mean support is held against the share of supported claims; the gaps are
    averaged by the bins' sizes. 0 is perfect. Claims of one support are one thing and count
    together, so that their order in the file does not show.
    """
    groups: dict[float, list[bool]] = {}
    for support, label in zip(supports, labels, strict=True):
        groups.setdefault(support, []).append(label)
    even = [
        (support, sum(group) / len(group))
        for support, group in sorted(groups.items())
        for _ in group
    ]
    edges = [round(len(even) * i / bins) for i in range(bins + 1)]
    parts = [even[start:end] for start, end in pairwise(edges)]
    gaps = [abs(math.fsum(s - share for s, share in part)) for part in parts]
    return math.fsum(gaps) / len(even)
