"""The shapes for asyncio: a thread writes, the event loop goes on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from guard.generate.one import generate
from guard.generate.steps import Cancelled
from guard.generate.stream import Partial, stream
from guard.models.base import Model
from guard.schema import Schema
from guard.types import Generation, Message, Sampling

T = TypeVar("T")


async def agenerate(
    model: Model,
    messages: Sequence[Message],
    *,
    schema: Schema | None,
    sampling: Sampling,
    attempts: int = 3,
) -> Generation:
    """`generate`, awaited. Cancelling the task stops the writing and waits until it has stopped."""
    return await apart(
        lambda cancelled: generate(
            model,
            messages,
            schema=schema,
            sampling=sampling,
            attempts=attempts,
            cancelled=cancelled,
        )
    )


async def astream(
    model: Model,
    messages: Sequence[Message],
    *,
    schema: Schema | None,
    sampling: Sampling,
    attempts: int = 3,
) -> AsyncGenerator[Partial, None]:
    """`stream` for `async for`.

    Cancelling the task, or `aclose`, stops the writing and waits until it has stopped. After a
    `break` the event loop calls `aclose` in its own time; `contextlib.aclosing` does it at once.
    """
    stop = threading.Event()
    parts = stream(
        model,
        messages,
        schema=schema,
        sampling=sampling,
        attempts=attempts,
        cancelled=stop.is_set,
    )
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="guard-astream") as thread:
        try:
            while (part := await _in(thread, lambda: next(parts, None), stop)) is not None:
                yield part
        finally:
            stop.set()
            await _in(thread, parts.close, stop)


async def apart(work: Callable[[Cancelled], T]) -> T:
    """What `work` gives in a thread of its own; it is told when the task is cancelled."""
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="guard-apart") as thread:
        return await _in(thread, lambda: work(stop.is_set), stop)


async def _in(thread: ThreadPoolExecutor, work: Callable[[], T], stop: threading.Event) -> T:
    """What `work` gives in another thread; a cancelled task tells it to stop, and waits for it.

    The thread is the call's own: many that wait for a model must not use up the loop's threads.
    """
    loop = asyncio.get_running_loop()
    future = loop.run_in_executor(thread, copy_context().run, work)
    try:
        await asyncio.wait([future])
    except asyncio.CancelledError:
        stop.set()
        while not future.done():
            with contextlib.suppress(asyncio.CancelledError):  # it is on its way already
                await asyncio.wait([future])
        future.exception()  # CancelledError of guard's, which the task's own takes the place of
        raise
    return future.result()
