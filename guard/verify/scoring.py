"""What the entailment says of claims and evidence, asked for in as few pairs as verdicts need.

The best passage of each claim is read first. Where it supports its claim and nothing objects, other
passages are read only if they could contradict it, and joined ones not at all: neither could change
the verdict.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from guard.errors import GuardError
from guard.fold import ENTAILMENT
from guard.types import Claim, Evidence
from guard.verify.checks import opposable
from guard.verify.context import Context, of
from guard.verify.entailment import Entailment, Scores
from guard.verify.evidence import Unit
from guard.verify.findings import exact_findings, failed
from guard.verify.quantities import restated
from guard.verify.signals import moved

SETTLED = 0.6
"""From this support by a passage on, others are read only for what they could object."""

Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A claim with all that is to be held against it. `stop` says why it cannot be checked."""

    claim: Claim
    found: tuple[Evidence, ...] = ()
    units: tuple[Unit, ...] = ()
    stop: str | None = None


def scored(cases: Sequence[Case], entailment: Entailment, question: str | None) -> Context:
    """What is known before any check runs."""
    context = Context(
        question=question,
        weights=getattr(entailment, "findings", {}),
        pieces={of(case.claim): len(case.units) for case in cases},
    )
    for wanted in (_first, _others, _joined):
        whole = [case for case in cases if of(case.claim) not in context.failures]
        units = [(case.claim, unit) for case in whole for unit in wanted(case, context)]
        context = _asked(units, context, entailment)
        settled = (of(case.claim) for case in cases if _is_settled(case, context))
        context = replace(context, settled=frozenset(settled))
    return context


def read_units(case: Case, context: Context) -> Iterator[Unit]:
    """The units of a case that are to be looked at."""
    settled = of(case.claim) in context.settled
    return (unit for unit in case.units if not (settled and len(unit.passages) > 1))


def _first(case: Case, context: Context) -> Sequence[Unit]:
    del context
    return case.units[:1]


def _others(case: Case, context: Context) -> Iterator[Unit]:
    """All other single passages; once the claim is settled, those that could oppose it."""
    settled = of(case.claim) in context.settled
    for unit in case.units[1:]:
        if len(unit.passages) == 1 and not (settled and not opposable(case.claim, unit.evidence)):
            yield unit


def _joined(case: Case, context: Context) -> Iterator[Unit]:
    settled = of(case.claim) in context.settled
    return (unit for unit in case.units if len(unit.passages) > 1 and not settled)


def _is_settled(case: Case, context: Context) -> bool:
    """Whether a single passage supports the claim, all findings considered, none objecting."""
    return any(_settles(case.claim, unit, context) for unit in case.units)


def _settles(claim: Claim, unit: Unit, context: Context) -> bool:
    scores = context.entailment(claim, unit.evidence)
    if len(unit.passages) > 1 or scores is None or scores.supported < SETTLED:
        return False
    known = exact_findings(claim, unit.evidence, context)
    if any(finding.decisive or finding.label == "not_checked" for finding in known):
        return False
    pieces = context.pieces[of(claim)]
    return moved(scores, known, context.weights, pieces).supported >= SETTLED


def _asked(
    units: Sequence[tuple[Claim, Unit]], context: Context, entailment: Entailment
) -> Context:
    """The context with the entailment of these units."""
    pairs = [
        (claim, unit.evidence.passage, (unit.evidence.passage.text, _read(claim, unit.evidence)))
        for claim, unit in units
    ]
    scores, failures = _score(list(dict.fromkeys(pair for *_, pair in pairs)), entailment)
    known = {(p.id, claim.text): scores[pair] for claim, p, pair in pairs if pair in scores}
    reasons = {of(claim): failures[pair] for claim, _, pair in pairs if pair in failures}
    return replace(
        context, scores={**context.scores, **known}, failures={**context.failures, **reasons}
    )


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
