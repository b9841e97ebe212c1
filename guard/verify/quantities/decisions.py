"""What becomes of each value of a claim, all of them and their surroundings considered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from guard.types import Passage
from guard.verify.quantities.align import Decision, decide
from guard.verify.quantities.binding import bound
from guard.verify.quantities.computed import computed
from guard.verify.quantities.identifiers import renamed
from guard.verify.quantities.model import Quantity
from guard.verify.quantities.placing import Placed, content, names, opening, placed, vocabulary
from guard.verify.quantities.subject import named, names_itself, own

NEGATIONS = frozenset(("not", "never", "n't", "didn't", "wasn't", "isn't", "doesn't", "neither"))
MAX_CLAIMED = 200
MAX_GIVEN = 5000
"""Values looked at; more in a claim stay open, more in evidence count as not there."""
NAMED = 0.5
"""The share of a claim's names, and of its other words, that evidence about it has at least."""


@lru_cache(maxsize=2048)
def decisions_of(claim: str, bare: str | None, passage: Passage) -> tuple[Decision, ...]:
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
    decisions = proven(claim, labels(claim, claimed, decisions))
    decisions = derived(claim, claimed, decisions, own_values)
    return tuple(
        merely_absent(decision) if off_subject(claim, decision, passage) else decision
        for decision in decisions
    )


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
            kept[-1:] = [merely_absent(kept[-1]), merely_absent(decision)]
        else:
            kept.append(decision)
    return kept


def merely_absent(decision: Decision) -> Decision:
    """The decision, a contradiction made an absence."""
    against = decision.outcome == "contradicted"
    return decision._replace(outcome="absent") if against else decision


def labels(claim: str, claimed: Sequence[Placed], decisions: list[Decision]) -> list[Decision]:
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
        if name and decision.outcome == "open" and not renamed(value.quantity.key):
            kept.append(decision._replace(outcome="absent"))
        elif (name and place < last) or (coded and not decision.claimed.key):
            kept.append(merely_absent(decision))
        else:
            kept.append(decision)
    return kept + decisions[len(claimed) :]


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
    if found is None or not stands_in(passage, found) or decision.claimed.key:
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


def stands_in(passage: Passage, found: Quantity) -> bool:
    """Whether a value is of the passage's text, not of its title."""
    return found.text == found.span.of(passage.text)
