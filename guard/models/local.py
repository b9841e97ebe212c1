"""Transformers models on this machine, driven through outlines, steered by llguidance's grammar."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from guard.errors import GuardError
from guard.grammar import compile_grammar
from guard.models.base import Request, Watch
from guard.models.layers import quicken
from guard.models.loading import load
from guard.models.profiles import THINK
from guard.models.prompting import render
from guard.models.steering import Stopped
from guard.models.thinking import CLOSE, split_thinking
from guard.models.writing import Task, Writer, Written
from guard.types import Generation, Json, Message, Sampling, Usage

THINKING_SHARE = 0.5  # of the budget, before the value is begun
LOOK = 0.05  # seconds between looks at whether a call that waits for its turn is still wanted
REACH = len(CLOSE) + 4  # tokens that surely hold the end of thinking when it has just come


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was written for one request, and the thinking before it."""

    written: Written
    thinking: str | None


NOTHING = Answer(written=Written(text="", finish="cancelled", usage=Usage()), thinking=None)
"""What comes of a call that is given up before its turn."""


def open_local(source: str, *, name: str | None = None) -> LocalModel:
    """The model in a folder, a GGUF file or a hub repository. Raises ModelError."""
    model, tokenizer = load(source)
    quicken(model)
    path = Path(source).expanduser()
    return LocalModel(model, tokenizer, name=name or (path.name if path.exists() else source))


class LocalModel(Writer):
    """A local causal language model. Safe to call from several threads, which then take turns."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str) -> None:
        super().__init__(model, tokenizer, name=name)
        # A tokenizer must not be used by two threads at once, and one text uses all cores anyway.
        self._lock = threading.Lock()

    def write(
        self,
        messages: Sequence[Message],
        *,
        schema: Json | None,
        sampling: Sampling,
        watch: Watch | None = None,
    ) -> Generation:
        """Write one answer; see `guard.models.base.Model`."""
        request = Request(messages=tuple(messages), schema=schema, sampling=sampling)
        (outcome,) = self._write([request], watch)
        if isinstance(outcome, GuardError):
            raise outcome
        return outcome

    def write_many(
        self, requests: Sequence[Request], *, watch: Watch | None = None
    ) -> list[Generation | GuardError]:
        """Write an answer to each request, several in each pass of the model.

        Each is what `write` would give, but for the rounding of sums, or the error that it would
        raise; no request's error touches another. `seconds` are those of all requests together.
        `watch` sees each of the answers grow, and stops the one that it is given.
        """
        return self._write(requests, watch)

    def _write(
        self, requests: Sequence[Request], watch: Watch | None
    ) -> list[Generation | GuardError]:
        start = time.perf_counter()
        with self._turn(watch) as is_mine:
            tasks = [self._task(request) for request in requests] if is_mine else []
            answers = iter(self._answers([t for t in tasks if isinstance(t, Task)], watch))
            outcomes = [next(answers) if isinstance(task, Task) else task for task in tasks]
        outcomes = outcomes if is_mine else [NOTHING for _ in requests]
        seconds = time.perf_counter() - start
        return [
            outcome
            if isinstance(outcome, GuardError)
            else Generation(
                text=outcome.written.text,
                finish=outcome.written.finish,
                model=self.name,
                seed=request.sampling.seed,
                usage=outcome.written.usage,
                seconds=seconds,
                thinking=outcome.thinking,
                shortened=outcome.written.shortened,
            )
            for request, outcome in zip(requests, outcomes, strict=True)
        ]

    @contextmanager
    def _turn(self, watch: Watch | None) -> Iterator[bool]:
        """Wait for this thread's turn; whether it came before `watch` gave it up."""
        while not self._lock.acquire(timeout=-1 if watch is None else LOOK):
            if watch is not None and not watch(""):
                yield False
                return
        try:
            yield True
        finally:
            self._lock.release()

    def _task(self, request: Request) -> Task | GuardError:
        """What a request comes to, or why it comes to nothing."""
        try:
            grammar = None
            if request.schema is not None:
                is_open = request.sampling.open_objects
                grammar = compile_grammar(request.schema, open_objects=is_open)
            prompt = render(self._tokenizer, request.messages, self.profile)
        except GuardError as error:
            return error
        return Task(prompt=prompt, grammar=grammar, sampling=request.sampling)

    def _answers(self, tasks: list[Task], watch: Watch | None) -> list[Answer | GuardError]:
        """The answers, each with the thinking before it, which is free of any grammar."""
        if not self.profile.thinks:
            found = self._decode(tasks, watch)
            return [w if isinstance(w, GuardError) else _plain(w) for w in found]
        values = [task for task in tasks if task.grammar is not None]
        hidden = None if watch is None else lambda _: watch("")
        thoughts = iter(self._decode([self._before(task) for task in values], hidden))
        ready: list[Task | Answer | GuardError] = []
        kept: list[tuple[Usage | None, str | None]] = []
        for task in tasks:
            thought = None if task.grammar is None else next(thoughts)
            if isinstance(thought, GuardError):
                ready.append(thought)
                continue
            if thought is not None and thought.finish == "cancelled":
                ready.append(_plain(replace(thought, text="")))
                continue
            following, thinking = (task, None) if thought is None else _after(task, thought)
            ready.append(following)
            kept.append((thought.usage if thought else None, thinking))
        found = self._decode([task for task in ready if isinstance(task, Task)], watch)
        done = iter([_joined(w, *k) for w, k in zip(found, kept, strict=True)])
        return [next(done) if isinstance(task, Task) else task for task in ready]

    def _before(self, task: Task) -> Task:
        """The free thinking before a value, for a part of the budget."""
        budget = max(1, int(task.sampling.max_tokens * THINKING_SHARE))
        sampling = replace(task.sampling, max_tokens=budget, stop=())
        stopped = self._thought(opened=_is_opened(task))
        return Task(prompt=task.prompt, grammar=None, sampling=sampling, stopped=stopped)

    def _thought(self, *, opened: bool) -> Stopped:
        """A test of whether thinking has ended, or is not going to begin."""

        def stopped(tokens: Sequence[int]) -> bool:
            start = self._text(tokens[: 2 * len(THINK)]).lstrip()
            begun = opened or start.startswith(THINK[: len(start)])
            if not (begun or start.startswith(THINK)):
                return True
            return CLOSE in self._text(tokens[-REACH:])

        return stopped


