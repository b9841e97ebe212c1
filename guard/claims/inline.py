"""Inside a line of Markdown: what is markup, what is code or formula, and what the words are.

One pass over the characters with bounded look-ahead, so that no input is slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from guard.edits import MARKS

Kind = Literal["markup", "code", "formula", "url"]

_FOOTNOTE = re.compile(r"\[\^?\d{1,3}\]")
_TAG = re.compile(r"<!--.{0,2000}?-->|</?[A-Za-z][^<>]{0,300}>", re.DOTALL)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]*\"]{1,2000}")
_DOLLARS = re.compile(r"\$(?=[^\s$])([^$\n]{1,200})(?<!\s)\$(?!\d)")
_PARENS = re.compile(r"\\\(.{1,300}?\\\)|\\\[.{1,300}?\\\]", re.DOTALL)
_TICKS = re.compile(r"`+")
_ESCAPABLE = set("\\`*_{}[]()#+-.!|~>$")
_NOTES = tuple(note.strip() for note in MARKS.values())
_LINK_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text that is not plain words."""

    start: int
    end: int
    kind: Kind


def pieces(text: str) -> tuple[Piece, ...]:
    """The markup, code, formulas and addresses of `text`, in order, without overlaps."""
    ticks = _ticks(text)
    links = _links(text)
    found: list[Piece] = []
    at = 0
    while at < len(text):
        piece = _piece_at(text, at, ticks, links)
        if piece is not None:
            found.append(piece)
        at = piece.end if piece else at + 1
    return tuple(found)


def _piece_at(text: str, at: int, ticks: dict[int, int], links: dict[int, int]) -> Piece | None:
    if at in links:
        return Piece(at, links[at], "markup")
    if at in ticks:
        return Piece(at, ticks[at], "code")
    read = _READERS.get(text[at])
    return read(text, at) if read else None


def _escape(text: str, at: int) -> Piece | None:
    if formula := _PARENS.match(text, at):
        return Piece(at, formula.end(), "formula")
    escaped = at + 1 < len(text) and text[at + 1] in _ESCAPABLE
    return Piece(at, at + 1, "markup") if escaped else None


def _formula(text: str, at: int) -> Piece | None:
    """`$x^2$`, but not what stands between two prices."""
    match = _DOLLARS.match(text, at)
    if match is None:
        return None
    inner = match[1]
    formal = any(sign in inner for sign in "\\^_=") or not any(c.isspace() for c in inner)
    return Piece(at, match.end(), "formula") if formal else None


def _bracketed(text: str, at: int) -> Piece | None:
    if footnote := _FOOTNOTE.match(text, at):
        return Piece(at, footnote.end(), "markup")
    for note in _NOTES:
        if text.startswith(note, at):
            return Piece(at, at + len(note), "markup")
    return None


def _tag(text: str, at: int) -> Piece | None:
    match = _TAG.match(text, at)
    return Piece(at, match.end(), "markup") if match else None


def _url(text: str, at: int) -> Piece | None:
    match = _URL.match(text, at)
    return Piece(at, at + len(match[0].rstrip(".,;:!?'")), "url") if match else None


def _emphasised(text: str, at: int) -> Piece | None:
    return Piece(at, at + 1, "markup") if _emphasis(text, at) else None


_READERS: dict[str, Callable[[str, int], Piece | None]] = {
    **dict.fromkeys("*_~", _emphasised),
    **dict.fromkeys("hw", _url),
    "\\": _escape,
    "$": _formula,
    "[": _bracketed,
    "<": _tag,
}


def _emphasis(text: str, at: int) -> bool:
    """Whether `*`, `_` or `~` at this place is emphasis: not `2*3`, `a * b`, `snake_case`."""
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if before.isspace() and after.isspace():
        return False
    if text[at] == "_":
        return not (before.isalnum() and after.isalnum())
    if text[at] == "~":
        return "~" in (before, after)
    return not (before.isdigit() and after.isdigit())


def _ticks(text: str) -> dict[int, int]:
    """Where code in backticks starts and ends: each run closes at the next as long as itself."""
    runs = [(match.start(), match.end()) for match in _TICKS.finditer(text)]
    later: dict[int, list[int]] = {}
    for start, end in reversed(runs):
        later.setdefault(end - start, []).append(end)
    spans: dict[int, int] = {}
    closed = 0
    for start, end in runs:
        ends = later[end - start]
        while ends and ends[-1] <= end:
            ends.pop()
        if start >= closed and ends:
            spans[start] = closed = ends.pop()
    return spans


def link_texts(text: str) -> list[tuple[int, int]]:
    """The offsets of the `[` and the `]` of each `[words](address)`."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for at, letter in enumerate(text):
        if letter == "[":
            opened.append(at)
        elif letter == "]" and opened:
            start = opened.pop()
            if _address(text, at + 1):
                found.append((start, at))
    return found


def _links(text: str) -> dict[int, int]:
    """The markup of `[words](address)`: from each start to its end."""
    spans: dict[int, int] = {}
    for start, close in link_texts(text):
        image = start > 0 and text[start - 1] == "!"
        spans[start - image] = start + 1
        spans[close] = _address(text, close + 1) or close + 1
    return spans


def _address(text: str, at: int) -> int | None:
    """The end of the `(address)` that starts at `at`, brackets inside it balanced."""
    if not text.startswith("(", at):
        return None
    depth = 0
    for place in range(at, min(len(text), at + _LINK_LIMIT)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    return None


def mask(text: str) -> str:
    """`text` at the same length, easy to split: markup as `*`, code and formulas as a word."""
    letters = {"markup": "*", "code": "C", "formula": "C", "url": "u"}
    parts, at = [], 0
    for piece in pieces(text):
        parts += [text[at : piece.start], letters[piece.kind] * (piece.end - piece.start)]
        at = piece.end
    return "".join([*parts, text[at:]])


def plain(text: str) -> str:
    """The words of `text` without markup, in single spaces."""
    return " ".join("".join(_words(text)).split())


def _words(text: str) -> Iterator[str]:
    at = 0
    for piece in pieces(text):
        yield text[at : piece.start]
        if piece.kind == "code":
            yield text[piece.start : piece.end].strip("`")
        elif piece.kind != "markup":
            yield text[piece.start : piece.end]
        at = piece.end
    yield text[at:]
