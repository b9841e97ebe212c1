"""What the HTML page says beside the text: a note for each claim, a line for each change.

Everything is made visible here; the template escapes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from guard.edits import canonical
from guard.report import parts
from guard.report.proofs import Proof, proofs
from guard.types import Claim, Edit, Label, Report, Verdict

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


def notes_of(report: Report) -> list[Note]:
    """One for each claim, in order; those on the worst findings are open while claims are few."""
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
        quotes=tuple(_quote(proof) for proof in proofs(verdict)),
        more=tuple(_sources(verdict)),
        findings=tuple(_findings(verdict)),
        changes=tuple(_more_words(edit, verdict) for edit in edits if _more_words(edit, verdict)),
        fates=tuple(dict.fromkeys(FATES[e.action] for e in edits if e.action != "mark")),
        cut=any(edit.action != "mark" for edit in edits),
        open=opened,
    )


def _more_words(edit: Edit, verdict: Verdict) -> str:
    """What an edit says beyond that it was made for the verdict's reason."""
    words = parts.edit_words(edit, known=verdict.reason)
    return "" if words == FATES[edit.action] else words


def _quote(proof: Proof) -> Quote:
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


def changes_of(report: Report) -> list[Change]:
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
