"""Property names by patterns that the engine does not know, or that several of can match."""

from __future__ import annotations

import json
from typing import Any

import pytest
from llguidance import LLMatcher, LLTokenizer

from guard.grammar import compile_grammar
from guard.schema import analyse, load_schema, satisfies

AHEAD = {"patternProperties": {"^(?=ab)a": {"type": "integer"}}, "additionalProperties": False}


def takes(document: Any, text: str) -> bool:
    grammar = compile_grammar(document, open_objects=True)
    matcher = LLMatcher(LLTokenizer("byte"), grammar.text, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    return bool(
        matcher.try_consume_tokens([*text.encode()]) == len(text) and matcher.is_accepting()
    )


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        ({"type": "object", **AHEAD}, '{"ab": 1}'),
        ({"type": "object", **AHEAD, "properties": {"k": {}}}, '{"k": "x", "ab": 1}'),
        ({"type": "object", **AHEAD, "required": ["abc"]}, '{"abc": 1, "ab": 2}'),
        (
            {
                "type": "object",
                "patternProperties": {"(?=b)b": {"minimum": 3}, "^a": {"type": "integer"}},
                "additionalProperties": {"type": "null"},
            },
            '{"ab": 4, "b": 5, "a": 1, "c": null}',
        ),
        (
            {
                "type": "object",
                "allOf": [
                    {"patternProperties": {"^a": {}}, "additionalProperties": False},
                    {"patternProperties": {"b$": {}}, "additionalProperties": False},
                ],
            },
            '{"ab": 1}',
        ),
        (
            {
                "type": "object",
                "allOf": [
                    {"patternProperties": {"^a": {}}},
                    {
                        "properties": {"ab": {"type": "string"}},
                        "additionalProperties": {"type": "integer"},
                    },
                ],
            },
            '{"ab": "x", "c": 1}',
        ),
        (
            {
                "type": "object",
                "properties": {"x-a": {"$ref": "#"}},
                "patternProperties": {"^x-": {"$ref": "#"}},
                "additionalProperties": False,
            },
            '{"x-a": {"x-b": {"x-a": {}}}}',
        ),
    ],
)
def test_what_matches_several_or_an_unknown_pattern_is_kept(document: Any, valid: str) -> None:
    """An object that is valid can be written, and it is said that the patterns are checked."""
    schema = load_schema(document)
    assert satisfies(schema, json.loads(valid))
    assert takes(document, valid)
    fates = {each.keyword: each.status for each in analyse(schema)}
    assert fates["patternProperties"] == "checked"


def test_declared_names_are_enough() -> None:
    """By default, names that only an unknown pattern has are not written."""
    document = {"type": "object", **AHEAD, "properties": {"k": {"type": "null"}}}
    assert compile_grammar(document).plain["$defs"]["s0"]["additionalProperties"] is False


def test_restricted_names_do_not_restrict_declared_properties() -> None:
    """What holds for other properties does not hold for those that are declared."""
    document = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": {"type": "integer"},
        "propertyNames": {"minLength": 1},
    }
    assert takes(document, '{"a": "x", "b": 1}')
    fates = {each.keyword: each.status for each in analyse(load_schema(document))}
    assert fates["propertyNames"] == "checked"
