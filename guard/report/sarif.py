"""A report as SARIF 2.1.0, for code scanning and editors.

Only what is wrong or open becomes a result: services show every result as an alert, whatever its
kind. All offsets, lengths and columns count Unicode code points (`columnKind`); lines end with LF
or CRLF. The checked text is included, since a prompt's answer is in no file. The claims of a JSON
value have a JSON Pointer as their logical location and no region: the file's own layout is unknown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from guard.files import sha256
from guard.report import parts
from guard.report.codec import json_text, summary
from guard.report.proofs import proofs, quoted
from guard.types import LABELS, Evidence, Json, Label, Report, Span, Verdict, Violation

SCHEMA_URI: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
VIOLATION: Final = "schema_violation"
LEVELS: Final[dict[Label, str]] = {
    "not_checked": "error",
    "contradicted": "error",
    "conflicting": "warning",
    "not_in_knowledge": "warning",
}
RULE_IDS: Final = (*LABELS, VIOLATION)


def to_sarif(report: Report) -> str:
    """`report` as a SARIF log with one run."""
    unchecked = any(verdict.label == "not_checked" for verdict in report.verdicts)
    run = {
        "tool": {"driver": _driver(report)},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n"],
        "artifacts": [
            {"location": {"uri": _uri(report.source)}, "contents": {"text": report.text}}
        ],
        "invocations": [{"executionSuccessful": not unchecked}],
        "results": [*_violations(report), *_verdicts(report)],
        "properties": summary(report),
    }
    return json_text({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]})


def _driver(report: Report) -> Json:
    return {
        "name": "guard",
        "semanticVersion": report.provenance.guard,
        "rules": [_rule(rule) for rule in RULE_IDS],
    }


def _rule(rule: str) -> Json:
    if rule == VIOLATION:
        words, meaning, level = "schema violation", "The value does not follow its schema.", "error"
    else:
        label: Label = next(label for label in LABELS if label == rule)
        _, words, meaning = parts.MARKS[label]
        level = LEVELS.get(label, "none")
    return {
        "id": rule,
        "name": words.title().replace(" ", ""),
        "shortDescription": {"text": f"{words[0].upper()}{words[1:]}."},
        "fullDescription": {"text": meaning},
        "defaultConfiguration": {"level": level},
    }


def _violations(report: Report) -> Iterator[Json]:
    seen: Counter[str] = Counter()
    for violation in report.violations:
        key = f"{violation.pointer}\n{violation.keyword}"
        seen[key] += 1
        yield {
            "ruleId": VIOLATION,
            "ruleIndex": RULE_IDS.index(VIOLATION),
            "level": "error",
            "message": {"text": _violation_words(violation)},
            "locations": [_location(report, pointer=violation.pointer)],
            "partialFingerprints": _fingerprint(key, seen[key]),
        }


def _violation_words(violation: Violation) -> str:
    return f"{parts.one_line(violation.pointer) or '/'}: {parts.one_line(violation.message)}"


def _verdicts(report: Report) -> Iterator[Json]:
    failing = {id(verdict) for verdict in report.findings()}
    lines = _line_starts(report.text)
    seen: Counter[str] = Counter()
    for verdict in report.verdicts:
        if verdict.label not in LEVELS:
            continue
        claim = verdict.claim
        key = f"{claim.pointer}\n{claim.text}"
        seen[key] += 1
        region = _region(claim.span, report.text, lines) if claim.pointer is None else None
        yield {
            "ruleId": verdict.label,
            "ruleIndex": RULE_IDS.index(verdict.label),
            "level": LEVELS[verdict.label] if id(verdict) in failing else "note",
            "message": {"text": _words(verdict)},
            "locations": [_location(report, pointer=claim.pointer, region=region)],
            "relatedLocations": _unique([_related(item) for item in verdict.evidence]),
            "partialFingerprints": _fingerprint(key, seen[key]),
            "properties": {"score": verdict.score, "claim": claim.id},
        }


def _words(verdict: Verdict) -> str:
    words = [f"{parts.MARKS[verdict.label].words}: {parts.one_line(verdict.claim.text)}"]
    words += [f"Why: {parts.one_line(verdict.reason)}"]
    words += [f"{quoted(p)} ({p.source})" for p in proofs(verdict)]
    return "\n".join(words)


def _location(report: Report, *, pointer: str | None, region: Json = None) -> Json:
    physical: dict[str, Json] = {"artifactLocation": {"uri": _uri(report.source), "index": 0}}
    if region is not None:
        physical["region"] = region
    location: dict[str, Json] = {"physicalLocation": physical}
    if pointer is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": pointer, "kind": "value"}]
    return location


def _related(evidence: Evidence) -> Json:
    words = f"“{parts.one_line(evidence.quote.of(evidence.passage.text))}”"
    return {
        "physicalLocation": {"artifactLocation": {"uri": _uri(evidence.passage.document)}},
        "message": {"text": f"{words} ({parts.source_label(evidence.passage)})"},
    }


def _unique(items: list[Json]) -> list[Json]:
    return [item for index, item in enumerate(items) if item not in items[:index]]


def _fingerprint(key: str, occurrence: int) -> Json:
    """What stays the same from run to run: the claim's words and place, and which of its twins."""
    return {"guardClaim/v1": sha256(f"{key}\n{occurrence}")[:32]}


def _uri(name: str) -> str:
    """A file's name as a URI, absolute only if the name is."""
    path = quote(name.replace("\\", "/"), safe="/", errors="replace") or "unnamed"
    return f"file://{path}" if path.startswith("/") else path


def _line_starts(text: str) -> list[int]:
    return [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n")]


def _region(span: Span | None, text: str, lines: list[int]) -> Json:
    """Where `span` is, by offset and by line and column (from 1, the end column exclusive)."""
    if span is None or span.end > len(text):
        return None
    first, last = bisect_right(lines, span.start), bisect_right(lines, span.end)
    return {
        "charOffset": span.start,
        "charLength": span.end - span.start,
        "startLine": first,
        "startColumn": span.start - lines[first - 1] + 1,
        "endLine": last,
        "endColumn": span.end - lines[last - 1] + 1,
        "snippet": {"text": span.of(text)},
    }
