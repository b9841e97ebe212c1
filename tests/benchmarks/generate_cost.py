"""What a token costs beside the model's own pass, and how it depends on the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
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


HEADS = (
    *(("temp.", 6), ("passes", 8), ("chosen", 8), ("written", 9), ("settling", 10), ("p95", 7)),
    *(("a pass", 9), ("a token", 9), ("p95", 7), ("pass, ms", 10), ("share", 9)),
)
"""Microseconds where nothing else is said: `settling` is finished, forced and choose together for
each chosen token; `a pass` and `a token` are all that lies between two passes, and that divided by
the tokens written there, forced ones too; `share` is the former in the pass itself. Below stand
transformers' own `generate`, without a schema, and its share."""


@dataclass(kw_only=True)
class Clock:
    """When passes began and ended, and how many tokens were written up to each.

    What is no pass is counted in this thread's own time, so that a busy machine adds little to it;
    passes are counted by the clock on the wall, as they use several threads. `steps` are the
    seconds of steering for each token that was chosen.
    """

    begun: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    own: list[tuple[float, float]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    written: int = 0
    steps: list[float] = field(default_factory=list)
    step: float = 0.0

    def between(self) -> list[tuple[float, int]]:
        """Seconds from each pass to the next, and tokens written there."""
        return [
            (begun - ended, after - before)
            for ((_, ended), (begun, _)), (before, after) in zip(
                pairwise(self.own), pairwise(self.counts), strict=True
            )
        ]

    def passes(self) -> list[float]:
        """Seconds of each pass after the first, which reads the prompt."""
        return [end - start for start, end in zip(self.begun[1:], self.ended[1:], strict=True)]

    def steering(self, name: str) -> Callable[..., Any]:
        """A method of Steering that adds its time to the step, which a choice ends."""
        method = getattr(Steering, name)

        def timed(*given: Any) -> Any:
            start = time.thread_time()
            found = method(*given)
            self.step += time.thread_time() - start
            if name == "forced":
                self.written += len(found)
            elif name == "choose":
                self.written += 1
                self.steps.append(self.step)
                self.step = 0.0
            return found

        return timed


@contextmanager
def clocked(model: LocalModel) -> Iterator[Clock]:
    """Take the times of everything that `model` does."""
    clock = Clock()

    def before(*_: Any) -> None:
        clock.counts.append(clock.written)
        clock.begun.append(time.perf_counter())
        clock.own.append((time.thread_time(), 0.0))

    def after(*_: Any) -> None:
        clock.own[-1] = (clock.own[-1][0], time.thread_time())
        clock.ended.append(time.perf_counter())

    hooks = [
        model._model.register_forward_pre_hook(before),
        model._model.register_forward_hook(after),
    ]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("finished", "forced", "choose"):
            patch.setattr(Steering, name, clock.steering(name))
        yield clock
    for hook in hooks:
        hook.remove()


def heading() -> str:
    """What stands above the lines."""
    return f"{'':22}" + "".join(f"{name:>{width}}" for name, width in HEADS)


def bookkeeping(
    name: str, model: LocalModel, messages: tuple[Message, ...], schema: Json, tokens: int
) -> None:
    """A line for each temperature with what is spent outside the passes, and what a pass takes."""
    for temperature in (0.0, 0.8):
        with clocked(model) as clock:
            sampling = Sampling(max_tokens=tokens, temperature=temperature)
            model.write(messages, schema=schema, sampling=sampling)
        if clock.steps and len(clock.begun) > 1:  # else one pass was enough
            print_line(name, temperature, clock)


def free_bookkeeping(name: str, model: LocalModel, prompt: str, tokens: int) -> None:
    """The same of transformers' own `generate`, which writes a token in each pass."""
    import torch

    inputs = model._tokenizer(prompt, return_tensors="pt")
    for temperature in (0.0, 0.8):
        drawn: dict[str, Any] = {"do_sample": False}
        if temperature:
            drawn = {"do_sample": True, "temperature": temperature, "top_k": 0}
        with clocked(model) as clock, torch.inference_mode():
            model._model.generate(**inputs, max_new_tokens=tokens, min_new_tokens=tokens, **drawn)
        clock.counts = list(range(len(clock.begun)))
        clock.written = len(clock.begun)
        print_line(name, temperature, clock)


def print_line(name: str, temperature: float, clock: Clock) -> None:
    """What a clock has counted."""
    cells = (temperature, *figures(clock))
    widths = (width for _, width in HEADS)
    line = "".join(f"{x:>{width}}" for x, width in zip(cells, widths, strict=True))
    print(f"{name:22}{line}", flush=True)


def figures(clock: Clock) -> tuple[str, ...]:
    """What stands in a line behind the temperature."""
    between, one = clock.between(), median(clock.passes())
    beside = median(seconds for seconds, _ in between)
    each = [seconds / count for seconds, count in between if count]
    counts = f"{len(clock.begun)}", f"{len(clock.steps)}", f"{clock.written}"
    times = *spread(clock.steps), spread([beside])[0], *spread(each)
    return *counts, *times, f"{1e3 * one:.1f}", f"{100 * beside / one:.2f} %"


def spread(seconds: Sequence[float]) -> tuple[str, str]:
    """Median and 95th percentile in microseconds."""
    high = sorted(seconds)[int(0.95 * len(seconds))] if seconds else 0.0
    return f"{1e6 * median(seconds or [0.0]):.0f}", f"{1e6 * high:.0f}"


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
