"""What a token costs beside the model's own pass, and how it depends on the model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from guard.models.local import LocalModel
from guard.models.steering import Steering
from guard.types import Json, Message, Sampling

PHI_4_ROWS = 100_352


@dataclass(kw_only=True)
class Clock:
    """When passes began and ended, and how many tokens were chosen up to each.

    What lies between passes is counted in this thread's own time, so that a busy machine adds
    nothing to it; passes are counted by the clock on the wall, as they use several threads.
    """

    begun: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    own: list[tuple[float, float]] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    choices: int = 0

    def between(self) -> list[float]:
        """Seconds from each pass to the next, for each token chosen there."""
        pairs = zip(pairwise(self.own), pairwise(self.chosen), strict=True)
        return [
            (begun - ended) / (after - before)
            for ((_, ended), (begun, _)), (before, after) in pairs
            if after > before
        ]

    def passes(self) -> list[float]:
        """Seconds of each pass after the first, which reads the prompt."""
        return [end - start for start, end in zip(self.begun[1:], self.ended[1:], strict=True)]


@contextmanager
def clocked(model: LocalModel) -> Iterator[Clock]:
    """Take the times of everything that `model` does."""
    clock = Clock()
    choose = Steering.choose

    def before(*_: Any) -> None:
        clock.chosen.append(clock.choices)
        clock.begun.append(time.perf_counter())
        clock.own.append((time.thread_time(), 0.0))

    def after(*_: Any) -> None:
        clock.own[-1] = (clock.own[-1][0], time.thread_time())
        clock.ended.append(time.perf_counter())

    def counted(self: Steering, scores: Any) -> int:
        clock.choices += 1
        return choose(self, scores)

    hooks = [
        model._model.register_forward_pre_hook(before),
        model._model.register_forward_hook(after),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Steering, "choose", counted)
        yield clock
    for hook in hooks:
        hook.remove()


def bookkeeping(
    name: str, model: LocalModel, messages: tuple[Message, ...], schema: Json, tokens: int
) -> None:
    """A line with what a chosen token costs outside the passes, and what a pass costs."""
    for temperature in (0.0, 0.8):
        with clocked(model) as clock:
            sampling = Sampling(max_tokens=tokens, temperature=temperature)
            model.write(messages, schema=schema, sampling=sampling)
        costs, passes = sorted(clock.between()), clock.passes()
        if not costs:
            continue  # one pass was enough
        print(
            f"{name:22}{temperature:6.1f}{clock.choices:9}{1e6 * median(costs):11.0f}"
            f"{1e6 * costs[int(0.95 * len(costs))]:9.0f}{1e3 * median(passes):11.1f}"
            f"{100 * median(costs) / median(passes):9.2f} %",
            flush=True,
        )


def wide(model: LocalModel) -> LocalModel:
    """A random model in Phi-4's layout, with its 100,352 rows, and the tokenizer of `model`.

    What it finds likeliest is hardly ever allowed, so the whole mask is put on its scores.
    """
    import torch
    from transformers import Phi3Config, Phi3ForCausalLM

    torch.manual_seed(4)
    config = Phi3Config(
        vocab_size=PHI_4_ROWS,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=4096,
        tie_word_embeddings=False,
        pad_token_id=0,
        bos_token_id=0,
        eos_token_id=model.ends[0],
    )
    return LocalModel(Phi3ForCausalLM(config).eval(), model._tokenizer, name="phi-4 layout")
