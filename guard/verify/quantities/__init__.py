"""The quantities check: every value of a claim against the values of the evidence.

Numbers, number words, magnitudes, percentages, money, units, dates, times, ordinals, versions and
identifiers are read into exact intervals (`quantities`) and aligned by what they count or measure.
A value that evidence gives otherwise is contradicted; one that it does not give is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from guard.types import Claim, Evidence, Finding, Label
from guard.verify.literal import forms, occurrences
from guard.verify.quantities.align import Decision
from guard.verify.quantities.decisions import decisions_of, stands_in
from guard.verify.quantities.model import Kind, Quantity, Reading
from guard.verify.quantities.scan import scan

if TYPE_CHECKING:
    from guard.verify.context import Context

__all__ = ["Kind", "Quantity", "Reading", "check_quantities", "quantities", "restated"]

CHECK = "quantities"


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity in `text`, in order, with exact spans that do not overlap."""
    return tuple(mention.quantity for mention in scan(text)[0])


def check_quantities(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Finding]:
    """At most one finding: whether the evidence carries every value of the claim.

    `supported` (never decisive) when it carries all, `contradicted` (decisive) when it gives one
    of them another value, else `not_in_knowledge` (decisive). A claim without values, or with
    only such as may be figures of speech, yields nothing.
    """
    del context
    passage = evidence.passage
    decisions = decisions_of(claim.text, bare_number(claim, passage.text), passage)
    finding = folded(decisions, evidence) if decisions else None
    if finding:
        yield finding


def restated(claim: Claim, evidence: Evidence) -> str:
    """The claim with each value as the evidence writes it, where the evidence carries it.

    An entailment model takes "2.4 million" and "2,400,000" for different things; what is compared
    exactly here need not be compared once more there. Values that are not carried stay.
    """
    passage = evidence.passage
    text, parts, end = claim.text, [], 0
    for decision in decisions_of(claim.text, bare_number(claim, passage.text), passage):
        found, span = decision.found, decision.claimed.span
        whole = found is not None and bool(found.ends) >= bool(decision.claimed.ends)
        if decision.outcome == "carried" and whole and span.start >= end:
            parts += [text[end : span.start], found.text if found else ""]
            end = span.end
    return "".join(parts) + text[end:]


def bare_number(claim: Claim, text: str) -> str | None:
    """The number of a field if `text` gives it, in any unit: a field leaves its unit unsaid."""
    is_number = isinstance(claim.value, int | float) and not isinstance(claim.value, bool)
    if claim.kind != "value" or not is_number:
        return None
    there = any(True for form in forms(claim.value) for _ in occurrences(form, text))
    return json.dumps(claim.value) if there else None


def folded(decisions: Sequence[Decision], evidence: Evidence) -> Finding | None:
    """The worst decision as a finding; nothing while one is open and none is bad."""
    outcomes = {decision.outcome for decision in decisions}
    for outcome in ("contradicted", "absent"):
        if outcome in outcomes:
            worst = next(decision for decision in decisions if decision.outcome == outcome)
            return finding(worst, evidence)
    if "open" in outcomes:
        return None
    return finding(decisions[0], evidence, count=len(decisions))


def finding(decision: Decision, evidence: Evidence, *, count: int = 1) -> Finding:
    """A decision in words."""
    mine, found = decision.claimed.text, decision.found
    theirs = f"“{found.text}”" if found else ""
    label: Label
    if decision.outcome == "carried":
        label = "supported"
        given = f" as {theirs}" if found and found.text != mine else ""
        reason = f"The evidence gives “{mine}”{given}{_others(count - 1)}."
    elif decision.outcome == "contradicted":
        label, reason = "contradicted", f"The claim says “{mine}”, but the evidence says {theirs}."
    else:
        label = "not_in_knowledge"
        only = f", only {theirs}" if found else ""
        reason = f"The evidence does not give “{mine}”{only}."
    quote = found.span if found and stands_in(evidence.passage, found) else None
    return Finding(
        check=CHECK,
        label=label,
        score=1.0,
        reason=reason,
        passages=(evidence.passage.id,),
        quote=quote,
        decisive=label != "supported",
    )


def _others(count: int) -> str:
    """How a reason goes on when the claim has more values than the one named."""
    if count < 1:
        return ""
    return ", and the other value too" if count == 1 else f", and the other {count} values too"
