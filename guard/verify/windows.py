"""Cutting evidence: into sentences, and into overlapping windows of whole sentences."""

from __future__ import annotations

import re
from functools import lru_cache

from guard.types import Span
from guard.verify.vocabulary import ABBREVIATIONS

WINDOW_WORDS = 120
OVERLAP_WORDS = 40

_WORD = re.compile(r"\S+")
_ENDS = frozenset(".!?。！？…")
_CLOSERS = frozenset("\"'”’)]»")


@lru_cache(maxsize=4096)
def sentence_spans(text: str) -> tuple[Span, ...]:
    """The sentences of plain text; every line break ends one too, so tables fall into rows.

    Unlike `guard.claims.sentences` this reads no Markdown: evidence is plain text, there is a lot
    of it, and a boundary that is off by a word does no harm here.
    """
    spans: list[Span] = []
    start: int | None = None
    last = 0
    for match in _WORD.finditer(text):
        if start is not None and "\n" in text[last : match.start()]:
            spans.append(Span(start=start, end=last))
            start = None
        start = match.start() if start is None else start
        last = match.end()
        if _closes(match.group(), text[last + 1 : last + 2]):
            spans.append(Span(start=start, end=last))
            start = None
    if start is not None:
        spans.append(Span(start=start, end=last))
    return tuple(spans)


def _closes(word: str, following: str) -> bool:
    """Whether a sentence ends with `word`, given the first character of the next one."""
    bare = word.rstrip("".join(_CLOSERS))
    if not bare or bare[-1] not in _ENDS or following.islower():
        return False
    stem = bare[:-1].lstrip("(\"'“").lower()
    return bare[-1] != "." or not (stem in ABBREVIATIONS or (len(stem) == 1 and stem.isalpha()))


def windows(text: str, *, words: int = WINDOW_WORDS, overlap: int = OVERLAP_WORDS) -> list[Span]:
    """Overlapping windows of at most about `words` words that together cover every sentence.

    A window starts at a sentence; sentences longer than a window are cut at words.
    """
    pieces = [piece for span in sentence_spans(text) for piece in _pieces(text, span, words)]
    found: list[Span] = []
    first = 0
    while first < len(pieces):
        last, size = first, pieces[first][1]
        while last + 1 < len(pieces) and size + pieces[last + 1][1] <= words:
            last += 1
            size += pieces[last][1]
        found.append(Span(start=pieces[first][0].start, end=pieces[last][0].end))
        if last + 1 == len(pieces):
            break
        first = _step_back(pieces, first, last, overlap)
    return found


def _step_back(pieces: list[tuple[Span, int]], first: int, last: int, overlap: int) -> int:
    """Where the next window starts: so early that about `overlap` words are seen twice."""
    start, seen = last + 1, 0
    while start - 1 > first and seen + pieces[start - 1][1] <= overlap:
        start -= 1
        seen += pieces[start][1]
    return start


def _pieces(text: str, span: Span, words: int) -> list[tuple[Span, int]]:
    found = [(match.start(), match.end()) for match in _WORD.finditer(text, span.start, span.end)]
    cuts = [found[i : i + words] for i in range(0, len(found), words)]
    return [(Span(start=cut[0][0], end=cut[-1][1]), len(cut)) for cut in cuts]
