"""The plan of a trimming: rules in order, each seeing what the ones before left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guard.claims import claims_from_text
from guard.edits import apply_text, certify, policy_edits, renames, word_count
from guard.errors import UsageError
from guard.trim.filler import filler, hedges, restated
from guard.trim.length import to_target
from guard.trim.redundancy import repeated
from guard.trim.relevance import Meaning, off_question, relevances
from guard.trim.units import Drop, Unit, settled, units
from guard.types import Certificate, Edit, Policy, Target, Verdict

if TYPE_CHECKING:
    from guard.knowledge import Encoder

Counter = Callable[[str], int]


def trim(
    text: str,
    *,
    verdicts: Sequence[Verdict] = (),
    policy: Policy,
    question: str | None = None,
    target: Target | None = None,
    encoder: Encoder | None = None,
    count_tokens: Counter | None = None,
) -> tuple[tuple[Edit, ...], Certificate]:
    """The edits that make `text` shorter, the policy's among them, and what they did to it.

    Without verdicts nothing is known of the claims, and only wording decides. Applying the edits
    and trimming again changes nothing. Raises UsageError for a target that cannot be counted.
    """
    _require(target, count_tokens)
    known = tuple(verdicts)
    wanted = policy_edits(known, policy)
    known = known or _unchecked(text, question)
    found = units(text, known)
    meaning = Meaning(encoder, question) if encoder is not None else None
    drops, left = _wordy(found, wanted, question, meaning)
    relevance = relevances(found, question, meaning)
    if question and meaning is not None and len(left) > 1:
        off = _unleaned(list(off_question(left, question, relevance)), left)
        drops, left = drops + off, _without(left, off)
    base = _Base(known, found, wanted, tuple(hedges(found)))
    met = None
    if target is not None:
        measure = _measure(text, known, target, count_tokens)
        amount = target.amount
        short, met = to_target(
            left,
            target,
            relevance,
            fits=lambda more: measure(base.with_drops([*drops, *more])) <= amount,
        )
        drops = [*drops, *short]
    made = base.with_drops(drops)
    answer = apply_text(text, made)
    return made, certify(text, answer, verdicts=known, edits=made, target=target, target_met=met)


def _require(target: Target | None, count_tokens: Counter | None) -> None:
    if target is None:
        return
    if target.amount < 1:
        raise UsageError(f"a target of {target.amount} {target.unit}", hint="ask for at least 1")
    if target.unit == "tokens" and count_tokens is None:
        raise UsageError(
            "a target in tokens needs a tokenizer to count with",
            hint="give the target in words or sentences, or name a local model",
        )


def _unchecked(text: str, question: str | None) -> tuple[Verdict, ...]:
    reason = "trimming without knowledge checks nothing"
    return tuple(
        Verdict(
            claim=claim,
            label="not_checkable" if claim.not_checkable else "not_checked",
            score=0.0,
            reason=claim.not_checkable or reason,
        )
        for claim in claims_from_text(text, question=question)
    )


def _wordy(
    found: Sequence[Unit], wanted: Sequence[Edit], question: str | None, meaning: Meaning | None
) -> tuple[list[Drop], list[Unit]]:
    """What goes for its wording alone, and the units that neither that nor the policy takes.

    A text of nothing but such words stays: somebody said hello.
    """
    gone = {edit.claim for edit in wanted if edit.action == "remove"}
    left = [unit for unit in found if any(claim.id not in gone for claim in unit.claims)]
    drops = [*filler(left), *restated(left, question)]
    left = _without(left, drops)
    if not left and len(drops) == len(found):
        return [], list(found)
    again = list(repeated(left, meaning.cosine if meaning else None))
    again = _unleaned(again, left)
    return drops + again, _without(left, again)


def _without(left: Sequence[Unit], drops: Sequence[Drop]) -> list[Unit]:
    gone = {drop.unit.number for drop in drops}
    return [unit for unit in left if unit.number not in gone]


def _unleaned(drops: Sequence[Drop], left: Sequence[Unit]) -> list[Drop]:
    """The drops without those of sentences that a kept one leans on, or that have to stay."""
    gone = {drop.unit.number for drop in drops}
    leaned = {unit.number - 1 for unit in left if unit.leaning and unit.number not in gone}
    return [drop for drop in drops if drop.unit.number not in leaned]


@dataclass(frozen=True, slots=True)
class _Base:
    """What every plan starts from: the verdicts, the policy's edits, and those of boilerplate."""

    known: tuple[Verdict, ...]
    units: tuple[Unit, ...]
    wanted: tuple[Edit, ...]
    hedges: tuple[Edit, ...]

    def with_drops(self, wished: Sequence[Drop]) -> tuple[Edit, ...]:
        """All edits: these, the drops', and nouns for the pronouns that the drops leave behind."""
        drops = settled(wished, self.units, self._gone())
        causes = {claim.id: drop.cause for drop in drops for claim in drop.unit.claims}
        gone = {e.claim: e.cause for e in self.wanted if e.claim and e.action == "remove"}
        named = renames([verdict.claim for verdict in self.known], {**gone, **causes})
        taken = [edit for drop in drops for edit in drop.edits()]
        boiled = [edit for edit in self.hedges if edit.claim not in causes]
        new = [edit for edit in named if edit not in self.wanted]
        return (*self.wanted, *boiled, *taken, *new)

    def _gone(self) -> set[int]:
        """The units that the policy removes."""
        gone = {edit.claim for edit in self.wanted if edit.action == "remove"}
        return {u.number for u in self.units if all(claim.id in gone for claim in u.claims)}


def _measure(
    text: str, known: Sequence[Verdict], target: Target, count_tokens: Counter | None
) -> Callable[[Sequence[Edit]], int]:
    def measure(edits: Sequence[Edit]) -> int:
        answer = apply_text(text, edits)
        if target.unit == "tokens" and count_tokens is not None:
            return count_tokens(answer)
        if target.unit == "words":
            return word_count(answer)
        return certify(text, answer, verdicts=known, edits=edits).after.sentences

    return measure
