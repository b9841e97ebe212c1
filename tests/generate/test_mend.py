"""What is wrong with a value is put right at its place; everything else stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from guard.errors import ModelError, OutputError
from guard.generate import generate
from guard.generate.mend import Mending
from guard.generate.steps import Steps, one_by_one, run
from guard.models.base import Model
from guard.models.local import LocalModel
from guard.models.openai import open_server
from guard.schema import load_schema, parse, satisfies
from guard.testing import ScriptedModel, chat_server
from guard.types import Generation, Json, Message, Sampling

ASK = (Message(role="user", content="Describe the pump."),)


@dataclass
class Once:
    """A real model whose first answer is given, as a server may give one that misses the schema."""

    model: LocalModel
    first: str
    asked: list[tuple[tuple[Message, ...], Json]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.model.name

    def write(
        self, messages: Sequence[Message], *, schema: Json | None, sampling: Sampling
    ) -> Generation:
        self.asked.append((tuple(messages), schema))
        if len(self.asked) == 1:
            return Generation(text=self.first, model=self.name)
        return self.model.write(messages, schema=schema, sampling=sampling)


def pump(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def test_only_the_wrong_part_is_written_again(phi_4: LocalModel) -> None:
    """The model is asked for that part alone, told what is wrong, and the rest keeps its bytes."""
    first = '{"name":  "P-1","size": 12, "note": "é\\u00e9"}'
    document = pump(name={"type": "string"}, size={"type": "integer", "maximum": 9}, note={})
    model = Once(phi_4, first)
    made = generate(model, ASK, schema=load_schema(document), sampling=Sampling(max_tokens=60))
    assert made.text.startswith('{"name":  "P-1","size": ')
    assert made.text.endswith(', "note": "é\\u00e9"}')
    assert made.value["size"] <= 9
    assert [(each.pointer, each.keyword) for each in made.mended] == [("/size", "maximum")]
    (_, (messages, _)) = model.asked
    assert "/size is wrong: 12 is greater than the maximum of 9" in messages[-1].content


@pytest.mark.parametrize(
    ("document", "first", "text"),
    [
        ({"type": "array", "uniqueItems": True}, "[1, 2, 1.0, 3, 2]", "[1, 2, 3]"),
        (
            pump(tags={"type": "array", "uniqueItems": True}),
            '{"tags": ["a", "b", "a", "a"]}',
            '{"tags": ["a", "b"]}',
        ),
        ({"type": "object"}, '{"a": 1, "b": {"c": 0, "c": 1}, "a": 2}', '{"a": 1, "b": {"c": 0}}'),
    ],
)
def test_repeats_are_left_out(phi_4: LocalModel, document: Any, first: str, text: str) -> None:
    """A repeated item or name is left out, which asks the model for nothing."""
    model = Once(phi_4, first)
    made = generate(model, ASK, schema=load_schema(document), sampling=Sampling())
    assert made.text == text
    assert len(model.asked) == 1
    assert made.mended


def test_a_value_that_turned_out_wrong_is_not_written_again(phi_4: LocalModel) -> None:
    """What fails its check is excluded, so that even a stubborn model finds another value."""
    document = pump(code={"type": "integer", "minimum": 0, "maximum": 9, "not": {"multipleOf": 2}})
    model = Once(phi_4, '{"code": 4}')
    made = generate(model, ASK, schema=load_schema(document), sampling=Sampling(max_tokens=200))
    assert made.value["code"] % 2 == 1
    later = [schema for _, schema in model.asked[1:]]
    assert all(4 in schema["not"]["enum"] for schema in later)


def test_what_is_missing_is_written_with_what_is_around_it(phi_4: LocalModel) -> None:
    """An object that lacks a property is written anew, and what is beside it is not."""
    document = pump(seal=pump(size={"type": "integer"}), mark={"type": "string"})
    model = Once(phi_4, '{"seal": {}, "mark": "as it was"}')
    made = generate(model, ASK, schema=load_schema(document), sampling=Sampling(max_tokens=80))
    assert isinstance(made.value["seal"]["size"], int)
    assert made.text.endswith(', "mark": "as it was"}')


def mended(work: Mending) -> Steps[Generation]:
    """The steps of mending, as those of a question."""
    yield from work.steps()
    return Generation(text=work.text, model="mended")


@pytest.mark.parametrize("number", ["6e99999", "-1.5E+4000", "1" * 400])
def test_a_number_that_nothing_can_hold_is_written_again(phi_4: LocalModel, number: str) -> None:
    """Only that number is; the text around it was no value before and is one then."""
    sizes = {"type": "array", "items": {"type": "number", "multipleOf": 0.5}}
    document = pump(name={"type": "string"}, sizes=sizes)
    model = Once(phi_4, f'{{"name": "P-1", "sizes": [1, {number}]}}')
    made = generate(model, ASK, schema=load_schema(document), sampling=Sampling(max_tokens=60))
    assert made.text.startswith('{"name": "P-1", "sizes": [1, ')
    assert abs(made.value["sizes"][1]) <= 1e15


@dataclass
class Stumbling(Once):
    """Its second answer, the first part that is written anew, is an error."""

    error: ModelError | None = None

    def write(
        self, messages: Sequence[Message], *, schema: Json | None, sampling: Sampling
    ) -> Generation:
        if len(self.asked) == 1 and self.error is not None:
            self.asked.append((tuple(messages), schema))
            raise self.error
        return super().write(messages, schema=schema, sampling=sampling)


def test_a_part_that_the_engine_gives_up_is_written_with_what_is_around_it(
    phi_4: LocalModel,
) -> None:
    document = pump(name={"const": "P-1"}, size={"type": "integer", "maximum": 9})
    first = '{"name": "P-1", "size": 12}'
    model = Stumbling(phi_4, first, error=ModelError("the grammar engine gave up"))
    made = generate(model, ASK, schema=load_schema(document), sampling=Sampling(max_tokens=60))
    assert made.value["size"] <= 9
    assert len(model.asked) == 3


def test_a_server_that_is_down_while_mending_is_an_error(phi_4: LocalModel) -> None:
    """Trying again later may help, so it is not taken for a part that cannot be written."""
    document = pump(size={"type": "integer", "maximum": 9})
    model = Stumbling(phi_4, '{"size": 12}', error=ModelError("gone", retryable=True))
    with pytest.raises(ModelError, match="gone"):
        generate(model, ASK, schema=load_schema(document), sampling=Sampling(max_tokens=60))


def test_the_budget_holds(phi_4: LocalModel) -> None:
    """Mending ends with the budget, with what is still wrong."""
    document = pump(code={"type": "integer", "minimum": 1, "maximum": 3, "not": {"multipleOf": 1}})
    schema, text = load_schema(document), '{"code": 1}'
    how = Sampling(max_tokens=6)
    work = Mending(ASK, schema, document, how, text, *parse(text, schema))
    run([mended(work)], one_by_one(phi_4, lambda _: None))
    assert [each.keyword for each in work.violations] == ["not"]
    assert sum(each.usage.completion_tokens for each in work.spent) <= 6


@pytest.mark.slow
def test_the_real_writer_mends(writer: Model) -> None:
    """SmolLM2 puts a date right that does not exist."""
    assert isinstance(writer, LocalModel)
    document = pump(built={"type": "string", "format": "date"}, name={"type": "string"})
    model = Once(writer, '{"built": "2023-02-29", "name": "Old Mill"}')
    schema = load_schema(document)
    made = generate(model, ASK, schema=schema, sampling=Sampling(max_tokens=120))
    assert satisfies(schema, made.value)
    assert made.value["name"] == "Old Mill"


class Shortened(Once):
    """Two of the fields of each of its answers were ended early."""

    def write(
        self, messages: Sequence[Message], *, schema: Json | None, sampling: Sampling
    ) -> Generation:
        return replace(super().write(messages, schema=schema, sampling=sampling), shortened=2)


def test_what_was_ended_early_in_a_part_is_counted_with_the_rest(phi_4: LocalModel) -> None:
    """A text of two answers has the count of both; an attempt that was given up has none in it."""
    document = pump(size={"type": "integer", "maximum": 9}, note={})
    how = Sampling(max_tokens=60)
    model = Shortened(phi_4, '{"size": 12, "note": 1}')
    made = generate(model, ASK, schema=load_schema(document), sampling=how)
    assert (made.attempts, made.shortened) == (2, 4)
    model = Shortened(phi_4, '{"size": ')
    made = generate(model, ASK, schema=load_schema(document), sampling=how)
    assert (made.attempts, made.shortened) == (2, 2)


DATED = pump(day={"type": "string", "format": "date"}, note={"type": "string"})


def test_a_part_brings_nothing_with_it() -> None:
    """A server's answer for one part that would add members beside it is not taken."""
    answers = ['{"day": "x", "note": "as it was"}', '"2024-01-01", "admin": true', '"2024-01-02"']
    made = generate(
        ScriptedModel(answers), ASK, schema=load_schema(DATED), sampling=Sampling(), attempts=1
    )
    assert made.text == '{"day": "2024-01-02", "note": "as it was"}'


