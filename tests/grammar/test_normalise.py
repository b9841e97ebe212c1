"""A schema in plain terms accepts what the schema accepts, and no more where it says so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from guard.errors import SchemaError
from guard.grammar.normalise import normalise
from guard.schema import load_schema, satisfies

NAMES = st.sampled_from(["a", "b", "ab", "c"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 6),
    st.sampled_from([0.5, 1.5, "", "a", "ab", "abc", "b1", "2024-02-29"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
SIZES = st.integers(0, 3)
PATTERNS = st.sampled_from(["^a", "b$", "^[ab]+$", "c"])


def keywords(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    """A strategy for the value of each keyword."""
    some = st.lists(inner, min_size=1, max_size=3)
    table = st.dictionaries(NAMES, inner, max_size=3)
    return {
        "type": st.one_of(TYPES, st.lists(TYPES, min_size=1, max_size=3, unique=True)),
        "enum": st.lists(VALUES, min_size=1, max_size=4),
        "const": VALUES,
        "minimum": st.integers(-2, 5),
        "exclusiveMaximum": st.integers(-2, 5),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "minLength": SIZES,
        "maxLength": SIZES,
        "pattern": PATTERNS,
        "minItems": SIZES,
        "maxItems": SIZES,
        "uniqueItems": st.booleans(),
        "prefixItems": some,
        "items": inner,
        "contains": inner,
        "minContains": st.integers(0, 2),
        "maxContains": st.integers(0, 2),
        "properties": table,
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        "additionalProperties": inner,
        "propertyNames": inner,
        "required": st.lists(NAMES, max_size=2, unique=True),
        "minProperties": SIZES,
        "maxProperties": SIZES,
        "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True)),
        "dependentSchemas": table,
        "allOf": some,
        "anyOf": some,
        "oneOf": some,
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
        "unevaluatedProperties": inner,
        "unevaluatedItems": inner,
        "$ref": st.sampled_from(["#/$defs/one", "#/$defs/two"]),
    }


def node(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of up to four keywords."""
    table = keywords(inner)
    chosen = st.lists(st.sampled_from(sorted(table)), min_size=1, max_size=4, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({n: table[n] for n in names}))


SCHEMAS = st.recursive(st.one_of(st.booleans(), node(st.booleans())), node, max_leaves=8)
DOCUMENTS = st.builds(
    lambda top, one, two: {
        **(top if isinstance(top, dict) else {}),
        "$defs": {"one": one, "two": two},
    },
    SCHEMAS,
    SCHEMAS,
    SCHEMAS,
)
THOROUGH = settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@given(DOCUMENTS, st.lists(VALUES, min_size=1, max_size=12))
@THOROUGH
def test_nothing_valid_is_lost_and_what_is_exact_is_exact(
    document: dict[str, Any], values: list[Any]
) -> None:
    """Both ways where nothing is left out; one way where something is."""
    try:
        schema = load_schema(document)
    except SchemaError:
        assume(False)
    try:
        normal = normalise(document)
    except SchemaError:
        assert not any(satisfies(schema, value) for value in values)
        return
    plain = load_schema(normal.document)
    for value in values:
        if satisfies(schema, value):
            assert satisfies(plain, value), value
        elif not normal.notes:
            assert not satisfies(plain, value), value


@given(DOCUMENTS, st.lists(VALUES, min_size=1, max_size=12))
@THOROUGH
def test_closed_is_narrower(document: dict[str, Any], values: list[Any]) -> None:
    """For writing, a schema is only ever narrowed, and is not emptied by it."""
    try:
        load_schema(document)
        normal = normalise(document)
    except SchemaError:
        assume(False)
    try:
        closed = load_schema(normalise(document, is_closed=True).document)
    except SchemaError:
        return
    plain = load_schema(normal.document)
    for value in values:
        if satisfies(closed, value):
            assert satisfies(plain, value), value


