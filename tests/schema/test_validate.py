"""Holding values against schemas: all violations, with pointers, in bounded time."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.schema import load_schema, parse, satisfies, validate

ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"},
        "when": {"type": "string", "format": "date"},
        "lines": {"type": "array", "items": {"type": "object", "required": ["qty"]}, "minItems": 1},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["id", "lines"],
    "additionalProperties": False,
}


def found(value: Any, document: Any) -> list[tuple[str, str]]:
    return [(v.pointer, v.keyword) for v in validate(value, load_schema(document))]


def test_all_violations() -> None:
    """Every violation is reported, in document order, by pointer and keyword."""
    value = {"id": "x", "when": "2023-02-29", "lines": [{"qty": 1}, {}], "note": 3, "more": 1}
    assert found(value, ORDER) == [
        ("", "additionalProperties"),
        ("/id", "pattern"),
        ("/lines/1", "required"),
        ("/note", "anyOf"),
        ("/when", "format"),
    ]


@pytest.mark.parametrize(
    ("document", "value", "expected"),
    [
        ({"type": "integer"}, 3.0, []),
        ({"type": "integer"}, True, [("", "type")]),
        (False, 1, [("", "false")]),
        ({"properties": {"a/b~": {"type": "null"}}}, {"a/b~": 1}, [("/a~1b~0", "type")]),
        ({"format": "date-time"}, "2024-13-01T00:00:00Z", [("", "format")]),
        ({"format": "email"}, "nobody", [("", "format")]),
        ({"format": "wombat"}, "x", []),
        ({"format": "uri"}, "http://" + "a" * 5000, [("", "format")]),
        (
            {"$schema": "http://json-schema.org/draft-04/schema#", "format": "date"},
            "2024-02-30",
            [("", "format")],
        ),
        (
            {
                "$schema": "http://json-schema.org/draft-04/schema#",
                "minimum": 1,
                "exclusiveMinimum": True,
            },
            1,
            [("", "minimum")],
        ),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "prefixItems": [False]}, [1], []),
        ({"if": {"const": 1}, "then": False}, 1, [("", "if")]),
        ({"patternProperties": {"^x-": {"type": "string"}}}, {"x-a": 1}, [("/x-a", "type")]),
    ],
)
def test_keywords(document: Any, value: Any, expected: list[tuple[str, str]]) -> None:
    """Keywords mean what the schema's draft says, and known formats are asserted in each."""
    got = found(value, document)
    if document == {"if": {"const": 1}, "then": False}:
        assert [pointer for pointer, _ in got] == [""]
    else:
        assert got == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"id": "AB-1"', "is not JSON"),
        ("", "is not JSON"),
        ('Sure! {"id": "AB-1"}', "is not JSON"),
        ('{"id": "AB-1", "id": "AB-2"}', "the key 'id' twice"),
        ('{"id": NaN}', "NaN, which JSON cannot hold"),
        ("[" * 300 + "]" * 300, "deeper than 200 levels"),
        ("9" * 6000, "cannot be read as JSON"),
    ],
)
def test_parse_is_strict(text: str, words: str) -> None:
    """Text that is not exactly one JSON value has no value and one violation."""
    value, violations = parse(text, load_schema(ORDER))
    assert value is None
    assert [v.keyword for v in violations] == ["json"]
    assert words in violations[0].message


def test_messages_are_cut() -> None:
    """A message never carries more than a few words of a long value."""
    (violation,) = validate("x" * 100_000, load_schema({"type": "integer"}))
    assert len(violation.message) <= 240
    assert violation.message.endswith("is not of type 'integer'")


def test_deep_value() -> None:
    """A value too deep for the validator is a violation, not a crash."""
    schema = load_schema(
        {"anyOf": [{"items": {"$ref": "#"}}, {"allOf": [{"items": {"$ref": "#"}}]}]}
    )
    value: Any = 1
    for _ in range(3000):
        value = [value]
    assert [v.keyword for v in validate(value, schema)] == ["depth"]


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^([a-z]+-?)*$", "^(.*a){12}$"])
def test_no_exponential_time(pattern: str) -> None:
    """A pattern that would keep a backtracking engine busy for years is matched at once."""
    start = time.perf_counter()
    assert found("a" * 2000 + "!", {"pattern": pattern}) == [("", "pattern")]
    assert time.perf_counter() - start < 2


def test_unique_items_of_a_long_array() -> None:
    """Objects that cannot be sorted are held against each other in no square time."""
    start = time.perf_counter()
    values: list[Any] = [{"a": [at]} for at in range(20_000)]
    assert found(values, {"uniqueItems": True}) == []
    assert found([*values, {"a": [7.0]}], {"uniqueItems": True}) == [("", "uniqueItems")]
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("items", [{"type": "string"}, {"not": {}}])
@pytest.mark.parametrize("key", ["allOf", "anyOf", "oneOf"])
def test_violations_without_number_are_not_all_gathered(items: Any, key: str) -> None:
    """Of a huge value that is wrong everywhere a thousand violations are kept at most."""
    document = {key: [{"items": items}]}
    tracemalloc.start()
    violations = validate([0] * 100_000, load_schema(document))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 1 <= len(violations) <= 1000
    assert peak < 60_000_000


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, True, 0, False, "1", None, [1], [True], {"a": 1}, {"a": True}, [], {}], []),
        ([10**20, 1e20], [("", "uniqueItems")]),
        ([{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}], [("", "uniqueItems")]),
    ],
)
def test_items_are_equal_as_json_has_it(values: Any, expected: Any) -> None:
    """A number is equal to the same number written otherwise, and to no truth value."""
    assert found(values, {"uniqueItems": True}) == expected


KEYWORDS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "object", "array", "null"]),
        "minLength": st.integers(0, 4),
        "maximum": st.integers(-3, 3),
        "enum": st.lists(st.none() | st.integers(-2, 2) | st.text(max_size=2), min_size=1),
        "required": st.lists(st.sampled_from(["a", "b"]), unique=True),
        "uniqueItems": st.booleans(),
        "pattern": st.sampled_from(["^a", "b$", "[0-9]+"]),
    },
)
SCHEMAS = st.recursive(
    KEYWORDS,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(["a", "b"]), inner),
            "items": inner,
            "not": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
        },
    ),
    max_leaves=5,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab0", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(SCHEMAS, VALUES)
def test_agrees_with_jsonschema(document: Any, value: Any) -> None:
    """A value is valid here exactly when it is for jsonschema itself."""
    stock = jsonschema.Draft202012Validator(document).is_valid(value)
    assert (not validate(value, load_schema(document))) == stock


def test_a_whole_number_beyond_all_floats() -> None:
    """It is a violation where it has to be reckoned with, and no crash."""
    (violation,) = validate(10**400 + 1, load_schema({"multipleOf": 0.5}))
    assert "too large to be reckoned with" in violation.message


@pytest.mark.parametrize("items", [True, {}])
def test_additional_items_beside_no_list(items: Any) -> None:
    """Where `items` is one schema for all, `additionalItems` says nothing."""
    draft = "http://json-schema.org/draft-07/schema#"
    schema = load_schema({"$schema": draft, "items": items, "additionalItems": False})
    assert satisfies(schema, [1, 2])
    assert not satisfies(load_schema({**schema.document, "items": [items]}), [1, 2])
