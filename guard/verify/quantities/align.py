"""Which value of the evidence a claimed value speaks of, and what follows.

Values are aligned by the words around them. What is counted (the noun) weighs most, then words in
the same clause, then words in the same line or sentence. A value that the evidence gives to
another noun, while this noun has another value, is a contradiction: 34 engineers are not in
"12 engineers and 34 technicians".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal, NamedTuple

from guard.verify.quantities.compare import Relation, relation
from guard.verify.quantities.context import stem
from guard.verify.quantities.days import year_of
from guard.verify.quantities.derive import derivable_from
from guard.verify.quantities.identifiers import renamed
from guard.verify.quantities.model import DATE, MONTH_DAY, Quantity
from guard.verify.quantities.placing import Placed
from guard.verify.quantities.whose import Whose, whose

Outcome = Literal["carried", "contradicted", "absent", "open"]


MARGIN = 2.0
"""By how many common words a differing value must be the better match to deny an equal one."""
LABELLED = 1.0
"""The same for cells of tables and "key: value" lines, which say what they are about."""
NOUN = 3.0


NEAR = 1.0


FAR = 0.25


CIRCUMSTANCES = frozenset(("in", "under", "at", "without", "with", "on"))

LEAST_WORDS = 2
"""Fewer words before a claimed value do not say of what it is."""

REMOTE = 20

MAX_COMPARED = 200
"""Values that are compared one by one with each other."""


YEAR = 366


class Pairing(NamedTuple):
    """A value of the evidence that can be compared with the claim's, and how well it aligns."""

    placed: Placed
    relation: Relation
    affinity: float
    noun: bool


class Decision(NamedTuple):
    """What became of one claimed value, and the value of the evidence that decided it."""

    outcome: Outcome
    claimed: Quantity
    found: Quantity | None = None


def decide(claimed: Placed, evidence: Sequence[Placed], text: str, *, about: bool) -> Decision:
    """What the evidence says of one claimed value.

    `about` tells whether the evidence speaks of what the claim is about; without that, nothing is
    contradicted.
    """
    if claimed.quantity.ends:
        return both_ends(claimed, evidence, text, about=about)
    pairings = [pairing for other in evidence if (pairing := paired(claimed, other))]
    dated = year_elsewhere(claimed.quantity, pairings, evidence)
    if dated:
        return dated
    owner = whose(claimed, evidence)
    same = [p for p in pairings if p.relation == "same" and plausible(claimed, p)]
    if same and not loose(claimed, same, pairings):
        return held(claimed, owner, same, pairings, evidence, about=about)
    rivals = [p for p in pairings if aligned(claimed, p) and not owner.apart(p.placed)]
    other = counts_up(claimed, rivals) or renamed(claimed.quantity.key)
    rival = None if other else best(rivals)
    follows = derivable(claimed, evidence, text)
    if rival and about and not outweighed(claimed, rival, follows=follows):
        return denied(claimed, rival)
    if claimed.quantity.weak or follows or renamed(claimed.quantity.key):
        return Decision("open", claimed.quantity)
    return Decision("absent", claimed.quantity)


def year_elsewhere(
    claimed: Quantity, pairings: Sequence[Pairing], evidence: Sequence[Placed]
) -> Decision | None:
    """A full date whose day and month stand in the evidence and whose year does too, elsewhere.

    Where the evidence has no year at all, nothing is decided.
    """
    if claimed.partial is None or claimed.unit != DATE:
        return None
    days = [p for p in pairings if p.relation == "part" and p.placed.quantity.unit == MONTH_DAY]
    if not days or any(pairing.relation == "same" for pairing in pairings):
        return None
    others = [item.quantity for item in evidence if item.quantity.unit == DATE]
    point = claimed.readings[0].low or claimed.readings[0].high
    for other in others:
        first = other.readings[0]
        if point is None or first.low is None or first.high is None:
            continue
        if first.low - YEAR < point < first.high + YEAR and same_year(first.low, point):
            return Decision("carried", claimed, days[0].placed.quantity)
    return None if others else Decision("open", claimed, days[0].placed.quantity)


def same_year(one: Fraction, other: Fraction) -> bool:
    """Whether two days, counted from 1970, lie in one calendar year."""
    return year_of(int(one)) == year_of(int(other))


def derivable(claimed: Placed, evidence: Sequence[Placed], text: str) -> bool:
    """Whether the value may follow from the evidence: a span between dates, a count of a list."""
    return derivable_from(claimed.quantity, [item.quantity for item in evidence], text)


