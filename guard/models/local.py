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
from guard.models.matching import FREE
from guard.models.profiles import THINK
from guard.models.prompting import render
from guard.models.refusing import ensure_usable
from guard.models.steering import Stopped
from guard.models.tasks import Task, Written
from guard.models.thinking import CLOSE
from guard.models.writing import Writer
from guard.types import Generation, Json, Message, Sampling, Usage

THINKING_SHARE = 0.5  # of the budget, before the value is begun
LOOK = 0.05  # seconds between looks at whether a call that waits for its turn is still wanted
REACH = len(CLOSE) + 4  # tokens that surely hold the end of thinking when it has just come
TAGS = 2 * REACH  # tokens that surely hold what is written around thinking


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
            ensure_usable(prompt, request.sampling)
        except GuardError as error:
            return error
        return Task(prompt=prompt, grammar=grammar, sampling=request.sampling)

    def _answers(self, tasks: list[Task], watch: Watch | None) -> list[Answer | GuardError]:
        """The answers, each with the thinking before it, which is free of any grammar."""
        if not self.profile.thinks:
            found = self._decode(tasks, watch)
            return [w if isinstance(w, GuardError) else _plain(w) for w in found]
        before = [self._before(task) for task in tasks]
        hidden = None if watch is None else lambda _: watch("")
        thoughts = iter(self._decode([task for task in before if task is not None], hidden))
        ready: list[Task | Answer | GuardError] = []
        kept: list[tuple[Usage | None, str | None]] = []
        for task, first in zip(tasks, before, strict=True):
            thought = None if first is None else next(thoughts)
            if isinstance(thought, GuardError):
                ready.append(thought)
                continue
            if thought is not None and thought.finish == "cancelled":
                ready.append(_plain(replace(thought, text="")))
                continue
            following, thinking = self._after(task, thought)
            ready.append(following)
            kept.append((thought.usage if thought else None, thinking))
        found = self._decode([task for task in ready if isinstance(task, Task)], watch)
        done = iter([_joined(w, *k) for w, k in zip(found, kept, strict=True)])
        return [next(done) if isinstance(task, Task) else task for task in ready]

    def _before(self, task: Task) -> Task | None:
        """The free thinking before a value, for a part of the budget; None if it has no room."""
        if task.grammar is None:
            return None
        try:
            budget = self._budget(task, len(self._fit(task.prompt)))
            budget = min(int(budget * THINKING_SHARE), budget - self._least(task))
        except GuardError:  # which writing the value will come to as well
            return None
        if budget < 1:
            return None
        sampling = replace(task.sampling, max_tokens=budget, stop=())
        stopped = self._thought(opened=task.opened)
        return Task(prompt=task.prompt, grammar=None, sampling=sampling, stopped=stopped)

    def _budget(self, task: Task, prompt_tokens: int) -> int:
        """How many tokens thinking and value may have together."""
        return min(task.sampling.max_tokens, self.window - prompt_tokens - TAGS)

    def _least(self, task: Task) -> int:
        """The tokens of a short value."""
        ready = self._matching.ready(task.grammar) if task.grammar else FREE
        return len(ready.ending or ())

    def _after(self, task: Task, thought: Written | None) -> tuple[Task, str | None]:
        """What follows thinking, closed if need be; and the thinking, where there was any."""
        if task.grammar is None:
            return task, None
        if thought is None:
            return _thoughtful(task, "") if task.opened else task, None
        left = max(1, task.sampling.max_tokens - thought.usage.completion_tokens)
        following = replace(task, sampling=replace(task.sampling, max_tokens=left))
        text = thought.text.strip()
        if not (task.opened or text.startswith(THINK)):
            return following, None
        thinking = text.removeprefix(THINK).partition(CLOSE)[0].strip()
        return self._with_room(following, thinking, thought.usage), thinking

    def _with_room(self, task: Task, thinking: str, spent: Usage) -> Task:
        """The task with thinking before it, unless that leaves no room: what was written in some
        tokens may be read in more, though hardly ever in many more."""
        wanted = self._budget(task, spent.prompt_tokens + spent.completion_tokens)
        following = _thoughtful(task, thinking)
        room = self.window - len(self._tokenizer(following.prompt).input_ids)
        is_full = room < max(wanted // 2, self._least(task))
        return _thoughtful(task, "") if is_full else following

    def _thought(self, *, opened: bool) -> Stopped:
        """A test of whether thinking has ended, or is not going to begin."""

        def stopped(tokens: Sequence[int]) -> bool:
            start = self._text(tokens[: 2 * len(THINK)]).lstrip()
            begun = opened or start.startswith(THINK[: len(start)])
            if not (begun or start.startswith(THINK)):
                return True
            return CLOSE in self._text(tokens[-REACH:])

        return stopped


def _thoughtful(task: Task, thinking: str) -> Task:
    """The task with thinking behind its prompt."""
    tag = "" if task.opened else THINK
    return replace(task, prompt=f"{task.prompt}{tag}\n{thinking}\n{CLOSE}\n\n")


def _plain(written: Written) -> Answer:
    return Answer(written=written, thinking=written.thinking)


def _joined(
    written: Written | GuardError, before: Usage | None, thinking: str | None
) -> Answer | GuardError:
    """An answer with what was spent on the thinking before it, which a free text has inside."""
    if isinstance(written, GuardError):
        return written
    if before is None:
        return _plain(written)
    tokens = before.completion_tokens + written.usage.completion_tokens
    usage = Usage(prompt_tokens=before.prompt_tokens, completion_tokens=tokens)
    return Answer(written=replace(written, usage=usage), thinking=thinking)
