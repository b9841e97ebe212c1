"""The schemas that come with guard are good schemas and say what they mean."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).parents[2] / "schemas"
# report.schema.json describes guard's own reports; it is tested with them.
FILES = sorted(path for path in FOLDER.glob("*.json") if not path.name.startswith("report."))
NAMES = [path.stem for path in FILES]
LIMITS = {"string": "maxLength", "array": "maxItems"}


def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return document


def errors(name: str, value: Any) -> list[str]:
    checker = FormatChecker()
    validator = Draft202012Validator(read(name), format_checker=checker)
    return ["/".join(map(str, error.absolute_path)) for error in validator.iter_errors(value)]


def fields(schema: dict[str, Any], where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named subschema that stands for a part of an instance."""
    for key in ("properties", "$defs"):
        for name, child in schema.get(key, {}).items():
            yield f"{where}/{key}/{name}", child
            yield from fields(child, f"{where}/{key}/{name}")
    if "items" in schema:
        yield f"{where}/items", schema["items"]
        yield from fields(schema["items"], f"{where}/items")


def kinds(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema and its alternatives: a nullable field keeps its limits inside anyOf."""
    return [schema, *schema.get("anyOf", [])]


def test_all_are_here() -> None:
    """The schemas that the README names exist."""
    wanted = "answer calculation incident_report invoice lab_result product_spec support_ticket"
    assert set(wanted.split()) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_valid(name: str) -> None:
    """Each is a draft 2020-12 schema with a plain urn as its id and a closed object on top."""
    schema = read(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:guard:schema:{name}"
    assert schema["type"] == "object"


@pytest.mark.parametrize("name", NAMES)
def test_fields_are_described(name: str) -> None:
    """Each field has a title and a description, because claims are worded from them."""
    schema = read(name)
    for where, field in [("", schema), *fields(schema)]:
        assert field.get("title", "").strip(), where
        assert field.get("description", "").endswith("."), where


@pytest.mark.parametrize("name", NAMES)
def test_fields_are_limited(name: str) -> None:
    """Objects are closed, and strings and arrays have a greatest size."""
    schema = read(name)
    for where, field in [("", schema), *fields(schema)]:
        for kind in kinds(field):
            if kind.get("type") == "object":
                assert kind["additionalProperties"] is False, where
            limit = LIMITS.get(str(kind.get("type")))
            assert limit is None or limit in kind, where


@pytest.mark.parametrize("name", NAMES)
def test_references_are_local(name: str) -> None:
    """No $ref leaves the file."""
    text = (FOLDER / f"{name}.json").read_text("utf-8")
    assert text.count('"$ref": "#/') == text.count('"$ref"')


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_valid(name: str) -> None:
    """Each example of each schema validates."""
    examples = read(name)["examples"]
    assert examples
    for example in examples:
        assert errors(name, example) == []


@pytest.mark.parametrize("name", NAMES)
def test_engine_enforces_them(name: str) -> None:
    """The grammar engine takes each schema whole, so nothing is left to retries."""
    import llguidance

    schema = read(name)
    grammar = llguidance.LLMatcher.grammar_from_json_schema(json.dumps(schema))
    assert llguidance.LLMatcher.validate_grammar(grammar) == ""


@pytest.mark.parametrize("name", NAMES)
def test_missing_and_unknown_fields(name: str) -> None:
    """Leaving out a required field and adding an unknown one are both refused."""
    schema = read(name)
    for required in schema["required"]:
        example = copy.deepcopy(schema["examples"][0])
        del example[required]
        assert errors(name, example) == [""]
    assert errors(name, {**schema["examples"][0], "colour": "blue"}) == [""]


CHANGES = [
    ("answer", ("answer",), ""),
    ("answer", ("answer",), "x" * 301),
    ("answer", ("answer",), ""),
    ("answer", ("answer",), "y" * 241),
    ("answer", ("answer",), None),
    ("calculation", ("result",), "9"),
    ("calculation", ("steps",), []),
    ("calculation", ("given", 0, "value"), None),
    ("incident_report", ("severity",), "SEV0"),
    ("incident_report", ("affected_users",), -1),
    ("incident_report", ("started_at",), "2026-06-03 00:00"),
    ("incident_report", ("timeline", 1, "at"), "2026-06-31T06:15:00Z"),
    ("invoice", ("invoice_date",), "2026-02-29"),
    ("invoice", ("currency",), "pounds"),
    ("invoice", ("line_items",), []),
    ("invoice", ("line_items", 1, "quantity"), "3.5"),
    ("invoice", ("tax_rate",), 120),
    ("invoice", ("seller", "name"), ""),
    ("lab_result", ("results", 0, "flag"), "odd"),
    ("lab_result", ("patient_reference",), "Jane Doe"),
    ("lab_result", ("results", 0, "value"), "141"),
    ("product_spec", ("interfaces", 0, "count"), 0),
    ("product_spec", ("web_page",), "not a page"),
    ("product_spec", ("release_date",), "February 2026"),
    ("support_ticket", ("category",), "misc"),
    ("support_ticket", ("reporter", "email"), "mira.lund"),
    ("support_ticket", ("reported_at",), "yesterday"),
]


@pytest.mark.parametrize(("name", "path", "value"), CHANGES)
def test_wrong_values_are_refused(name: str, path: tuple[str | int, ...], value: Any) -> None:
    """One wrong value in a valid example is found, and found in its place."""
    example = copy.deepcopy(read(name)["examples"][0])
    target = example
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    assert set(errors(name, example)) == {"/".join(map(str, path))}
