"""Requests that nothing can be done with, alone and among others; and characters cut in two."""

from __future__ import annotations

import pytest

from guard.errors import InputError
from guard.models.base import Request
from guard.models.local import LocalModel
from guard.types import Generation, Message, Sampling

ASK = (Message(role="user", content="A pump."),)
BROKEN = (Message(role="user", content="A \ud800."),)


@pytest.mark.parametrize(
    ("messages", "sampling", "message"),
    [
        (ASK, Sampling(max_tokens=0), "max_tokens is below 1"),
        (ASK, Sampling(max_tokens=9, temperature=float("nan")), "temperature is no number"),
        (BROKEN, Sampling(max_tokens=9), "lone surrogate"),
    ],
)
def test_what_is_refused_leaves_the_others_alone(
    phi_4: LocalModel, messages: tuple[Message, ...], sampling: Sampling, message: str
) -> None:
    """Its outcome is an error, and the other text is what it is alone."""
    other = Request(messages=ASK, sampling=Sampling(max_tokens=9))
    (alone,) = phi_4.write_many([other])
    refused, made = phi_4.write_many([Request(messages=messages, sampling=sampling), other])
    assert isinstance(refused, InputError)
    assert message in refused.message
    assert refused.hint
    assert isinstance(made, Generation)
    assert isinstance(alone, Generation)
    assert made.text == alone.text
    with pytest.raises(InputError, match=message):
        phi_4.write(messages, schema=None, sampling=sampling)


def test_a_text_that_is_cut_off_ends_with_a_whole_character(phi_4: LocalModel) -> None:
    """A character of which the budget left a part is left out."""
    for seed in range(12):
        sampling = Sampling(max_tokens=6, temperature=1.0, seed=seed)
        made = phi_4.write(ASK, schema=None, sampling=sampling)
        assert made.finish == "stop" or not made.text.endswith("\ufffd")
