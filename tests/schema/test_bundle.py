"""References out of a schema: what is given for them becomes part of it, nothing is fetched."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from guard.cli.schema import app
from guard.errors import GuardError, SchemaError
from guard.generate import generate
from guard.grammar import compile_grammar
from guard.guard import Guard
from guard.models import Model
from guard.models.normalise import normalise
from guard.schema import analyse, load_schema, satisfies, titles, validate
from guard.testing import ScriptedModel
from guard.types import Message, Sampling

AT = "https://example.com/"
DRAFT = {
    "4": "http://json-schema.org/draft-04/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
    "7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
ORDER = {
    "type": "object",
    "properties": {"item": {"$ref": AT + "item.json"}, "note": {"$ref": "#/$defs/note"}},
    "required": ["item"],
    "$defs": {"note": {"type": "string", "maxLength": 3}},
}
ITEM = {
    "type": "object",
    "title": "An item",
    "properties": {
        "name": {"$ref": "#/$defs/note", "title": "Name of the item"},
        "price": {"$ref": "money.json#/$defs/amount"},
        "parts": {"type": "array", "items": {"$ref": "#"}},
    },
    "required": ["name"],
    "$defs": {"note": {"type": "string", "maxLength": 20}, "unused": {"$ref": "nowhere.json"}},
}
MONEY = {"$defs": {"amount": {"type": "number", "minimum": 0}}}
INTEGER = {"type": "integer"}
FILES = {AT + "item.json": ITEM, AT + "money.json": MONEY}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails the test."""

    def refuse(*arguments: object, **more: object) -> None:
        raise AssertionError("something is fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def verdicts(schema: Any, given: Any, *values: Any) -> list[bool]:
    """Which values the schema takes; a grammar is made of it as well."""
    loaded = load_schema(schema, references=given)
    compile_grammar(loaded.document)
    return [satisfies(loaded, value) for value in values]


def test_what_is_given_is_part_of_the_schema() -> None:
    """Values are held against the given documents, each with its own definitions."""
    schema = load_schema(ORDER, references=FILES)
    bolt = {"name": "a longer name", "price": 1.5, "parts": [{"name": "nut"}]}
    assert validate({"item": bolt, "note": "abc"}, schema) == ()
    found = validate({"item": {**bolt, "price": -1, "parts": [{}]}, "note": "abcd"}, schema)
    assert [each.pointer for each in found] == ["/item/parts/0", "/item/price", "/note"]


def test_the_document_is_whole() -> None:
    """What comes out needs no references, and is the same schema when it is read again."""
    schema = load_schema(ORDER, references=FILES)
    again = load_schema(json.dumps(schema.document))
    assert again.sha256 == schema.sha256 != load_schema({**ORDER, "title": "x"}, references=FILES)
    names = {"note", "item.json", "item.json-note", "money.json-amount"}
    assert schema.document["$defs"].keys() == names
    assert "nowhere.json" not in json.dumps(schema.document)


def test_a_changed_file_is_another_schema() -> None:
    """The hash, by which grammars are kept and jobs go on, follows the given documents."""
    other = {**FILES, AT + "money.json": {"$defs": {"amount": {"type": "integer"}}}}
    one, two = (load_schema(ORDER, references=given) for given in (FILES, other))
    assert one.sha256 != two.sha256
    assert not satisfies(two, {"item": {"name": "a", "price": 1.5}})


def test_a_schema_that_refers_to_nothing_outside_stays_as_it_is() -> None:
    """What is given and not asked for changes nothing, and is not even read."""
    inside = {"$ref": "#/$defs/a", "$defs": {"a": {"$id": AT + "a.json", "type": "string"}}}
    schema = load_schema(inside, references={AT + "item.json": Path("missing.json")})
    assert schema == load_schema(inside)
    assert schema.document == inside
    needed = load_schema(ORDER, references={**FILES, AT + "more.json": Path("missing.json")})
    assert needed.sha256 == load_schema(ORDER, references=FILES).sha256


def test_other_readers_follow_it() -> None:
    """Titles, the analysis and a server's strict mode see what is in the given documents."""
    schema = load_schema(ORDER, references=FILES)
    assert titles(schema, "/item/name") == ("An item", "Name of the item")
    keywords = {each.pointer: each.status for each in analyse(schema)}
    assert keywords["/$defs/money.json-amount/minimum"] == "enforced"
    sent = normalise(schema.document, "openai")
    assert sent.strict
    assert not [change for change in sent.changes if change.keyword == "$ref"]


def test_what_the_grammar_leaves_out_of_a_given_document_is_said() -> None:
    """A keyword in a given document that is only checked afterwards is not called enforced."""
    given = {"item.json": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}}
    schema = load_schema({"properties": {"a": {"$ref": "item.json"}}}, references=given)
    keywords = {each.pointer: each.status for each in analyse(schema)}
    assert keywords["/$defs/item.json/uniqueItems"] == "checked"


