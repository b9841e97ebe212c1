"""How findings move a model's support."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.types import Finding
from guard.verify.entailment import Scores
from guard.verify.signals import AGAINST, PIECES, SIGNALS, moved, signals


def finding(name: str, score: float) -> Finding:
    check, label = name.split()
    return Finding(check=check, label=label, score=score, reason="For a test.")  # type: ignore[arg-type]


def test_each_signal_is_the_surest_finding_of_its_kind() -> None:
    some = [finding("names not_in_knowledge", 0.5), finding("names not_in_knowledge", 0.65)]
    sure = dict(zip(SIGNALS, signals([*some, finding("entailment supported", 0.9)]), strict=True))
    assert sure.pop("names not_in_knowledge") == 0.65
    assert set(sure.values()) == {0.0}


@given(
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.sampled_from(sorted(AGAINST - {PIECES})),
    st.floats(0.0, 1.0),
    st.floats(-5.0, 0.0),
)
def test_what_speaks_against_never_raises_support(
    supported: float, share: float, name: str, score: float, weight: float
) -> None:
    """And three probabilities stay three probabilities."""
    rest = 1.0 - supported
    before = Scores(supported=supported, contradicted=rest * share, neutral=rest * (1 - share))
    after = moved(before, [finding(name, score)], {name: weight})
    assert after.supported <= before.supported + 1e-6
    assert after.supported + after.contradicted + after.neutral == pytest.approx(1.0, abs=1e-5)
    assert min(after.supported, after.contradicted, after.neutral) >= 0.0


def test_without_weights_nothing_moves() -> None:
    scores = Scores(supported=0.6, contradicted=0.3, neutral=0.1)
    assert moved(scores, [finding("names contradicted", 1.0)], {}) == scores