def both_ends(claimed: Placed, evidence: Sequence[Placed], text: str, *, about: bool) -> Decision:
    """A range of dates: carried as a whole, or by both of its ends."""
    whole = replace(claimed.quantity, ends=())
    if len(whole.readings) == 1:
        first = decide(claimed._replace(quantity=whole), evidence, text, about=about)
        if first.outcome == "carried":
            return first
    for end in claimed.quantity.ends:
        part = claimed._replace(quantity=replace(whole, readings=(end,), partial=None))
        decision = decide(part, evidence, text, about=about)
        if decision.outcome != "carried":
            return decision._replace(claimed=claimed.quantity)
    return decision._replace(claimed=claimed.quantity)


def paired(claimed: Placed, other: Placed) -> Pairing | None:
    """The pairing of a claimed value with one of the evidence, None when not comparable."""
    how = relation(claimed.quantity, other.quantity)
    if how is None:
        return None
    noun = bool(claimed.noun) and (claimed.noun in other.run or other.noun in claimed.run)
    near, far = claimed.near & other.near, claimed.far & other.far
    affinity = NOUN * noun + NEAR * len(near) + FAR * len(far - near)
    return Pairing(other, how, affinity, noun)


def best(pairings: Sequence[Pairing]) -> Pairing | None:
    """The pairing with the highest affinity, the first of equals."""
    return max(pairings, key=lambda pairing: pairing.affinity, default=None)


def held(
    claimed: Placed,
    owner: Whose,
    same: Sequence[Pairing],
    pairings: Sequence[Pairing],
    evidence: Sequence[Placed],
    *,
    about: bool,
) -> Decision:
    """A value that the evidence has: of the claim's own names, or only of others."""
    rivals = [pairing for pairing in pairings if pairing.relation == "other"]
    if claimed.quantity.key:
        rivals += [
            Pairing(other, "other", 0.0, False)
            for other in evidence
            if other.quantity.key and relation(claimed.quantity, other.quantity) is None
        ]
    rivals = rivals[:MAX_COMPARED]
    lost: Pairing | None = None
    own: list[Pairing] = []
    for one in same[:MAX_COMPARED]:
        rival = next((r for r in rivals if owner.yields(one.placed, r.placed, claimed)), None)
        if rival is None:
            own.append(one)
        else:
            lost = lost or rival
    if own or lost is None:
        return bound(claimed, own or same, pairings, about=about)
    denial = denied(claimed, lost)
    return denial if about and aligned(claimed, lost) else denial._replace(outcome="absent")


def bound(
    claimed: Placed, same: Sequence[Pairing], pairings: Sequence[Pairing], *, about: bool
) -> Decision:
    """A value that the evidence has: carried, unless it plainly belongs to something else."""
    mine = best(same)
    rival = best([pairing for pairing in pairings if pairing.relation == "other"])
    if claimed.quantity.unit == "ordinal":
        rival = None
    if mine is None or rival is None:
        return Decision("carried", claimed.quantity, mine.placed.quantity if mine else None)
    other_noun = rival.noun and not (mine.noun and modified(claimed, mine, rival))
    other_noun = other_noun and mine.placed.plural
    if counted(claimed) and other_noun:
        denial = denied(claimed, rival)
        return denial if about else denial._replace(outcome="absent")
    labelled = mine.placed.labelled and rival.placed.labelled
    margin = LABELLED if labelled else MARGIN
    closer = rival.affinity >= mine.affinity + margin
    if about and closer and aligned(claimed, rival):
        return denied(claimed, rival)
    if closer and labelled and claimed.alone and not mine.noun:
        return Decision("absent", claimed.quantity, rival.placed.quantity)
    if elsewhere(claimed, mine, pairings):
        return Decision("absent", claimed.quantity)
    return Decision("carried", claimed.quantity, mine.placed.quantity)


def modified(claimed: Placed, mine: Pairing, rival: Pairing) -> bool:
    """Whether what is counted has the claim's own modifiers: pear trees are no apple trees."""
    wanted = claimed.run
    return wanted <= mine.placed.run or not wanted <= rival.placed.run


def plausible(claimed: Placed, pairing: Pairing) -> bool:
    """Whether a value inside the claimed bound is of the same thing: "over 240 deaths" holds many.

    An exact value is telling by itself; a bound is only met by a value with the same noun or none.
    """
    bounded = None in {claimed.quantity.low, claimed.quantity.high}
    if not bounded or not counted(claimed) or not claimed.noun:
        return True
    return pairing.noun or not pairing.placed.noun


