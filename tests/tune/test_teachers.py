"""What teachers answer is learned beside the labels."""

from __future__ import annotations

import pytest

from guard.errors import ModelError
from guard.tune.rows import Row
from guard.tune.teachers import taught
from guard.tune.train import Settings, loss_of

ROWS = [
    Row(evidence="The lift carries 400 kg.", claim="The lift carries 400 kg.", label="supported"),
    Row(evidence="The lift carries 400 kg.", claim="It was painted red.", label="not_supported"),
]


def test_rows_get_the_mean_answer_of_the_teachers() -> None:
    """One teacher twice is that teacher; the answers are shares, and tell the rows apart."""
    once = taught(ROWS, ["shipped"], words=160)
    twice = taught(ROWS, ["shipped", "shipped"], words=160)
    for one, other in zip(once, twice, strict=True):
        assert one.taught is not None
        assert sum(one.taught) == pytest.approx(1.0)
        assert one.taught == pytest.approx(other.taught)
    answers = [row.taught or (0.0, 0.0, 0.0) for row in once]
    assert answers[0][0] > 0.5 > answers[1][0]


def test_without_teachers_rows_stay_as_they_are() -> None:
    assert taught(ROWS, [], words=160) == ROWS


def test_a_teacher_that_is_none_is_named() -> None:
    with pytest.raises(ModelError, match="no verifier"):
        taught(ROWS, ["absent"], words=160)


def test_the_loss_draws_to_label_and_answer() -> None:
    """A network that says what the teacher says is cheapest, the nearer the more it weighs."""
    import torch

    row = Row(evidence="e", claim="c", label="supported", taught=(0.1, 0.1, 0.8))
    plain = Row(evidence="e", claim="c", label="supported")
    label, answer = torch.tensor([[4.0, 0.0, 0.0]]), torch.log(torch.tensor([[0.1, 0.1, 0.8]]))

    def cost(of: Row, logits: torch.Tensor, weight: float) -> float:
        return float(loss_of(logits, [of], Settings(taught=weight)))

    assert cost(row, answer, 0.9) < cost(row, label, 0.9)
    assert cost(row, label, 0.1) < cost(row, answer, 0.1)
    assert cost(row, label, 0.0) == cost(plain, label, 0.7)
