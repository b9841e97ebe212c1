"""Reading schemas: every way in which something is no usable schema has its own sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guard.errors import SchemaError
from guard.schema import ensure_possible, load_schema, validate

NODE = {
    "type": "object",
    "properties": {
        "label": {"type": "string"},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/node"}},
    },
    "required": ["label"],
}


def test_reads_path_text_and_document(tmp_path: Path) -> None:
    """A path, its text and the parsed document give the same schema."""
    text = '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "integer"}'
    file = tmp_path / "count.json"
    file.write_text(text)
    loaded = [load_schema(each) for each in (file, str(file), text)]
    assert {each.sha256 for each in loaded} == {load_schema(loaded[0].document).sha256}
    assert {each.draft for each in loaded} == {"7"}
    assert [each.source for each in loaded] == [str(file), str(file), "inline"]


@pytest.mark.parametrize(
    ("declared", "draft"),
    [
        (None, "2020-12"),
        ("http://json-schema.org/draft-04/schema#", "4"),
        ("http://json-schema.org/draft-06/schema", "6"),
        ("https://json-schema.org/draft-07/schema#", "7"),
        ("https://json-schema.org/draft/2019-09/schema", "2019-09"),
        ("https://json-schema.org/draft/2020-12/schema", "2020-12"),
    ],
)
def test_draft(declared: str | None, draft: str) -> None:
    """The draft is the declared one, however its address is spelt, and 2020-12 by default."""
    document: dict[str, Any] = {"type": "string"} | ({"$schema": declared} if declared else {})
    schema = load_schema(document)
    assert schema.draft == draft
    ensure_possible(schema)


@pytest.mark.parametrize(
    "document", [True, "true", {}, {"$ref": "#/$defs/node", "$defs": {"node": NODE}}]
)
def test_accepts(document: Any) -> None:
    """Trivial and recursive schemas are schemas, and values satisfy them."""
    ensure_possible(load_schema(document))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{"type": ', "the schema is not JSON: Expecting value at line 1, column 10"),
        ("nowhere.json", "cannot read schema nowhere.json: No such file"),
        ([], "the schema is a list, not a schema"),
        (7, "the schema is the JSON value 7, not a schema"),
        ("null", "the schema is the JSON value None, not a schema"),
        ({"type": "text"}, "not a JSON Schema of draft 2020-12: at .type"),
        ({"required": "name"}, "not a JSON Schema of draft 2020-12: at .required"),
        ({"minLength": -1}, "at .minLength, -1 is less than the minimum of 0"),
        ({"default": float("nan")}, "has NaN, which JSON cannot hold"),
        ({"enum": {1, 2}}, "the schema is not JSON: Object of type set"),
        ('{"type": "string", "type": "integer"}', "has the key 'type' twice"),
        ({"$schema": "http://json-schema.org/draft-03/schema#"}, "declares the unknown draft"),
        (
            {"$ref": "https://example.org/a.json"},
            "the reference at /$ref leads out of the document",
        ),
        ({"items": {"$ref": "file:///etc/hosts"}}, "the reference at /items/$ref leads out"),
        ({"$ref": "parts.json#/a"}, "the reference at /$ref leads out of the document"),
        ({"$ref": "#/defs/p0", "defs": None}, "at /$ref leads nowhere"),
        ({"$ref": "#/defs/p0", "defs": 3}, "at /$ref leads nowhere"),
        ({"properties": {"a/b": {"$ref": "#/$defs/x"}}}, "at /properties/a~1b/$ref leads nowhere"),
        ({"$ref": "#/more/x", "more": {"x": {"$ref": "b.json"}}}, "at /more/x/$ref leads out"),
        ({"$ref": "#/title", "title": "x"}, "leads to something that is no schema"),
        (
            {"$schema": "http://json-schema.org/draft-04/schema#", "$ref": {"a": 1}},
            "the reference at /$ref is no text",
        ),
        (
            {"$ref": "#/more/x", "more": {"x": {"pattern": 1}}},
            "at /more/x.pattern, 1 is not of type",
        ),
        ({"$ref": "#"}, "refers to itself without end at #"),
        ({"items": {"anyOf": [{"$ref": "#/items"}]}}, "refers to itself without end"),
        ({"pattern": "(a+)+(?=b)"}, "the pattern at /pattern of the schema may take exponential"),
        ({"pattern": "("}, "is not a regular expression that can be read here"),
        (
            {"patternProperties": {"^(a*)*$": {}}, "unevaluatedProperties": False},
            "at /patternProperties of the schema cannot be",
        ),
    ],
)
def test_refuses(source: Any, message: str) -> None:
    """What is no JSON, no schema, or leads elsewhere is refused in a sentence that says where."""
    with pytest.raises(SchemaError) as caught:
        load_schema(source)
    assert message in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("depth", [90, 150, 5000])
def test_deep(depth: int) -> None:
    """A schema is read or refused at any depth, never with a RecursionError."""
    document: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        document = {"properties": {"a": document}}
    if depth <= 90:
        load_schema(document)
        return
    with pytest.raises(SchemaError, match="deep"):
        load_schema(document)


def test_large(tmp_path: Path) -> None:
    """A schema of more than 4 MiB is refused, with the numbers."""
    file = tmp_path / "large.json"
    file.write_text('{"description": "' + "x" * 5_000_000 + '"}')
    with pytest.raises(SchemaError, match="5,000,019 bytes, more than 4,194,304"):
        load_schema(file)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (False, "it is false"),
        ({"enum": []}, "none of the listed values"),
        (
            {"type": "integer", "minimum": 5, "maximum": 3},
            "minimum (5) is greater than maximum (3)",
        ),
        ({"type": "string", "minLength": 4, "maxLength": 2}, "minLength (4) is greater"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "incompatible types"),
        ({"type": "object", "required": ["a"], "additionalProperties": False}, "property 'a'"),
        ({"enum": ["red"], "not": {"type": "string"}}, "none of the listed values at the top"),
        ({"not": {}}, "not, at the top, excludes everything"),
        (
            {
                "type": "object",
                "properties": {"a": {"const": 1, "type": "string"}},
                "required": ["a"],
            },
            "none of the listed values at /properties/a",
        ),
        (
            {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]},
            "contains itself, so no value is ever complete",
        ),
    ],
)
def test_unsatisfiable(document: Any, reason: str) -> None:
    """A schema that no value satisfies is found out before anything is written."""
    with pytest.raises(SchemaError) as caught:
        ensure_possible(load_schema(document))
    assert caught.value.message.startswith("no value can satisfy the schema: ")
    assert reason in caught.value.message


def test_dead_alternative_does_no_harm() -> None:
    """An impossible optional property or alternative leaves the schema possible."""
    dead = {"not": {}}
    ensure_possible(load_schema({"type": "object", "properties": {"a": dead}}))
    ensure_possible(load_schema({"anyOf": [{"type": "string"}, {"enum": []}]}))


def test_what_the_draft_does_not_know_is_not_looked_at() -> None:
    """Draft 4 has no `if`: what stands there is no schema, and says nothing."""
    schema = load_schema(
        {"$schema": "http://json-schema.org/draft-04/schema#", "if": {"id": {"pattern": 5}}}
    )
    ensure_possible(schema)
    assert validate({"id": 1}, schema) == ()
