"""From verdicts to edits: what the policy removes or marks, and how clauses go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guard.edits.text import MARKS
from guard.types import Claim, Edit, Policy, Span, Verdict

CANNOT_REMOVE = "it stays, because without it the value would not satisfy its schema"
_Key = tuple[str | None, int, int]


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
    sentences = by_sentence([verdict.claim for verdict in verdicts])
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
    for group in by_sentence(claims).values():
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


def by_sentence(claims: Sequence[Claim]) -> dict[_Key, list[Claim]]:
    """Claims by the sentence that they belong to, in order."""
    groups: dict[_Key, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(_sentence_key(claim), []).append(claim)
    return groups


def _sentence_key(claim: Claim) -> _Key:
    span = claim.sentence or claim.span or Span(start=0, end=0)
    return (claim.pointer, span.start, span.end)


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
