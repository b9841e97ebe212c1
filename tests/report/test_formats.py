"""Markdown, JUnit and SARIF say what their readers look for, and nothing breaks out of them."""

from __future__ import annotations

import itertools
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from guard.report import render
from guard.report.markdown import escape
from guard.types import LABELS, FailOn, Policy, Report, Verdict

HTML_ALLOWED = {"<br>", "<del>", "</del>"}


def tokens(text: str) -> list[Token]:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    nested = parser.parse(text)
    return [*nested, *(child for token in nested for child in token.children or [])]


@pytest.mark.parametrize("name", ["prose", "value", "extraction", "empty", "wrong"])
def test_markdown_is_contained(examples: dict[str, Report], name: str) -> None:
    """A report's text makes no HTML, link, image, heading or code of its own."""
    report = examples[name]
    found = tokens(render(report, format="markdown"))
    kinds = {token.type for token in found}
    assert not kinds & {"html_block", "link_open", "image", "code_inline", "code_block", "s_open"}
    assert {t.content for t in found if t.type == "html_inline"} <= HTML_ALLOWED
    fences = [token for token in found if token.type == "fence"]
    assert len(fences) == (report.value is not None)
    titles = {"Answer", "Schema violations", "Claims", "Changes", "Trimming", "Provenance"}
    pairs = itertools.pairwise(found)
    headings = [after.content for token, after in pairs if token.type == "heading_open"]
    assert set(headings[1:]) <= titles


def test_markdown_table(examples: dict[str, Report]) -> None:
    """The table has a row a claim and five cells a row, even with pipes in the text."""
    for report in (examples["prose"], examples["wrong"]):
        found = tokens(render(report, format="markdown"))
        assert sum(token.type == "tr_open" for token in found) == len(report.verdicts) + 1
        assert sum(token.type == "td_open" for token in found) == 5 * len(report.verdicts)


def test_markdown_words(examples: dict[str, Report]) -> None:
    """The outcome, quotes, sources, changes and lengths are there."""
    text = render(examples["prose"], format="markdown")
    assert text.startswith("## ✗ 3 findings in 8 claims\n")
    assert "| ✗ contradicted | 0.03 |" in text
    assert "geography/everest.pdf, page 2" in text
    assert "<del>Great question!</del> – removed as filler" in text
    assert "went from 93 to 48 words" in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a | b", "a \\| b"),
        ("`x`", "\\`x\\`"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("[a](b)", "\\[a\\](b)"),
        ("one\ntwo", "one two"),
        ("**\\_~$", "\\*\\*\\\\\\_\\~\\$"),
    ],
)
def test_markdown_escape(text: str, escaped: str) -> None:
    """Markup is shown as it was written."""
    assert escape(text) == escaped


@pytest.mark.parametrize(
    "line", ["# a", "- a", "+ a", "1. a", "12) a", "> a", "===", "    a", "~~~"]
)
def test_markdown_answer_lines(examples: dict[str, Report], line: str) -> None:
    """A line of the answer stays a line of the answer."""
    report = replace(examples["empty"], answer=f"before\n{line}\n\n{line}")
    found = tokens(render(report, format="markdown"))
    kinds = [token.type for token in found]
    assert kinds.count("blockquote_open") == 1
    assert kinds.count("heading_open") == 3
    assert not {"list_item_open", "fence", "code_block", "hr"} & set(kinds)


