"""What becomes of each keyword, from the real engine's answers."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from llguidance import LLMatcher, LLTokenizer
from typer.testing import CliRunner

from guard.cli.schema import app, run_check
from guard.errors import SchemaError, UsageError
from guard.grammar import compile_grammar
from guard.schema import analyse, load_schema, validate


def fates(document: Any) -> dict[str, str]:
    return {each.pointer: each.status for each in analyse(load_schema(document))}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"type": "string", "title": "x"}, {"/type": "enforced"}),
        ({"not": {"type": "null"}}, {"/not": "enforced", "/not/type": "enforced"}),
        ({"not": {"pattern": "x"}}, {"/not": "checked", "/not/pattern": "checked"}),
        ({"type": "array", "uniqueItems": True}, {"/type": "enforced", "/uniqueItems": "checked"}),
        ({"format": "wombat"}, {"/format": "refused"}),
        ({"format": "idn-email"}, {"/format": "checked"}),
        ({"format": "date"}, {"/format": "enforced"}),
        ({"requird": ["a"]}, {"/requird": "refused"}),
        ({"pattern": "(?=a)b"}, {"/pattern": "checked"}),
        (
            {"if": {"type": "string"}, "then": {"minLength": 1}},
            dict.fromkeys(("/if", "/if/type", "/then", "/then/minLength"), "enforced"),
        ),
        (
            {"if": {"pattern": "x"}, "then": {"minLength": 3}, "else": False},
            dict.fromkeys(("/if", "/if/pattern", "/then", "/then/minLength", "/else"), "checked"),
        ),
        (
            {"contains": {"const": 1}, "minContains": 2, "maxContains": 3},
            dict.fromkeys(
                ("/contains", "/contains/const", "/minContains", "/maxContains"), "checked"
            ),
        ),
        (
            {"patternProperties": {"^(?=a)": {}}, "additionalProperties": False},
            {"/patternProperties": "checked", "/additionalProperties": "checked"},
        ),
        (
            {"oneOf": [{"type": "string"}, {"multipleOf": 2}]},
            {"/oneOf": "checked", "/oneOf/0/type": "enforced", "/oneOf/1/multipleOf": "checked"},
        ),
        (
            {"type": "object", "properties": {"a/b": {"type": "string"}}, "minProperties": 1},
            {
                "/type": "enforced",
                "/properties": "enforced",
                "/properties/a~1b/type": "enforced",
                "/minProperties": "enforced",
            },
        ),
        (
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "$ref": "#/definitions/a",
                "minLength": 3,
                "definitions": {"a": {"type": "string"}},
            },
            {"/$ref": "enforced", "/minLength": "refused", "/definitions/a/type": "enforced"},
        ),
    ],
)
def test_fates(document: Any, expected: dict[str, str]) -> None:
    """Each keyword that restricts values is enforced, checked or refused, by pointer."""
    assert fates(document) == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"type": "array", "maxItems": 10**30}, {"/type": "enforced", "/maxItems": "checked"}),
        (
            {"type": "string", "maxLength": 10**30, "minLength": 3},
            {"/type": "enforced", "/maxLength": "checked", "/minLength": "enforced"},
        ),
    ],
)
def test_what_is_referred_to(part: Any, expected: dict[str, str]) -> None:
    """A keyword that the engine does not take is not called enforced where a reference leads."""
    document = {
        "properties": {"a": {"properties": {"b": {"$ref": "#/$defs/c"}}}},
        "$defs": {"c": part},
    }
    found = fates(document)
    assert {f"/{at.rpartition('/')[2]}": found[at] for at in found if "$defs" in at} == expected


def test_reasons() -> None:
    """What is not enforced says why, in the engine's words where it is the engine's reason."""
    (word,) = analyse(load_schema({"requird": ["a"]}))
    assert word.reason == "unknown in draft 2020-12: it is ignored, neither enforced nor checked"
    (pattern,) = analyse(load_schema({"pattern": "(?=a)b"}))
    assert "look-around" in pattern.reason


def test_engine_options_cannot_be_smuggled_in() -> None:
    """A schema cannot switch the engine to free whitespace or to leaving out keywords."""
    plain = {"type": "object", "properties": {"a": {"type": "string"}}}
    cunning = {**plain, "x-guidance": {"lenient": True, "whitespace_flexible": True}}
    assert compile_grammar(cunning).text == compile_grammar(plain).text


RELAXED = [
    ({"type": "object", "properties": {"a": {"type": "string"}}, "minProperties": 1}, {"a": "x"}),
    ({"type": "array", "items": {"type": "integer"}, "contains": {"const": 3}}, [1, 3]),
    ({"oneOf": [{"type": "number"}, {"type": "integer", "maximum": 1}]}, 2.5),
    ({"type": "object", "properties": {"k": {"const": "a"}}, "if": True, "then": {}}, {"k": "a"}),
    ({"type": ["integer", "null"]}, None),
    ({"type": "string", "format": "idn-email", "minLength": 2}, "ä@b.de"),
]


@pytest.mark.parametrize(("document", "value"), RELAXED)
def test_relaxed_grammar_keeps_valid_values(document: Any, value: Any) -> None:
    """A valid value in canonical form can be written under the relaxed grammar."""
    assert not validate(value, load_schema(document))
    matcher = LLMatcher(LLTokenizer("byte"), compile_grammar(document).text, log_level=0)
    written = list(json.dumps(value, ensure_ascii=False).encode())
    assert matcher.try_consume_tokens(written) == len(written)
    assert matcher.is_accepting()


def test_integers_end() -> None:
    """An integer without bounds has at most 18 digits in the grammar."""
    matcher = LLMatcher(LLTokenizer("byte"), compile_grammar({"type": "integer"}).text, log_level=0)
    assert matcher.try_consume_tokens(list(b"1" * 40)) == 18


def test_cli_table(root: Path) -> None:
    """The command prints a line for each keyword and exits with 0."""
    result = CliRunner().invoke(app, ["check", str(root / "schemas" / "answer.json")])
    assert result.exit_code == 0
    assert "enforced  /properties/answer/maxLength" in result.stdout
    assert "0 checked, 0 refused" in result.stdout


def test_cli_json(tmp_path: Path) -> None:
    """With --json the same is one JSON document."""
    file = tmp_path / "s.json"
    file.write_text('{"not": {"pattern": "x"}}')
    out = StringIO()
    assert run_check(str(file), json=True, stdout=out) == 0
    result = json.loads(out.getvalue())
    assert result["draft"] == "2020-12"
    assert result["keywords"][0]["status"] == "checked"


@pytest.mark.parametrize("text", ["false", '{"type": "x"}', "{", '{"enum": [], "type": "string"}'])
def test_cli_hopeless(tmp_path: Path, text: str) -> None:
    """A hopeless schema is a SchemaError, which the command line ends with 2 for."""
    file = tmp_path / "s.json"
    file.write_text(text)
    with pytest.raises(SchemaError) as caught:
        run_check(str(file), json=False, stdout=StringIO())
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("server", "line", "total"),
    [
        ("openai", "nullable   /properties/a", "3 changes, 1 of them only checked afterwards"),
        ("vllm", "closed     /additionalProperties", "1 change, 0 of them"),
        ("ollama", "closed     /additionalProperties", "1 change, 0 of them"),
    ],
)
def test_cli_for_a_server(tmp_path: Path, server: str, line: str, total: str) -> None:
    """With --for what is changed for a server is said too, as text and as JSON."""
    file = tmp_path / "s.json"
    file.write_text('{"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}}')
    result = CliRunner().invoke(app, ["check", str(file), "--for", server])
    assert result.exit_code == 0
    assert line in result.stdout
    assert f"for {server}: {total}" in result.stdout
    out = StringIO()
    run_check(str(file), server=server, json=True, stdout=out)
    told = json.loads(out.getvalue())["for"]
    assert told["server"] == server
    assert told["schema"]["type"] == "object"
    assert len(told["changes"]) == (0 if "nothing" in total else int(total.split(maxsplit=1)[0]))


def test_cli_for_an_unknown_server(tmp_path: Path) -> None:
    """A server that is not known is refused with the names that are."""
    with pytest.raises(UsageError, match=r"unknown server 'x'.*llama\.cpp"):
        run_check(str(tmp_path / "none"), server="x", json=False, stdout=StringIO())


@pytest.mark.parametrize(
    ("step", "status"), [(0.01, "checked"), (0.25, "enforced"), (3, "enforced")]
)
def test_multiples_of_what_binary_fractions_have_not(step: float, status: str) -> None:
    """jsonschema refuses 0.07 as a multiple of 0.01, so the grammar does not have the last word."""
    document = {"multipleOf": step}
    assert fates(document) == {"/multipleOf": status}
    assert (not validate(7 * step, load_schema(document))) == (status == "enforced")
