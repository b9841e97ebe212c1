"""Schemas as servers take them: what is changed, what is said about it, and how it is undone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.errors import SchemaError
from guard.models.converter import converted
from guard.models.dialect import Dialect, asked_for
from guard.models.normalise import Normalised, normalise
from guard.models.strict import VALUE
from guard.models.subsets import SUBSETS, Server
from guard.models.undo import undone
from guard.schema import load_schema, parse

CLOSED = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TEXT = {"type": "string"}
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "age": {"type": "integer", "minimum": 0},
        "mail": {"type": ["string", "null"]},
    },
    "required": ["name"],
}


def closed(**properties: Any) -> dict[str, Any]:
    return {**CLOSED, "properties": properties, "required": list(properties)}


def actions(sent: Normalised) -> list[tuple[str, str]]:
    return [(change.pointer, change.action) for change in sent.changes]


STRICT = [
    (closed(a=TEXT), []),
    (closed(a={"type": ["string", "null"]}), []),
    (closed(a={"type": "array", "items": closed(b=TEXT), "minItems": 1}), []),
    (closed(a={"anyOf": [TEXT, {"type": "null"}]}), []),
    (closed(a={"type": "string", "format": "date", "description": "A day"}), []),
    ({**closed(a={"$ref": "#/$defs/b"}), "$defs": {"b": closed(c=TEXT)}}, []),
    (closed(a={"$ref": "#"}), []),
    (closed(a={"enum": ["x", 1]}), [("/properties/a/type", "rewritten")]),
    ({**closed(a=TEXT), "required": []}, [("/properties/a", "nullable")]),
    ({**closed(a=TEXT), "additionalProperties": True}, [("/additionalProperties", "closed")]),
    (closed(a={**TEXT, "format": "uri"}), [("/properties/a/format", "dropped")]),
    (closed(a={**TEXT, "minLength": 1}), [("/properties/a/minLength", "dropped")]),
    (closed(a={**TEXT, "pattern": "^(?!x)"}), [("/properties/a/pattern", "dropped")]),
    (closed(a={"oneOf": [TEXT]}), [("/properties/a/oneOf", "rewritten")]),
    (closed(a={"allOf": [TEXT], "title": "A"}), [("/properties/a/allOf", "merged")]),
    (
        {**closed(a=TEXT), "anyOf": [{"required": ["a"]}]},
        [("/anyOf", "dropped")],
    ),
    (
        {**closed(a={"$ref": "#/$defs/b", "title": "B"}), "$defs": {"b": TEXT}},
        [("/properties/a/title", "dropped")],
    ),
    (
        {
            **closed(a={"$ref": "#/properties/b"}, b=closed(c={**TEXT, "minLength": 1})),
            "$defs": {"unused": True},
        },
        [("/properties/b", "rewritten"), ("/properties/b/properties/c/minLength", "dropped")],
    ),
    ({"type": "array", "items": TEXT}, [("/type", "wrapped")]),
    ({"anyOf": [closed(a=TEXT), TEXT]}, [("/type", "wrapped")]),
]


@pytest.mark.parametrize(("schema", "changes"), STRICT)
def test_strict_mode_gets_what_it_takes_and_every_change_is_said(
    schema: Any, changes: list[tuple[str, str]]
) -> None:
    """The sent schema needs no more changes, and those it took are listed with their places."""
    sent = normalise(schema, "openai")
    assert sent.strict
    assert actions(sent) == changes
    assert normalise(sent.document, "openai").changes == ()
    assert all(change.reason for change in sent.changes)


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        (True, ""),
        ({"type": "object"}, "/additionalProperties"),
        (closed(a={"type": "object", "additionalProperties": TEXT}), "/properties/a/addi"),
        (closed(a={"type": "array"}), "/properties/a/items"),
        (closed(a={"type": "array", "items": True}), "/properties/a/items"),
        (closed(a={"description": "anything"}), "/properties/a"),
        ({**CLOSED, "required": ["a"]}, "/required"),
        ({**closed(a=TEXT), "properties": {"a": {"$ref": "#/properties/b"}}}, "/properties/a/$ref"),
        (closed(a={"enum": [str(n) for n in range(1001)]}), ""),
        (closed(**{f"p{n}": TEXT for n in range(5001)}), ""),
        (closed(a={"enum": ["x" * 120_001]}), ""),
    ],
)
def test_what_strict_mode_cannot_say_is_refused_and_sent_as_it_is(
    schema: Any, pointer: str
) -> None:
    """A schema that would lose its sense goes out whole, without strict, and the reason is told."""
    sent = normalise(schema, "openai")
    assert not sent.strict
    assert sent.document == schema
    (change,) = sent.changes
    assert change.action == "refused"
    assert change.loses
    assert change.pointer.startswith(pointer)


def test_definitions_inside_definitions_are_moved_to_the_top() -> None:
    """Strict mode gets each part that references lead to once, and the answer is undone as ever."""
    item = {
        **closed(name={"$ref": "#/$defs/item/$defs/text"}, parts={"$ref": "#/$defs/item/$defs/l"}),
        "$defs": {"text": TEXT, "l": {"type": "array", "items": {"$ref": "#/$defs/item"}}},
        "required": ["name"],
    }
    schema = {**closed(item={"$ref": "#/$defs/item"}), "$defs": {"item": item}}
    before = json.dumps(schema)
    sent = normalise(schema, "openai")
    assert sent.strict
    assert json.dumps(schema) == before
    assert sent.document["$defs"].keys() == {"item", "item_text", "item_l"}
    assert "$defs" not in sent.document["$defs"]["item"]
    answer = {"item": {"name": "a", "parts": [{"name": "b", "parts": None}]}}
    assert json.loads(undone(json.dumps(answer), schema, sent)) == {
        "item": {"name": "a", "parts": [{"name": "b"}]}
    }
    assert not asked_for(schema, Dialect()).strict  # where it goes out as it is


def test_strict_mode_ends_at_ten_levels() -> None:
    """Ten levels of objects are sent as strict, eleven are not."""
    schema = closed(a=TEXT)
    for _ in range(9):
        schema = closed(a=schema)
    assert normalise(schema, "openai").strict
    assert not normalise(closed(a=schema), "openai").strict


CONVERTER = [
    (closed(a=TEXT), []),
    ({"type": "object", "properties": {"a": TEXT}}, ["/additionalProperties closed"]),
    ({"type": "number", "minimum": 0}, ["/minimum dropped"]),
    ({"type": "integer", "minimum": 0}, []),
    ({**TEXT, "pattern": "a+"}, ["/pattern dropped"]),
    ({**TEXT, "pattern": "^\\d{4}$", "maxLength": 4}, ["/pattern rewritten", "/maxLength dropped"]),
    ({**TEXT, "format": "email"}, ["/format dropped"]),
    ({"type": "array", "items": TEXT, "uniqueItems": True}, ["/uniqueItems dropped"]),
    ({"type": "array", "items": True}, ["/items/type rewritten"]),
    ({"type": "array", "prefixItems": [TEXT], "items": False}, ["/items dropped"]),
    (closed(a={"$ref": "#"}), ["/$ref rewritten"]),
    ({"type": "string", "oneOf": [TEXT]}, ["/type dropped"]),
    ({"enum": ["a"], "maxLength": 1}, ["/type rewritten", "/maxLength dropped"]),
    ({"not": {"const": 1}}, ["/not dropped", "/type rewritten"]),
]


@pytest.mark.parametrize("server", ["llama.cpp", "ollama"])
@pytest.mark.parametrize(("schema", "changes"), CONVERTER)
def test_the_converter_gets_what_it_reads(schema: Any, changes: list[str], server: Server) -> None:
    """What llama.cpp's converter would pass over or refuse is left out, and said."""
    sent = normalise(schema, server)
    told = [f"{pointer} {action}" for pointer, action in actions(sent)]
    assert [each for each in told if each in changes] == changes
    assert set(told) <= {*changes, "/prefixItems rewritten"}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^[A-Z]{3}$", "^[A-Z]{3}$"),
        ("^\\d+(?:-\\w)?$", "^[0-9]+(-[A-Za-z0-9_])?$"),
        ("^[\\d.]+\\.$", "^[0-9.]+\\.$"),
        *[
            (bad, None)
            for bad in ("a", "^a", "^a\\$", "^.$", "^[^a]$", "^\\s$", "^a*?$", "^(?=a)$")
        ],
    ],
)
def test_patterns_for_the_converter(pattern: str, expected: str | None) -> None:
    """Whole-text patterns are written its way; what it would read wrongly is not sent."""
    assert converted(pattern) == expected


