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

from guard.edits import canonical
from guard.report import parts
from guard.report.layout import Row, Run, blocks_of, rows_of
from guard.types import LABELS, Claim, Edit, Label, Report, Verdict

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES: Final = Path(__file__).parent / "templates"
CONTEXT: Final = 120
OPEN: Final = ("contradicted", "conflicting", "not_checked")
MANY: Final = 100
FATES: Final = {"remove": "removed", "replace": "replaced", "mark": "marked"}
HOW: Final = {"search": "knowledge base", "document": "document", "given": "given evidence"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A quote between what surrounds it in its passage, and where it is from."""

    before: str
    text: str
    after: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """All that is said of one claim, beside the place where it is made."""

    number: int
    label: Label
    mark: parts.Mark
    score: str
    share: float
    claim: str
    reworded: bool
    pointer: str | None
    reason: str
    quotes: tuple[Quote, ...]
    more: tuple[str, ...]
    findings: tuple[tuple[str, str, str, str], ...]
    changes: tuple[str, ...]
    fates: tuple[str, ...]
    cut: bool
    open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One edit: what was there, what came instead, and why."""

    letter: str
    number: int
    old: str
    new: str | None
    words: str
    own: bool
    mark: bool


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
    notes, changes = _notes(report), _changes(report)
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


def _notes(report: Report) -> list[Note]:
    edits = parts.edits_of(report)
    failing = {id(verdict) for verdict in report.findings()}
    few = len(report.verdicts) <= MANY
    return [
        _note(
            number,
            verdict,
            edits.get(verdict.claim.id, []),
            reworded=not _reads_the_same(verdict.claim, report.text),
            opened=few and verdict.label in OPEN and id(verdict) in failing,
        )
        for number, verdict in enumerate(report.verdicts, 1)
    ]


def _reads_the_same(claim: Claim, text: str) -> bool:
    """Whether the claim's wording is what stands in the text anyway."""
    place = text if claim.pointer is None else claim.value
    if claim.span is None or not isinstance(place, str):
        return False
    return claim.span.of(place).strip() == claim.text


def _note(
    number: int, verdict: Verdict, edits: Sequence[Edit], *, reworded: bool, opened: bool
) -> Note:
    claim = verdict.claim
    return Note(
        number=number,
        label=verdict.label,
        mark=parts.MARKS[verdict.label],
        score=parts.score_words(verdict),
        share=min(max(verdict.score, 0.0), 1.0),
        claim=parts.visible(claim.text),
        reworded=reworded,
        pointer=None if claim.pointer is None else parts.one_line(claim.pointer) or "/",
        reason=parts.visible(verdict.reason),
        quotes=tuple(_quote(proof) for proof in parts.proofs(verdict)),
        more=tuple(_sources(verdict)),
        findings=tuple(_findings(verdict)),
        changes=tuple(_more_words(edit, verdict) for edit in edits if _more_words(edit, verdict)),
        fates=tuple(dict.fromkeys(FATES[edit.action] for edit in edits)),
        cut=any(edit.action != "mark" for edit in edits),
        open=opened,
    )


def _more_words(edit: Edit, verdict: Verdict) -> str:
    """What an edit says beyond that it was made for the verdict's reason."""
    words = parts.edit_words(edit, known=verdict.reason)
    return "" if words == FATES[edit.action] else words


def _quote(proof: parts.Proof) -> Quote:
    before, after = proof.before, proof.after
    if len(before) > CONTEXT:
        before = f"…{before[-CONTEXT:].partition(' ')[2]}"
    if len(after) > CONTEXT:
        after = f"{after[:CONTEXT].rpartition(' ')[0]}…"
    shown = [parts.visible(text) for text in (before, proof.quote, after)]
    return Quote(before=shown[0], text=shown[1], after=shown[2], source=proof.source)


def _sources(verdict: Verdict) -> Iterator[str]:
    for item in verdict.evidence:
        source = parts.source_label(item.passage)
        yield f"{source} ({HOW[item.how]}, relevance {item.score:.2f})"


def _findings(verdict: Verdict) -> Iterator[tuple[str, str, str, str]]:
    for finding in verdict.findings:
        label = parts.MARKS[finding.label]
        yield (
            parts.one_line(finding.check),
            f"{label.symbol} {label.words}",
            f"{finding.score:.2f}",
            parts.one_line(finding.reason),
        )


def _changes(report: Report) -> list[Change]:
    """One for each edit, in the order of `report.edits`; those of no claim get a letter."""
    numbers = {verdict.claim.id: n for n, verdict in enumerate(report.verdicts, 1)}
    nodes = dict(parts.nodes(report.value))
    free = 0
    changes = []
    for edit in report.edits:
        own = edit.claim not in numbers
        free += own
        changes.append(
            Change(
                letter=_letter(free) if own else "",
                number=numbers.get(edit.claim or "", 0),
                old=parts.visible(parts.old_words(edit, report.text, nodes)),
                new=parts.visible(_new(edit)) if edit.action == "replace" else None,
                words=parts.edit_words(edit),
                own=own,
                mark=edit.action == "mark",
            )
        )
    return changes


def _new(edit: Edit) -> str:
    return edit.replacement if isinstance(edit.replacement, str) else canonical(edit.replacement)


def _letter(number: int) -> str:
    """1 is a, 26 is z, 27 is aa."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


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
        return [(parts.visible(canonical(report.answer_value)), True)]
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
