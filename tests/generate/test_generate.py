"""Values that validate, or errors that say why not; on a tiny random model and on SmolLM2."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.errors import InputError, OutputError, SchemaError
from guard.generate import generate
from guard.generate.prompt import with_form, with_violations
from guard.models import Model
from guard.models.local import LocalModel
from guard.schema import load_schema, validate
from guard.types import Generation, Message, Sampling, Violation

ASK = (Message(role="user", content="Which part is it?"),)
WARM = Sampling(max_tokens=60, temperature=1.0, seed=1)
ORDER = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "day": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"part": {"type": "string"}, "count": {"type": "integer"}},
                "required": ["part", "count"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["name", "day", "lines"],
    "additionalProperties": False,
}
KIND = {
    "type": "object",
    "properties": {"kind": {"enum": ["pump", "valve", "pipe", "fan"]}},
    "required": ["kind"],
    "additionalProperties": False,
}


def of(model: Model, document: Any, sampling: Sampling = WARM, attempts: int = 3) -> Generation:
    return generate(model, ASK, schema=load_schema(document), sampling=sampling, attempts=attempts)


def test_value(phi_4: LocalModel) -> None:
    """The value is set and valid, and the usage is that of the one attempt it took."""
    generation = of(phi_4, KIND)
    assert validate(generation.value, load_schema(KIND)) == ()
    assert generation.attempts == 1
    assert generation.usage.prompt_tokens > 0


def test_retries_what_the_grammar_cannot_hold(phi_4: LocalModel) -> None:
    """A keyword that the engine refuses is met by trying again; what that took is summed up."""
    picky = {"type": "integer", "minimum": 0, "maximum": 9, "not": {"multipleOf": 2}}
    results = [
        of(phi_4, picky, Sampling(max_tokens=9, temperature=2.0, seed=s), 20) for s in range(4)
    ]
    assert all(result.value in (1, 3, 5, 7, 9) for result in results)
    assert max(result.attempts for result in results) > 1
    once = of(phi_4, {"type": "integer", "maximum": 9, "minimum": 0}).usage.prompt_tokens
    assert all(result.usage.prompt_tokens >= once * result.attempts for result in results)


def test_no_attempt_valid(phi_4: LocalModel) -> None:
    """When no attempt is valid, the error has the violations and the last text; no value leaves."""
    hopeless = {"type": "integer", "minimum": 1, "maximum": 3, "not": {"multipleOf": 1}}
    with pytest.raises(OutputError) as caught:
        of(phi_4, hopeless, attempts=2)
    assert "wrote no valid value in " in caught.value.message
    assert " attempts: the top:" in caught.value.message
    assert caught.value.text in ("1", "2", "3")
    assert [v.keyword for v in caught.value.violations] == ["not"]
    assert caught.value.retryable
    assert caught.value.exit_code == 3


def test_a_budget_for_no_value(phi_4: LocalModel) -> None:
    """Where not even the shortest value fits, nothing is written, and the error has the least."""
    with pytest.raises(InputError, match="room for 4 tokens, and the shortest value") as caught:
        of(phi_4, KIND, Sampling(max_tokens=4), attempts=1)
    least = int(caught.value.message.split()[-1])
    generation = of(phi_4, KIND, Sampling(max_tokens=least), attempts=1)
    assert generation.usage.completion_tokens <= least


@given(st.sampled_from([KIND, ORDER, {"type": "integer"}]), st.integers(40, 90), st.integers(0, 99))
@settings(max_examples=25)
def test_every_budget_gives_a_value(
    phi_4: LocalModel, schema: dict[str, Any], budget: int, seed: int
) -> None:
    """A value that is not finished in time is closed; it is valid all the same, and says so."""
    sampling = Sampling(max_tokens=budget, temperature=1.5, seed=seed)
    generation = of(phi_4, schema, sampling, attempts=1)
    assert validate(generation.value, load_schema(schema)) == ()
    assert generation.usage.completion_tokens <= budget
    assert generation.finish in ("stop", "closed")


@pytest.mark.parametrize(
    ("messages", "sampling", "message"),
    [
        ((), WARM, "the prompt is empty"),
        ((Message(role="user", content=" \n"),), WARM, "the prompt is empty"),
        ((Message(role="system", content="x"),), WARM, "the prompt is empty"),
        ((Message(role="user", content="a\ud800"),), WARM, "lone surrogate at character 1"),
        (ASK, Sampling(max_tokens=0), "max_tokens is below 1"),
        ((Message(role="user", content="pump " * 2000),), WARM, "reads at most 1,024 tokens"),
    ],
)
def test_bad_prompt(
    phi_4: LocalModel, messages: tuple[Message, ...], sampling: Sampling, message: str
) -> None:
    """A prompt or budget that cannot work is an InputError, with and without a schema."""
    for schema in (None, load_schema(KIND)):
        with pytest.raises(InputError, match=message) as caught:
            generate(phi_4, messages, schema=schema, sampling=sampling)
        assert caught.value.exit_code == 2


def test_impossible_schema(phi_4: LocalModel) -> None:
    """A schema that no value satisfies is refused before the model is asked."""
    with pytest.raises(SchemaError, match="no value can satisfy the schema"):
        of(phi_4, {"type": "string", "minLength": 3, "maxLength": 1})


def test_recursive_schema(phi_4: LocalModel) -> None:
    """A recursive schema is written under like any other."""
    tree = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "maximum": 9, "minimum": 0},
            "sub": {"type": "array", "maxItems": 1, "items": {"$ref": "#"}},
        },
        "required": ["n"],
        "additionalProperties": False,
    }
    generation = of(phi_4, tree, Sampling(max_tokens=300, temperature=1.0), attempts=5)
    assert validate(generation.value, load_schema(tree)) == ()


def test_form() -> None:
    """The fields are described in the system message, nested ones indented, recursion cut."""
    document = {
        "properties": {
            "who": {"$ref": "#/$defs/person"},
            "tags": {"items": {"enum": ["a", "b"]}, "title": "Tags"},
        },
        "required": ["who"],
        "$defs": {
            "person": {
                "description": "A person.",
                "properties": {"age": {"title": "Age"}, "boss": {"$ref": "#/$defs/person"}},
            }
        },
    }
    told = with_form([Message(role="system", content="Be brief."), *ASK], load_schema(document))
    lines = told[0].content.splitlines()
    assert lines[0] == "Be brief."
    assert lines[3:6] == [
        "- who: A person.",
        "  - age: Age (optional)",
        "  - boss: A person. (optional)",
    ]
    assert lines[-1] == "- tags: Tags (optional)"
    assert with_form(ASK, load_schema(True))[0].role == "system"


def test_violations_are_told() -> None:
    """The next attempt sees the last one and what was wrong with it."""
    wrong = Violation(pointer="/age", keyword="minimum", message="-1 is less than the minimum of 0")
    told = with_violations(ASK, '{"age": -1}', [wrong])
    assert [message.role for message in told] == ["user", "assistant", "user"]
    assert "- /age: -1 is less than the minimum of 0" in told[2].content


@pytest.mark.slow
def test_smollm2(writer: Model) -> None:
    """The embedded writer gives a free text and a valid value, and says nothing of its maker."""
    question = (Message(role="user", content="What is the capital of France?"),)
    free = generate(writer, question, schema=None, sampling=Sampling(max_tokens=24))
    assert "Paris" in free.text
    assert free.finish == "stop"
    document = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}},
        "required": ["city"],
        "additionalProperties": False,
    }
    value = generate(
        writer, question, schema=load_schema(document), sampling=Sampling(max_tokens=24)
    ).value
    assert value == {"city": "Paris"}


@pytest.mark.parametrize("is_open", [False, True])
def test_open_objects(phi_4: LocalModel, *, is_open: bool) -> None:
    """What a schema does not declare is written only where that was asked for."""
    document = {"type": "object", "properties": {"size": {"type": "null"}}}
    names: set[str] = set()
    for seed in range(6):
        how = Sampling(max_tokens=40, temperature=1.5, seed=seed, open_objects=is_open)
        names |= of(phi_4, document, how).value.keys()
    assert bool(names - {"size"}) == is_open


def test_what_no_chance_would_hit_is_written_at_the_second_attempt(phi_4: LocalModel) -> None:
    """Which names an object must have some of cannot be enforced, but a few can be tried."""
    document = {"type": "object", "not": {"propertyNames": {"not": {"pattern": "^part-[0-9]{3}$"}}}}
    made = of(phi_4, document)
    assert any(name.startswith("part-") for name in made.value)
    assert made.attempts > 1