@pytest.mark.parametrize(
    ("schema", "changes"),
    [
        (closed(a={**TEXT, "minLength": 1}), []),
        ({"type": "number", "minimum": 0}, []),
        (closed(a={"$ref": "#"}), []),
        ({**TEXT, "format": "uri"}, []),
        ({"type": "object", "properties": {"a": TEXT}}, ["/additionalProperties closed"]),
        (
            {**closed(a=TEXT), "if": {"required": ["a"]}, "then": {"minProperties": 1}},
            ["/if dropped", "/then dropped"],
        ),
        ({**TEXT, "pattern": "^a+$", "maxLength": 4}, ["/maxLength dropped"]),
        ({"type": "integer", "multipleOf": 5}, ["/multipleOf dropped"]),
        ({"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": TEXT}}, ["/allOf merged"]),
        ({"allOf": [TEXT, {"minLength": 2}]}, ["/allOf merged"]),
        ({**TEXT, "allOf": [{"type": ["string", "null"]}]}, ["/allOf dropped"]),
        ({**closed(a=TEXT), "anyOf": [{"required": ["a"]}]}, ["/anyOf dropped"]),
        ({"minLength": 2}, ["/type rewritten"]),
        ({"type": "array", "prefixItems": [TEXT], "items": False}, []),
        ({"type": "array", "items": [TEXT, TEXT], "additionalItems": False}, ["/items rewritten"]),
        (
            {"type": "array", "allOf": [{"prefixItems": [TEXT]}, {"items": {"type": "null"}}]},
            ["/allOf dropped"],
        ),
    ],
)
def test_vllm_gets_what_xgrammar_reads(schema: Any, changes: list[str]) -> None:
    """What stands beside something that is read first is said to be dropped, as unknown words."""
    sent = normalise(schema, "vllm")
    assert sorted(f"{pointer} {action}" for pointer, action in actions(sent)) == sorted(changes)


