"""Values are ended in few tokens from wherever they stand, and what ends them is valid."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.errors import InputError
from guard.grammar import compile_grammar
from guard.models.local import LocalModel
from guard.schema import load_schema, validate
from guard.types import Message, Sampling

SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "minLength": 4},
    {"type": "string", "pattern": "^a*b$"},
    {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "email"},
    {"type": "number"},
    {"enum": ["north", "south", 12, None]},
    {"type": "array", "items": {"type": "integer", "minimum": 7}, "minItems": 3},
    {
        "type": "object",
        "properties": {"size": {"type": "number"}, "mark": {"type": "string"}},
        "required": ["size", "mark"],
        "additionalProperties": False,
    },
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            "size": {"anyOf": [{"type": "null"}, {"type": "number", "exclusiveMinimum": 0}]},
        },
        "required": ["size", "tags"],
        "additionalProperties": False,
    },
]
ASK = (Message(role="user", content="Which part is it?"),)


def wander(matcher: Any, steps: int, chance: random.Random) -> list[int]:
    """So many allowed tokens, drawn evenly."""
    taken: list[int] = []
    while len(taken) < steps and not matcher.is_stopped():
        mask = np.frombuffer(matcher.compute_bitmask(), np.uint8)
        allowed = np.flatnonzero(np.unpackbits(mask, bitorder="little"))
        token = int(chance.choice(list(allowed)))
        if not matcher.consume_token(token) or matcher.is_stopped():
            break
        taken.append(token)
    return taken


@given(st.sampled_from(SCHEMAS), st.integers(0, 25), st.integers(0, 10_000))
@settings(max_examples=60)
def test_a_value_can_be_ended_from_anywhere(
    phi_4: LocalModel, schema: dict[str, Any], steps: int, seed: int
) -> None:
    matcher = phi_4._matching.ready(compile_grammar(schema)).matcher
    ended = frozenset(phi_4.ends)
    taken = [t for t in wander(matcher, steps, random.Random(seed)) if t not in ended]
    if matcher.is_stopped():
        return
    ending = phi_4._matching.closer.ending(matcher, 400)
    assert ending is not None
    assert matcher.consume_tokens(list(ending))
    assert matcher.is_accepting()
    text = phi_4._text([*taken, *ending])
    if schema.get("format") is None:  # the grammar knows no calendar
        assert validate(json.loads(text), load_schema(schema)) == ()


def test_what_is_looked_for_leaves_the_matcher_as_it_is(phi_4: LocalModel) -> None:
    matcher = phi_4._matching.ready(compile_grammar(SCHEMAS[-1])).matcher
    before = matcher.compute_bitmask()
    phi_4._matching.closer.ending(matcher, 400)
    assert matcher.compute_bitmask() == before


@pytest.mark.parametrize("schema", SCHEMAS[3:4])
def test_formats_are_ended_with_values_that_exist(
    phi_4: LocalModel, schema: dict[str, Any]
) -> None:
    """No year, month or day 0."""
    ending = phi_4._matching.closer.ending(
        phi_4._matching.ready(compile_grammar(schema)).matcher, 400
    )
    assert ending is not None
    assert validate(json.loads(phi_4._text(ending)), load_schema(schema)) == ()


def test_forced_tokens_cost_no_pass_of_the_model(phi_4: LocalModel) -> None:
    """Names of fields, quotes and separators are appended; the model is asked for the rest."""
    passes = 0

    def count(*_: object) -> None:
        nonlocal passes
        passes += 1

    schema = {
        "type": "object",
        "properties": {"temperature": {"enum": [1, 2]}, "humidity": {"enum": [3, 4]}},
        "required": ["temperature", "humidity"],
        "additionalProperties": False,
    }
    hook = phi_4._model.register_forward_hook(count)
    try:
        written = phi_4.write(ASK, schema=schema, sampling=Sampling(max_tokens=80))
    finally:
        hook.remove()
    assert json.loads(written.text).keys() == {"temperature", "humidity"}
    assert passes <= 4 < written.usage.completion_tokens


def test_a_string_that_repeats_itself_is_ended(phi_4: LocalModel) -> None:
    """Greedy small models loop; what they loop in is closed long before the budget is spent."""
    loop = phi_4.write(ASK, schema=None, sampling=Sampling(max_tokens=150))
    assert loop.finish == "length"  # this one loops
    written = phi_4.write(ASK, schema={"type": "string"}, sampling=Sampling(max_tokens=300))
    assert (written.finish, written.shortened) == ("stop", 1)
    assert written.usage.completion_tokens < 150


@pytest.mark.parametrize("pattern", [r"\.dart$", r"^(north|south)-(east|west)$", r"^[A-Z]+://\w+$"])
@given(steps=st.integers(0, 4), seed=st.integers(0, 1000))
@settings(max_examples=10)
def test_strings_end_as_their_pattern_asks(
    phi_4: LocalModel, pattern: str, steps: int, seed: int
) -> None:
    """What chance would hardly hit is ended with a text of the pattern's own."""
    schema = {"type": "array", "items": {"type": "string", "pattern": pattern}, "minItems": 1}
    ready = phi_4._matching.ready(compile_grammar(schema))
    taken = wander(ready.matcher, steps, random.Random(seed))
    ending = phi_4._matching.closer.ending(ready.matcher, 60, samples=ready.samples)
    assert ending is not None
    value = json.loads(phi_4._text([*taken, *ending]))
    assert validate(value, load_schema(schema)) == ()