@pytest.mark.parametrize("draft", DRAFT)
def test_every_draft(draft: str) -> None:
    """A reference at the top, with an `$id` beside it that older drafts ignore, and one inside."""
    table = "definitions" if draft in "467" else "$defs"
    ident = "id" if draft == "4" else "$id"
    schema = {"$schema": DRAFT[draft], ident: AT + "x/top.json", "$ref": AT + "item.json"}
    item = {
        "type": "object",
        "properties": {"a": {"$ref": "part.json#/deeper/b"}, "me": {"$ref": "#"}},
    }
    part = {"$schema": DRAFT[draft], "deeper": {"b": {"$ref": f"#/{table}/c"}}}
    part |= {table: {"c": {"type": "integer"}}}
    given = {AT + "item.json": item, AT + "part.json": part}
    values = [{"a": 1}, {"a": "1"}, {"me": {"a": "1"}}, 5]
    assert verdicts(schema, given, *values) == [True, False, False, False]
    assert load_schema(schema, references=given).draft == draft


@pytest.mark.parametrize(
    ("reference", "given"),
    [
        (AT + "item.json", {AT + "item.json": {"type": "integer"}}),
        (AT + "item.json", {AT + "item.json#": {"type": "integer"}}),
        ("item.json", {"item.json": {"type": "integer"}}),
        ("a/item.json", {"a/item.json": {"$ref": "../b.json"}, "b.json": INTEGER}),
        ("urn:example:item", {"urn:example:item": {"type": "integer"}}),
        ("item.json#whole", {"item.json": {"$defs": {"a": {"$anchor": "whole", **INTEGER}}}}),
        ("item.json#/a%25~1b", {"item.json": {"a%/b": {"type": "integer"}}}),
        (AT + "inner.json", {"i.json": {"$defs": {"a": {"$id": AT + "inner.json", **INTEGER}}}}),
        (AT + "own.json", {"i.json": {"$id": AT + "own.json", "type": "integer"}}),
        ("i.json#/$defs/a", {"i.json": {"$id": AT + "own.json", "$defs": {"a": INTEGER}}}),
        ("i.json", {"i.json": {"$id": AT + "d/", "$ref": "b.json"}, AT + "d/b.json": INTEGER}),
        ("i.json#/a", {"i.json": {"$id": AT, "a": {"$ref": "b.json"}}, AT + "b.json": INTEGER}),
    ],
)  # fmt: skip
def test_addresses(reference: str, given: Any) -> None:
    """Whole or relative, with a fragment, by the key it is given for or by its own `$id`."""
    assert verdicts({"items": {"$ref": reference}}, given, [1], ["1"]) == [True, False]


def test_a_relative_address_counts_from_the_schema_s_own() -> None:
    """With an `$id` in the schema the same file can be given by its relative or whole address."""
    schema = {"$id": AT + "x/top.json", "items": {"$ref": "item.json"}}
    for key in ("item.json", AT + "x/item.json"):
        assert verdicts(schema, {key: {"type": "integer"}}, [1], ["1"]) == [True, False]
    with pytest.raises(SchemaError, match=r"leads out.*'item.json' \(https://example.com/x/item"):
        load_schema(schema, references={AT + "item.json": {"type": "integer"}})


