"""Platt's map: a logistic regression of right and wrong on one number.

After Platt 1999, with the Newton steps of Lin, Lin and Weng 2007. The targets are drawn in from 0
and 1 by as much as the number of rows makes fair, so that rows that one threshold separates
without a mistake do not give an infinite slope.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

ROUNDS = 100
SETTLED = 1e-10
RIDGE = 1e-9
"""Added to the curvature, which vanishes where all values are alike."""


def fit_map(values: Sequence[float], hits: Sequence[bool]) -> tuple[float, float]:
    """Slope and intercept of the map from a value to the logit of the chance of a hit."""
    goals = _goals(hits)
    middle = math.fsum(values) / len(values)
    slope, intercept = _descend([value - middle for value in values], goals)
    return slope, intercept - slope * middle


def _descend(values: Sequence[float], goals: Sequence[float]) -> tuple[float, float]:
    """The map of least loss. Values about 0 keep slope and intercept out of each other's way."""
    slope, intercept = 0.0, logit(math.fsum(goals) / len(goals))
    loss = _loss(values, goals, slope, intercept)
    for _ in range(ROUNDS):
        step = _newton(values, goals, slope, intercept)
        size = 1.0
        # Half the step until it helps: Newton alone may leap too far.
        while size > SETTLED:
            found = _loss(values, goals, slope + size * step[0], intercept + size * step[1])
            if found < loss:
                break
            size /= 2
        else:
            break
        slope, intercept = slope + size * step[0], intercept + size * step[1]
        if loss - found < SETTLED:
            break
        loss = found
    return slope, intercept


def _goals(hits: Sequence[bool]) -> list[float]:
    yes = sum(hits)
    no = len(hits) - yes
    return [(yes + 1) / (yes + 2) if hit else 1 / (no + 2) for hit in hits]


def _loss(values: Sequence[float], goals: Sequence[float], slope: float, intercept: float) -> float:
    """Cross-entropy, summed."""
    logits = [slope * value + intercept for value in values]
    return math.fsum(
        max(z, 0.0) + math.log1p(math.exp(-abs(z))) - goal * z
        for z, goal in zip(logits, goals, strict=True)
    )


def _newton(
    values: Sequence[float], goals: Sequence[float], slope: float, intercept: float
) -> tuple[float, float]:
    """The change of slope and intercept that would be best, were the loss a parabola."""
    g_slope = g_intercept = h_cross = 0.0
    h_slope = h_intercept = RIDGE
    for value, goal in zip(values, goals, strict=True):
        chance = sigmoid(slope * value + intercept)
        off, curve = chance - goal, chance * (1.0 - chance)
        g_slope += off * value
        g_intercept += off
        h_slope += curve * value * value
        h_cross += curve * value
        h_intercept += curve
    bent = h_slope * h_intercept - h_cross * h_cross
    return (
        (h_cross * g_intercept - h_intercept * g_slope) / bent,
        (h_cross * g_slope - h_slope * g_intercept) / bent,
    )


def logit(share: float) -> float:
    """The logarithm of the odds of a share above 0 and below 1."""
    return math.log(share) - math.log1p(-share)


def sigmoid(value: float) -> float:
    """The share whose logit is `value`, without overflow."""
    if value >= 0.0:
        return 1.0 / (1.0 + math.exp(-value))
    odds = math.exp(value)
    return odds / (1.0 + odds)
