"""The engine: claims to evidence to findings to verdicts. Nothing fails open here.

Whatever keeps a claim from being checked (no evidence source, a limit, a check that raises) becomes
a `not_checked` finding with the reason, and every other claim goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from guard.fold import ENTAILMENT, fold
from guard.types import Claim, Finding, Policy, Verdict
from guard.verify.checks import EXACT, check_entailment
from guard.verify.context import Context
from guard.verify.entailment import Entailment
from guard.verify.evidence import merge, units
from guard.verify.findings import exact_findings, safely
from guard.verify.scoring import Case, read_units, scored
from guard.verify.words import content

if TYPE_CHECKING:
    from guard.knowledge import Searcher

Progress = Callable[[int, int, str], None]

MAX_CLAIM = 4_000
"""Characters of a claim; a longer one is not one claim."""

BATCH = 64
"""Claims that are searched for and scored together."""

FEW_WORDS = 4
"""A claim of fewer content words is searched for together with its question."""


NOTHING_TO_CHECK_WITH = (
    "There is neither a knowledge base nor a document to check with: pass documents, or make a "
    "knowledge base with guard index FOLDER."
)


def verify(
    claims: Sequence[Claim],
    *,
    searchers: Sequence[Searcher],
    entailment: Entailment,
    policy: Policy,
    question: str | None = None,
    k: int = 5,
    progress: Progress | None = None,
) -> tuple[Verdict, ...]:
    """One verdict per claim, in order. The same claim said twice is verified once.

    `k` passages per claim are looked at, and the best two of them joined. Raises what a searcher
    raises; everything else that goes wrong becomes a `not_checked` verdict.
    """
    distinct = {_key(claim): claim for claim in reversed(claims) if claim.not_checkable is None}
    waiting = list(reversed(distinct.values()))
    settled: dict[tuple[str, str], Verdict] = {}
    for start in range(0, len(waiting), BATCH):
        part = waiting[start : start + BATCH]
        for verdict in settle(
            list(_cases(part, searchers, question, k)),
            entailment=entailment,
            policy=policy,
            question=question,
        ):
            settled[_key(verdict.claim)] = verdict
            if progress:
                progress(len(settled), len(waiting), verdict.claim.text)
    return tuple(
        replace(settled[_key(claim)], claim=claim)
        if claim.not_checkable is None
        else fold(claim, (), (), policy)
        for claim in claims
    )


def _key(claim: Claim) -> tuple[str, str]:
    return claim.text, repr(claim.value)


def _cases(
    claims: Sequence[Claim], searchers: Sequence[Searcher], question: str | None, k: int
) -> Iterator[Case]:
    stops = [_stop(claim, bool(searchers)) for claim in claims]
    queries = [
        _query(claim.text, question)
        for claim, stop in zip(claims, stops, strict=True)
        if stop is None
    ]
    found = [searcher.search(queries, k=k) for searcher in searchers] if queries else []
    results = iter(zip(*found, strict=True))
    for claim, stop in zip(claims, stops, strict=True):
        if stop is not None:
            yield Case(claim=claim, stop=stop)
            continue
        pieces = merge(claim.text, next(results), k)
        yield Case(claim=claim, found=pieces, units=units(claim.text, pieces))


def _stop(claim: Claim, has_searcher: bool) -> str | None:
    if too_long := limit(claim.text):
        return too_long
    return None if has_searcher else NOTHING_TO_CHECK_WITH


def limit(claim: str) -> str | None:
    """Why a claim of this text cannot be checked, or None."""
    if len(claim) <= MAX_CLAIM:
        return None
    return f"The claim has {len(claim):,} characters, more than {MAX_CLAIM:,}."


def _query(claim: str, question: str | None) -> str:
    short = len(content(claim)) < FEW_WORDS
    return f"{question} {claim}" if short and question else claim


def settle(
    cases: Sequence[Case], *, entailment: Entailment, policy: Policy, question: str | None
) -> Iterator[Verdict]:
    """The verdicts of cases whose evidence is known, scored in one batch."""
    context = scored(cases, entailment, question)
    for case in cases:
        yield fold(case.claim, _examine(case, context), case.found, policy)


def _examine(case: Case, context: Context) -> Iterator[Finding]:
    """The findings of every check on every unit of a case."""
    if len(case.claim.text) <= MAX_CLAIM:
        for name, exact in EXACT:
            for finding in safely(name, partial(exact, case.claim, None, context)):
                yield replace(finding, passages=())
    if case.stop is not None:
        yield Finding(check="evidence", label="not_checked", score=1.0, reason=case.stop)
        return
    for unit in read_units(case, context):
        known = exact_findings(case.claim, unit.evidence, context)
        model = partial(check_entailment, case.claim, unit.evidence, context, known)
        for finding in (*safely(ENTAILMENT, model), *known):
            yield unit.place(finding)
