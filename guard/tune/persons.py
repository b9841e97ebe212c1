"""Names of a claim, put in the wrong place."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from guard.verify.vocabulary import listed

_NAME = re.compile(r"(?:[A-Z][\w'’-]+)(?: (?:of |de |van |von |the )?[A-Z][\w'’-]+)*")
_PLAIN = listed(
    """The A An In On At He She It They His Her Its There This That These Those When While After
    Before During As For From With By But And Or If Not No January February March April May June
    July August September October November December Monday Tuesday Wednesday Thursday Friday
    Saturday Sunday Question Answer Yes According"""
)


def names_in(text: str) -> list[str]:
    """The capitalised names of a text, each once, in order."""
    found = (_stripped(match) for match in _NAME.finditer(text))
    return list(dict.fromkeys(name for name in found if name))


def _stripped(match: re.Match[str]) -> str:
    words = match.group().split()
    while words and words[0] in _PLAIN:
        words = words[1:]
    return " ".join(words)


def renamed(claim: str, evidence: str, others: Sequence[str], chance: random.Random) -> str | None:
    """`claim` with one name replaced by another, from the evidence where it has one.

    The name must be one that the evidence has, or the claim would be unsupported anyway; `others`
    are names to fall back on. None where nothing can be replaced.
    """
    given = names_in(evidence)
    found = [name for name in names_in(claim) if any(_alike(name, other) for other in given)]
    if not found:
        return None
    old = chance.choice(found)
    near = [name for name in given if not _shares(name, claim)]
    far = [chance.choice(others) for _ in range(8)] if others else []
    far = [name for name in far if not _shares(name, f"{claim} {evidence}")]
    pool = near if near and (chance.random() < 0.7 or not far) else far
    return claim.replace(old, chance.choice(pool), 1) if pool else None


def exchanged(claim: str) -> str | None:
    """`claim` with its first two names in each other's place; None where it has not just two."""
    found = names_in(claim)
    if len(found) != 2 or _shares(found[0], found[1]):
        return None
    first, second = (claim.find(name) for name in found)
    if re.fullmatch(r"[\s,]*(?:and|or)?\s*", claim[first + len(found[0]) : second]):
        return None  # "Ann and Bob" says the same either way
    return (
        claim[:first]
        + found[1]
        + claim[first + len(found[0]) : second]
        + found[0]
        + claim[second + len(found[1]) :]
    )


def _alike(one: str, other: str) -> bool:
    return one in other or other in one


def _shares(name: str, text: str) -> bool:
    """Whether a word of the name stands in the text."""
    there = set(re.findall(r"\w+", text.lower()))
    return any(word in there for word in re.findall(r"\w{3,}", name.lower())) or name in text