@pytest.mark.parametrize("server", SUBSETS)
def test_flags_of_draft_4_become_the_numbers_that_are_out(server: Server) -> None:
    """Of a bound that is not out, and of none at all, nothing is left of the flag."""
    out = {"type": "integer", "minimum": 3, "exclusiveMinimum": True}
    within = {"type": "integer", "maximum": 9, "exclusiveMaximum": False}
    sent = normalise(closed(a=out, b=within), server)
    properties = sent.document["properties"]
    assert properties["a"] == {"type": "integer", "exclusiveMinimum": 3}
    assert properties["b"] == {"type": "integer", "maximum": 9}
    assert {("/properties/a/exclusiveMinimum", "rewritten")} <= {*actions(sent)}


def test_a_list_of_items_is_called_what_the_server_calls_it() -> None:
    """vLLM has prefixItems, and OpenAI no such thing."""
    schema = {"type": "array", "items": [TEXT], "additionalItems": {"type": "null"}}
    sent = normalise(schema, "vllm").document
    assert sent == {"type": "array", "prefixItems": [TEXT], "items": {"type": "null"}}
    assert normalise(schema, "openai").refused


@pytest.mark.parametrize(("schema", "strict"), [(closed(a=TEXT), True), (PERSON, False)])
def test_an_unknown_server_gets_the_schema_as_it_is(schema: Any, strict: bool) -> None:
    """Nothing is changed for a server that nobody knows, strict is set where it costs nothing."""
    sent = asked_for(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, Dialect()
    )
    assert sent.document == schema
    assert sent.strict is strict
    assert sent.changes == ()


