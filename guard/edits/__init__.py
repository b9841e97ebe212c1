"""Edits are data; the answer is derived from them here. Pure functions over `guard.types`.

Two kinds of edit meet: those the policy asks for because of a verdict (their `cause` is a label),
and those of trimming (their `cause` is a rule). `derive` makes the first kind anew, keeps the
second, and applies both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from guard.edits.text import MARKS, Cut, apply_text, cuts_of, touching
from guard.edits.value import apply_value, canonical, escape
from guard.types import (
    LABELS,
    Certificate,
    Claim,
    Edit,
    Json,
    Length,
    Policy,
    Report,
    Span,
    Target,
    Verdict,
)

__all__ = [
    "MARKS",
    "apply_text",
    "apply_value",
    "canonical",
    "certify",
    "derive",
    "escape",
    "policy_edits",
    "renames",
    "surviving",
    "word_count",
]

CANNOT_REMOVE = "it stays, because without it the value would not satisfy its schema"


def policy_edits(verdicts: Sequence[Verdict], policy: Policy) -> tuple[Edit, ...]:
    """What `policy` asks for on these verdicts, one edit a claim; the cause is the label.

    `fail` leaves the text and marks it: failing is for the report and the exit code. A claim that
    cannot be removed is marked instead, and its edit says so. Where some clauses of a sentence go,
    their edits leave the others a whole sentence.
    """
    gone = {
        verdict.claim.id
        for verdict in verdicts
        if policy.action(verdict.label) == "remove" and verdict.claim.removable
    }
    sentences = _by_sentence([verdict.claim for verdict in verdicts])
    edits = []
    for verdict in verdicts:
        claim = verdict.claim
        if policy.action(verdict.label) == "keep":
            continue
        group = sentences.get(_sentence_key(claim), [])
        edits.append(
            _removal(verdict, _cut(claim, group, gone))
            if claim.id in gone
            else _mark(verdict, stays=policy.action(verdict.label) == "remove")
        )
    causes: dict[str, str] = {v.claim.id: v.label for v in verdicts if v.claim.id in gone}
    return (*edits, *renames([verdict.claim for verdict in verdicts], causes))


def _removal(verdict: Verdict, span: Span | None) -> Edit:
    claim = verdict.claim
    return Edit(
        action="remove",
        cause=verdict.label,
        reason=verdict.reason,
        span=span,
        pointer=claim.pointer,
        claim=claim.id,
    )


def _mark(verdict: Verdict, *, stays: bool) -> Edit:
    claim = verdict.claim
    return Edit(
        action="mark",
        cause=verdict.label,
        reason=f"{verdict.reason}; {CANNOT_REMOVE}" if stays else verdict.reason,
        span=claim.span,
        pointer=claim.pointer,
        replacement=MARKS[verdict.label],
        claim=claim.id,
    )


def renames(claims: Sequence[Claim], gone: Mapping[str, str]) -> tuple[Edit, ...]:
    """Nouns for the pronouns that lose the sentence they refer to.

    `gone` are the ids of the claims that are removed, each with the cause to give the edits.
    """
    edits: list[Edit] = []
    lost: str | None = None
    for group in _by_sentence(claims).values():
        kept = [claim for claim in group if claim.id not in gone]
        edits += [_rename(claim, lost) for claim in kept if lost and claim.pronoun]
        if not kept:
            lost = gone[group[0].id]
        elif any(claim.not_checkable is None for claim in kept):
            lost = None
    return tuple(edits)


def _rename(claim: Claim, cause: str) -> Edit:
    return Edit(
        action="replace",
        cause=cause,
        reason="named, because the sentence that it refers to is removed",
        span=claim.pronoun,
        pointer=claim.pointer,
        replacement=claim.noun,
        claim=claim.id,
    )


_Key = tuple[str | None, int, int]


def _sentence_key(claim: Claim) -> _Key:
    span = claim.sentence or claim.span or Span(start=0, end=0)
    return (claim.pointer, span.start, span.end)


def _by_sentence(claims: Sequence[Claim]) -> dict[_Key, list[Claim]]:
    groups: dict[_Key, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(_sentence_key(claim), []).append(claim)
    return groups


def _cut(claim: Claim, group: list[Claim], gone: set[str]) -> Span | None:
    """What goes with `claim`: its words, and of the conjunctions around it the right one."""
    number = group.index(claim)
    if claim.body is None or all(other.id in gone for other in group):
        return claim.span
    if any(other.id not in gone for other in group[:number]):
        previous = group[number - 1].body or claim.body
        return Span(start=min(previous.end, claim.body.start), end=claim.body.end)
    following = group[number + 1].body or claim.body
    return Span(start=claim.body.start, end=max(following.start, claim.body.end))


def surviving(claims: Sequence[Claim], text: str, edits: Sequence[Edit]) -> set[str]:
    """The ids of the claims whose statement no removal and no replacement touches."""
    named = {(claim.pointer, claim.pronoun) for claim in claims if claim.pronoun}
    changes = [
        edit
        for edit in edits
        if edit.action == "remove"
        or (edit.action == "replace" and (edit.pointer, edit.span) not in named)
    ]
    whole = {edit.pointer for edit in changes if edit.pointer is not None and edit.span is None}
    cuts: dict[str | None, list[Cut]] = {}
    left = set()
    for claim in claims:
        place = claim.pointer
        if place not in cuts:
            own = [edit for edit in changes if edit.pointer == place and edit.span is not None]
            cuts[place] = cuts_of(_text_at(claim, text), own)
        if whole.isdisjoint(_prefixes(place)) and not _hit(claim, text, cuts[place]):
            left.add(claim.id)
    return left


def _text_at(claim: Claim, text: str) -> str:
    """The text that the claim's span counts in."""
    return text if claim.pointer is None else str(claim.value)


