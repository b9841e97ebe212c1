"""The check table. A check is a generator function `(claim, evidence, context) -> Finding...`.

Entailment stands apart: it is scored beforehand, all pairs at once, and takes in what they find.

Adding a check is writing one such function and one row of `CHECKS`. The engine notes which
passages a finding looked at, so a check need not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from guard.fold import ENTAILMENT, FIELD
from guard.types import Claim, Evidence, Finding
from guard.verify.arithmetic import check_arithmetic
from guard.verify.context import Context, of
from guard.verify.fields import check_field
from guard.verify.names import check_names
from guard.verify.negation import check_negation
from guard.verify.quantities import check_quantities
from guard.verify.quotes import check_quotes
from guard.verify.signals import moved
from guard.verify.topic import closeness
from guard.verify.wording import check_wording

TOPIC = 0.6
"""The share of a claim's words that a passage found for it has where it can contradict it."""

LEAST = 0.05
"""A contradiction that entailment gives less than this is not worth a finding."""


def check_entailment(
    claim: Claim, evidence: Evidence, context: Context, exact: Sequence[Finding]
) -> Iterator[Finding]:
    """What the entailment scores, computed beforehand, say of this pair, given what the exact
    checks found."""
    scores = context.entailment(claim, evidence)
    if scores is None and of(claim) in context.settled and of(claim) not in context.failures:
        return  # not asked: nothing that it could say would change the verdict
    if scores is None:
        why = context.failures.get(of(claim), "it gave no scores")
        yield Finding(check=ENTAILMENT, label="not_checked", score=1.0, reason=why)
        return
    scores = moved(scores, exact, context.weights, context.pieces.get(of(claim), 1))
    title = evidence.passage.title
    yield Finding(
        check=ENTAILMENT,
        label="supported",
        score=scores.supported,
        reason=f"This is stated in “{title}”." if title else "This is stated in the evidence.",
        quote=evidence.quote,
    )
    if scores.contradicted >= LEAST and _on_topic(claim, evidence, exact):
        yield Finding(
            check=ENTAILMENT,
            label="contradicted",
            score=scores.contradicted,
            reason=f"“{title}” says otherwise." if title else "The evidence says otherwise.",
            quote=evidence.quote,
        )


def _on_topic(claim: Claim, evidence: Evidence, exact: Sequence[Finding]) -> bool:
    """Whether evidence says enough of what the claim says to speak against it.

    Evidence without a value of the claim speaks of something else. What was given for a claim is on
    topic otherwise; of what was found for it most is near, and a model takes what is said of
    another thing for a denial.
    """
    if any(finding.decisive and finding.label == "not_in_knowledge" for finding in exact):
        return False
    return opposable(claim, evidence)


def opposable(claim: Claim, evidence: Evidence) -> bool:
    """Whether a model may contradict the claim with this evidence at all."""
    return evidence.how == "given" or closeness(claim.text, evidence, evidence.quote) > TOPIC


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the table."""

    name: str
    run: Callable[[Claim, Evidence, Context], Iterator[Finding]]


CHECKS: tuple[Check, ...] = (
    Check(FIELD, check_field),
    Check("quantities", check_quantities),
    Check("names", check_names),
    Check("quotes", check_quotes),
    Check("negation", check_negation),
    Check("wording", check_wording),
)
"""Run on every claim with every piece of its evidence; what they find moves the entailment."""

EXACT: tuple[tuple[str, Callable[[Claim, Evidence | None, Context], Iterator[Finding]]], ...] = (
    ("arithmetic", check_arithmetic),
)
"""Run on every claim once, since they need no evidence."""
