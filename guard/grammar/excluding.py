"""Leaving single strings out: a grammar has no "all but", so what remains is described."""

from __future__ import annotations

import json
import re

from guard.grammar.alternative import Values

MOST = 24
"""Strings that are left out by a pattern, at most."""

MOST_LETTERS = 400
"""Characters of all of them together."""

MOST_LONG = 120
"""Characters of one of them: the pattern has all its beginnings."""


def excluding(banned: Values) -> str | None:
    """A pattern that keeps strings out, given as JSON texts; None where they are too many."""
    strings = [json.loads(text) for text in banned]
    if len(strings) > MOST or sum(map(len, strings)) > MOST_LETTERS:
        return None
    return pattern_without(strings) if max(map(len, strings)) <= MOST_LONG else None


def pattern_without(strings: list[str]) -> str:
    """A regular expression of all texts but these.

    A text is another one if it stops at a beginning of theirs, or goes on differently there.
    """
    beginnings = sorted({text[:size] for text in strings for size in range(len(text) + 1)})
    choices = [re.escape(begun) for begun in beginnings if begun not in strings]
    for begun in beginnings:
        size = len(begun)
        after = sorted({text[size] for text in strings if text.startswith(begun) and text != begun})
        letters = "^" + "".join(_escaped(letter) for letter in after) if after else r"\s\S"
        choices.append(rf"{re.escape(begun)}[{letters}][\s\S]*")
    return f"^(?:{'|'.join(choices)})$"


def _escaped(letter: str) -> str:
    return "\\" + letter if letter in "\\]^-[&~" else letter