UNION = {
    "oneOf": [
        {**PERSON, "properties": {**PERSON["properties"], "kind": {"const": "p"}}},
        {
            "type": "object",
            "properties": {"kind": {"const": "q"}, "age": {"type": ["integer", "null"]}},
            "required": ["kind", "age"],
        },
    ]
}
TREE = {
    "type": "object",
    "properties": {
        "sub": {"type": "array", "items": {"$ref": "#"}},
        "next": {"$ref": "#/$defs/step"},
    },
    "$defs": {"step": {"type": "object", "properties": {"n": {"enum": [1, 2]}}}},
}


@pytest.mark.parametrize(
    ("schema", "written", "value"),
    [
        (PERSON, {"name": "A", "age": None, "mail": None}, {"name": "A", "mail": None}),
        (PERSON, {"name": None, "age": 3, "mail": ""}, {"name": None, "age": 3, "mail": ""}),
        (
            {"type": "array", "items": PERSON},
            {"value": [{"name": "A", "age": None}]},
            [{"name": "A"}],
        ),
        ({"type": "integer"}, {"value": 3}, 3),
        ({"type": "integer"}, 3, 3),
        (UNION, {"value": {"kind": "q", "age": None}}, {"kind": "q", "age": None}),
        (UNION, {"value": {"kind": "p", "name": "A", "age": None}}, {"kind": "p", "name": "A"}),
        (
            TREE,
            {"sub": [{"sub": None, "next": {"n": None}}], "next": None},
            {"sub": [{"next": {}}]},
        ),
    ],
)
def test_an_answer_is_undone(schema: Any, written: Any, value: Any) -> None:
    """The wrapper goes, and so do nulls for what is absent, but only where no null may be."""
    sent = normalise(schema, "openai")
    assert json.loads(undone(json.dumps(written), schema, sent)) == value


@pytest.mark.parametrize(
    "text", ["", "No.", '{"name": "A", "name": "B"}', '{"name": NaN}', "[" * 300]
)
def test_an_answer_that_is_no_json_stays_for_the_check(text: str) -> None:
    """Nothing is mended on the way: what the check has to see is left as it is."""
    assert undone(text, PERSON, normalise(PERSON, "openai")) == text
    assert parse(text, load_schema(PERSON))[1]


def test_half_a_surrogate_pair_stays_an_escape() -> None:
    """A text that cannot be encoded is written with escapes, as it came."""
    text = '{"name": "\\ud800", "age": null, "mail": null}'
    assert undone(text, PERSON, normalise(PERSON, "openai")) == '{"name": "\\ud800", "mail": null}'


