"""Addresses inside a schema (`$id`, `$anchor`): references by them become pointers from its top."""

from __future__ import annotations

import json
from typing import Any

import pytest

from guard.grammar import compile_grammar
from guard.grammar.drafts import draft_of, stock_validator
from guard.grammar.normalise import normalise as in_plain_terms
from guard.grammar.refs import REFS
from guard.models.normalise import normalise
from guard.schema import analyse, load_schema, satisfies
from guard.types import Json

AT = "https://example.com/"
DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
TEXT = {"type": "string"}
ORDER = {
    "$id": AT + "order",
    "type": "object",
    "properties": {"item": {"$ref": "item"}, "paid": {"$ref": f"{AT}money#amount"}},
    "required": ["item"],
    "additionalProperties": False,
    "$defs": {
        "item": {
            "$id": AT + "item",
            "type": "object",
            "properties": {"name": {"$ref": "#/$defs/text"}, "parts": {"items": {"$ref": "#"}}},
            "required": ["name"],
            "$defs": {"text": {"type": "string", "maxLength": 4}},
        },
        "money": {"$id": "money", "$defs": {"a": {"$anchor": "amount", "type": "number"}}},
        "text": {"type": "null"},
    },
}
CASES: dict[str, tuple[Any, list[Any]]] = {
    "an address, a relative one, an anchor": (
        ORDER,
        [
            {"item": {"name": "bolt", "parts": [{"name": "nut"}]}, "paid": 1.5},
            {"item": {"name": "a bolt"}},
            {"item": {"name": None}},
            {"item": {"name": "bolt", "parts": [{}]}},
            {"item": {"name": "bolt"}, "paid": "1"},
        ],
    ),
    "an anchor at the top": (
        {"items": {"$ref": "#t"}, "$defs": {"t": {"$anchor": "t", **TEXT}}},
        [["a"], [1]],
    ),
    "the top by its address": (
        {"$id": AT + "top", "properties": {"a": {"$ref": "top"}, "b": {"$ref": "top#/$defs/t"}},
         "$defs": {"t": TEXT}},
        [{"a": {"b": "x"}}, {"a": {"b": 1}}, {"b": 1}],
    ),
    "parts that are true and false": (
        {"properties": {"a": {"$ref": "in#/$defs/yes"}, "b": {"$ref": "in#/$defs/no"}},
         "$defs": {"in": {"$id": "in", "$defs": {"yes": True, "no": False}}, "yes": False}},
        [{"a": 1}, {"b": 1}],
    ),
    "an address that counts from the one around it": (
        {"$id": AT, "items": {"$id": "folder/", "items": {"$ref": "item"}},
         "$defs": {"far": {"$id": "folder/item", **TEXT}, "near": {"$id": "item"}}},
        [[["a"]], [[1]]],
    ),
    "no keyword but a value": (
        {"items": {"$ref": "#t"}, "$defs": {"t": {"$anchor": "t", "enum": [{"$id": "x"}, "y"]}}},
        [[{"$id": "x"}], [{}], ["y"]],
    ),
    "an address in contentSchema": (
        {"items": {"$ref": "inner#/properties/a"}, "contentSchema":
         {"$id": AT + "inner", "properties": {"a": {"items": {"$ref": "#/$defs/t"}}},
          "$defs": {"t": TEXT}}, "$id": AT, "$defs": {"t": {"type": "null"}}},
        [[["a"]], [[None]]],
    ),
    "draft 4": (
        {"$schema": DRAFT_4, "id": AT, "items": {"$ref": "item#/definitions/t"},
         "definitions": {"i": {"id": "item", "definitions": {"t": {"$ref": "#a"}},
                               "properties": {"id": {"id": "#a", **TEXT}}}}},
        [["a"], [1]],
    ),
    "draft 7, where $id is nothing beside $ref": (
        {"$schema": DRAFT_7, "$id": AT, "items": {"$id": "no/", "$ref": "item"},
         "definitions": {"i": {"$id": "item", **TEXT}, "a": {"$id": "no/item"}}},
        [["a"], [1]],
    ),
    "one recursive anchor": (
        {"$schema": DRAFT_2019, "$recursiveAnchor": True, "type": "object",
         "additionalProperties": {"$recursiveRef": "#"}},
        [{"a": {"b": {}}}, {"a": {"b": 1}}],
    ),
    "one dynamic anchor": (
        {"$id": AT + "tree", "$dynamicAnchor": "node", "type": "object",
         "additionalProperties": {"$dynamicRef": "#node"}},
        [{"a": {"b": {}}}, {"a": {"b": 1}}],
    ),
}  # fmt: skip


def references(node: Json) -> set[str]:
    """Every reference in a document, with its keyword."""
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {f"{key} {node[key]}" for key in REFS if key in node}
    return own.union(*map(references, node.values()))


@pytest.mark.parametrize("name", CASES)
def test_it_means_the_same_with_pointers_alone(name: str) -> None:
    """Values are taken as jsonschema takes them under the schema as it was, by the grammar too."""
    document, values = CASES[name]
    told = stock_validator(str(draft_of(document)))(document)
    wanted = [told.is_valid(value) for value in values]
    assert {True, False} == set(wanted)
    schema = load_schema(document)
    assert [satisfies(schema, value) for value in values] == wanted
    assert all(each.startswith("$ref #") for each in references(schema.document))
    assert not [each for each in references(schema.document) if each[6:7] not in ("", "/")]
    normal = in_plain_terms(schema.document)
    assert not normal.notes
    plain = load_schema(normal.document)
    assert [satisfies(plain, value) for value in values] == wanted
    assert load_schema(schema.document).sha256 == schema.sha256


def test_what_depends_on_the_way_keeps_its_addresses() -> None:
    """A dynamic reference with two targets stays one, and means the same."""
    tree = {"$id": "tree", "$dynamicAnchor": "node", "items": {"$dynamicRef": "#node"}}
    document = {
        "$id": AT + "top",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "maxItems": 1,
        "$defs": {"tree": tree},
    }
    schema = load_schema(document)
    assert schema.document == document
    told = stock_validator("2020-12")(document)
    for value in ([], [[]], [[], []], [[[], []]]):
        assert satisfies(schema, value) == told.is_valid(value)
    assert not satisfies(schema, [[[], []]])


def test_readers_that_follow_pointers_follow_it() -> None:
    """The analysis has every keyword where it stood; no reference is lost on a server."""
    schema = load_schema(ORDER)
    statuses = {each.pointer: each.status for each in analyse(schema)}
    assert statuses["/$defs/item/$defs/text/maxLength"] == "enforced"
    assert compile_grammar(schema.document).refusals == ()
    for server in ("vllm", "ollama", "openai"):
        changes = normalise(schema.document, server).changes  # type: ignore[arg-type]
        assert not [each for each in changes if each.keyword == "$ref" and each.loses]


def test_nothing_is_taken_for_a_reference_that_is_none() -> None:
    """An unknown keyword of an older draft stays one, whatever is rewritten around it."""
    document = {
        "$schema": DRAFT_7,
        "items": {"$ref": "#t"},
        "definitions": {"t": {"$id": "#t", **TEXT}, "u": {"$dynamicRef": "#t", "type": "null"}},
        "additionalItems": {"$ref": "#/definitions/u"},
    }
    schema = load_schema(document)
    assert "$ref" not in schema.document["definitions"]["u"]
    assert json.dumps(schema.document).count("$dynamicRef") == 1
