"""The shapes for asyncio: the loop goes on, and a cancelled task leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from guard import Config, Guard
from guard.errors import InputError
from guard.generate import Partial, agenerate, astream, generate
from guard.models.base import Watch
from guard.models.local import LocalModel
from guard.schema import load_schema
from guard.testing import KeywordEncoder
from guard.types import Generation, Json, Message, Sampling

ASK = (Message(role="user", content="Which part is it?"),)
LONG = Sampling(max_tokens=150, temperature=1.0, seed=4)
VALUE = load_schema({"type": "array", "items": {"enum": ["pump", "fan"]}, "maxItems": 6})


@dataclass
class Slow:
    """A real model that takes at least 10 ms for each piece of text."""

    model: LocalModel
    begun: threading.Event = field(default_factory=threading.Event)
    written: list[Generation] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.model.name

    def write(
        self,
        messages: Sequence[Message],
        *,
        schema: Json | None,
        sampling: Sampling,
        watch: Watch | None = None,
    ) -> Generation:
        def slow(text: str) -> bool:
            self.begun.set()
            time.sleep(0.01)
            return watch is None or watch(text)

        made = self.model.write(messages, schema=schema, sampling=sampling, watch=slow)
        self.written.append(made)
        return made


@pytest.fixture
def model(phi_4: LocalModel) -> Slow:
    return Slow(phi_4)


def guards() -> list[str]:
    """The threads of guard's that are alive."""
    return [each.name for each in threading.enumerate() if each.name.startswith("guard")]


async def until(event: threading.Event) -> None:
    while not event.is_set():
        await asyncio.sleep(0.001)


def test_the_loop_goes_on_while_a_model_writes(model: Slow) -> None:
    """Two calls at once, and other tasks have their turns."""

    async def main() -> tuple[list[Generation], int]:
        calls = [agenerate(model, ASK, schema=each, sampling=LONG) for each in (None, VALUE)]
        both = asyncio.gather(*calls)
        turns = 0
        while not both.done():
            await asyncio.sleep(0.001)
            turns += 1
        return list(await both), turns

    (text, value), turns = asyncio.run(main())
    assert text.text == generate(model.model, ASK, schema=None, sampling=LONG).text
    assert value.value == generate(model.model, ASK, schema=VALUE, sampling=LONG).value
    assert turns > 20
    assert guards() == []


def test_cancelling_a_task_stops_the_writing(model: Slow) -> None:
    """When the task is over, so is the writing; impatience does not change that."""

    async def main() -> tuple[list[str], int]:
        task = asyncio.create_task(agenerate(model, ASK, schema=None, sampling=LONG))
        await until(model.begun)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return guards(), len(model.written)

    assert asyncio.run(main()) == ([], 1)
    assert model.written[0].finish == "cancelled"
    assert generate(model.model, ASK, schema=VALUE, sampling=LONG).value is not None


def test_a_timeout_stops_the_writing(model: Slow) -> None:
    """`asyncio.timeout` works as it does for anything else."""

    async def main() -> None:
        async with asyncio.timeout(0.1):
            await agenerate(model, ASK, schema=None, sampling=LONG)

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert [made.finish for made in model.written] == ["cancelled"]
    assert guards() == []


def test_parts_come_one_after_another(model: Slow) -> None:
    """The last one is what `generate` gives."""

    async def main() -> list[Partial]:
        return [part async for part in astream(model, ASK, schema=VALUE, sampling=LONG)]

    parts = asyncio.run(main())
    assert len(parts) >= 2
    made = generate(model.model, ASK, schema=VALUE, sampling=LONG)
    assert (parts[-1].text, parts[-1].value) == (made.text, made.value)
    assert guards() == []


def test_leaving_a_stream_stops_the_writing(model: Slow) -> None:
    """With `aclosing`, at once."""

    async def main() -> list[str]:
        async with contextlib.aclosing(astream(model, ASK, schema=None, sampling=LONG)) as parts:
            async for _ in parts:
                break
        return guards()

    assert asyncio.run(main()) == []
    assert [made.finish for made in model.written] == ["cancelled"]


def test_cancelling_a_reader_stops_the_writing(model: Slow) -> None:
    """A task that waits for the next part can be cancelled as well."""

    async def reader() -> None:
        async for _ in astream(model, ASK, schema=None, sampling=LONG):
            pass

    async def main() -> list[str]:
        task = asyncio.create_task(reader())
        await until(model.begun)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return guards()

    assert asyncio.run(main()) == []
    assert [made.finish for made in model.written] == ["cancelled"]


def test_cancelling_a_run_stops_the_writing(
    model: Slow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole run of Guard's ends with its task too."""
    monkeypatch.chdir(tmp_path)  # where there is no index
    guard = Guard(model=model, encoder=KeywordEncoder(), entailment="baseline", config=Config())

    async def main() -> list[str]:
        task = asyncio.create_task(guard.arun("Which part is it?"))
        await until(model.begun)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return guards()

    assert asyncio.run(main()) == []
    assert [made.finish for made in model.written] == ["cancelled"]


def test_errors_are_raised_where_it_is_awaited(model: Slow) -> None:
    """By the call and by the stream."""

    async def first() -> None:
        async for _ in astream(model, (), schema=None, sampling=LONG):
            pass

    with pytest.raises(InputError, match="the prompt is empty"):
        asyncio.run(agenerate(model, (), schema=None, sampling=LONG))
    with pytest.raises(InputError, match="the prompt is empty"):
        asyncio.run(first())
    assert guards() == []