def loose(claimed: Placed, same: Sequence[Pairing], pairings: Sequence[Pairing]) -> bool:
    """Whether a claimed bound or range only happens to hold for values that are of something else.

    "At most 50 MB" holds for many a size; where the evidence has another bound, or a value beyond
    it, in words that are closer to the claim's, that one counts.
    """
    value = claimed.quantity
    if not value.readings or value.unit in {DATE, MONTH_DAY} or value.approximate:
        return False
    if value.low is not None and value.low == value.high:
        return False
    mine, closest = best(same), best(pairings)
    return bool(mine and closest and closest.affinity > mine.affinity)


def elsewhere(claimed: Placed, mine: Pairing, pairings: Sequence[Pairing]) -> bool:
    """Whether the evidence says the claim word for word with another value, and has this one in
    a sentence of its own.

    "The escape speed is 11.2 km/s. The orbital speed is 7.9 km/s." gives no escape speed of
    7.9 km/s. Only for a claim of one value: a second one may be what tells two sentences apart.
    """
    words = claimed.before
    if not claimed.alone or mine.placed.labelled:
        return False
    if restricted(claimed, mine, pairings) or any(fuller(claimed, mine, p) for p in pairings):
        return True
    if len(words) < LEAST_WORDS:
        return False
    if mine.placed.before[: len(words)] == words:
        return False
    return any(
        p.relation == "other"
        and p.placed.before == words
        and claimed.far <= p.placed.far
        and (p.noun or not counted(claimed))
        for p in pairings
    )


def fuller(claimed: Placed, mine: Pairing, other: Pairing) -> bool:
    """Whether another value's sentence says all of the claim, and this one's only a part."""
    wanted = claimed.far
    if other.relation != "other" or len(wanted) <= LEAST_WORDS or other.placed.quantity.weak:
        return False
    return wanted <= other.placed.far and not wanted <= mine.placed.far


def restricted(claimed: Placed, mine: Pairing, pairings: Sequence[Pairing]) -> bool:
    """Whether a measure holds in a circumstance that the claim leaves out, behind one in another:
    "299,792 km/s in vacuum and 225,000 km/s in water"."""
    place, what = mine.placed.behind
    measured = mine.placed.quantity.kind == "measure"
    if not measured or place not in CIRCUMSTANCES or stem(what) in claimed.far or not what:
        return False
    return any(
        p.relation == "other"
        and p.placed.far == mine.placed.far
        and p.placed.behind[:1] == (place,)
        and p.placed.quantity.span.start < mine.placed.quantity.span.start
        for p in pairings
    )


def counted(claimed: Placed) -> bool:
    """Whether a value is a bare count, which only its noun tells from other counts."""
    return claimed.quantity.readings[:1] != () and claimed.quantity.unit in {None, "ordinal"}


def aligned(claimed: Placed, pairing: Pairing) -> bool:
    """Whether a comparable value speaks of the same thing as the claimed one.

    A count needs the same noun; an ordinal another word beside it; what is measured or dated needs
    a common word nearby that is no name, or else "born 1950" would deny "debuted 1970".
    """
    other = pairing.placed
    if claimed.quantity.key:
        return True
    common = (claimed.near & other.near) - {claimed.noun} - claimed.names
    if counted(claimed):
        return pairing.noun and bool(common or claimed.quantity.unit is None)
    if not (other.noun or other.labelled) and other.quantity.unit == DATE and doubled(other):
        return False
    if claimed.quantity.unit == "second" and remote(claimed.quantity, other.quantity):
        return False
    return bool(common)


def doubled(other: Placed) -> bool:
    """Whether a year may as well be a number."""
    return len(other.quantity.readings) > 1


def outweighed(claimed: Placed, rival: Pairing, *, follows: bool) -> bool:
    """Whether a differing value denies nothing after all.

    A time that lies between two dates, and a count that a list under the same key gives, stand;
    and a count that may be a figure of speech is denied only by a count of the very noun.
    """
    if follows and (claimed.quantity.unit == "second" or not rival.placed.noun):
        return True
    return claimed.quantity.weak and counted(claimed) and rival.placed.noun != claimed.noun


def counts_up(claimed: Placed, rivals: Sequence[Pairing]) -> bool:
    """Whether the evidence has several ordinals of one noun, so that one more denies none."""
    values = {pairing.placed.quantity.low for pairing in rivals}
    return claimed.quantity.unit == "ordinal" and len(values) > 1


def remote(one: Quantity, other: Quantity) -> bool:
    """Whether two times differ so much that they time different things."""
    sizes = [abs(item.low or item.high or Fraction(0)) for item in (one, other)]
    return max(sizes) > REMOTE * min(sizes)


def denied(claimed: Placed, rival: Pairing) -> Decision:
    """The decision by an aligned value that is not the claimed one."""
    outcome: Outcome = "contradicted" if rival.relation == "other" else "absent"
    return Decision(outcome, claimed.quantity, rival.placed.quantity)