@st.composite
def forms(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """Schemas of closed objects with optional properties, lists, choices and lengths."""
    leaf = st.sampled_from(
        [TEXT, {"type": "integer"}, {"enum": ["a", "b"]}, {"type": ["string", "null"]}]
    )
    if depth == 0:
        return draw(leaf)
    inner = forms(depth - 1)
    kind = draw(st.sampled_from(["leaf", "list", "any", "object"]))
    if kind == "leaf":
        return draw(leaf)
    if kind == "list":
        return {"type": "array", "items": draw(inner), "maxItems": 2}
    if kind == "any":
        return {"anyOf": [draw(inner), {"type": "boolean"}]}
    properties = draw(st.dictionaries(st.sampled_from("abc"), inner, min_size=1))
    required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
    return {**CLOSED, "properties": properties, "required": required}


@st.composite
def written(draw: st.DrawFn, sent: dict[str, Any]) -> Any:
    """A value that a server writes under a schema it was sent."""
    if "anyOf" in sent:
        return draw(written(draw(st.sampled_from(sent["anyOf"]))))
    if "enum" in sent:
        return draw(st.sampled_from(sent["enum"]))
    name = draw(st.sampled_from([sent["type"]] if isinstance(sent["type"], str) else sent["type"]))
    if name == "object":
        return {key: draw(written(child)) for key, child in sent["properties"].items()}
    if name == "array":
        return draw(st.lists(written(sent["items"]), max_size=2))
    plain = {"string": st.text(max_size=3), "integer": st.integers(-9, 9), "null": st.none()}
    return draw(plain.get(name, st.booleans()))


@given(st.data())
def test_whatever_strict_mode_writes_is_valid_once_it_is_undone(data: st.DataObject) -> None:
    """Where nothing was dropped, every answer to the sent schema satisfies the given one."""
    schema = data.draw(forms())
    sent = normalise(schema, "openai")
    assert sent.strict
    answer = data.draw(written(sent.document))
    value, violations = parse(undone(json.dumps(answer), schema, sent), load_schema(schema))
    assert violations == (), value


@pytest.mark.parametrize("server", list(SUBSETS))
@given(schema=forms())
def test_what_is_sent_is_a_schema(server: Server, schema: dict[str, Any]) -> None:
    """Whatever is changed, it is a JSON Schema, and changing it again changes nothing."""
    sent = normalise(schema, server)
    load_schema(sent.document)
    again = normalise(sent.document, server)
    assert again.document == sent.document


@pytest.mark.parametrize("server", ["vllm", "llama.cpp"])
def test_a_reference_into_what_is_changed_is_refused(server: Server) -> None:
    """Where a reference would lead nowhere any more, the schema goes out as it is."""
    schema = {
        "allOf": [{"type": "object", "properties": {"a": TEXT}}],
        "properties": {"b": {"$ref": "#/allOf/0/properties/a"}},
    }
    sent = normalise(schema, server)
    assert sent.document == schema
    assert [change.action for change in sent.changes] == ["refused"]


KEYWORDS: dict[str, Any] = {
    "type": st.sampled_from(["object", "array", "string", "number", ["integer", "null"]]),
    "required": st.just(["a"]),
    "additionalProperties": st.booleans(),
    "uniqueItems": st.just(True),
    "minItems": st.just(1),
    "pattern": st.sampled_from(["^a$", "a", "^\\d+$", "(?=a)"]),
    "format": st.sampled_from(["date", "uri", "odd"]),
    "minLength": st.just(1),
    "minimum": st.just(0),
    "enum": st.just([1, "a", None]),
    "$ref": st.sampled_from(["#", "#/$defs/x"]),
    "title": st.just("T"),
}


def soups(depth: int = 2) -> st.SearchStrategy[Any]:
    """Schemas of keywords that need not go together."""
    plain = st.fixed_dictionaries({}, optional=KEYWORDS)
    if depth == 0:
        return st.booleans() | plain
    inner = soups(depth - 1)
    listed = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(st.sampled_from("ab"), inner)
    nesting = {
        **dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems"), listed),
        **dict.fromkeys(("items", "not", "if", "then", "contains", "propertyNames"), inner),
        **dict.fromkeys(("properties", "patternProperties"), named),
    }
    both = st.tuples(plain, st.fixed_dictionaries({}, optional=nesting))
    return both.map(lambda pair: {**pair[0], **pair[1]})


@pytest.mark.parametrize("server", list(SUBSETS))
@given(soup=soups(), answer=st.recursive(st.none() | st.just("a"), st.lists) | st.just({"a": None}))
def test_no_mixture_of_keywords_is_too_much(server: Server, soup: Any, answer: Any) -> None:
    """Whatever a schema says, what is sent is a schema, and any answer can be undone."""
    document = {**soup, "$defs": {"x": {"type": "string"}}}
    try:
        load_schema(document)
    except SchemaError:  # it refers to itself without end
        return
    sent = normalise(document, server)
    load_schema(sent.document)
    assert undone(json.dumps({VALUE: answer}), document, sent)
    if sent.document == document:
        assert undone(json.dumps(answer), document, sent) == json.dumps(answer)