def test_an_inner_address_counts_once() -> None:
    """A reference behind another one counts from the `$id` of its target, which is entered once."""
    schema = {
        "$id": AT + "top.json",
        "items": {"$ref": "#/$defs/a"},
        "$defs": {"a": {"$id": "folder/", "allOf": [{"$ref": "item.json"}]}},
    }
    given = {AT + "folder/item.json": {"type": "integer"}}
    assert verdicts(schema, given, [1], ["1"]) == [True, False]


@pytest.mark.parametrize(("document", "ends"), [(True, [True, True]), (False, [False, True])])
def test_booleans(document: bool, ends: list[bool]) -> None:
    """A document, or a part of one, that is true or false."""
    for given in ({"a.json": document}, {"a.json": {"$defs": {"b": document}}}):
        fragment = "" if given["a.json"] is document else "#/$defs/b"
        schema = {"properties": {"a": {"$ref": f"a.json{fragment}"}}}
        assert verdicts(schema, given, {"a": 1}, {}) == ends


def test_a_circle_of_documents() -> None:
    """Documents may refer to each other, and back to the schema by its `$id`."""
    schema = {"$id": AT + "a.json", "properties": {"b": {"$ref": "b.json"}}, "maxProperties": 1}
    given = {
        AT + "b.json": {"properties": {"c": {"$ref": "c.json"}}, "maxProperties": 2},
        AT + "c.json": {"properties": {"a": {"$ref": "a.json"}, "b": {"$ref": "b.json"}}},
        AT + "a.json": {"type": "null"},  # the schema itself has this address
    }
    three = {"x": 1, "y": 2, "z": 3}
    values = [
        {"b": {"c": {"a": {"x": 1}}}},
        {"b": {"c": {"a": {**three}}}},
        {"b": {"c": {"b": three}}},
    ]
    assert verdicts(schema, given, *values) == [True, False, False]


def test_names_do_not_collide() -> None:
    """Documents of one name, and definitions of the schema with that name, stay apart."""
    schema = {
        "properties": {"a": {"$ref": "x/item.json"}, "b": {"$ref": "y/item.json"}},
        "additionalProperties": {"$ref": "#/$defs/item.json"},
        "$defs": {"item.json": {"type": "null"}},
    }
    given = {"x/item.json": {"type": "integer"}, "y/item.json": {"type": "string"}}
    good = {"a": 1, "b": "1", "c": None}
    bad = [{**good, key: []} for key in good]
    assert verdicts(schema, given, good, *bad) == [True, False, False, False]
    document = load_schema(schema, references=given).document
    assert document["$defs"].keys() == {"item.json", "item.json-2", "item.json-3"}


def test_dynamic_references_across_documents() -> None:
    """A tree that is extended by `$dynamicAnchor` is extended in its own document too."""
    tree = {
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"below": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    }
    strict = {"$dynamicAnchor": "node", "$ref": "tree.json", "unevaluatedProperties": False}
    given = {"tree.json": tree, "by-key.json": {**tree, "$id": AT + "own.json"}}
    values = [{"below": [{"below": []}]}, {"below": [{"more": 1}]}]
    assert verdicts(strict, given, *values) == [True, False]
    assert verdicts({**strict, "$ref": "by-key.json"}, given, *values) == [True, False]
    assert verdicts({"$ref": "tree.json"}, given, *values) == [True, True]
    whole = load_schema(strict, references=given)
    assert load_schema(whole.document).sha256 == whole.sha256


@pytest.mark.parametrize("reference", ["flags.json#/$defs/b", "by-key.json#/$defs/b"])
@pytest.mark.parametrize(("flag", "ends"), [(True, [True, True]), (False, [False, True])])
def test_booleans_beside_dynamic_references(reference: str, flag: bool, ends: list[bool]) -> None:
    """A part that is true or false is found where whole documents are embedded, too."""
    tree = {
        "$dynamicAnchor": "node",
        "properties": {"below": {"$dynamicRef": "#node"}, "flag": {"$ref": reference}},
    }
    strict = {"$dynamicAnchor": "node", "$ref": "tree.json", "unevaluatedProperties": False}
    flags = {"$defs": {"b": flag}}
    given = {"tree.json": tree, "flags.json": flags, "by-key.json": {**flags, "$id": AT + "own"}}
    values = [{"below": {"flag": 1}}, {"below": {}}, {"below": {"more": 1}}]
    assert verdicts(strict, given, *values) == [*ends, False]