def _prefixes(pointer: str | None) -> list[str]:
    """A pointer and those of everything that holds it."""
    if pointer is None:
        return []
    return [pointer, *(pointer[:at] for at, letter in enumerate(pointer) if letter == "/")]


def _hit(claim: Claim, text: str, cuts: Sequence[Cut]) -> bool:
    span = claim.body or claim.span
    if span is None:
        return False
    text = _text_at(claim, text)
    return any(
        text[max(cut.start, span.start) : min(cut.end, span.end)].strip()
        for cut in touching(cuts, span.start, span.end)
    )


def word_count(text: str) -> int:
    """The words of a text: what stands between whitespace and has a letter or a digit in it."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def certify(
    text: str,
    answer: str,
    *,
    verdicts: Sequence[Verdict],
    edits: Sequence[Edit],
    target: Target | None = None,
    target_met: bool | None = None,
) -> Certificate:
    """What the way from `text` to `answer` did to its length and to its supported claims."""
    left = surviving([verdict.claim for verdict in verdicts], text, edits)
    supported = [v.claim.id for v in verdicts if v.label == "supported"]
    groups = _by_sentence([verdict.claim for verdict in verdicts])
    standing = sum(any(claim.id in left for claim in group) for group in groups.values())
    return Certificate(
        before=_length(text, len(groups)),
        after=_length(answer, standing),
        kept=tuple(claim for claim in supported if claim in left),
        lost=tuple(claim for claim in supported if claim not in left),
        target=target,
        target_met=target_met,
    )


def _length(text: str, sentences: int) -> Length:
    return Length(characters=len(text), words=word_count(text), sentences=sentences)


def derive(report: Report) -> Report:
    """`report` with the policy's edits made anew, and answer, value and certificate after them.

    Trimming edits (those whose cause is not a verdict's label) stay.
    """
    trimming = [edit for edit in report.edits if edit.cause not in LABELS]
    edits = (*policy_edits(report.verdicts, report.policy), *trimming)
    value: Json = None
    if report.value is None and not any(v.claim.pointer is not None for v in report.verdicts):
        answer = apply_text(report.text, edits)
    else:
        value = apply_value(report.value, edits)
        answer = canonical(value)
    certificate = _certificate(report, answer, edits)
    return replace(report, edits=edits, answer=answer, answer_value=value, certificate=certificate)


def _certificate(report: Report, answer: str, edits: Sequence[Edit]) -> Certificate:
    old = report.certificate
    target = old.target if old else None
    made = certify(report.text, answer, verdicts=report.verdicts, edits=edits, target=target)
    met = old.target_met if old and answer == report.answer else _met(made)
    return replace(made, target_met=met)


def _met(certificate: Certificate) -> bool | None:
    target = certificate.target
    if target is None or target.unit == "tokens":
        return None
    after = certificate.after
    return (after.words if target.unit == "words" else after.sentences) <= target.amount
