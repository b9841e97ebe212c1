"""Narrowed schemas take nothing new, and what they take needs no luck where that can be had."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard.errors import SchemaError
from guard.generate.narrow import narrowed
from guard.grammar.alternative import Demand
from guard.grammar.normalise import normalise
from guard.grammar.pool import Pool
from guard.grammar.refs import resolve
from guard.schema import load_schema, satisfies
from guard.types import Json, Sampling
from tests.grammar.test_normalise import DOCUMENTS, VALUES

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
OPEN = Sampling(open_objects=True)
"""So that narrowing alone decides what is left."""


def ways(document: Any) -> list[Any]:
    """The schema as the second and the third attempt have it."""
    schema = load_schema(document)
    return [load_schema(narrowed(schema, OPEN, attempt)) for attempt in (1, 2)]


@given(DOCUMENTS, st.lists(VALUES, min_size=1, max_size=8))
@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
def test_nothing_is_taken_that_was_not(document: dict[str, Any], values: list[Any]) -> None:
    try:
        whole = load_schema(normalise(load_schema(document).document).document)
        narrow = ways(document)
    except SchemaError:
        return
    for value in values:
        if any(satisfies(each, value) for each in narrow):
            assert satisfies(whole, value)


PUMP = {"kind": {"enum": ["pump"]}, "flow": {"type": "number", "not": {"multipleOf": 3}}}
NAMED = {"type": "object", "not": {"propertyNames": {"not": {"pattern": "^x-[0-9]$"}}}}


@pytest.mark.parametrize(
    ("document", "kept", "left_out"),
    [
        # some name has the pattern: a few are tried
        (NAMED, [{"x-1": 1}, {"x-1": 1, "b": 2}], [{}, {"b": 2}]),
        # another branch can be enforced
        (
            {"anyOf": [{"type": "string", "not": {"pattern": "^a"}}, {"type": "integer"}]},
            [1],
            ["b", "a"],
        ),
        # a property that cannot be enforced and need not be there
        (
            {"type": "object", "properties": PUMP, "required": ["kind"]},
            [{"kind": "pump"}],
            [{"kind": "pump", "flow": 3}, {"kind": "pump", "flow": 4}],
        ),
        # some item is no number: the first
        (
            {"type": "array", "not": {"items": {"type": "number"}}},
            [["a"], ["a", 1]],
            [[], [1], [1, 2]],
        ),
        # some property beside the known ones is no number
        (
            {
                "type": "object",
                "properties": {"k": {}},
                "not": {"properties": {"k": {}}, "additionalProperties": {"type": "number"}},
            },
            [{"kk": "a"}],
            [{}, {"k": "a"}, {"kk": 1}],
        ),
        # names are held to two patterns, which no grammar can say: those that are tried have both
        (
            {
                "type": "object",
                "not": {"propertyNames": {"not": {"pattern": "^a[0-9]$"}}},
                "propertyNames": {"allOf": [{"pattern": "[0-9]"}, {"pattern": "a"}]},
                "patternProperties": {"z": {"type": "null"}},
            },
            [{"a0": 1}],
            [{}, {"a0": 1, "b": 2}, {"a0": 1, "z": None}],
        ),
    ],
)
def test_the_second_attempt_keeps_to_what_is_certain(
    document: Any, kept: list[Any], left_out: list[Any]
) -> None:
    narrow, _ = ways(document)
    assert all(satisfies(narrow, value) for value in kept)
    assert not any(satisfies(narrow, value) for value in left_out)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "string", "not": {"pattern": "^[a-k]"}},
        {
            "type": "integer",
            "minimum": 50,
            "not": {"anyOf": [{"multipleOf": 2}, {"multipleOf": 3}]},
        },
        {"type": "string", "pattern": "[ab][12]", "not": {"pattern": "b"}},
    ],
)
def test_the_third_attempt_lists_values_that_fit(document: Any) -> None:
    second, third = ways(document)
    listed = third.document["enum"]
    assert listed
    assert all(satisfies(load_schema(document), value) for value in listed)
    assert "enum" not in second.document


def test_what_is_enforced_anyway_stays_as_it_is() -> None:
    schema = load_schema({"type": "object", "properties": {"a": {"type": "integer"}}})
    assert narrowed(schema, Sampling(), 2) is schema.document


def test_what_an_older_draft_leaves_unchecked_does_no_harm() -> None:
    """Draft 7 knows no `$defs`, so anything may stand there."""
    odd = {"enum": 2.5, "required": True, "minLength": "a", "pattern": 3, "patternProperties": []}
    assert load_schema({"$schema": DRAFT_7, "$defs": {"odd": odd}})
    schema = load_schema(
        {
            "$schema": DRAFT_7,
            "$defs": {"odd": odd},
            "type": "string",
            "not": {"pattern": "^a"},
        }
    )
    listed = narrowed(schema, Sampling(), 2)["enum"]
    assert listed
    assert not any(text.startswith("a") for text in listed)


def test_what_cannot_be_tried_counts_neither_way() -> None:
    """A value that a schema fails to judge is not listed as one that misses it either."""

    def fails(_: Json, __: Json) -> None:
        return None

    document = {"not": {"pattern": "^a"}, "type": "string"}
    nodes = resolve(document, "2020-12")
    pool = Pool(nodes, fails, lists=True)
    place = (Demand(id(document["not"]), positive=False),)
    assert pool.values(place, frozenset(["string", "number"])) == ()
    assert pool.names({"pattern": "^a"}, positive=False) == ()
