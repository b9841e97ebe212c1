"""Measures, and the fit of the blend."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.tune.fit import fit_logistic
from guard.tune.measure import Figures, auroc, balanced_accuracy, figures, table
from guard.verify.settings import FEATURES, Blend, features, softmax


def test_auroc_counts_pairs() -> None:
    assert auroc([True, False, True, False], [0.9, 0.1, 0.4, 0.4]) == (1 + 1 + 1 + 0.5) / 4
    assert auroc([True, True], [0.1, 0.9]) == 0.5


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=30))
def test_auroc_is_the_share_of_pairs_in_order(rows: list[tuple[bool, int]]) -> None:
    yes = [score for one, score in rows if one]
    no = [score for one, score in rows if not one]
    if not yes or not no:
        return
    wins = sum((a > b) + 0.5 * (a == b) for a in yes for b in no) / (len(yes) * len(no))
    assert auroc([one for one, _ in rows], [s for _, s in rows]) == pytest.approx(wins)


def test_balanced_accuracy_is_fair_to_both_halves() -> None:
    supported = [True] * 8 + [False] * 2
    assert balanced_accuracy(supported, [0.9] * 10) == 0.5
    assert balanced_accuracy(supported, [0.5] * 8 + [0.49] * 2) == 1.0


def test_the_table_ends_with_the_mean_of_the_sets() -> None:
    one = figures([True, False], [0.9, 0.1])
    other = Figures(rows=100, balanced_accuracy=0.5, auroc=0.6)
    lines = table({"a": one, "b": other}).splitlines()
    assert lines[-1] == "| mean | 102 | 75.0 | 0.800 |"
    assert len(table({"a": one}).splitlines()) == 3


def test_the_fit_finds_what_tells_rows_apart() -> None:
    chance = np.random.default_rng(0)
    signal = chance.normal(size=(600, len(FEATURES)))
    supported = signal[:, 0] - signal[:, 1] + 0.3 * chance.normal(size=600) > 0
    intercept, *weights = fit_logistic(signal, supported, ["own"] * 600)
    blend = Blend(intercept=intercept, weights=tuple(weights))
    assert blend.weights[0] > 1.0
    assert blend.weights[1] < -1.0
    assert abs(blend.weights[2]) < 0.5
    said = [blend.support(row) >= 0.5 for row in signal.tolist()]
    assert np.mean(np.array(said) == supported) > 0.9


def test_a_small_set_counts_as_much_as_a_large_one() -> None:
    """The large set's rows are all one way up, the small one's the other: 0.5 lies between."""
    signal = np.zeros((220, len(FEATURES)))
    signal[:, 0] = [1.0] * 200 + [-1.0] * 20
    supported = np.array([True, False] * 110)
    intercept, *weights = fit_logistic(signal, supported, ["large"] * 200 + ["small"] * 20)
    blend = Blend(intercept=intercept, weights=tuple(weights))
    assert abs(blend.weights[0]) < 0.2
    assert blend.support((0.0,) * len(FEATURES)) == pytest.approx(0.5, abs=0.05)


@given(st.lists(st.floats(-50, 50), min_size=3, max_size=3), st.text(max_size=40))
def test_a_blend_gives_probabilities(logits: list[float], claim: str) -> None:
    blend = Blend(intercept=0.3, weights=(1.0, -0.5, 2.0, 1.0, -0.2))
    scores = blend.scores(logits, claim, "Owls hunt by night.")
    values = (scores.supported, scores.contradicted, scores.neutral)
    assert all(0.0 <= value <= 1.0 for value in values)
    assert sum(values) == pytest.approx(1.0)
    assert len(features(logits, claim, "Owls hunt by night.")) == len(FEATURES)
    assert sum(softmax(logits)) == pytest.approx(1.0)
