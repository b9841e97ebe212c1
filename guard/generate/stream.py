"""An answer as it is written.

What is shown of a value is what is complete in a text that has not been checked as a whole yet.
Only the last `Partial` carries an answer that was checked; see `Partial` for what the others hold.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextvars import copy_context
from dataclasses import dataclass

from guard.generate.jsontext import so_far
from guard.generate.one import Question, answering
from guard.generate.steps import Cancelled, Outcome, Step, one_by_one, run
from guard.models.base import Model, Watch
from guard.schema import Schema
from guard.types import Generation, Json, Message, Sampling


@dataclass(frozen=True, kw_only=True)
class Partial:
    """An answer so far.

    `text` is all of it, not what was added. `value` are the parts of an object or array that are
    complete; None for a free text and for any other value that is not finished. Both are of one
    attempt, of which nothing is checked before it is whole. `generation` is the finished answer,
    checked and mended, and comes with the last Partial only.

    From one to the next `text` goes on and `value` grows, unless `restarted` is set. Then all that
    was shown before is void: what the model wrote did not satisfy the schema, and is being mended
    or written again. It comes as soon as that is known, with what there is in its place, which may
    be an empty text. While parts are mended nothing is shown.
    """

    text: str
    value: Json = None
    restarted: bool = False
    generation: Generation | None = None


def stream(
    model: Model,
    messages: Sequence[Message],
    *,
    schema: Schema | None,
    sampling: Sampling,
    attempts: int = 3,
    cancelled: Cancelled | None = None,
) -> Generator[Partial, None, None]:
    """`generate`, with its answer shown while a thread writes it.

    Nothing happens before the first Partial is asked for. A reader that is slower than the model
    gets fewer of them and holds it up in nothing. Closing the iterator (`close`, or leaving the
    loop that holds it) stops the writing and waits until it has stopped: a pass of a local model,
    or a server's whole answer, which comes in one piece. Raises what `generate` raises, from the
    iterator.
    """
    question = Question(
        messages=tuple(messages), schema=schema, sampling=sampling, attempts=attempts
    )
    desk = Desk(cancelled)
    write = one_by_one(model, desk.watch_of)
    writing = threading.Thread(
        target=copy_context().run,
        args=(desk.work, lambda: run([answering(model, question)], write)[0]),
        name="guard-stream",
    )
    writing.start()
    try:
        yield from _partials(desk, is_value=schema is not None)
    finally:
        desk.close()
        if writing is not threading.current_thread():  # which may be collecting garbage: this
            writing.join()


def _partials(desk: Desk, *, is_value: bool) -> Generator[Partial, None, None]:
    shown = ""
    while isinstance(laid := desk.take(), str):
        if laid == shown:
            continue
        value = so_far(laid) if is_value else None
        whole = value if isinstance(value, dict | list) else None  # a 1 may become a 12
        yield Partial(text=laid, value=whole, restarted=not laid.startswith(shown))
        shown = laid
    if isinstance(laid, BaseException):
        raise laid
    restarted = not laid.text.startswith(shown)
    yield Partial(text=laid.text, value=laid.value, restarted=restarted, generation=laid)


class Desk:
    """Where the writing thread lays its text, and the reader takes it.

    There is room for one text, and a newer one takes its place: texts only grow, so the reader
    misses nothing, and the writing thread never waits for it while it holds the model.
    """

    def __init__(self, cancelled: Cancelled | None) -> None:
        self._cancelled = cancelled
        self._changed = threading.Condition()
        self._text: str | None = None
        self._laid = ""
        self._end: Generation | BaseException | None = None
        self._closed = False

    def watch_of(self, step: Step) -> Watch:
        """Shows an answer as it grows, and of a part nothing; stops either when told to."""
        return (lambda _: self._lay("")) if step.is_part else self._lay

    def _lay(self, text: str) -> bool:
        if text != self._laid:
            with self._changed:
                self._text = self._laid = text
                self._changed.notify_all()
        return not (self._closed or (self._cancelled is not None and self._cancelled()))

    def work(self, write: Callable[[], Outcome]) -> None:
        """Write, and lay down what comes of it, whatever that is."""
        end: Generation | BaseException
        try:
            end = write()
        except BaseException as error:  # noqa: BLE001 - it is the reader's, who raises it
            end = error
        with self._changed:
            self._end = end
            self._changed.notify_all()

    def take(self) -> str | Generation | BaseException:
        """The newest text, or how it ended; waits for one of them."""
        with self._changed:
            self._changed.wait_for(lambda: self._text is not None or self._end is not None)
            if self._end is not None:
                return self._end
            text, self._text = self._text, None
            return text or ""

    def close(self) -> None:
        """Have the writing stopped."""
        self._closed = True