@pytest.mark.parametrize("ending", ["", "#"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("draft", DRAFT)
def test_the_schemas_of_the_drafts_are_known(draft: str, scheme: str, ending: str) -> None:
    """A schema can ask for a schema of its own draft, for which nothing is given."""
    address = f"{scheme}{DRAFT[draft].removesuffix('#')[DRAFT[draft].index(':') :]}{ending}"
    schema = {"$schema": address, "$ref": address}
    values = [{"type": "string"}, {"type": 5}, {"properties": {"a": {"minLength": -1}}}]
    assert verdicts(schema, None, *values) == [True, False, False]
    assert load_schema(schema).draft == draft


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (Path("none.json"), f"cannot read reference {AT}item.json in none.json: No such file"),
        ("{", f"the reference {AT}item.json is not JSON"),
        ('{"a": 1, "a": 2}', "item.json has the key 'a' twice"),
        ("[" * 500 + "]" * 500, "item.json is nested deeper than 200 levels"),
        ({"const": float("nan")}, "item.json has NaN"),
        ('{"const": "\\ud800"}', "item.json cannot be used: the text at /const has half"),
        ("[]", f"the reference {AT}item.json is a list, not a schema"),
        ({"type": "text"}, "item.json is not a JSON Schema of draft 2020-12: at .type"),
        ({"$id": 5}, "item.json is not a JSON Schema of draft 2020-12: at ['$id']"),
        ({"$schema": DRAFT["7"], "items": [True]}, "/$ref/items is in a part of draft 7"),
        ({"$schema": AT + "own"}, f"item.json declares the unknown draft '{AT}own'"),
        ({"$ref": "c.json"}, f"at /$ref/$ref leads out of the document: 'c.json' ({AT}c.json)"),
        ({"$ref": "#/$defs/a"}, "the reference at /$ref/$ref leads nowhere: '#/$defs/a'"),
        ({"$ref": "#"}, "refers to itself without end"),
        ({"items": {"pattern": "(a+)+(?=b)"}}, "at /$defs/item.json/items/pattern of the schema"),
        ({"description": "x" * 3_000_000, "$ref": "d.json"}, "more than 4,194,304 bytes together"),
        ({"description": "x" * 5_000_000}, "item.json has 5,000,019 bytes"),
    ],
)  # fmt: skip
def test_refuses(document: Any, message: str) -> None:
    """What is wrong with a document that is asked for is said with its address."""
    large = {"description": "y" * 3_000_000, "type": "string"}
    with pytest.raises(SchemaError) as caught:
        load_schema(
            {"$ref": AT + "item.json"},
            references={AT + "item.json": document, AT + "d.json": large},
        )
    assert message in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("schema", "given", "message"),
    [
        ({"$ref": "a.json"}, {"a.json#/b": {}}, "'a.json#/b' is not the address of a document"),
        ({"$ref": "a.json"}, {"": {}}, "'' is not the address"),
        ({"$ref": "a.json"}, {"a.json": {}, "a.json#": {"type": "null"}}, "has the address a.json"),
        ({"$ref": "a.json"}, {"a.json": {"$id": "b.json"}, "b.json": {"type": "null"}}, "b.json"),
        ({"$schema": DRAFT["4"], "$ref": "a.json"}, {"a.json": True}, "True is not of type"),
        ({"$ref": DRAFT["4"]}, {}, "/$ref/id is in a part of draft 4, the whole is of"),
        ({"$ref": "a.json#/title"}, {"a.json": {"title": "x"}}, "something that is no schema"),
    ],
)  # fmt: skip
def test_refuses_what_does_not_go_together(schema: Any, given: Any, message: str) -> None:
    """Two documents for one address, an address of a part, another draft."""
    with pytest.raises(SchemaError) as caught:
        load_schema(schema, references=given)
    assert message in caught.value.message


