"""All, most, some, few, none: how much of a set a claim speaks of.

"Some of the wells are dry" does not give "all of the wells are dry", and rules out "none". Two
quantifiers are compared only where they stand before the same noun.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from guard.verify.vocabulary import STOP, listed
from guard.verify.words import Word, words

Amount = Literal["none", "few", "minority", "some", "many", "majority", "all"]
Outcome = Literal["given", "against", "open"]

WORDS: dict[str, Amount] = {
    "none": "none", "no": "none", "few": "few", "minority": "minority", "some": "some",
    "several": "some", "certain": "some", "many": "many", "numerous": "many", "most": "majority",
    "majority": "majority", "all": "all", "every": "all", "each": "all",
}  # fmt: skip

GIVES: dict[Amount, frozenset[str]] = {
    "none": listed("none"),
    "few": listed("few some minority"),
    "minority": listed("minority some"),
    "some": listed("some"),
    "many": listed("many some"),
    "majority": listed("majority many some"),
    "all": listed("all majority many some"),
}
"""What each amount gives beside itself."""

EXCLUDES: dict[Amount, frozenset[str]] = {
    "none": listed("few minority some many majority all"),
    "few": listed("none many majority all"),
    "minority": listed("none majority all"),
    "some": listed("none"),
    "many": listed("none few"),
    "majority": listed("none few minority"),
    "all": listed("none few minority"),
}
REACH = 3
BETWEEN = listed("of the its their his her our these those one")


class Quantified(NamedTuple):
    """An amount and the stem of the noun that it is of."""

    amount: Amount
    noun: str


def compared(claim: str, sentence: str) -> Outcome:
    """What a sentence that otherwise says the claim makes of its amounts: it gives them, or speaks
    against one ("against"), or leaves one open."""
    there = {item.noun: item.amount for item in quantified(sentence)}
    outcome: Outcome = "given"
    for item in quantified(claim):
        given = there.get(item.noun)
        if given is None or item.amount in GIVES[given]:
            continue
        if item.amount in EXCLUDES[given]:
            return "against"
        outcome = "open"
    return outcome


@lru_cache(maxsize=4096)
def quantified(text: str) -> tuple[Quantified, ...]:
    """The amounts of a text with their nouns."""
    return tuple(_found(words(text)))


def _found(said: Sequence[Word]) -> Iterator[Quantified]:
    for index, word in enumerate(said):
        amount = WORDS.get(word.folded)
        before = said[index - 1].folded if index else ""
        part = word.folded in {"majority", "minority"}
        if amount is None or (before in {"at", "not", "of", "the"} and not part):
            continue
        noun = _noun(said, index + 1)
        if noun is not None:
            yield Quantified("some" if (before, amount) == ("a", "few") else amount, noun.stem)


def _noun(said: Sequence[Word], place: int) -> Word | None:
    """The noun behind an amount, over "of the"; None where something else follows."""
    for word in said[place : place + REACH + 1]:
        if word.folded in BETWEEN:
            continue
        return None if word.folded in STOP or word.numeric else word
    return None
