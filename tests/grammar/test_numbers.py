"""Bounds of numbers, held to by the engine itself."""

from __future__ import annotations

from typing import Any

import pytest
from llguidance import LLMatcher, LLTokenizer

from guard.errors import SchemaError
from guard.grammar import compile_grammar
from guard.schema import analyse, load_schema


def takes(document: Any, text: str) -> bool:
    grammar = compile_grammar(document, open_objects=True)
    matcher = LLMatcher(LLTokenizer("byte"), grammar.text, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    return bool(
        matcher.try_consume_tokens(list(text.encode())) == len(text) and matcher.is_accepting()
    )


@pytest.mark.parametrize(
    ("bounds", "valid", "invalid"),
    [
        ({"exclusiveMinimum": 0, "maximum": 0.5}, ["0.5", "0.000000000001"], ["0", "-0", "0.6"]),
        ({"exclusiveMinimum": 1, "exclusiveMaximum": 1.5}, ["1.000001"], ["1", "1.0", "1.5"]),
        ({"minimum": -0.5, "exclusiveMaximum": 0}, ["-0.5", "-0.0001"], ["0", "-0"]),
        ({"minimum": -1.5, "exclusiveMaximum": -1}, ["-1.5", "-1.01"], ["-1", "-1.0"]),
        ({"exclusiveMinimum": 0, "maximum": 1}, ["1", "0.1"], ["0"]),
    ],
)
def test_an_excluded_whole_number_is_out(bounds: Any, valid: list[str], invalid: list[str]) -> None:
    """A bound that is out stays out where the other one is less than 1 away."""
    document = {"type": "number", **bounds}
    assert [text for text in valid if not takes(document, text)] == []
    assert [text for text in invalid if takes(document, text)] == []


def test_a_bound_near_zero_is_left_to_the_check() -> None:
    """A fraction that the engine cannot count down to breaks no grammar."""
    document = {"type": "number", "minimum": 1e-200, "maximum": 0.5}
    assert takes(document, "0.1")
    assert [
        each.pointer for each in analyse(load_schema(document)) if each.status == "checked"
    ] == ["/minimum"]


@pytest.mark.parametrize(
    ("bounds", "valid"),
    [
        ({"minimum": 10**17 + 1, "maximum": 10**17 + 5}, 10**17 + 3),
        ({"exclusiveMinimum": 2**60}, 2**60 + 1),
        ({"maximum": -(2**53) - 1}, -(2**53) - 1),
        ({"exclusiveMaximum": 2**53 + 3}, 2**53 + 2),
    ],
)
def test_bounds_that_the_engine_rounds_lose_nothing(bounds: Any, valid: int) -> None:
    """They are widened to what the engine can hold, and checked."""
    document = {"type": "integer", **bounds}
    assert takes(document, str(valid))
    fates = {each.keyword: each.status for each in analyse(load_schema(document))}
    assert {fates[name] for name in bounds} == {"checked"}


@pytest.mark.parametrize("value", [{"a": 2**53 + 1}, [[-(2**60) - 1]]])
def test_listed_values_that_the_engine_would_round(value: Any) -> None:
    """They are refused, inside objects and arrays too, since nothing right could be written."""
    with pytest.raises(SchemaError, match="rounds whole numbers"):
        compile_grammar({"const": value})
