"""What is to be written next, and who writes it.

The engine (`guard.generate.one` and `guard.generate.mend`) never asks a model itself. It is a
generator that yields each `Step` and is sent what was written, or has thrown in why nothing was. So
one engine serves a single call, a stream and many questions at once: these differ in the `WriteAll`
that writes for them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from guard.errors import CancelledError, GuardError
from guard.models.base import Model, Request, Watch
from guard.types import Generation

AT_ONCE = 64
"""Texts that a model is given together: some passes full of them, of what it can hold."""

T = TypeVar("T")
Outcome = Generation | GuardError
Cancelled = Callable[[], bool]
"""Whether the caller wants no answer any more; `threading.Event().is_set` is one."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something to write: a whole answer, or a part that takes the place of a wrong one in it."""

    request: Request
    is_part: bool = False


Steps = Generator[Step, Generation, T]
WriteAll = Callable[[Sequence[Step]], Sequence[Outcome]]
WatchOf = Callable[[Step], Watch | None]


def asked(step: Step) -> Steps[Generation]:
    """What is written at a step. Raises CancelledError for a text that was stopped on the way."""
    written = yield step
    if written.finish == "cancelled":
        raise stopped(written.model)
    return written


def stopped(model: str) -> CancelledError:
    """The error of a call that was cancelled."""
    return CancelledError(
        f"{model} was stopped before its answer was complete",
        hint="nothing of it is kept; ask again for a whole answer",
    )


class Course:
    """The steps of one question, taken so far: `state` is the next, or what came of them all."""

    def __init__(self, steps: Steps[Generation]) -> None:
        self.state: Step | Outcome
        self._steps = steps
        self._go_on(lambda: next(steps))

    def go_on(self, outcome: Outcome) -> None:
        """Take what came of the last step."""
        if isinstance(outcome, GuardError):
            self._go_on(lambda: self._steps.throw(outcome))
        else:
            self._go_on(lambda: self._steps.send(outcome))

    def _go_on(self, move: Callable[[], Step]) -> None:
        try:
            self.state = move()
        except StopIteration as end:
            self.state = end.value
        except GuardError as error:
            self.state = error


def run(questions: Iterable[Steps[Generation]], write: WriteAll) -> list[Outcome]:
    """Take the steps of all questions side by side; what came of each, in their order."""
    courses = [Course(steps) for steps in questions]
    while True:
        going = [(each, each.state) for each in courses if isinstance(each.state, Step)]
        if not going:
            return [each.state for each in courses if not isinstance(each.state, Step)]
        outcomes = write([step for _, step in going])
        for (course, _), outcome in zip(going, outcomes, strict=True):
            course.go_on(outcome)


def one_by_one(model: Model, watch_of: WatchOf) -> WriteAll:
    """Writes one step after another; `watch_of` gives what watches it."""

    def write(steps: Sequence[Step]) -> list[Outcome]:
        return [_written(model, step.request, watch_of(step)) for step in steps]

    return write


def _written(model: Model, request: Request, watch: Watch | None) -> Outcome:
    try:
        if watch is None:  # models that cannot be watched will do here
            return model.write(request.messages, schema=request.schema, sampling=request.sampling)
        if not watch(""):
            return stopped(model.name)
        return model.write(
            request.messages, schema=request.schema, sampling=request.sampling, watch=watch
        )
    except GuardError as error:
        return error


@runtime_checkable
class Batching(Protocol):
    """A model that writes several answers at once."""

    @property
    def name(self) -> str:
        """What reports call the model."""
        ...

    def write_many(
        self, requests: Sequence[Request], *, watch: Watch | None = None
    ) -> list[Outcome]:
        """An answer to each request or its error; `watch` sees each of them."""
        ...


def together(model: Batching, watch: Watch | None) -> WriteAll:
    """Writes the steps together, some at a time, so that others get at the model in between."""

    def write(steps: Sequence[Step]) -> list[Outcome]:
        parts = (steps[at : at + AT_ONCE] for at in range(0, len(steps), AT_ONCE))
        return [outcome for part in parts for outcome in _written_together(model, part, watch)]

    return write


def _written_together(
    model: Batching, steps: Sequence[Step], watch: Watch | None
) -> Sequence[Outcome]:
    if watch is not None and not watch(""):
        return [stopped(model.name) for _ in steps]
    try:
        return model.write_many([step.request for step in steps], watch=watch)
    except GuardError as error:
        return [error for _ in steps]


def until(cancelled: Cancelled | None) -> Watch | None:
    """A watch that stops the writing when it is cancelled."""
    return None if cancelled is None else lambda _: not cancelled()
