"""A claim turned into its opposite by one word."""

from __future__ import annotations

import random
import re

_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|does|did|do)\b(?! to\b)( not\b)?",
)
_NEGATED = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot)\b|n't", re.I
)
_OPPOSITES = (
    ("increased", "decreased"), ("increases", "decreases"), ("increase", "decrease"),
    ("higher", "lower"), ("highest", "lowest"), ("more", "less"), ("most", "least"),
    ("before", "after"), ("larger", "smaller"), ("largest", "smallest"), ("older", "younger"),
    ("all", "none"), ("always", "never"), ("first", "last"), ("above", "below"), ("won", "lost"),
    ("win", "lose"), ("reduces", "raises"), ("reduced", "raised"), ("accepted", "rejected"),
    ("allowed", "banned"), ("longer", "shorter"), ("north", "south"), ("east", "west"),
    ("male", "female"), ("man", "woman"), ("mother", "father"), ("son", "daughter"),
    ("many", "few"), ("early", "late"), ("born", "died"), ("minimum", "maximum"),
    ("associated with", "unrelated to"), ("at least", "at most"), ("over", "under"),
)  # fmt: skip
_OTHER = {a: b for pair in _OPPOSITES for a, b in (pair, pair[::-1])}
_OPPOSED = re.compile(rf"\b({'|'.join(sorted(_OTHER, key=len, reverse=True))})\b")


def negated(claim: str) -> str | None:
    """`claim` with its first auxiliary negated, or freed of its "not"; None where that is unsafe.

    A claim with more than one negation, or one elsewhere, is left alone: what its opposite is
    would be a guess.
    """
    match = _AUXILIARY.search(claim)
    if match is None or len(_NEGATED.findall(claim)) != bool(match[2]):
        return None
    put = match[1] if match[2] else f"{match[1]} not"
    return claim[: match.start()] + put + claim[match.end() :]


def opposed(claim: str, chance: random.Random) -> str | None:
    """`claim` with one word replaced by its opposite; None where no word of it has one."""
    found = list(_OPPOSED.finditer(claim))
    if not found or _NEGATED.search(claim):
        return None
    match = chance.choice(found)
    return claim[: match.start()] + _OTHER[match[1]] + claim[match.end() :]