def _is_opened(task: Task) -> bool:
    return task.prompt.rstrip().endswith(THINK)


def _after(task: Task, thought: Written) -> tuple[Task, str | None]:
    """The value that follows thinking, closed if need be; and the thinking, where there was any."""
    opened = _is_opened(task)
    thinking, prompt = None, task.prompt
    if opened or thought.text.lstrip().startswith(THINK):
        thinking = thought.text.strip().removeprefix(THINK).partition(CLOSE)[0].strip()
        prompt += f"{'' if opened else THINK}\n{thinking}\n{CLOSE}\n\n"
    left = max(1, task.sampling.max_tokens - thought.usage.completion_tokens)
    sampling = replace(task.sampling, max_tokens=left)
    return replace(task, prompt=prompt, sampling=sampling), thinking


def _plain(written: Written) -> Answer:
    return Answer(written=written, thinking=None)


def _joined(
    written: Written | GuardError, before: Usage | None, thinking: str | None
) -> Answer | GuardError:
    """An answer with what was spent on the thinking before it, which a free text has inside."""
    if isinstance(written, GuardError):
        return written
    if before is None:
        thinking, text = split_thinking(written.text)
        return Answer(written=replace(written, text=text), thinking=thinking)
    tokens = before.completion_tokens + written.usage.completion_tokens
    usage = Usage(prompt_tokens=before.prompt_tokens, completion_tokens=tokens)
    return Answer(written=replace(written, usage=usage), thinking=thinking)
