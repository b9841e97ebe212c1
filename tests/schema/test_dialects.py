"""Parts of a schema that declare another draft: as jsonschema takes them, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from referencing import Registry, Resource

from guard.errors import SchemaError
from guard.grammar import compile_grammar
from guard.grammar.drafts import stock_validator
from guard.schema import load_schema, satisfies

AT = "https://example.com/"
DRAFT = {
    "4": "http://json-schema.org/draft-04/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
    "7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
PARTS: list[Any] = [
    {"type": "string", "maxLength": 3},
    {"type": "integer"},
    {"type": ["number", "null"], "minimum": 2, "maximum": 2},
    {"minimum": 2, "exclusiveMinimum": True},
    {"exclusiveMinimum": 2},
    {"const": 5},
    {"items": {"type": "string"}},
    {"items": [{"type": "string"}]},
    {"items": [{"type": "string"}], "additionalItems": False},
    {"prefixItems": [{"type": "string"}]},
    {"contains": {"type": "string"}},
    {"contains": {"type": "string"}, "minContains": 2},
    {"dependencies": {"a": ["b"]}},
    {"dependentRequired": {"a": ["b"]}},
    {"if": {"type": "string"}, "then": {"maxLength": 3}},
    {"propertyNames": {"maxLength": 1}},
    {"properties": {"a": {"$ref": "#/properties/b"}, "b": {"type": "string"}}},
    {"properties": {"a": {"$ref": "#/properties/b", "maxLength": 3}, "b": {"type": "string"}}},
    {"properties": {"a": True}, "unevaluatedProperties": False},
    {"properties": {"a": {"id": "x", "type": "string"}}},
]  # fmt: skip
VALUES: list[Any] = [
    *(2, 3, 5, 5.0, "abc", "abcd", None, [], ["a"], ["a", "b"], ["a", 1], [1]),
    *({}, {"a": 1}, {"a": "a"}, {"a": "abcd"}, {"b": 1}, {"a": "a", "b": "b"}, {"ab": "a"}),
]  # fmt: skip


def combined() -> Iterator[tuple[str, str, Any]]:
    """Each part that is a schema of its draft, in a schema of each other draft."""
    for whole, own in permutations(DRAFT, 2):
        for part in PARTS:
            validator = stock_validator(own)
            if validator(validator.META_SCHEMA).is_valid(part):
                yield whole, own, part


def test_a_part_of_another_draft_is_taken_as_jsonschema_takes_it_or_refused() -> None:
    """Nothing is passed over: what means something else in the two drafts is no schema here."""
    taken, refused = 0, []
    for whole, own, plain in combined():
        part = {"$schema": DRAFT[own], **plain}
        for inside in (False, True):
            if inside and "#" in str(part.get("properties")):
                continue  # references in it would count from the top
            schema = {"$schema": DRAFT[whole], "items": part if inside else {"$ref": AT + "part"}}
            registry: Any = Registry().with_resource(AT + "part", Resource.from_contents(part))
            told = stock_validator(whole)(schema, registry=registry)
            try:
                loaded = load_schema(schema, references={AT + "part": part})
            except SchemaError:
                refused.append((whole, own, part, inside))
                continue
            ours = [satisfies(loaded, [value]) for value in VALUES]
            assert ours == [told.is_valid([value]) for value in VALUES], (whole, own, part)
            taken += 1
    assert taken > len(refused) > 200


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    ("own", "part", "message"),
    [
        ("7", {"if": {}, "dependencies": {}}, "dependencies is in a part of draft 7, the whole is"),
        ("7", {"not": {"dependencies": {}}}, "not/dependencies is in a part of draft 7"),
        ("7", {"$ref": "#/$defs/text", "maxLength": 3}, "$ref is in a part of draft 7"),
        ("4", {"type": "integer"}, "type is in a part of draft 4"),
        ("4", {"id": "x", "type": "null"}, "id is in a part of draft 4"),
        ("own", {}, "declares the unknown draft 'https://example.com/own'"),
    ],
)
def test_what_is_refused(own: str, part: Any, message: str, inside: bool) -> None:
    """The error says which keyword of which part, both drafts, and what to do."""
    part = {"$schema": DRAFT.get(own, AT + own), **part}
    items = part if inside else {"$ref": AT + "part"}
    schema = {"$schema": DRAFT["2020-12"], "items": items, "$defs": {"text": {}}}
    given = {AT + "part": {**part, "$defs": {"text": {}}}}
    with pytest.raises(SchemaError) as caught:
        load_schema(schema, references=given)
    assert message in caught.value.message
    assert ("known are 4" if own == "own" else "as $schema") in str(caught.value.hint)
    if inside:
        with pytest.raises(SchemaError, match="draft"):
            compile_grammar(schema)


def test_a_part_under_an_unknown_keyword_stays_in_bounds() -> None:
    """A draft that is declared where nobody looks for schemas leads to no other validator."""
    part = {"$schema": DRAFT["7"], "format": "date"}
    schema = load_schema({"items": {"$ref": "#/more/part"}, "more": {"part": part}})
    assert not satisfies(schema, ["no date"])
    assert "$schema" not in schema.document["more"]["part"]


PART = {
    "$schema": DRAFT["4"],
    "dependencies": {"a": ["b"]},
    "properties": {"a": {"type": "integer"}},
}


def test_a_schema_that_declares_nothing_is_of_the_draft_of_its_parts() -> None:
    """Where they declare one, and nothing else in it means something else there."""
    schema = load_schema({"type": "object", "allOf": [PART]})
    assert schema.draft == "4"
    assert [
        satisfies(schema, value) for value in ({"a": 1}, {"a": 1.0, "b": 2}, {"a": 1, "b": 2})
    ] == [
        False,
        False,
        True,
    ]
    assert load_schema(schema.document) == schema
    assert "b" in compile_grammar({"allOf": [PART]}).text


@pytest.mark.parametrize(
    "schema",
    [
        {"const": {}, "allOf": [PART]},
        {"allOf": [PART, {"$schema": DRAFT["7"], "dependencies": {}}]},
        {"$schema": DRAFT["2020-12"], "allOf": [PART]},
    ],
)
def test_else_it_is_of_the_newest(schema: Any) -> None:
    """Then parts of another draft are refused as anywhere."""
    with pytest.raises(SchemaError, match="the whole is of draft 2020-12"):
        load_schema(schema)
