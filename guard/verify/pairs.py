"""Judging (claim, evidence) pairs: the same checks as everywhere, without retrieval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guard.files import sha256
from guard.types import Claim, Evidence, Label, Passage, Policy, Span, Verdict
from guard.verify.engine import limit, settle
from guard.verify.entailment import Entailment
from guard.verify.evidence import Unit
from guard.verify.focus import FOCUS_WORDS, focus
from guard.verify.scoring import Case
from guard.verify.windows import windows
from guard.verify.words import best_sentence, coverage, nearest, stems

BATCH = 128
"""Pairs that are scored together."""

MAX_WINDOWS = 4
"""Of longer evidence, so many windows are looked at, those with most of the claim's words, and the
sentences that say most of the claim, wherever they stand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A claim and the only evidence it is to be judged by."""

    id: str
    claim: str
    evidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What the evidence does for a claim.

    `score` is how sure the label is, `support` the probability that the evidence supports the
    claim; both are in [0, 1].
    """

    id: str
    label: Label
    score: float
    support: float


def judge(
    pairs: Sequence[Pair],
    *,
    entailment: Entailment,
    policy: Policy = Policy(),  # noqa: B008 - a frozen value
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Judgement]:
    """One judgement per pair, in order. Evidence of any length is cut into windows."""
    judged: list[Judgement] = []
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        cases = [case(str(index), pair) for index, pair in enumerate(part)]
        verdicts = settle(cases, entailment=entailment, policy=policy, question=None)
        judged += [_judgement(pair, it) for pair, it in zip(part, verdicts, strict=True)]
        if progress:
            progress(len(judged), len(pairs), part[-1].claim)
    return judged


def case(name: str, pair: Pair) -> Case:
    """The pair as a case of the engine; `name` tells it from others of its batch."""
    text = pair.claim.strip()
    empty = None if text else "The claim is empty."
    claim = Claim(id=name, text=text, kind="prose", not_checkable=empty)
    if stop := limit(text):
        return Case(claim=claim, stop=stop)
    found = _evidence(name, text, pair.evidence) if text else ()
    alone = tuple(Unit(evidence=piece, passages=(piece.passage,)) for piece in found)
    return Case(claim=claim, found=found, units=alone)


def _evidence(name: str, claim: str, text: str) -> tuple[Evidence, ...]:
    """Short evidence whole; of longer one, its best sentences and its best windows in order."""
    if len(text.split()) <= FOCUS_WORDS:
        # It was given for this claim, so it is on topic whatever its words.
        return (_piece(f"{name}.0", claim, text.strip(), 1.0),) if text.strip() else ()
    parts = [span.of(text) for span in windows(text, words=FOCUS_WORDS)]
    best = nearest(claim, parts, MAX_WINDOWS)
    near = focus(claim, text)
    score = max(_share(claim, near), _share(claim, parts[best[0]]))
    return (
        _piece(f"{name}.focus", claim, near, score),
        *(_piece(f"{name}.{i}", claim, parts[i], _share(claim, parts[i])) for i in sorted(best)),
    )


def _share(claim: str, part: str) -> float:
    return coverage(claim, stems(part))


def _piece(id: str, claim: str, part: str, score: float) -> Evidence:
    whole = Span(start=0, end=len(part))
    passage = Passage(
        id=id, document="evidence", title="The evidence", text=part, span=whole, sha256=sha256(part)
    )
    return Evidence(passage=passage, quote=best_sentence(claim, part), score=score, how="given")


def _judgement(pair: Pair, verdict: Verdict) -> Judgement:
    return Judgement(
        id=pair.id, label=verdict.label, score=round(_sure(verdict), 4), support=verdict.score
    )


def _sure(verdict: Verdict) -> float:
    """How sure the label is."""
    if verdict.label == "supported":
        return verdict.score
    if verdict.label in ("contradicted", "conflicting") and verdict.decided_by is not None:
        return verdict.findings[verdict.decided_by].score
    return 1.0 - verdict.score if verdict.label == "not_in_knowledge" else 1.0
