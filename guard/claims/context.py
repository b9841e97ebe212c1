"""Giving a claim what it takes from its surroundings: the noun for its pronoun, its heading."""

from __future__ import annotations

import re

from guard.claims.grammar import DETERMINERS, PRONOUNS, first_verb, has_verb, is_subject, words

_POSSESSIVES = {"its": "it", "their": "they"}
_EXPLETIVE = re.compile(
    r"it(?:'s|’s|\s+(?:is|was|can|may|has|will|would|should|must|takes|seems|appears))\b"
    r"[^.]{0,80}?\b(?:that|to|because|if|when|who|raining|snowing|been)\b",
    re.IGNORECASE,
)
_MAX_SUBJECT = 6


def subject_of(text: str) -> str | None:
    """The subject of a plain sentence, when it is short and sure."""
    found = words(text)
    verb = first_verb(found)
    if verb is None or verb > _MAX_SUBJECT or not is_subject(found[:verb], text):
        return None
    return text[: found[verb].start].strip()


def is_pronoun(subject: str) -> bool:
    """Whether a subject refers to something named before."""
    return subject.lower() in PRONOUNS or subject.lower() in ("this", "these", "that", "those")


def noun_for(text: str, subject: str | None) -> str | None:
    """What the pronoun that begins `text` stands for, where it can only be `subject`."""
    found = words(text[:60])
    if not found or subject is None or is_pronoun(subject):
        return None
    pronoun = _POSSESSIVES.get(found[0].key, found[0].key)
    if not _agrees(pronoun, subject) or _EXPLETIVE.match(text):
        return None
    ending = ("'" if subject.endswith("s") else "'s") if found[0].key in _POSSESSIVES else ""
    return subject + ending


def with_noun(text: str, noun: str | None) -> str:
    """`text` with `noun` for its first word."""
    return text if noun is None else noun + text[len(words(text[:60])[0].text) :]


def inside(noun: str) -> str:
    """`noun` as it is written within a sentence."""
    first = noun.split(" ", 1)[0].lower()
    return noun[0].lower() + noun[1:] if first in DETERMINERS else noun


def _agrees(pronoun: str, subject: str) -> bool:
    parts = subject.split()
    last = parts[-1].lower()
    plural = (last.endswith("s") and not last.endswith(("ss", "us", "is"))) or " and " in subject
    person = subject[0].isupper() and parts[0].lower() not in DETERMINERS
    match pronoun:
        case "it":
            return not plural
        case "they":
            return plural
        case "he" | "she":
            return person and not plural and len(parts) <= 3
    return False


def under(text: str, context: str | None) -> str:
    """A fragment behind what it stands under: "Pump P-3: Weight: 5 kg"; sentences stay alone."""
    if context is None or has_verb(text) or context.lower() in text.lower():
        return text
    return f"{context}: {text}"
