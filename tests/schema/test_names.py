"""Patterns on property names are tried in bounded time, and nothing is passed over."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from guard.schema import load_schema, satisfies, validate

HARD = "^(a+)+$"
NAMES = st.text(alphabet="abx", max_size=4)
PATTERNS = st.sampled_from(["^a", "b$", "x", "^[ab]+$"])
PART = st.sampled_from([True, False, {"type": "integer"}, {"minimum": 2}])


@given(
    st.dictionaries(PATTERNS, PART, max_size=3),
    st.dictionaries(NAMES, PART, max_size=2),
    PART,
    st.dictionaries(NAMES, st.sampled_from([1, 3, "x"]), max_size=4),
)
def test_verdicts_are_jsonschemas(
    patterns: dict[str, Any], named: dict[str, Any], rest: Any, value: dict[str, Any]
) -> None:
    """Where time is no matter, the verdict is that of jsonschema's own keywords."""
    schema = {"patternProperties": patterns, "properties": named, "additionalProperties": rest}
    assert satisfies(load_schema(schema), value) == Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("name", ["a" * 40 + "b", "a" * 1500 + "!"])
def test_a_repeat_inside_a_repeat(name: str) -> None:
    """What would keep `re` busy for years is settled at once."""
    schema = {"patternProperties": {HARD: {"type": "null"}}, "additionalProperties": False}
    start = time.process_time()
    (violation,) = validate({name: None}, load_schema(schema))
    assert violation.keyword == "additionalProperties"
    assert satisfies(load_schema(schema), {"aaa": None})
    assert time.process_time() - start < 5


def test_a_name_that_is_too_long_is_a_violation() -> None:
    """It is not taken for one that matches, nor for one that does not."""
    schema = load_schema({"patternProperties": {"^a": {}}})
    (violation,) = validate({"a" * 2001: 1}, schema)
    assert "a property name of 2,001 characters is too long for '^a'" in violation.message
