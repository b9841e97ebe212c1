"""Who did what to whom, where two names stand around one verb."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from guard.types import Span
from guard.verify.vocabulary import STOP, listed
from guard.verify.windows import sentence_spans
from guard.verify.words import Word, words

REACH = 6
"""Words that may stand between the two names."""

_BE = listed("is are was were be been being got")
_BLUR = listed("and or with nor versus vs not never than between both")
_SYMMETRIC = listed(
    """marry married meet met merge merged border borders face faced join joined play played like
    resemble equal near fight fought battle partner cousin brother sister sibling friend"""
)


def swapped_roles(claim: str, names: Sequence[Sequence[str]], text: str) -> Span | None:
    """The sentence of `text` in which two names of the claim have changed places, or None.

    Only the plain shape counts: name, verb, name, with the same verb in both and one of them the
    other way round (a passive turns it once more).
    """
    said = words(claim)
    for one, other in pairwise(names):
        order = _order(said, one, other)
        if order is None:
            continue
        for span in sentence_spans(text):
            found = _order(words(span.of(text)), one, other)
            if found is not None and found[1] & order[1] and found[0] != order[0]:
                return span
    return None


def _order(
    said: Sequence[Word], one: Sequence[str], other: Sequence[str]
) -> tuple[bool, frozenset[str]] | None:
    """Whether `one` acts on `other`, and by which verbs; None where that cannot be told."""
    first, second = _place(said, one), _place(said, other)
    if first is None or second is None:
        return None
    ahead = first[1] <= second[0]
    left, right = (first, second) if ahead else (second, first)
    between = said[left[1] : right[0]]
    folded = [word.folded for word in between]
    if not between or len(between) > REACH or _BLUR & set(folded) or _SYMMETRIC & set(folded):
        return None
    verbs = frozenset(word.stem for word in between if word.folded not in STOP and not word.capital)
    passive = "by" in folded and bool(_BE & set(folded))
    return ahead != passive, verbs


def _place(said: Sequence[Word], name: Sequence[str]) -> tuple[int, int] | None:
    """Where the name stands, if it stands there exactly once."""
    size = len(name)
    found = [
        index
        for index in range(len(said) - size + 1)
        if [word.folded for word in said[index : index + size]] == list(name)
    ]
    return (found[0], found[0] + size) if len(found) == 1 else None
