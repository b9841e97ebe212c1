"""Answers shown as they are written: they only grow, unless they say that they began anew."""

from __future__ import annotations

import re
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.errors import CancelledError, InputError, OutputError
from guard.generate import Partial, generate, stream
from guard.models.base import Model, Watch
from guard.models.local import LocalModel
from guard.schema import load_schema
from guard.testing import ScriptedModel
from guard.types import Generation, Json, Message, Sampling

ASK = (Message(role="user", content="Which part is it? Größe 3 µm, naïve café."),)
SHORT = Sampling(max_tokens=90, temperature=1.0, seed=2)
PART: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 12},
        "sizes": {"type": "array", "items": {"type": "integer"}, "maxItems": 4},
        "seal": {"type": "object", "properties": {"kind": {"enum": ["soft", "hard"]}}},
    },
    "required": ["name", "sizes", "seal"],
}
ODD = {"type": "integer", "not": {"multipleOf": 2}}  # which no grammar can hold to
ODDS = {"type": "object", "properties": {"a": ODD, "b": ODD}, "required": ["a", "b"]}
NONE = {"type": "integer", "not": {"multipleOf": 1}}
SCHEMAS: list[Any] = [None, {"type": "integer"}, {"type": "array", "maxItems": 5}, PART, ODDS]


@dataclass
class Paced:
    """A model that waits after each text until the reader has taken it, or for `patience` s."""

    model: Model
    patience: float = 20.0
    turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
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
        seen = ""

        def paced(text: str) -> bool:
            nonlocal seen
            go_on = watch is None or watch(text)
            if text != seen:
                self.turns.acquire(timeout=self.patience if go_on else 0)
            seen = text
            return go_on

        is_part = "alone, as JSON" in messages[-1].content  # of which nothing is shown
        given = watch if is_part else paced
        made = self.model.write(messages, schema=schema, sampling=sampling, watch=given)
        self.written.append(made)
        return made


def read(model: Paced, schema: Any, sampling: Sampling, attempts: int = 3) -> list[Partial]:
    """All that a reader sees who misses nothing."""
    loaded, parts = None if schema is None else load_schema(schema), []
    for part in stream(model, ASK, schema=loaded, sampling=sampling, attempts=attempts):
        parts.append(part)
        if part.text:
            model.turns.release()
    return parts