def suite(report: Report) -> ET.Element:
    root = ET.fromstring(render(report, format="junit"))
    assert root.tag == "testsuites"
    found = root.find("testsuite")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("fail_on", "failures"),
    [("not_in_knowledge", 3), ("conflicting", 2), ("contradicted", 1), ("never", 0)],
)
def test_junit_follows_the_policy(
    examples: dict[str, Report], fail_on: FailOn, failures: int
) -> None:
    """Findings under `fail_on` fail; what cannot be checked is skipped; the rest passes."""
    found = suite(replace(examples["prose"], policy=Policy(fail_on=fail_on)))
    counts = [found.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["8", str(failures), "0", "1"]
    assert len(found.findall("testcase/failure")) == failures


def test_junit_failure(examples: dict[str, Report]) -> None:
    """A failure says which label, why, and on which evidence."""
    failure = suite(examples["prose"]).findall("testcase/failure")[0]
    assert failure.get("type") == "contradicted"
    assert failure.get("message") == "contradicted: the year is 1935 here and 1953 in the evidence"
    assert "source: geography/everest.pdf, page 2 · Mount Everest" in str(failure.text)


def test_junit_errors_and_violations(examples: dict[str, Report]) -> None:
    """What was not checked is an error whatever the policy; violations are failures."""
    found = suite(replace(examples["wrong"], policy=Policy(fail_on="never")))
    assert [case.get("type") for case in found.findall("testcase/error")] == ["not_checked"]
    assert [case.get("type") for case in found.findall("testcase/failure")] == ["schema"]


def sarif(report: Report) -> dict[str, Any]:
    log = json.loads(render(report, format="sarif"))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    found: dict[str, Any] = run
    return found


@pytest.mark.parametrize("name", ["prose", "value", "extraction", "empty", "wrong"])
def test_sarif_shape(examples: dict[str, Report], name: str) -> None:
    """The log has what SARIF 2.1.0 requires, and what code scanning services ask beyond."""
    run = sarif(examples[name])
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "guard"
    assert [rule["id"] for rule in rules] == [*LABELS, "schema_violation"]
    assert run["columnKind"] == "unicodeCodePoints"
    fingerprints = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        check_place(location["physicalLocation"])
        related = [json.dumps(place) for place in result.get("relatedLocations", [])]
        assert len(related) == len(set(related))
        fingerprints.add(result["partialFingerprints"]["guardClaim/v1"])
    assert len(fingerprints) == len(run["results"])


def check_place(place: dict[str, Any]) -> None:
    assert set(place) <= {"artifactLocation", "region"}
    assert place["artifactLocation"]["uri"].isascii()
    assert not set(place["artifactLocation"]["uri"]) & set(' <>"|\\^`{}')
    region = place.get("region")
    if region is not None:
        assert region["charOffset"] >= 0
        assert region["charLength"] >= 0
        assert min(region["startLine"], region["startColumn"], region["endColumn"]) >= 1
        assert region["endLine"] >= region["startLine"]


def test_sarif_results(examples: dict[str, Report]) -> None:
    """Only what is wrong or open is a result, with its level and score."""
    results = sarif(examples["prose"])["results"]
    assert [(r["ruleId"], r["level"]) for r in results] == [
        ("contradicted", "error"),
        ("conflicting", "warning"),
        ("not_in_knowledge", "warning"),
    ]
    assert results[0]["properties"] == {"score": 0.03, "claim": "c3"}
    lax = replace(examples["prose"], policy=Policy(fail_on="contradicted"))
    assert [r["level"] for r in sarif(lax)["results"]] == ["error", "note", "note"]


def test_sarif_regions(examples: dict[str, Report]) -> None:
    """Offsets and columns count code points of the included text, behind emoji and CRLF too."""
    for name in ("prose", "wrong"):
        report = examples[name]
        run = sarif(report)
        text = run["artifacts"][0]["contents"]["text"]
        assert text == report.text
        lines = text.replace("\r\n", " \n").split("\n")
        for result in run["results"]:
            region = result["locations"][0]["physicalLocation"].get("region")
            if region is None:
                continue
            words = text[region["charOffset"] :][: region["charLength"]]
            assert words == region["snippet"]["text"]
            line = lines[region["startLine"] - 1]
            first = words.replace("\r\n", " \n").split("\n")[0]
            assert line[region["startColumn"] - 1 :].startswith(first)


def test_sarif_of_a_value(examples: dict[str, Report]) -> None:
    """A value's results say where by JSON Pointer and claim no region."""
    results = sarif(examples["value"])["results"]
    places = [r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for r in results]
    assert places == ["/discount", "/paid", "/total"]
    assert all("region" not in r["locations"][0]["physicalLocation"] for r in results)


def test_sarif_fingerprints_last(examples: dict[str, Report]) -> None:
    """A claim keeps its fingerprint when others before it go."""
    report = examples["prose"]
    verdicts: tuple[Verdict, ...] = report.verdicts[3:]
    before = {r["partialFingerprints"]["guardClaim/v1"] for r in sarif(report)["results"]}
    after = sarif(replace(report, verdicts=verdicts))["results"]
    assert {r["partialFingerprints"]["guardClaim/v1"] for r in after} < before


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("docs/a b.md", "docs/a%20b.md"),
        ("C:\\x\\y.md", "C%3A/x/y.md"),
        ("/srv/ü.md", "file:///srv/%C3%BC.md"),
        ("", "unnamed"),
    ],
)
def test_sarif_uri(examples: dict[str, Report], source: str, uri: str) -> None:
    """A source becomes a URI."""
    run = sarif(replace(examples["empty"], source=source))
    assert run["artifacts"][0]["location"]["uri"] == uri


def test_sarif_unchecked(examples: dict[str, Report]) -> None:
    """A run that left claims unchecked was not successful."""
    assert sarif(examples["wrong"])["invocations"] == [{"executionSuccessful": False}]
    assert sarif(examples["prose"])["invocations"] == [{"executionSuccessful": True}]
