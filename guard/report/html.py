"""A report as one self-contained HTML page: no scripts, nothing loaded from elsewhere.

What is shown is gathered here as plain values; templates/report.html.j2 lays them out. Every text
goes through `visible` here and through jinja2's escaping there.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from guard.report import parts
from guard.report.layout import Row, Run, blocks_of, rows_of
from guard.report.notes import Change, Note, changes_of, notes_of
from guard.types import LABELS, Label, Report

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A stretch of text as it is drawn, and the notes and changes that end with it."""

    text: str
    label: Label | None
    cut: bool
    notes: tuple[Note, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row of the checked text beside its notes."""

    kind: str
    depth: int
    lead: str
    tail: str
    cut: bool
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]
    changes: tuple[Change, ...]


def to_html(report: Report) -> str:
    """`report` as an HTML page."""
    valued = parts.has_value(report)
    notes, changes = notes_of(report), changes_of(report)
    lines = [_line(row, notes, changes) for row in rows_of(report, valued=valued)]
    placed = {note.number for line in lines for note in line.notes}
    style = (TEMPLATES / "report.css").read_text("utf-8")
    page = _template().render(
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        clean=report.clean,
        headline=parts.headline(report),
        source=parts.one_line(report.source),
        prompt=parts.visible(report.prompt) if report.prompt else None,
        valued=valued,
        answer=_answer(report, valued=valued),
        shortened=_shortened(report),
        legend=[(parts.MARKS[label], label, report.counts()[label]) for label in LABELS],
        bar=list(_bar(report)),
        violations=[_violation(v.pointer, v.keyword, v.message) for v in report.violations],
        lines=lines,
        unplaced=[note for note in notes if note.number not in placed],
        notes=notes,
        changes=changes,
        survived=_survived(report),
        made=list(parts.provenance_rows(report)),
        policy=list(_policy(report)),
    )
    return page.strip() + "\n"


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def _line(row: Row, notes: Sequence[Note], changes: Sequence[Change]) -> Line:
    shown = [_part(run, notes, changes) for run in row.runs]
    return Line(
        kind=row.kind,
        depth=min(row.depth, 12),
        lead=parts.visible(row.lead),
        tail=row.tail,
        cut=all(part.cut for part in shown),
        parts=tuple(shown),
        notes=tuple(note for part in shown for note in part.notes),
        changes=tuple(change for part in shown for change in part.changes if change.own),
    )


def _part(run: Run, notes: Sequence[Note], changes: Sequence[Change]) -> Part:
    return Part(
        text=parts.visible(run.text),
        label=run.label,
        cut=run.cut,
        notes=tuple(notes[index] for index in run.claims),
        changes=tuple(changes[index] for index in run.edits),
    )


def _bar(report: Report) -> Iterator[tuple[Label, float, float]]:
    """The labels as stretches of a bar 1,000 wide: where each begins and how wide it is."""
    start = 0.0
    for _, label, number in parts.tally(report):
        width = 1000 * number / len(report.verdicts)
        yield label, start, width
        start += width


def _answer(report: Report, *, valued: bool) -> list[tuple[str, bool]]:
    """The paragraphs of the answer, and whether each is code, a table or JSON."""
    if valued:
        return [(parts.visible(parts.shown_value(report)), True)]
    blocks = ((report.answer[a:b].strip("\r\n"), code) for a, b, code in blocks_of(report.answer))
    return [(parts.visible(text), code) for text, code in blocks if text.strip()]


def _violation(pointer: str, keyword: str, message: str) -> tuple[str, str, str]:
    return parts.one_line(pointer) or "/", parts.one_line(keyword), parts.visible(message)


def _shortened(report: Report) -> list[str]:
    certificate = report.certificate
    if certificate is None:
        return []
    lines = [f"The text {parts.length_line(certificate)}", parts.survival_line(certificate)]
    target = parts.target_line(certificate)
    return [*lines, target] if target else lines


def _survived(report: Report) -> list[tuple[str, int, str]]:
    """The supported claims by what became of them: kept or lost, number, wording."""
    if report.certificate is None:
        return []
    known = {v.claim.id: (n, v.claim.text) for n, v in enumerate(report.verdicts, 1)}
    groups = (("kept", report.certificate.kept), ("lost", report.certificate.lost))
    return [
        (fate, known.get(name, (0, name))[0], parts.visible(known.get(name, (0, name))[1]))
        for fate, names in groups
        for name in names
    ]


def _policy(report: Report) -> Iterator[tuple[str, str]]:
    policy = report.policy
    yield "supported", f"from a support of {policy.threshold:.2f} on"
    yield (
        "contradicted",
        f"where a check is sure of the opposite from {policy.contradiction:.2f} on",
    )
    for action in ("remove", "mark", "keep", "fail"):
        words = [parts.MARKS[label].words for label in LABELS if policy.action(label) == action]
        if words:
            yield action, ", ".join(words)
    worst = "never" if policy.fail_on == "never" else f"from {parts.MARKS[policy.fail_on].words} on"
    yield "findings", f"{worst}; what was not checked always counts"