def grows(before: Any, after: Any) -> bool:
    """Whether what was there before is still there, and lists only grew."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(name in after and grows(before[name], after[name]) for name in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) <= len(after) and all(map(grows, before, after))
    return before is None or before == after


@given(
    schema=st.sampled_from(SCHEMAS),
    seed=st.integers(0, 10_000),
    temperature=st.sampled_from([0.0, 1.0]),
)
@settings(max_examples=25)
def test_what_is_shown_grows_until_it_is_taken_back(
    phi_4: LocalModel, schema: Any, seed: int, temperature: float
) -> None:
    """Text and value go on from one Partial to the next; a restart is said, and only where one is;
    and the last has what `generate` gives."""
    sampling = Sampling(max_tokens=70, temperature=temperature, seed=seed)
    loaded = None if schema is None else load_schema(schema)
    try:
        made = generate(phi_4, ASK, schema=loaded, sampling=sampling)
    except OutputError as error:  # it draws at random, after all
        said = str(error)
        with pytest.raises(OutputError, match=re.escape(said)):
            read(Paced(phi_4), schema, sampling)
        return
    parts = read(Paced(phi_4), schema, sampling)
    assert not parts[0].restarted
    for before, after in pairwise(parts):
        assert after.restarted is not after.text.startswith(before.text)
        assert after.restarted or grows(before.value, after.value)
    assert [part.generation for part in parts[:-1]] == [None] * (len(parts) - 1)
    assert replace(parts[-1].generation, seconds=0.0) == replace(made, seconds=0.0)
    assert (parts[-1].text, parts[-1].value) == (made.text, made.value)


def test_a_value_is_shown_long_before_it_is_finished(phi_4: LocalModel) -> None:
    """Each field appears once it is complete."""
    parts = read(Paced(phi_4), PART, SHORT)
    states = [set(part.value) for part in parts if isinstance(part.value, dict)]
    assert {"name", "sizes"} in states
    assert len(states) >= 5
    assert not any(part.restarted for part in parts)


def test_a_number_alone_is_shown_when_it_is_finished(phi_4: LocalModel) -> None:
    """A 1 that may become a 12 is no value."""
    parts = read(Paced(phi_4), {"type": "integer", "minimum": 100, "maximum": 999}, SHORT)
    assert len(parts) >= 2
    assert [part.value for part in parts[:-1]] == [None] * (len(parts) - 1)
    assert 100 <= parts[-1].value <= 999


@pytest.mark.parametrize(
    ("answers", "texts"),
    [
        (['{"a": 1, "b": 2, "a": 3}'], ['{"a": 1, "b": 2}']),
        (['{"a": 4}', "5"], ["", '{"a": 5}']),
        (["[3]", '{"a": 3}'], ["", '{"a": ']),
    ],
)
def test_what_is_put_right_is_taken_back(answers: list[str], texts: list[str]) -> None:
    """What was left out, mended or written again comes after a restart, which is said once."""
    schema = {"type": "object", "properties": {"a": ODD}, "required": ["a"]}
    model = Paced(ScriptedModel(answers))
    parts = read(model, schema, Sampling())
    restarts = [part for part in parts if part.restarted]
    assert len(restarts) == 1
    assert restarts[0].text in texts
    assert parts[-1].value["a"] in (1, 3, 5)
    assert not any(part.text == "5" for part in parts)  # a part is not the answer


def leave(parts: Generator[Partial, None, None], how: str) -> None:
    """Take two parts, and no more."""
    for number, _ in enumerate(parts, 1):
        if number == 2 and how == "close":
            parts.close()
        elif number == 2 and how == "break":
            return
        elif number == 2:
            raise ValueError(how)


@pytest.mark.parametrize("how", ["close", "break", "error"])
@pytest.mark.parametrize("schema", [None, PART])
def test_leaving_early_stops_the_writing(phi_4: LocalModel, how: str, schema: Any) -> None:
    """However a reader leaves, no thread stays, and the model is free and as good as before."""
    before, model = set(threading.enumerate()), Paced(phi_4, patience=0.05)
    loaded = None if schema is None else load_schema(schema)
    if how == "error":
        with pytest.raises(ValueError, match="error"):
            leave(stream(model, ASK, schema=loaded, sampling=SHORT), how)
    else:
        leave(stream(model, ASK, schema=loaded, sampling=SHORT), how)
    assert set(threading.enumerate()) <= before
    (made,) = model.written
    assert made.finish == "cancelled"
    whole = generate(phi_4, ASK, schema=loaded, sampling=SHORT)
    assert whole.text.startswith(made.text)
    assert made.usage.completion_tokens < whole.usage.completion_tokens


def test_a_reader_who_stops_reading_holds_nothing_up(phi_4: LocalModel) -> None:
    """The model can be used between two parts, even by the reader."""
    with_value = load_schema(PART)
    parts = stream(phi_4, ASK, schema=with_value, sampling=SHORT)
    first = next(parts)
    inner = generate(phi_4, ASK, schema=with_value, sampling=SHORT)
    *_, last = [first, *parts]
    assert last.text == inner.text


def test_nothing_happens_before_the_first_part_is_asked_for() -> None:
    """An iterator that nobody reads asks no model and leaves no thread."""
    model, before = ScriptedModel(["one two"]), threading.active_count()
    parts = stream(model, ASK, schema=None, sampling=Sampling())
    assert (model.asked, threading.active_count()) == ([], before)
    parts.close()
    assert list(parts) == []


def test_errors_reach_the_reader(phi_4: LocalModel) -> None:
    """What `generate` raises comes out of the iterator, the model's own errors too."""
    with pytest.raises(InputError, match="the prompt is empty"):
        next(stream(phi_4, (), schema=None, sampling=SHORT))
    long = (Message(role="user", content="pump " * 9000),)
    with pytest.raises(InputError, match="the prompt has"):
        next(stream(phi_4, long, schema=None, sampling=SHORT))
    with pytest.raises(OutputError, match="wrote no valid value"):
        list(stream(phi_4, ASK, schema=load_schema(NONE), sampling=SHORT, attempts=1))


def test_a_bug_in_a_model_reaches_the_reader() -> None:
    """An error that is none of guard's is not swallowed by the thread."""

    class Broken(ScriptedModel):
        def write(self, *_: Any, **__: Any) -> Generation:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(stream(Broken([]), ASK, schema=None, sampling=SHORT))


def test_a_stream_can_be_cancelled_from_elsewhere(phi_4: LocalModel) -> None:
    """Then the reader gets an error, and never a last part."""
    stop = threading.Event()
    model = Paced(phi_4, patience=0.05)
    parts = stream(model, ASK, schema=None, sampling=SHORT, cancelled=stop.is_set)
    assert next(parts).generation is None
    stop.set()
    with pytest.raises(CancelledError, match="was stopped before its answer was complete"):
        list(parts)


@pytest.mark.slow
def test_the_real_writer_streams(writer: Model) -> None:
    """SmolLM2's fields are there one after another; the last part is the finished value."""
    ask = (Message(role="user", content="Name a city, its country and its river."),)
    document = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("city", "country", "river")},
        "required": ["city", "country", "river"],
        "additionalProperties": False,
    }
    schema, sampling = load_schema(document), Sampling(max_tokens=80)
    parts = list(stream(writer, ask, schema=schema, sampling=sampling))
    assert {1, 2} & {len(part.value) for part in parts if part.value}
    for before, after in pairwise(parts):
        assert grows(before.value, after.value)
    assert parts[-1].text == generate(writer, ask, schema=schema, sampling=sampling).text