@pytest.mark.parametrize(
    ("limits", "start"),
    [
        ({"multipleOf": 7, "minimum": 20}, ""),
        ({"multipleOf": 140, "minimum": 1}, ""),
        ({"multipleOf": 12}, "7"),
        ({"multipleOf": 25, "minimum": 400}, "3"),
    ],
)
def test_numbers_end_in_the_digits_that_their_limits_ask_for(
    phi_4: LocalModel, limits: dict[str, int], start: str
) -> None:
    schema = {"type": "array", "items": {"type": "integer", **limits}, "minItems": 2}
    ready = phi_4._matching.ready(compile_grammar(schema))
    begun = phi_4._tokenizer("[" + start).input_ids
    assert ready.matcher.consume_tokens(begun)
    ending = phi_4._matching.closer.ending(ready.matcher, 30)
    assert ending is not None
    assert validate(json.loads(phi_4._text([*begun, *ending])), load_schema(schema)) == ()


WIDE: dict[str, Any] = {
    "type": "object",
    "properties": {name: {"type": "array", "items": {"type": "boolean"}} for name in "abcdefghij"},
    "required": [*"abcdefghij"],
    "additionalProperties": False,
}


def test_a_value_that_fits_only_without_blanks_has_none(phi_4: LocalModel) -> None:
    ready = phi_4._matching.ready(compile_grammar(WIDE))
    assert ready.ending is not None
    budget = len(ready.ending) - 1
    written = phi_4.write(ASK, schema=WIDE, sampling=Sampling(max_tokens=budget))
    assert " " not in written.text
    assert written.usage.completion_tokens <= budget
    assert validate(json.loads(written.text), load_schema(WIDE)) == ()


def test_a_budget_below_the_shortest_value_is_refused_with_what_it_would_take(
    phi_4: LocalModel,
) -> None:
    with pytest.raises(InputError, match=r"room for 12 tokens.*takes ") as refused:
        phi_4.write(ASK, schema=WIDE, sampling=Sampling(max_tokens=12))
    least = int(refused.value.message.rpartition("takes ")[2])
    assert phi_4.write(ASK, schema=WIDE, sampling=Sampling(max_tokens=least)).finish != "length"


def test_an_ending_is_spelled_in_the_tokens_of_its_text(phi_4: LocalModel) -> None:
    """What is forced token by token takes more of them than the same text cut at once."""
    ending = phi_4._matching.ready(compile_grammar(WIDE)).ending
    assert ending is not None
    assert len(ending) <= len(phi_4._tokenizer(phi_4._text(ending)).input_ids)
