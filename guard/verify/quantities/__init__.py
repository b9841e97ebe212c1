"""The quantities check: every value of a claim against the values of the evidence.

Numbers, number words, magnitudes, percentages, money, units, dates, times, ordinals, versions and
identifiers are read into exact intervals (`quantities`) and aligned by what they count or measure.
A value that evidence gives otherwise is contradicted; one that it does not give is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from guard.types import Claim, Evidence, Finding, Label, Passage
from guard.verify.literal import forms, occurrences
from guard.verify.quantities.align import Decision, decide
from guard.verify.quantities.binding import bound
from guard.verify.quantities.computed import computed
from guard.verify.quantities.identifiers import renamed
from guard.verify.quantities.model import Kind, Quantity, Reading
from guard.verify.quantities.placing import Placed, content, names, opening, placed, vocabulary
from guard.verify.quantities.scan import scan
from guard.verify.quantities.subject import named, names_itself, own, unnamed

if TYPE_CHECKING:
    from guard.verify.context import Context

__all__ = ["Kind", "Quantity", "Reading", "check_quantities", "quantities", "restated"]

CHECK = "quantities"
NEGATIONS = frozenset(("not", "never", "n't", "didn't", "wasn't", "isn't", "doesn't", "neither"))
MAX_CLAIMED = 200
MAX_GIVEN = 5000
"""Values looked at; more in a claim stay open, more in evidence count as not there."""
NAMED = 0.5
"""The share of a claim's names, and of its other words, that evidence about it has at least."""


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
    decisions = _decisions(claim.text, bare_number(claim, passage.text), passage)
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
    for decision in _decisions(claim.text, bare_number(claim, passage.text), passage):
        found, span = decision.found, decision.claimed.span
        whole = found is not None and bool(found.ends) >= bool(decision.claimed.ends)
        if decision.outcome == "carried" and whole and span.start >= end:
            parts += [text[end : span.start], found.text if found else ""]
            end = span.end
    return "".join(parts) + text[end:]


@lru_cache(maxsize=2048)
def _decisions(claim: str, bare: str | None, passage: Passage) -> tuple[Decision, ...]:
    """What becomes of each value of a claim, in order; `bare` is one that a field may have."""
    claimed = placed(claim)
    if not claimed:
        return ()
    given = placed(passage.text)
    titled = placed(passage.title)
    about = speaks_of(claim, f"{passage.title}\n{passage.text}") and not negated(claim)
    own_values = own(claim, passage.text, given)
    if len(claimed) == 1:
        own_values = bound(claim, passage.text, own_values)
    evidence_values = (*titled, *own_values)[:MAX_GIVEN]
    decisions = [
        Decision("open", value.quantity)
        if value.quantity.text == bare
        else decide(value, evidence_values, passage.text, about=about)
        for value in claimed[:MAX_CLAIMED]
    ]
    decisions += [Decision("open", value.quantity) for value in claimed[MAX_CLAIMED:]]
    decisions = alternatives(claimed, decisions)
    decisions = proven(claim, labels(claim, claimed, decisions, passage.text))
    decisions = derived(claim, claimed, decisions, own_values)
    return tuple(
        _merely_absent(decision) if off_subject(claim, decision, passage) else decision
        for decision in decisions
    )


def bare_number(claim: Claim, text: str) -> str | None:
    """The number of a field if `text` gives it, in any unit: a field leaves its unit unsaid."""
    is_number = isinstance(claim.value, int | float) and not isinstance(claim.value, bool)
    if claim.kind != "value" or not is_number:
        return None
    there = any(True for form in forms(claim.value) for _ in occurrences(form, text))
    return json.dumps(claim.value) if there else None


def speaks_of(claim: str, passage: str) -> bool:
    """Whether the passage has enough of the claim's names, or else of its words, to be about it."""
    known = vocabulary(passage)
    wanted = names(claim) | opening(claim) or content(claim)
    return not wanted or len(wanted & known) >= NAMED * len(wanted)


