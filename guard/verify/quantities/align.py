"""Which value of the evidence a claimed value speaks of, and what follows.

Values are aligned by the words around them. What is counted (the noun) weighs most, then words in
the same clause, then words in the same line or sentence. A value that the evidence gives to
another noun, while this noun has another value, is a contradiction: 34 engineers are not in
"12 engineers and 34 technicians".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal, NamedTuple

from guard.verify.quantities.compare import Relation, relation
from guard.verify.quantities.derive import derivable_from
from guard.verify.quantities.context import FUNCTION_WORDS, run_after, stem
from guard.verify.quantities.model import DATE, Quantity
from guard.verify.quantities.scan import Mention, scan
from guard.verify.quantities.tokens import Tokens, at

Outcome = Literal["carried", "contradicted", "absent", "open"]
NOUN, NEAR, FAR = 3.0, 1.0, 0.25
NEARBY = 8
REMOTE = 20
BREAKS = frozenset((",", ";", "and", "while", "but", "|", "(", ")", "whereas", "or", "–"))
ENDS = frozenset((".", "!", "?", ";"))


class Placed(NamedTuple):
    """A quantity with the stems near it, in its sentence or line, and of what it counts."""

    quantity: Quantity
    near: frozenset[str]
    far: frozenset[str]
    run: frozenset[str]
    noun: str
    names: frozenset[str]
    either: bool


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


@lru_cache(maxsize=512)
def placed(text: str) -> tuple[Placed, ...]:
    """Every quantity of `text` with the words around it."""
    found, tokens = scan(text)
    bounds = sentences(tokens)
    inside = {place for mention in found for place in range(mention.first, mention.next)}
    called = names(text)
    result, current = [], 0
    for mention in found:
        while bounds[current + 1] <= mention.first:
            current += 1
        low, high = bounds[current], bounds[current + 1]
        spot = place(tokens, mention, low, high, inside)
        either = at(tokens, mention.first - 1).low == "or"
        result.append(spot._replace(names=called, either=either))
    return tuple(result)


def sentences(tokens: Tokens) -> list[int]:
    """The indices at which sentences and lines begin, with the end behind them."""
    starts = [0]
    for index in range(1, len(tokens)):
        token, before = tokens[index], tokens[index - 1]
        ended = before.text in ENDS and token.gap and not token.text.islower()
        if "\n" in token.gap or (ended and (before.gap or len(at(tokens, index - 2).text) > 1)):
            starts.append(index)
    return [*starts, len(tokens) + 1]


def place(tokens: Tokens, mention: Mention, low: int, high: int, inside: set[int]) -> Placed:
    """The words around `mention` in its sentence, tokens `low` to `high`."""
    high = min(high, len(tokens))
    first, last = edge(tokens, mention.first, low, -1), edge(tokens, mention.next, high, 1)
    near = stems(tokens, range(first, last), inside)
    near |= stems(tokens, key_of_line(tokens, low, high), inside)
    window = range(max(low, mention.first - 60), min(high, mention.next + 60))
    run = frozenset(stem(word) for word in run_after(tokens, mention.next))
    noun, none = mention.quantity.noun, frozenset[str]()
    if noun:
        run |= {stem(noun)}
    return Placed(
        mention.quantity, near, stems(tokens, window, inside), run, stem(noun), none, False
    )


def edge(tokens: Tokens, start: int, bound: int, step: int) -> int:
    """How far the clause around a value reaches from `start` towards `bound`."""
    place, seen = start if step > 0 else start - 1, 0
    while (place < bound if step > 0 else place >= bound) and seen < NEARBY:
        token = tokens[place]
        if token.low in BREAKS and seen:
            break
        place, seen = place + step, seen + 1
    return place if step > 0 else place + 1


def key_of_line(tokens: Tokens, low: int, high: int) -> range:
    """The words before the colon of a line "key: value", empty when it is none."""
    for index in range(low, min(high, low + 8)):
        if tokens[index].text == ":":
            return range(low, index)
    return range(0)


def stems(tokens: Tokens, places: range, inside: set[int]) -> frozenset[str]:
    """The stems of the content words at `places`, those of values left out."""
    return frozenset(
        stem(tokens[index].low)
        for index in places
        if index not in inside
        and tokens[index].kind == "w"
        and tokens[index].low not in FUNCTION_WORDS
    )


@lru_cache(maxsize=512)
def vocabulary(text: str) -> frozenset[str]:
    """The stems of all content words of `text`."""
    _, tokens = scan(text)
    return stems(tokens, range(len(tokens)), set())


@lru_cache(maxsize=512)
def names(text: str) -> frozenset[str]:
    """The stems of the capitalised words of `text`, except at the start of a sentence."""
    found, tokens = scan(text)
    inside = {place for mention in found for place in range(mention.first, mention.next)}
    starts = set(sentences(tokens))
    return frozenset(
        stem(token.low)
        for index, token in enumerate(tokens)
        if token.kind == "w"
        and token.text[0].isupper()
        and index not in inside
        and token.low not in FUNCTION_WORDS
        and (
            index not in starts or token.text.isupper() or at(tokens, index + 1).text[:1].isupper()
        )
    )


def decide(claimed: Placed, evidence: Sequence[Placed], text: str, *, about: bool) -> Decision:
    """What the evidence says of one claimed value.

    `about` tells whether the evidence speaks of what the claim is about; without that, nothing is
    contradicted.
    """
    if claimed.quantity.ends:
        return both_ends(claimed, evidence, text, about=about)
    pairings = [pairing for other in evidence if (pairing := paired(claimed, other))]
    same = [pairing for pairing in pairings if pairing.relation == "same"]
    if same:
        return bound(claimed, same, pairings, about=about)
    rival = best([pairing for pairing in pairings if aligned(claimed, pairing)])
    follows = derivable(claimed, evidence, text)
    if rival and about and not (follows and claimed.quantity.unit == "second"):
        return denied(claimed, rival)
    if claimed.quantity.weak or follows:
        return Decision("open", claimed.quantity)
    return Decision("absent", claimed.quantity)


def derivable(claimed: Placed, evidence: Sequence[Placed], text: str) -> bool:
    """Whether the value may follow from the evidence: a span between dates, a count of a list."""
    return derivable_from(claimed.quantity, [item.quantity for item in evidence], text)


def both_ends(claimed: Placed, evidence: Sequence[Placed], text: str, *, about: bool) -> Decision:
    """A range of dates: carried as a whole, or by both of its ends."""
    whole = replace(claimed.quantity, ends=())
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


def bound(
    claimed: Placed, same: Sequence[Pairing], pairings: Sequence[Pairing], *, about: bool
) -> Decision:
    """A value that the evidence has: carried, unless it plainly belongs to something else."""
    mine = best(same)
    rival = best([pairing for pairing in pairings if pairing.relation == "other"])
    if mine is None or rival is None or not about:
        return Decision("carried", claimed.quantity, mine.placed.quantity if mine else None)
    other_noun = rival.noun and not mine.noun and mine.placed.quantity.noun
    if counted(claimed) and other_noun:
        return denied(claimed, rival)
    return Decision("carried", claimed.quantity, mine.placed.quantity)


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
    if other.quantity.unit == DATE and len(other.quantity.readings) > 1 and not other.quantity.noun:
        return False
    if claimed.quantity.unit == "second" and remote(claimed.quantity, other.quantity):
        return False
    return bool(common)


def remote(one: Quantity, other: Quantity) -> bool:
    """Whether two times differ so much that they time different things."""
    sizes = [abs(item.low or item.high or 0) for item in (one, other)]
    return max(sizes) > REMOTE * min(sizes)


def denied(claimed: Placed, rival: Pairing) -> Decision:
    """The decision by an aligned value that is not the claimed one."""
    outcome: Outcome = "contradicted" if rival.relation == "other" else "absent"
    return Decision(outcome, claimed.quantity, rival.placed.quantity)
