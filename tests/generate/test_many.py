"""Many questions at once, and the same answer whichever shape asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from guard.errors import (
    CancelledError,
    GuardError,
    InputError,
    ModelError,
    SchemaError,
)
from guard.generate import Question, agenerate, generate, generate_many, stream
from guard.generate.steps import Outcome
from guard.models.base import Request, Watch
from guard.models.local import LocalModel
from guard.schema import load_schema, satisfies
from guard.testing import ScriptedModel
from guard.types import Generation, Message, Sampling

ODD = {"type": "integer", "not": {"multipleOf": 2}}  # which no grammar can hold to
ODDS = {"type": "object", "properties": {"a": ODD, "b": ODD}, "required": ["a", "b"]}
SCHEMAS: list[Any] = [None, {"enum": ["pump", "valve", "fan"]}, ODDS, {"type": "string"}]


def question(text: str, schema: Any = None, **how: Any) -> Question:
    sampling = Sampling(**{"max_tokens": 60, "temperature": 1.0, **how})
    return Question(
        messages=(Message(role="user", content=text),),
        schema=None if schema is None else load_schema(schema),
        sampling=sampling,
    )


QUESTIONS = [
    question(f"Which part is number {number}?", SCHEMAS[number % 4], seed=number)
    for number in range(12)
]


@dataclass
class Counted(LocalModel):
    """A real model that counts how many answers it is asked for at once."""

    model: LocalModel
    sizes: list[int] = field(default_factory=list)

    def write_many(
        self, requests: Sequence[Request], *, watch: Watch | None = None
    ) -> list[Outcome]:
        self.sizes.append(len(requests))
        return self.model.write_many(requests, watch=watch)

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.model.name


def alone(model: LocalModel, asked: Question) -> Outcome:
    """What `generate` makes of a question."""
    try:
        return generate(model, asked.messages, schema=asked.schema, sampling=asked.sampling)
    except GuardError as error:
        return error


def text_of(outcome: Outcome) -> str:
    return outcome.text if isinstance(outcome, Generation) else str(outcome)


def test_each_answer_is_as_if_asked_alone(phi_4: LocalModel) -> None:
    """Prompts, schemas, seeds and what is mended or written again: all as in `generate`."""
    model = Counted(phi_4)
    outcomes = generate_many(model, QUESTIONS)
    assert [text_of(each) for each in outcomes] == [text_of(alone(phi_4, q)) for q in QUESTIONS]
    for asked, made in zip(QUESTIONS, outcomes, strict=True):
        assert isinstance(made, Generation)
        assert asked.schema is None or satisfies(asked.schema, made.value)
    assert model.sizes[0] == len(QUESTIONS)
    assert len(model.sizes) > 1  # something was mended
    assert sum(model.sizes) == sum(m.attempts for m in outcomes if isinstance(m, Generation))


def test_an_error_touches_no_other_question(phi_4: LocalModel) -> None:
    """Each question comes to its own answer or its own error, in their order."""
    outcomes = generate_many(
        phi_4,
        [
            question(" "),
            question("Which part?", {"enum": ["pump"]}),
            question("Which part?", {"type": "string", "minLength": 3, "maxLength": 1}),
            question("pump " * 9000),
            question("Which part?", {"type": "string", "minLength": 50}, max_tokens=9),
            question("Which part?", max_tokens=0),
            question("Which part?", {"enum": [7]}),
        ],
    )
    kinds = [InputError, Generation, SchemaError, InputError, GuardError, InputError, Generation]
    assert all(isinstance(made, kind) for made, kind in zip(outcomes, kinds, strict=True))
    assert [made.value for made in outcomes if isinstance(made, Generation)] == ["pump", 7]


def test_a_model_that_writes_one_text_at_a_time_will_do() -> None:
    """It is asked one after another, and an error of its own is that question's alone."""
    model = ScriptedModel(["4", "first", "5"])
    asked = [question("a", ODD), question("b"), question("c", ODD, max_tokens=50)]
    outcomes = generate_many(model, asked)
    assert isinstance(outcomes[0], ModelError)  # there was no more in the script to mend the 4
    assert [text_of(each) for each in outcomes[1:]] == ["first", "5"]
    assert [told[-1].content for told in model.asked[:3]] == ["a", "b", "c"]


def test_a_long_list_is_given_in_parts(phi_4: LocalModel) -> None:
    """So that it neither fills the memory nor keeps everyone else from the model."""
    model = Counted(phi_4)
    outcomes = generate_many(model, [question("Which?", {"enum": [n]}) for n in range(70)])
    assert [made.value for made in outcomes if isinstance(made, Generation)] == list(range(70))
    assert model.sizes == [64, 6]


def test_no_question_is_no_answer(phi_4: LocalModel) -> None:
    assert generate_many(phi_4, []) == []


@pytest.mark.parametrize("as_batch", [True, False])
def test_cancelling_keeps_what_is_finished(phi_4: LocalModel, as_batch: bool) -> None:
    """Those that have no answer yet come to CancelledError."""
    model = phi_4 if as_batch else ScriptedModel(["7", " ".join(["pump"] * 100)])
    calls = count()
    short, long = generate_many(
        model,
        [question("Which?", {"enum": [7]}), question("Tell all.", max_tokens=200)],
        cancelled=lambda: next(calls) > 20,
    )
    assert isinstance(short, Generation)
    assert isinstance(long, CancelledError)
    assert [type(each) for each in generate_many(model, QUESTIONS[:2], cancelled=lambda: True)] == [
        CancelledError,
        CancelledError,
    ]


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_shape_gives_the_same_answer(phi_4: LocalModel, schema: Any, seed: int) -> None:
    """The seed decides what is drawn, and the shape does not."""
    asked = question("Which part is it?", schema, seed=seed)
    one = alone(phi_4, asked)
    *_, streamed = stream(phi_4, asked.messages, schema=asked.schema, sampling=asked.sampling)
    awaited = asyncio.run(
        agenerate(phi_4, asked.messages, schema=asked.schema, sampling=asked.sampling)
    )
    (_, among, _) = generate_many(phi_4, [question("Why?", seed=9), asked, QUESTIONS[2]])
    texts = [text_of(each) for each in (one, awaited, among)]
    assert texts == [streamed.text] * 3
    other = alone(phi_4, question("Which part is it?", seed=seed + 100))
    assert text_of(other) != texts[0]
