"""Logistic regression by Newton's method, with a ridge and balanced groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RIDGE = 1.0
STEPS = 60


def fit_logistic(
    features: NDArray[np.float64], supported: NDArray[np.bool_], groups: Sequence[str]
) -> tuple[float, ...]:
    """The intercept and the weights that best tell supported rows from the rest.

    `features` has shape (rows, features). Every group (set of data) counts alike, and so do the
    two halves of each, so that 0.5 is the threshold that is fair to both.
    """
    beta = solve(features, supported, _weights(supported, groups))
    return tuple(round(float(value), 4) for value in beta)


def solve(
    features: NDArray[np.float64], supported: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The intercept, which is not penalised, and the weights of the features; `weights` say how
    much each row counts."""
    import numpy as np

    design = np.c_[np.ones(len(features)), features]
    penalty = RIDGE * np.diag([0.0, *np.ones(features.shape[1])])
    beta = np.zeros(design.shape[1])
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (weights * (supported - p)) - penalty @ beta
        curvature = (design * (weights * p * (1.0 - p))[:, None]).T @ design + penalty
        beta = beta + np.linalg.solve(curvature, gradient)
    return beta


def _weights(supported: NDArray[np.bool_], groups: Sequence[str]) -> NDArray[np.float64]:
    """A row's weight: its half of its group, divided among the rows there; 1 on average."""
    import numpy as np

    keys = list(zip(groups, supported.tolist(), strict=True))
    sizes = {key: keys.count(key) for key in set(keys)}
    weights: NDArray[np.float64] = np.array([1.0 / sizes[key] for key in keys])
    weights *= len(keys) / weights.sum()
    return weights
