"""Requests that nothing can be done with, alone and among others; and characters cut in two."""

from __future__ import annotations

import pytest
import torch

from guard.errors import InputError, ModelError
from guard.models import decoding
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


def test_where_memory_is_short_only_those_of_the_pass_end(
    phi_4: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have an error each; those that wait are written."""
    monkeypatch.setattr(decoding, "AT_A_TIME", 2)
    reads: list[int] = []

    def exhaust(*_: object) -> None:
        reads.append(1)
        if len(reads) == 2:
            torch.empty(1 << 60)

    hook = phi_4._model.register_forward_pre_hook(exhaust)
    asked = [
        Request(messages=(Message(role="user", content=text),), sampling=Sampling(max_tokens=9))
        for text in ("A pump.", "In Leith there is a pump.", "No pump.")
    ]
    try:
        *ended, last = phi_4.write_many(asked)
    finally:
        hook.remove()
    assert all(isinstance(each, ModelError) and "memory" in each.message for each in ended)
    assert isinstance(last, Generation)
    assert (
        last.text
        == phi_4.write(asked[-1].messages, schema=None, sampling=Sampling(max_tokens=9)).text
    )


def test_other_errors_of_a_pass_are_not_hidden(phi_4: LocalModel) -> None:
    """What is a mistake of the program stays one."""

    def fail(*_: object) -> None:
        raise RuntimeError("a mistake")

    hook = phi_4._model.register_forward_pre_hook(fail)
    try:
        with pytest.raises(RuntimeError, match="a mistake"):
            phi_4.write(ASK, schema=None, sampling=Sampling(max_tokens=9))
    finally:
        hook.remove()


def test_a_text_that_is_cut_off_ends_with_a_whole_character(phi_4: LocalModel) -> None:
    """A character of which the budget left a part is left out."""
    for seed in range(12):
        sampling = Sampling(max_tokens=6, temperature=1.0, seed=seed)
        made = phi_4.write(ASK, schema=None, sampling=sampling)
        assert made.finish == "stop" or not made.text.endswith("\ufffd")
