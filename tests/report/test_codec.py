"""A report survives being written and read, and nothing else is read as one."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard.errors import InputError
from guard.report import report_from_json, report_to_json
from guard.report.codec import to_json
from guard.types import LABELS, Report

Document = dict[str, Any]


@pytest.fixture
def document(examples: dict[str, Report]) -> Document:
    """The prose report as a fresh JSON document."""
    return copy.deepcopy(report_to_json(examples["prose"]))


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_round_trip(any_report: st.SearchStrategy[Report], data: st.DataObject) -> None:
    """Any report that is written is read back equal, and written again the same."""
    report = data.draw(any_report)
    text = to_json(report)
    again = report_from_json(text)
    assert again == report
    assert to_json(again) == text


@pytest.mark.parametrize("name", ["prose", "value", "extraction", "empty", "wrong"])
def test_examples_round_trip(examples: dict[str, Report], name: str) -> None:
    """The examples are read back equal, half surrogate pairs and control characters included."""
    text = to_json(examples[name])
    assert report_from_json(text) == examples[name]
    text.encode("utf-8")


def test_long_report(long: Report) -> None:
    """Two thousand claims are written and read."""
    assert report_from_json(to_json(long)) == long


def test_summary(document: Document, examples: dict[str, Report]) -> None:
    """The summary names every label, counts the claims and says whether the report is clean."""
    assert set(document["summary"]["counts"]) == set(LABELS)
    assert document["summary"]["claims"] == 8
    assert document["summary"]["counts"]["supported"] == 4
    assert document["summary"]["clean"] is False
    assert report_to_json(examples["extraction"])["summary"]["clean"] is True


def test_optional_fields_have_defaults(document: Document) -> None:
    """A document without the optional fields is a report."""
    needed = ("version", "summary", "source", "text", "answer", "provenance", "verdicts")
    few = {key: document[key] for key in needed}
    assert report_from_json(json.dumps(few)).generation is None


def test_whole_numbers_are_numbers(document: Document) -> None:
    """A score written as 1 is the score 1.0."""
    document["verdicts"][0]["score"] = 1
    score = report_from_json(json.dumps(document)).verdicts[0].score
    assert (score, type(score)) == (1.0, float)


def put(*path: str | int, value: object) -> Callable[[Document], None]:
    """A change that sets the field at `path`."""

    def change(document: Document) -> None:
        target: Any = document
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[Document], None]:
    """A change that takes the field at `path` out."""

    def change(document: Document) -> None:
        target: Any = document
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop("version"), "is not a guard report: it has no version"),
        (put("version", value="2"), "has the report version '2'; this guard reads '1'"),
        (put("version", value=1), "has the report version 1; this guard reads '1'"),
        (drop("text"), "/text is missing"),
        (drop("provenance", "created"), "/provenance/created is missing"),
        (drop("summary"), "/summary is missing"),
        (put("summary", "clean", value=True), "/summary does not say what the verdicts say"),
        (put("summary", value=[]), "/summary does not say what the verdicts say"),
        (put("answr", value=""), "/answr is not a field of a report"),
        (put("a/b~c", value=""), "/a~1b~0c is not a field of a report"),
        (put("text", value=5), "/text must be a string, not 5"),
        (put("verdicts", value={}), "/verdicts must be an array, not an object"),
        (put("verdicts", 1, value=None), "/verdicts/1 must be an object, not null"),
        (put("verdicts", 0, "label", value="ok"), "/verdicts/0/label must be one of supported,"),
        (put("verdicts", 0, "label", value=[]), "/verdicts/0/label must be one of supported,"),
        (put("verdicts", 0, "score", value=True), "/verdicts/0/score must be a number, not true"),
        (put("verdicts", 0, "score", value=1.5), "/verdicts/0/score is 1.5, outside 0 to 1"),
        (put("verdicts", 0, "score", value=10**400), "/verdicts/0/score is too large a number"),
        (put("verdicts", 0, "score", value="x" * 99), "/verdicts/0/score must be a number, not 'x"),
        (put("policy", "threshold", value=-1), "/policy/threshold is -1, outside 0 to 1"),
        (put("generation", "seed", value=1.0), "/generation/seed must be an integer, not 1.0"),
        (put("generation", "attempts", value=False), "/generation/attempts must be an integer"),
        (
            put("verdicts", 0, "claim", "span", "start", value=-1),
            "/verdicts/0/claim/span is not a span: start -1",
        ),
        (
            put("verdicts", 0, "claim", "span", "end", value=9999),
            "/verdicts/0/claim/span ends at 9,999, but its text has",
        ),
        (
            put("verdicts", 0, "evidence", 0, "quote", "end", value=9999),
            "/verdicts/0/evidence/0/quote ends at 9,999",
        ),
        (
            put("verdicts", 0, "findings", 0, "quote", "end", value=9999),
            "/verdicts/0/findings/0/quote ends at 9,999",
        ),
        (put("edits", 0, "span", "end", value=9999), "/edits/0/span ends at 9,999"),
        (put("edits", 0, "pointer", value="/a"), "/edits/0/pointer is '/a', where the value has"),
        (
            put("verdicts", 2, "claim", "pointer", value=""),
            "/verdicts/2/claim/span is a span, but its pointer leads to no text",
        ),
        (
            put("verdicts", 0, "decided_by", value=3),
            "/verdicts/0/decided_by is 3, but there are 1 findings",
        ),
        (put("provenance", "seconds", value=[]), "/provenance/seconds must be an object"),
        (
            put("provenance", "seconds", value={"a/b": "1"}),
            "/provenance/seconds/a~1b must be a number, not '1'",
        ),
    ],
)
def test_refused(document: Document, change: Callable[[Document], None], message: str) -> None:
    """What is not a report is refused with the place, in words, and a hint."""
    change(document)
    with pytest.raises(InputError) as caught:
        report_from_json(json.dumps(document), where="run.json")
    assert caught.value.message.startswith("run.json")
    assert message in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("nonsense", "is not JSON"),
        ("[]", "is not a guard report"),
        ('"version"', "is not a guard report"),
        ('{"version": "1", "version": "1"}', "has the key 'version' twice"),
        ('{"version": NaN}', "has NaN"),
        ("[" * 100_000, "is nested deeper"),
    ],
)
def test_not_a_document(text: str, message: str) -> None:
    """Text that is no JSON object of a known version is refused before anything is read."""
    with pytest.raises(InputError, match=message):
        report_from_json(text)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_damage_is_refused_or_harmless(examples: dict[str, Report], data: st.DataObject) -> None:
    """Any one field replaced by any JSON value gives an InputError or a report, never a crash."""
    document = report_to_json(examples[data.draw(st.sampled_from(["prose", "value", "wrong"]))])
    node: Any = json.loads(json.dumps(document))
    root = node
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(node[key], (dict, list)) and node[key]) or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(
        st.sampled_from([None, True, -1, 0.5, 10**30, "x", [], {}, [1], {"a": 1}])
    )
    with contextlib.suppress(InputError):
        assert isinstance(report_from_json(json.dumps(root)), Report)
