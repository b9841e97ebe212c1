"""Strings, lists and numbers end at their limits; what follows them is the model's all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.grammar import compile_grammar
from guard.grammar.sizes import Sizes
from guard.models import Model
from guard.models.drafts import Drafts
from guard.models.local import LocalModel
from guard.models.shortening import Longest, longest, repeats
from guard.models.steering import Steering
from guard.models.tasks import Task
from guard.schema import load_schema, validate
from guard.types import FieldLimits, Generation, Json, Message, Sampling

ESSAY = (Message(role="user", content="Write a long essay about the history of bridges."),)
SMALL = FieldLimits(string=10, items=3, digits=4)
LONGEST = 15
"""Characters of a string that the schemas below ask for."""


def record(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


STRING: dict[str, Any] = {"type": "string"}
STORY = record(story=STRING, moral=STRING)
SCHEMAS: list[dict[str, Any]] = [
    STRING,
    {"type": "number"},
    {"type": "array", "items": {"type": "number"}},
    {"type": "array", "items": {"type": "array", "items": STRING}},
    {"type": "array", "items": record(mark=STRING, size={"type": "number"})},
    {"type": "array", "items": {"enum": ["north", "south", None, 12345678]}, "minItems": 5},
    {"type": "array", "items": {"type": "boolean"}, "minItems": 4, "maxItems": 9},
    {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 2},
    {"type": "string", "minLength": 15},
    {"type": "string", "pattern": "^([a-z]{3} )+end$"},
    record(day={"type": "string", "format": "date"}, size={"type": "integer", "multipleOf": 7}),
    record(notes={"type": "array", "items": STRING, "minItems": 1}, size={"type": "number"}),
    {"type": "object", "properties": {"size": {"type": "number"}, "mark": STRING}},
]


def steering(model: LocalModel, schema: Json, **how: Any) -> Steering:
    grammar = compile_grammar(schema)
    return model._steering(Task(prompt="", grammar=grammar, sampling=Sampling(**how)), 10_000)


def write(steered: Steering, rows: int, seed: int) -> None:
    """Write with scores by chance, as a model would that knows nothing."""
    chance = np.random.default_rng(seed)
    while not steered.finished():
        if not steered.forced():
            steered.choose(chance.normal(size=rows).astype(np.float32))


def fields(value: Json) -> Iterator[Json]:
    """The strings, numbers, lists and names in a value."""
    if isinstance(value, dict):
        yield from value
    elif not (isinstance(value, bool) or value is None):
        yield value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from fields(each)


@given(
    st.sampled_from(SCHEMAS),
    st.integers(0, 10_000),
    st.sampled_from([0.0, 1.0]),
    st.integers(60, 500),
)
@settings(max_examples=60)
def test_fields_end_at_their_limits_and_values_are_valid(
    phi_4: LocalModel, schema: dict[str, Any], seed: int, temperature: float, budget: int
) -> None:
    """Whatever the scores say; what the schema asks for comes before the limits."""
    steered = steering(
        phi_4, schema, limits=SMALL, temperature=temperature, seed=seed, max_tokens=budget
    )
    write(steered, int(phi_4._model.config.vocab_size), seed)
    value = json.loads(phi_4._text(steered.content))
    assert len(steered.tokens) <= budget
    if "format" not in str(schema):  # the grammar knows no calendar
        assert validate(value, load_schema(schema)) == ()
    found = list(fields(value))
    assert steered.shortened <= len(found)
    own = max(schema.get("minItems", 0), schema.get("maxItems", 0), 3)
    assert all(len(each) <= own for each in found if isinstance(each, list))
    most = LONGEST + max(map(len, phi_4._matching.closer.texts))
    assert all(len(each) < most for each in found if isinstance(each, str))


def test_later_fields_are_written_by_the_model(writer: Model) -> None:
    """A long story is ended and said to be; the moral goes on."""
    sampling = Sampling(max_tokens=45, limits=FieldLimits(string=40))
    made = writer.write(ESSAY, schema=STORY, sampling=sampling)
    value = json.loads(made.text)
    assert 40 <= len(value["story"]) < 60
    assert len(value["moral"].split()) > 3
    assert (made.finish, made.shortened) == ("stop", 1 + (len(value["moral"]) >= 40))


@pytest.mark.parametrize("temperature", [0.0, 0.8])
@pytest.mark.parametrize("schema", [SCHEMAS[4], SCHEMAS[9], SCHEMAS[11]])
def test_drafts_change_nothing(
    phi_4: LocalModel, schema: dict[str, Any], temperature: float
) -> None:
    """The text is the same without them, and so is what is said of it."""
    sampling = Sampling(max_tokens=100, limits=SMALL, temperature=temperature, seed=4)
    made = phi_4.write(ESSAY, schema=schema, sampling=sampling)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Drafts, "propose", lambda *_, **__: [])
        plain = phi_4.write(ESSAY, schema=schema, sampling=sampling)
    assert (made.text, made.finish, made.shortened) == (plain.text, plain.finish, plain.shortened)


def test_a_list_ends_behind_its_last_item(writer: Model) -> None:
    """Not with the budget, and neither with less items than the schema asks for."""
    ask = (Message(role="user", content="List all prime numbers below 1000."),)
    primes = {"type": "array", "items": {"type": "integer"}}
    limits = FieldLimits(items=2)

    def of(schema: Json) -> Generation:
        schema = record(primes=schema, last={"type": "integer"})
        return writer.write(ask, schema=schema, sampling=Sampling(max_tokens=60, limits=limits))

    short, long = of(primes), of({**primes, "minItems": 4})
    assert [len(json.loads(each.text)["primes"]) for each in (short, long)] == [2, 4]
    assert [(each.finish, each.shortened) for each in (short, long)] == [("stop", 1)] * 2


def spelled(model: LocalModel, schema: Json, text: str, **how: Any) -> Steering:
    """Write `text` as far as that goes."""
    steered = steering(model, schema, **how)
    tokens = model._tokenizer(text).input_ids
    while not steered.finished() and len(steered.tokens) < len(tokens):
        scores = np.zeros(int(model._model.config.vocab_size), dtype=np.float32)
        scores[tokens[len(steered.tokens)]] = 9
        steered.choose(scores)
    return steered


def test_what_a_token_says_before_its_comma_is_kept(phi_4: LocalModel) -> None:
    """A token may end an item and begin the next; the first half is written, then the list ends."""
    schema = {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}
    steered = spelled(phi_4, schema, '[["a"], ["b"], ["c"], ["d"]]', limits=FieldLimits(items=2))
    assert phi_4._text(steered.tokens).startswith('[["a"], ["b"]]')
    assert (steered.complete, steered.shortened) == (True, 1)


def test_a_list_of_the_same_strings_is_no_loop(phi_4: LocalModel) -> None:
    """Only what repeats itself inside of one string or number does."""
    schema = {"type": "array", "items": STRING}
    text = json.dumps(["yes, yes"] * 30)
    steered = spelled(phi_4, schema, text)
    assert phi_4._text(steered.tokens) == text
    assert steered.shortened == 0
    looped = spelled(phi_4, STRING, json.dumps("yes, " * 30))
    assert len(looped.tokens) < 60
    assert (looped.complete, looped.shortened) == (True, 1)


def test_a_loop_in_a_string_that_may_not_end_yet_is_led_to_its_end(phi_4: LocalModel) -> None:
    """An ending is gone along with until the string is over, whatever the model says meanwhile."""
    schema = {"type": "string", "pattern": "^(ab)+-end of the code$"}
    steered = spelled(phi_4, schema, '"' + "ab" * 200)
    assert phi_4._text(steered.tokens).endswith('ab-end of the code"')
    assert (steered.complete, steered.shortened) == (True, 1)


def test_a_field_that_is_thrown_away_is_not_counted(phi_4: LocalModel) -> None:
    """What was ended early after the place from which the value was closed is not in it."""
    steered = spelled(
        phi_4,
        {"type": "array", "items": STRING, "minItems": 2},
        json.dumps(["several words again and again"] * 9),
        limits=FieldLimits(string=5),
        max_tokens=24,
    )
    while not steered.finished():
        steered.choose(np.zeros(int(phi_4._model.config.vocab_size), dtype=np.float32))
    assert steered.closed
    value = json.loads(phi_4._text(steered.tokens))
    assert steered.shortened == sum(len(each) >= 5 for each in value)


def test_the_model_s_own_end_is_not_counted(phi_4: LocalModel) -> None:
    """A string that ends by itself where it has its length was not ended early."""
    steered = spelled(phi_4, STRING, '"abcde"', limits=FieldLimits(string=5))
    assert (phi_4._text(steered.tokens), steered.shortened) == ('"abcde"', 0)
    assert spelled(phi_4, STRING, '"abcde fgh"', limits=FieldLimits(string=5)).shortened == 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('{"size": 3.14159, "mark": "m"}', '{"size": 3.141, "mark": '),
        ('{"size": -1234, "mark": "m"}', '{"size": -1234, "mark": "m"}'),
        ('{"size": 123.5, "mark": "m"}', '{"size": 123.5, "mark": "m"}'),
        ('{"size": 1234e5, "mark": "m"}', '{"size": 1234, "mark": '),
    ],
)
def test_a_number_ends_with_its_last_digit(phi_4: LocalModel, text: str, written: str) -> None:
    """Its sign and its point are no digits, and what comes next is the likeliest that may."""
    steered = spelled(
        phi_4, record(size={"type": "number"}, mark=STRING), text, limits=FieldLimits(digits=4)
    )
    assert phi_4._text(steered.tokens).startswith(written)
    assert steered.shortened == (text != written)


def test_no_limit_is_none(phi_4: LocalModel) -> None:
    """And what the schema itself speaks of raises a limit, of strings and of names separately."""
    none = FieldLimits(string=None, items=None, digits=None)
    text = json.dumps([*range(300)])
    free = spelled(
        phi_4, {"items": {"type": "integer"}, "type": "array"}, text, limits=none, max_tokens=2000
    )
    assert (phi_4._text(free.tokens), free.shortened) == (text, 0)
    own = Sizes(string=20, name=2, items=30, digits=5)
    assert longest(FieldLimits(string=9, items=40, digits=4), own) == Longest(
        string=20, name=9, items=40, digits=5
    )
    assert longest(none, own).items == float("inf")


def test_free_text_has_no_limits(phi_4: LocalModel) -> None:
    sampling = Sampling(max_tokens=40, limits=FieldLimits(string=1, items=1, digits=1))
    made = phi_4.write(ESSAY, schema=None, sampling=sampling)
    assert (made.finish, made.usage.completion_tokens, made.shortened) == ("length", 40, 0)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=45), st.integers(1, 4), st.integers(0, 9))
def test_a_tail_repeats_itself(period: list[int], times: int, start: int) -> None:
    """Three times, over 24 tokens, with a period of up to 40."""
    tail = [*range(10, 10 + start), *period * times]
    if times >= 3 and len(period) * times >= 24 and len(period) <= 40:
        assert repeats(tail)
    assert not repeats([*range(start), *range(100, 300)])
