"""What a draft passes over takes no part in what is said of a schema."""

from __future__ import annotations

from typing import Any

import pytest

from guard.grammar import compile_grammar
from guard.schema import analyse, load_schema, satisfies

D4, D7 = "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-07/schema#"
TEXT = {"definitions": {"s": {"type": "string"}}}


@pytest.mark.parametrize(
    "document",
    [
        {"$schema": D4, "const": 1, "type": "string"},
        {"$schema": D7, "$ref": "#/definitions/s", "not": {}, **TEXT},
        {"$schema": D7, "$ref": "#/definitions/s", "const": 1, **TEXT},
        {"$schema": D7, "$ref": "#/definitions/s", "allOf": [{"$ref": "#"}], **TEXT},
        {"$schema": D7, "$ref": "#/definitions/s", "items": {"$ref": "#/none"}, **TEXT},
        {
            "$schema": D7,
            "$ref": "#/definitions/s",
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"$ref": "#"}},
            **TEXT,
        },
    ],
)
def test_what_is_ignored_excludes_nothing(document: Any) -> None:
    """A schema is not refused for keywords that its draft does not read."""
    schema = load_schema(document)
    assert analyse(schema)
    plain = load_schema(compile_grammar(schema.document, open_objects=True).plain)
    assert satisfies(schema, "a")
    assert satisfies(plain, "a")
    assert not satisfies(plain, 1)


def test_the_default_of_a_dynamic_reference_excludes_nothing() -> None:
    """That nothing satisfies what a reference leads to by default says nothing of other ways."""
    document = {
        "$id": "https://example.com/texts",
        "$ref": "list",
        "$defs": {
            "text": {"$dynamicAnchor": "T", "type": "string"},
            "list": {
                "$id": "list",
                "type": "array",
                "minItems": 1,
                "items": {"$dynamicRef": "#T"},
                "$defs": {"default": {"$dynamicAnchor": "T", "not": {}}},
            },
        },
    }
    schema = load_schema(document)
    assert satisfies(schema, ["a"])
    assert not satisfies(schema, [1])
    assert analyse(schema)


@pytest.mark.parametrize(
    ("draft", "document"),
    [
        (D7, {"contains": {"const": 1}, "minContains": 2}),
        (D4, {"if": {"type": "string"}, "then": {"minLength": 1}}),
        ("https://json-schema.org/draft/2020-12/schema", {"items": {}, "additionalItems": False}),
    ],
)
def test_companions_of_other_drafts_are_ignored(draft: str, document: Any) -> None:
    """A keyword that only means something beside another is known where that one is."""
    fates = {each.keyword: each for each in analyse(load_schema({"$schema": draft, **document}))}
    last = fates[list(document)[-1]]
    assert last.status == "refused"
    assert "unknown in draft" in last.reason
