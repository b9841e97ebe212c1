"""Words of a claim put in each other's place: the general theory is not the special one.

No list of such words is needed. Two words are siblings where texts have both of them right before
the same word: "special relativity" and "general relativity".
"""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from guard.verify.vocabulary import STOP
from guard.verify.words import stem

_WORD = re.compile(r"[a-z]+")
LEAST = 4
"""Letters of a word that is replaced, or put in its place."""

MOST = 60
"""Siblings kept of a word; common words have thousands."""

Neighbours = Mapping[str, frozenset[str]]


def neighbours(texts: Iterable[str]) -> Neighbours:
    """The words that stand right before each word of `texts`."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for one, other in itertools.pairwise(_words(text)):
            if _fits(one) and _WORD.fullmatch(other) and len(found[other]) < MOST:
                found[other].add(one)
    return {word: frozenset(before) for word, before in found.items() if len(before) > 1}


def _words(text: str) -> list[str]:
    """The words of a text without the marks behind them."""
    return [word.rstrip(".,;:!?") for word in text.split()]


def _fits(word: str) -> bool:
    return len(word) >= LEAST and bool(_WORD.fullmatch(word)) and word not in STOP


def replaced(claim: str, evidence: str, before: Neighbours, chance: random.Random) -> str | None:
    """`claim` with one word that its evidence has replaced by a sibling that it has not.

    None where there is no such word.
    """
    there = {stem(word) for word in _WORD.findall(f"{claim} {evidence}".lower())}
    given = set(_WORD.findall(evidence.lower()))
    words = claim.split()
    places = [
        (place, sorted(word for word in before[other] if stem(word) not in there))
        for place, (one, other) in enumerate(itertools.pairwise(_words(claim)))
        if _fits(one) and one in given and other in before and other not in STOP
    ]
    places = [(place, pool) for place, pool in places if pool]
    if not places:
        return None
    place, pool = chance.choice(places)
    return " ".join((*words[:place], chance.choice(pool), *words[place + 1 :]))
