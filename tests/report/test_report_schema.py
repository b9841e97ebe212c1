"""schemas/report.schema.json and the dataclasses say the same thing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from guard.report import report_to_json
from guard.types import LABELS, Label, Report

Schema = dict[str, Any]


@cache
def schema() -> Schema:
    path = Path(__file__).parents[2] / "schemas" / "report.schema.json"
    document: Schema = json.loads(path.read_text("utf-8"))
    return document


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def dataclasses_below(hint: Any) -> Iterator[Any]:
    """The dataclasses that a type hint mentions, and those that these mention."""
    if dataclasses.is_dataclass(hint):
        yield hint
    inner = get_type_hints(hint).values() if dataclasses.is_dataclass(hint) else get_args(hint)
    for part in inner:
        yield from dataclasses_below(part)


CLASSES = sorted(set(dataclasses_below(Report)), key=lambda cls: cls.__name__)


def definition(cls: type) -> Schema:
    found: Schema = schema() if cls is Report else schema()["$defs"][cls.__name__]
    return found


def nodes(node: Any) -> Iterator[Schema]:
    """Every object of the schema document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, (dict, list)):
            yield from nodes(child)


def test_is_a_schema() -> None:
    """The schema is a draft 2020-12 schema with an id that names no host."""
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema()["$id"].startswith("urn:")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_covers_the_dataclass(cls: Any) -> None:
    """A definition has exactly the fields of its dataclass, and requires those without default."""
    found = definition(cls)
    fields = dataclasses.fields(cls)
    missing = dataclasses.MISSING
    needed = {f.name for f in fields if f.default is missing and f.default_factory is missing}
    extra = {"summary"} if cls is Report else set()
    always = {"summary", "version"} if cls is Report else set()
    assert set(found["properties"]) == {f.name for f in fields} | extra
    assert set(found["required"]) == needed | always


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_types_agree(cls: Any) -> None:
    """A field of the schema takes null and enumerated words exactly where the dataclass does."""
    for name, hint in get_type_hints(cls).items():
        field = definition(cls)["properties"][name]
        if hint is Any:
            assert set(field) == {"description"}
            continue
        assert accepts(field, None) is (NoneType in get_args(hint)), name
        if get_origin(hint) is Literal:
            assert words(field) == set(get_args(hint)), name


def accepts(field: Schema, value: Any) -> bool:
    whole = {**field, "$defs": schema()["$defs"]}
    return bool(Draft202012Validator(whole).is_valid(value))


def words(field: Schema) -> set[str]:
    target = schema()["$defs"][field["$ref"].rsplit("/", 1)[1]] if "$ref" in field else field
    return set(target.get("enum") or [option["const"] for option in target["oneOf"]])


def test_nothing_is_left_over() -> None:
    """Every definition is a dataclass or a named set of words."""
    names = {cls.__name__ for cls in CLASSES} - {"Report"}
    assert set(schema()["$defs"]) == names | {"Label", "Action", "Summary"}
    assert set(schema()["$defs"]["Summary"]["properties"]["counts"]["properties"]) == set(LABELS)
    assert words(schema()["$defs"]["Label"]) == set(get_args(Label))


def test_closed_and_described() -> None:
    """Every object is closed, and every property says what it means in a sentence."""
    for node in nodes(schema()):
        if "properties" in node and isinstance(node.get("type"), str):
            assert node["additionalProperties"] is False
            for name, field in node["properties"].items():
                assert field["description"].endswith("."), name


@pytest.mark.parametrize("name", ["prose", "value", "extraction", "empty", "wrong"])
def test_examples_validate(examples: dict[str, Report], name: str) -> None:
    """The example reports validate."""
    validator().validate(report_to_json(examples[name]))


@given(data=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_report_validates(any_report: st.SearchStrategy[Report], data: st.DataObject) -> None:
    """Whatever report is written validates, after a trip through JSON text."""
    document = json.loads(json.dumps(report_to_json(data.draw(any_report))))
    errors = [error.message for error in validator().iter_errors(document)]
    assert not errors


@pytest.mark.parametrize(
    "change",
    [
        {"version": "2"},
        {"extra": 1},
        {"text": None},
        {"verdicts": [{}]},
        {"summary": {}},
        {"policy": {"fail_on": "supported"}},
    ],
)
def test_refuses(examples: dict[str, Report], change: Schema) -> None:
    """The schema refuses what the reader refuses."""
    assert not validator().is_valid({**report_to_json(examples["prose"]), **change})