def negated(claim: str) -> bool:
    """Whether a claim says what is not, so that another value is no contradiction of it."""
    return bool(NEGATIONS & {word.strip(".,") for word in claim.casefold().split()})


def alternatives(claimed: Sequence[Placed], decisions: list[Decision]) -> list[Decision]:
    """The decisions, where one of two alternatives is carried ("1912 or 1915") with the other as
    merely absent: the evidence does not speak against "or", but it does not give both either."""
    kept: list[Decision] = []
    for value, decision in zip(claimed, decisions, strict=True):
        same_kind = kept and kept[-1].claimed.unit == decision.claimed.unit
        if value.either and same_kind and "carried" in {kept[-1].outcome, decision.outcome}:
            kept[-1:] = [_merely_absent(kept[-1]), _merely_absent(decision)]
        else:
            kept.append(decision)
    return kept


def _merely_absent(decision: Decision) -> Decision:
    against = decision.outcome == "contradicted"
    return decision._replace(outcome="absent") if against else decision


def labels(
    claim: str, claimed: Sequence[Placed], decisions: list[Decision], text: str
) -> list[Decision]:
    """The decisions, where the numbers and codes of names say what the claim is about.

    A number of a name that the evidence lacks is absent, even if it is a small one. Where another
    value follows, another number speaks not against it: "USB 3.0 reaches 5 Gbit/s" is not
    contradicted by what is said of USB 2.0. Without a code that the claim has, no other value does.
    """
    last = len(decisions) - 1
    coded = any(one.claimed.key and one.outcome != "carried" for one in decisions)
    kept: list[Decision] = []
    for place, (value, decision) in enumerate(zip(claimed, decisions, strict=False)):
        name = names_itself(claim, value)
        if name and decision.outcome == "absent" and unnamed(claim, value, text):
            kept.append(decision._replace(outcome="open"))
        elif name and decision.outcome == "open" and _said(claim, value, text):
            kept.append(decision._replace(outcome="absent"))
        elif (name and place < last) or (coded and not decision.claimed.key):
            kept.append(_merely_absent(decision))
        else:
            kept.append(decision)
    return kept + decisions[len(claimed) :]


def _said(claim: str, value: Placed, text: str) -> bool:
    """Whether `text` has the name that a value numbers, under no other name."""
    return not renamed(value.quantity.key, text) and not unnamed(claim, value, text)


def derived(
    claim: str, claimed: Sequence[Placed], decisions: list[Decision], values: Sequence[Placed]
) -> list[Decision]:
    """The decisions, where a value that follows by calculation from stated ones is open."""
    return [
        decision._replace(outcome="open")
        if decision.outcome in {"absent", "contradicted"} and computed(claim, value, values)
        else decision
        for value, decision in zip(claimed, decisions, strict=False)
    ] + decisions[len(claimed) :]


def off_subject(claim: str, decision: Decision, passage: Passage) -> bool:
    """Whether a value of the passage's text stands where the claim's numbered names do not."""
    found = decision.found
    if found is None or not _stands_in(passage, found) or decision.claimed.key:
        return False
    return not named(claim, passage.title, passage.text, found)


def proven(claim: str, decisions: list[Decision]) -> list[Decision]:
    """The decisions, where the result of a right equation is open when the evidence lacks it: it
    follows from the numbers that it is computed from, which still have to be there."""
    # Both modules read numbers with this package, so they cannot be imported before it.
    from guard.verify.arithmetic import holds
    from guard.verify.equations import equations

    results = [
        equation.result
        for equation in equations(claim)
        if not equation.converts and holds(equation)
    ]
    return [
        decision._replace(outcome="open")
        if decision.outcome == "absent"
        and any(span.start <= decision.claimed.span.start < span.end for span in results)
        else decision
        for decision in decisions
    ]


def _stands_in(passage: Passage, found: Quantity) -> bool:
    """Whether a value is of the passage's text, not of its title."""
    return found.text == found.span.of(passage.text)


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
    quote = found.span if found and _stands_in(evidence.passage, found) else None
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