def test_a_part_without_a_bottom_is_not_taken() -> None:
    """Nor is one that is nested beyond reason, and it is no crash."""
    answers = ['{"day": "x", "note": ""}', "[" * 100_000, '"2024-01-02"']
    made = generate(
        ScriptedModel(answers), ASK, schema=load_schema(DATED), sampling=Sampling(), attempts=1
    )
    assert made.value["day"] == "2024-01-02"


def test_an_answer_without_a_bottom_is_no_valid_value() -> None:
    """It comes to the error of any other text that is no value."""
    with pytest.raises(OutputError, match="nested deeper"):
        generate(
            ScriptedModel(["[" * 5000 + "]" * 5000]),
            ASK,
            schema=load_schema(DATED),
            sampling=Sampling(),
            attempts=1,
        )


def test_the_budget_holds_where_nobody_counts() -> None:
    """Parts of a server that says nothing of its tokens count by their length."""
    parts = [Generation(text=f'"{"x" * 80}{at}"', model="server") for at in range(9)]
    first = Generation(text='{"day": "x", "note": ""}', model="server")
    model = ScriptedModel([first, *parts])
    with pytest.raises(OutputError, match="is not a date"):
        generate(
            model,
            ASK,
            schema=load_schema(DATED),
            sampling=Sampling(max_tokens=30),
            attempts=1,
        )
    assert len(model.asked) == 3


def test_a_part_is_told_of_its_own_violations_only() -> None:
    """What is wrong at /a/10 is not said of /a/1."""
    first = [f"{at}" for at in range(11)]
    first[1], first[10] = '"one"', '"ten"'
    answers = [f"[{', '.join(first)}]", "1", "10"]
    model = ScriptedModel(answers)
    document = {"type": "array", "items": {"type": "integer"}}
    generate(model, ASK, schema=load_schema(document), sampling=Sampling(), attempts=1)
    assert "'one'" in model.asked[1][-1].content
    assert "'ten'" not in model.asked[1][-1].content


def test_half_a_surrogate_pair_in_a_text_does_not_keep_it_from_being_mended() -> None:
    """What no server can be sent is shown as a question mark, and stays as it is in the text."""
    answers = ['{"day": "x", "note": "\ud83d"}', '"2024-01-02"']
    with chat_server(answers) as server:
        model = open_server("tiny", base_url=server.url)
        made = generate(model, ASK, schema=load_schema(DATED), sampling=Sampling(), attempts=1)
    assert made.text == '{"day": "2024-01-02", "note": "\ud83d"}'
    assert server.requests[1]["messages"][-2]["content"] == '{"day": "x", "note": "?"}'
