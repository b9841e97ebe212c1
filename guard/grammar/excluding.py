"""Leaving single strings out: a grammar has no "all but", so what remains is described."""

from __future__ import annotations

import json
import re

from guard.grammar.alternative import Alternative
from guard.types import Json

MOST = 24
"""Strings that are left out by a pattern, at most."""

MOST_LETTERS = 400
"""Characters of all of them together."""


def excluding(limits: Alternative) -> dict[str, Json] | None:
    """A keyword that keeps the banned strings out; None where there is none."""
    is_free = not (limits.text.patterns or limits.text.formats)
    strings = [json.loads(text) for text in limits.banned]
    fits = len(strings) <= MOST and sum(map(len, strings)) <= MOST_LETTERS
    return {"pattern": pattern_without(strings)} if is_free and fits else None


def pattern_without(strings: list[str]) -> str:
    """A regular expression of all texts but these."""
    return f"^{_without([*strings])}$"


def _without(endings: list[str]) -> str:
    """All texts but `endings`: to stop here, another letter, or one of theirs and the rest."""
    heads = sorted({text[0] for text in endings if text})
    choices = [] if "" in endings else [""]
    others = "".join(_escaped(head) for head in heads)
    choices.append(f"[^{others}][\\s\\S]*" if others else "[\\s\\S]+")
    for head in heads:
        after = [text[1:] for text in endings if text[:1] == head]
        choices.append(re.escape(head) + _without(after))
    return f"(?:{'|'.join(choices)})"


def _escaped(letter: str) -> str:
    return "\\" + letter if letter in "\\]^-[&~" else letter
