"""A report as JUnit XML: a test case per claim, so that a CI server shows it like a test run.

A finding under the report's policy fails, what was not checked is an error, what cannot be checked
is skipped, and every schema violation is a failed case of its own.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Final

from guard.report import parts
from guard.report.proofs import proofs, quoted
from guard.types import Report, Verdict

NAME_LENGTH: Final = 200


def to_junit(report: Report) -> str:
    """`report` as a JUnit XML document."""
    name = parts.one_line(report.source)
    cases = [*_violations(report, name), *_verdicts(report, name)]
    counts = {
        "tests": str(len(cases)),
        "failures": _having(cases, "failure"),
        "errors": _having(cases, "error"),
        "skipped": _having(cases, "skipped"),
    }
    seconds = f"{sum(report.provenance.seconds.values()):.3f}"
    root = ET.Element("testsuites", {"name": "guard", "time": seconds, **counts})
    when = parts.one_line(report.provenance.created).removesuffix("Z")
    attributes = {"name": name, "time": seconds, "timestamp": when, **counts}
    suite = ET.SubElement(root, "testsuite", attributes)
    properties = ET.SubElement(suite, "properties")
    for key, value in parts.provenance_rows(report):
        ET.SubElement(properties, "property", name=key, value=value)
    suite.extend(cases)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _having(cases: list[ET.Element], tag: str) -> str:
    return str(sum(case.find(tag) is not None for case in cases))


def _violations(report: Report, name: str) -> Iterator[ET.Element]:
    for violation in report.violations:
        place = parts.one_line(violation.pointer) or "/"
        keyword = parts.one_line(violation.keyword)
        case = ET.Element("testcase", classname=name, name=f"schema: {place} {keyword}", time="0")
        message = parts.one_line(violation.message)
        ET.SubElement(case, "failure", type="schema", message=message).text = f"{place}: {message}"
        yield case


def _verdicts(report: Report, name: str) -> Iterator[ET.Element]:
    failing = {id(verdict) for verdict in report.findings()}
    for number, verdict in enumerate(report.verdicts, 1):
        claim = parts.one_line(verdict.claim.text, limit=NAME_LENGTH)
        case = ET.Element("testcase", classname=name, name=f"claim {number}: {claim}", time="0")
        tag = _outcome(verdict, failed=id(verdict) in failing)
        words = _words(verdict)
        if tag == "system-out":
            ET.SubElement(case, tag).text = words
        else:
            message = f"{parts.MARKS[verdict.label].words}: {parts.one_line(verdict.reason)}"
            ET.SubElement(case, tag, type=verdict.label, message=message).text = words
        yield case


def _outcome(verdict: Verdict, *, failed: bool) -> str:
    """The element that tells how the case ended; a passed one only says what was found."""
    if verdict.label == "not_checked":
        return "error"
    if verdict.label == "not_checkable":
        return "skipped"
    return "failure" if failed else "system-out"


def _words(verdict: Verdict) -> str:
    mark, claim = parts.MARKS[verdict.label], verdict.claim
    lines = [f"{mark.symbol} {mark.words} {parts.score_words(verdict)}".rstrip()]
    lines += [f"claim: {parts.one_line(claim.text)}"]
    lines += [f"at: {parts.one_line(claim.pointer) or '/'}"] if claim.pointer is not None else []
    lines += [f"reason: {parts.one_line(verdict.reason)}"]
    for proof in proofs(verdict):
        lines += [f"evidence: {quoted(proof)}", f"source: {proof.source}"]
    return "\n".join(lines)
