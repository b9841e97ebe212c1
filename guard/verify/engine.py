"""The engine: claims to evidence to findings to verdicts. Nothing fails open here.

Whatever keeps a claim from being checked (no evidence source, a limit, a check that raises) becomes
a `not_checked` finding with the reason, and every other claim goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from guard.errors import GuardError
from guard.fold import ENTAILMENT, fold
from guard.types import Claim, Evidence, Finding, Policy, Verdict
from guard.verify.checks import EXACT, check_entailment
from guard.verify.context import Context
from guard.verify.entailment import Entailment, Scores
from guard.verify.evidence import Unit, merge, units
from guard.verify.findings import exact_findings, failed, safely
from guard.verify.quantities import restated
from guard.verify.signals import moved
from guard.verify.words import content

if TYPE_CHECKING:
    from guard.knowledge import Searcher

Progress = Callable[[int, int, str], None]
Pair = tuple[str, str]

MAX_CLAIM = 4_000
"""Characters of a claim; a longer one is not one claim."""

SETTLED = 0.6
"""From this support by one passage on, no joined ones are read."""

BATCH = 64
"""Claims that are searched for and scored together."""

FEW_WORDS = 4
"""A claim of fewer content words is searched for together with its question."""


NOTHING_TO_CHECK_WITH = (
    "There is neither a knowledge base nor a document to check with: pass documents, or make a "
    "knowledge base with guard index FOLDER."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A claim with all that is to be held against it. `stop` says why it cannot be checked."""

    claim: Claim
    found: tuple[Evidence, ...] = ()
    units: tuple[Unit, ...] = ()
    stop: str | None = None


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
    context = _context(cases, entailment, question)
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
    for unit in _units(case, context):
        known = exact_findings(case.claim, unit.evidence, context)
        model = partial(check_entailment, case.claim, unit.evidence, context, known)
        for finding in (*safely(ENTAILMENT, model), *known):
            yield unit.place(finding)


def _context(cases: Sequence[Case], entailment: Entailment, question: str | None) -> Context:
    """What is known before any check runs. Joined passages are read last, and only for claims that
    no single passage settles: they could only support once more what is supported."""
    weights = getattr(entailment, "findings", {})
    pieces = {case.claim.text: len(case.units) for case in cases}
    context = Context(question=question, weights=weights, pieces=pieces)
    context = _scored(cases, context, entailment, joined=False)
    context = replace(context, settled=frozenset(_settled(cases, context)))
    return _scored(cases, context, entailment, joined=True)


def _scored(
    cases: Sequence[Case], context: Context, entailment: Entailment, *, joined: bool
) -> Context:
    """The context with the entailment of all single, or of all joined, pieces of evidence."""
    wanted = {
        (unit.evidence.passage.id, case.claim.text): (
            unit.evidence.passage.text,
            _read(case.claim, unit.evidence),
        )
        for case in cases
        for unit in _units(case, context)
        if (len(unit.passages) > 1) == joined
    }
    scores, failures = _score(list(dict.fromkeys(wanted.values())), entailment)
    known = {key: scores[pair] for key, pair in wanted.items() if pair in scores}
    reasons = {key[1]: failures[pair] for key, pair in wanted.items() if pair in failures}
    return replace(
        context, scores={**context.scores, **known}, failures={**context.failures, **reasons}
    )


def _units(case: Case, context: Context) -> Iterator[Unit]:
    """The units of a case that are to be looked at."""
    settled = case.claim.text in context.settled
    return (unit for unit in case.units if len(unit.passages) == 1 or not settled)


def _settled(cases: Sequence[Case], context: Context) -> Iterator[str]:
    """The claims that a single passage supports well, all findings considered, none objecting."""
    for case in cases:
        if any(_settles(case.claim, unit, context) for unit in case.units):
            yield case.claim.text


def _settles(claim: Claim, unit: Unit, context: Context) -> bool:
    scores = context.entailment(claim, unit.evidence)
    if len(unit.passages) > 1 or scores is None or scores.supported < SETTLED:
        return False
    known = exact_findings(claim, unit.evidence, context)
    if any(finding.decisive or finding.label == "not_checked" for finding in known):
        return False
    pieces = context.pieces[claim.text]
    return moved(scores, known, context.weights, pieces).supported >= SETTLED


def _read(claim: Claim, evidence: Evidence) -> str:
    """The claim as the entailment reads it: with its values as the evidence writes them."""
    try:
        return restated(claim, evidence)
    except Exception:  # noqa: BLE001 - the check of quantities fails likewise, and says so
        return claim.text


def _score(
    pairs: Sequence[Pair], entailment: Entailment
) -> tuple[dict[Pair, Scores], dict[Pair, str]]:
    """Scores of all pairs in one call; should that fail, claim by claim, so that one bad pair
    does not cost the others their verdict. Also the reason for each pair that stays without."""
    if not pairs:
        return {}, {}
    try:
        return _ask(pairs, entailment), {}
    except Exception as error:  # noqa: BLE001 - becomes a reason
        first = error
    claims = list(dict.fromkeys(claim for _, claim in pairs))
    scores: dict[Pair, Scores] = {}
    failures: dict[Pair, str] = {}
    for claim in claims:
        part = [pair for pair in pairs if pair[1] == claim]
        try:
            if len(claims) == 1:
                raise first
            scores |= _ask(part, entailment)
        except Exception as error:  # noqa: BLE001 - becomes a reason
            failures |= dict.fromkeys(part, failed(ENTAILMENT, _words(error)).reason)
    return scores, failures


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, GuardError) else f"{type(error).__name__}: {error}"


def _ask(pairs: Sequence[Pair], entailment: Entailment) -> dict[Pair, Scores]:
    scores = entailment.score(pairs)
    for one in scores:
        values = (one.supported, one.contradicted, one.neutral)
        if not all(0.0 <= value <= 1.0 for value in values) or abs(math.fsum(values) - 1) > 0.01:
            raise ValueError(f"{entailment.id} gave {values}, which are not probabilities")
    return dict(zip(pairs, scores, strict=True))