PLAIN = frozenset(
    (
        *("$defs", "$ref", "anyOf", "allOf", "type", "enum", "multipleOf", "pattern", "format"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
        *("prefixItems", "items", "minItems", "maxItems", "properties", "patternProperties"),
        *("additionalProperties", "required", "minProperties", "maxProperties"),
    )
)


@given(DOCUMENTS)
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
def test_only_plain_keywords_are_left(document: dict[str, Any]) -> None:
    """What combines schemas is multiplied out."""
    from guard.grammar.walk import subschemas

    try:
        load_schema(document)
        normal = normalise(document)
    except SchemaError:
        assume(False)
    for _, node in subschemas(normal.document):
        assert isinstance(node, bool) or node.keys() <= PLAIN


EXACT: list[tuple[Any, list[Any], list[Any]]] = [
    ({"if": {"properties": {"k": {"const": 1}}, "required": ["k"]}, "then": {"required": ["v"]}},
     [{"k": 1, "v": 0}, {"k": 2}, 5], [{"k": 1}]),
    ({"type": "object", "dependentRequired": {"card": ["address"]}},
     [{}, {"address": 1}, {"card": 1, "address": 2}], [{"card": 1}]),
    ({"oneOf": [{"type": "string"}, {"type": "integer", "maximum": 4}, {"minimum": 5}]},
     [3, 5.5, None], [4.5, "x"]),
    ({"type": "string", "not": {"enum": ["a", "ab"]}}, ["", "b", "abc"], ["a", "ab"]),
    ({"not": {"required": ["a", "b"]}}, [{"a": 1}, {}], [{"a": 1, "b": 2}]),
    ({"allOf": [{"properties": {"a": {"minimum": 2}}}, {"properties": {"a": {"maximum": 3}}}]},
     [{"a": 2}, {"b": 0}], [{"a": 4}, {"a": 1}]),
    ({"$ref": "#/$defs/x", "unevaluatedProperties": False, "properties": {"b": True},
      "$defs": {"x": {"properties": {"a": True}}}},
     [{"a": 1, "b": 2}], [{"c": 1}]),
    ({"propertyNames": {"pattern": "^x"}}, [{"xa": 1}, 3], [{"a": 1}]),
    ({"type": "array", "items": {"enum": [1, 2]}, "not": {"contains": {"const": 2}}},
     [[], [1, 1]], [[2], [1, 2]]),
]  # fmt: skip


@pytest.mark.parametrize(("document", "valid", "invalid"), EXACT)
def test_rewritten_exactly(document: Any, valid: list[Any], invalid: list[Any]) -> None:
    """Conditions, exclusions and combinations are put in plain terms without a loss."""
    normal = normalise(document)
    plain = load_schema(normal.document)
    assert not normal.notes
    assert all(satisfies(plain, value) for value in valid)
    assert not any(satisfies(plain, value) for value in invalid)


def test_properties_keep_their_order() -> None:
    """Names come in the order of the schema, also when several schemas name them."""
    document = {
        "type": "object",
        "properties": {"z": {"type": "string"}, "a": {"type": "string"}},
        "allOf": [{"properties": {"m": {"type": "null"}, "a": {"minLength": 1}}}],
        "additionalProperties": True,
    }
    (made,) = normalise(document).document["$defs"].values()
    assert list(made["properties"]) == ["z", "a", "m"]


def test_objects_are_closed_with_all_that_is_declared() -> None:
    """Names count wherever they are declared: beside, in allOf, and behind a reference."""
    document = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "allOf": [{"$ref": "#/$defs/x"}],
        "$defs": {"x": {"properties": {"b": {"type": "null"}}}},
    }
    closed = load_schema(normalise(document, is_closed=True).document)
    assert satisfies(closed, {"a": "", "b": None})
    assert not satisfies(closed, {"c": 1})
    assert satisfies(load_schema(normalise(document).document), {"c": 1})


@pytest.mark.parametrize("document", [{"type": "object"}, {"additionalProperties": {"minimum": 1}}])
def test_maps_stay_open(document: Any) -> None:
    """An object that declares no property is a map, and stays one."""
    closed = load_schema(normalise(document, is_closed=True).document)
    assert satisfies(closed, {"any": 3})
