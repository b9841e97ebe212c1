"""Cutting a text into digits, words and signs, in one linear scan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

MARKS = "²³¹⁰⁴⁵⁶⁷⁸⁹⁻½¼¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚"
"""Characters that are letters or digits to Unicode but signs to us."""

TOKEN = re.compile(rf"\d+|[^\W\d_{MARKS}]+|\S")


class Token(NamedTuple):
    """A piece of text. `kind` is d(igits), w(ord) or s(ign); `gap` is the blank before it."""

    kind: str
    text: str
    low: str
    start: int
    end: int
    gap: str


Tokens = Sequence[Token]

END = Token("s", "", "", 0, 0, " ")
"""Stands for what is beyond either end."""


def tokenise(text: str) -> tuple[Token, ...]:
    """The tokens of `text`, in order."""
    tokens: list[Token] = []
    last = 0
    for match in TOKEN.finditer(text):
        piece, start, end = match.group(), match.start(), match.end()
        kind = "d" if piece.isdecimal() else "w" if piece[0].isalpha() else "s"
        tokens.append(Token(kind, piece, piece.casefold(), start, end, text[last:start]))
        last = end
    return tuple(tokens)


def at(tokens: Tokens, index: int) -> Token:
    """The token at `index`, or END outside of the text."""
    return tokens[index] if 0 <= index < len(tokens) else END


def glued(tokens: Tokens, index: int) -> bool:
    """Whether the token at `index` follows its predecessor without a blank."""
    return 0 < index < len(tokens) and not tokens[index].gap


def lows(tokens: Tokens, index: int, count: int) -> tuple[str, ...]:
    """The folded texts of `count` tokens from `index` on ("" beyond the end)."""
    return tuple(at(tokens, index + step).low for step in range(count))


def listed(words: str) -> list[str]:
    """The words of a blank-separated list."""
    return words.split()