def test_what_is_missing_is_said_with_the_way_to_give_it() -> None:
    """The hint has the address in both forms, and following it leads to the schema."""
    with pytest.raises(SchemaError) as caught:
        load_schema(ORDER, references={AT + "item.json": ITEM})
    hint = str(caught.value.hint)
    assert f"references={{'{AT}money.json': FILE}}" in hint
    assert f"--ref {AT}money.json=FILE" in hint


def test_a_value_is_written_under_it(writer: Model, tmp_path: Path) -> None:
    """The writer's value keeps to what the files say."""
    (tmp_path / "order.json").write_text(json.dumps(ORDER))
    for name, document in (("item.json", ITEM), ("money.json", MONEY)):
        (tmp_path / name).write_text(json.dumps(document))
    files = {AT + name: tmp_path / name for name in ("item.json", "money.json")}
    schema = load_schema(tmp_path / "order.json", references=files)
    ask = (Message(role="user", content="Order a bolt for 2.50."),)
    made = generate(writer, ask, schema=schema, sampling=Sampling(max_tokens=100))
    assert isinstance(made.value["item"]["name"], str)
    assert satisfies(load_schema(ORDER, references=FILES), made.value)


def test_guard_takes_a_loaded_schema() -> None:
    """A schema with its references is taken as it is, and its hash stands in the report."""
    schema = load_schema(ORDER, references=FILES)
    guard = Guard(model=ScriptedModel(['{"item": {"name": "bolt"}}']), schema=schema)
    report = guard.run("Order a bolt.")
    assert report.answer_value == {"item": {"name": "bolt"}}
    assert report.provenance.schema == schema.sha256


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the schema and the files it refers to."""
    for name, document in (("order.json", ORDER), ("item.json", ITEM), ("money.json", MONEY)):
        (tmp_path / name).write_text(json.dumps(document))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_command_line(folder: Path) -> None:
    """--ref gives a file, once for each address; a missing one is an error that says so."""
    refs = [f"--ref={AT}{name}={name}" for name in ("item.json", "money.json")]
    done = CliRunner().invoke(app, ["check", "order.json", *refs])
    assert done.exit_code == 0
    assert "enforced  /$defs/money.json-amount/minimum" in done.stdout
    failed = CliRunner().invoke(app, ["check", "order.json", refs[0]])
    assert isinstance(failed.exception, SchemaError)
    assert f"{AT}money.json" in failed.exception.message


@pytest.mark.parametrize(
    ("refs", "message"),
    [
        (["item.json"], "--ref item.json is no address and file"),
        ([f"{AT}a="], f"--ref {AT}a= is no address and file"),
        ([f"{AT}a=b", f"{AT}a=c"], f"--ref has two files for {AT}a"),
    ],
)
def test_wrong_options(folder: Path, refs: list[str], message: str) -> None:
    """An option that names no file, or two of them, is refused."""
    arguments = [part for ref in refs for part in ("--ref", ref)]
    failed = CliRunner().invoke(app, ["check", "order.json", *arguments])
    assert isinstance(failed.exception, GuardError)
    assert message in failed.exception.message


def test_an_address_with_an_equals_sign(folder: Path) -> None:
    """What stands before the last = is the address."""
    (folder / "asks.json").write_text('{"items": {"$ref": "https://example.com/get?id=5"}}')
    done = CliRunner().invoke(app, ["check", "asks.json", f"--ref={AT}get?id=5=item.json"])
    assert isinstance(done.exception, SchemaError)  # from what item.json refers to
    assert "money.json" in done.exception.message


def test_configuration(folder: Path) -> None:
    """A table of the configuration gives the files, to every command and to a Guard."""
    table = [f'"{AT}{name}" = "{name}"' for name in ("item.json", "money.json")]
    (folder / "guard.toml").write_text("\n".join(["[references]", *table]))
    assert CliRunner().invoke(app, ["check", "order.json"]).exit_code == 0
    report = Guard(schema="order.json").check({"item": {"name": "bolt", "price": -1}})
    assert [each.pointer for each in report.violations] == ["/item/price"]
    (folder / "free.json").write_text('{"$defs": {"amount": true}}')
    done = CliRunner().invoke(app, ["check", "order.json", f"--ref={AT}money.json=free.json"])
    assert "money.json-amount/minimum" not in done.stdout  # the option comes before the file
    assert done.exit_code == 0
