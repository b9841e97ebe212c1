"""Cutting a reading into passages: along its structure, never through a sentence that fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, groupby, zip_longest

from guard.files import sha256
from guard.knowledge.reading import Block, Reading, one_line
from guard.types import Passage, Span

WORDS = 120
"""The most words in a passage: about 160 tokens, so that encoders which read 256 read it all."""
_CHARACTERS_PER_WORD = 8  # for text without blanks, long numbers and languages with long words

# A run of end marks; or a line break, with the list marker or table bar that may follow it.
_ENDS = re.compile(r"[.!?。！？…]+|\n[ \t]*((?:[-*+•]|\d{1,9}[.)])(?=[ \t])|\|)?")
_WORD = re.compile(r"\S+")
_CLOSING = "\"'”’»)]"
_WIDE = "。！？"
# Words before a full stop that does not end a sentence.
# fmt: off
_ABBREVIATIONS = {
    "al", "approx", "apt", "art", "bzw", "ca", "cf", "ch", "co", "dept", "dr", "ed", "eds", "eg",
    "eq", "eqs", "etc", "fig", "figs", "gen", "ie", "inc", "jr", "ltd", "max", "min", "mr",
    "mrs", "ms", "mt", "no", "nos", "op", "pp", "prof", "pt", "ref", "refs", "resp", "rev",
    "sec", "sr", "st", "vol", "vs",
}
# fmt: on


def cut(reading: Reading) -> tuple[Passage, ...]:
    """The passages of a document, in order; each one's text is exactly what its span covers.

    Neighbouring blocks under one heading and on one page are packed together up to WORDS words,
    in passages of about equal length. The title is the path of headings. A heading with nothing
    under it is a passage itself, so that no words are lost.
    """
    passages: list[Passage] = []
    for title, blocks in _sections(reading):
        units = [unit for block in blocks for unit in _units(reading.text, block)]
        for span in _pack(reading.text, units):
            passages.append(_passage(reading, title, span, blocks[0].page))
    return tuple(passages)


def _passage(reading: Reading, title: str, span: Span, page: int | None) -> Passage:
    text = span.of(reading.text)
    return Passage(
        id=sha256(f"{reading.name}\0{span.start}\0{span.end}\0{text}")[:16],
        document=reading.name,
        title=title,
        text=text,
        span=span,
        page=page,
        sha256=sha256(text),
    )


def _sections(reading: Reading) -> Iterator[tuple[str, list[Block]]]:
    """Runs of blocks that may share a passage, each with the path of the headings above it."""
    path: list[tuple[int, str]] = []
    runs = [list(run) for _, run in groupby(reading.blocks, key=_company())]
    for run, following in zip_longest(runs, runs[1:]):
        heading = run[0]
        if heading.kind != "heading":
            yield _title(reading, path), run
            continue
        path = [(level, name) for level, name in path if level < heading.level]
        if not following or 0 < following[0].level <= heading.level:
            yield _title(reading, path), run
        path.append((heading.level, one_line(heading.span.of(reading.text))))


def _company() -> Callable[[Block], tuple[int, int | None]]:
    """A key that is equal for neighbouring blocks that may share a passage."""
    alone = count(1)
    return lambda block: (
        next(alone) if block.kind in ("heading", "record") else 0,
        block.page,
    )


def _title(reading: Reading, path: Sequence[tuple[int, str]]) -> str:
    names = [reading.title, *(name for _, name in path)]
    return one_line(" > ".join(dict.fromkeys(names)), limit=300)


def _units(text: str, block: Block) -> list[Span]:
    """What a block is packed by: itself if it fits, else its sentences or lines."""
    if words(block.span.of(text)) <= WORDS:
        return [block.span]
    parts = _lines(text, block.span) if block.kind == "lines" else sentences(text, block.span)
    return [piece for part in parts for piece in _pieces(text, part)]


def _pack(text: str, units: Sequence[Span]) -> Iterator[Span]:
    """Join neighbouring units into spans of at most WORDS words, and about equally long."""
    sizes = [words(unit.of(text)) for unit in units]
    target = sum(sizes) / max(1, -(-sum(sizes) // WORDS))
    start, size = 0, 0
    for index, extra in enumerate(sizes):
        characters = units[index].end - units[start].start
        full = size + extra > WORDS or characters > WORDS * _CHARACTERS_PER_WORD
        if index > start and (full or size >= target):
            yield Span(start=units[start].start, end=units[index - 1].end)
            start, size = index, 0
        size += extra
    if units:
        yield Span(start=units[start].start, end=units[-1].end)


def words(text: str) -> int:
    """How many words `text` counts for: its words, or more where they are very long."""
    return max(len(text.split()), len(text) // _CHARACTERS_PER_WORD)


def sentences(text: str, span: Span) -> list[Span]:
    """The sentences inside `span`, without the white space between them.

    A cutter for packing and quoting: it errs on the side of not cutting (after abbreviations,
    initials, and before small letters).
    """
    found: list[Span] = []
    start = span.start
    for match in _ENDS.finditer(text, span.start, span.end):
        if match[0][0] != "\n":
            end = following = _end(text, start, match, span.end)
        elif match[1] or text[match.end() : match.end() + 1] in ("\n", "\r"):
            end, following = match.start(), match.end()
        else:
            end = following = None
        if end is not None and following is not None:
            found.append(Span(start=start, end=end))
            start = following
    found.append(Span(start=start, end=span.end))
    return list(_stripped(text, found))


def _end(text: str, start: int, match: re.Match[str], limit: int) -> int | None:
    """Where the sentence ends whose end mark `match` may be, or None if it does not end there."""
    end = match.end()
    while end < limit and text[end] in _CLOSING:
        end += 1
    if end == limit or match[0][-1] in _WIDE:
        return end
    rest = text[end : end + 4].lstrip()
    if not text[end].isspace() or (rest and rest[0].islower()):
        return None
    return None if match[0] == "." and _abbreviated(text, start, match.start()) else end


def _abbreviated(text: str, start: int, stop: int) -> bool:
    last = text[max(start, stop - 12) : stop].split()[-1:] or [""]
    word = last[0].lstrip("([\"'“‘").replace(".", "")
    initial = len(word) == 1 and word.isalpha() and word.isupper()
    return initial or word.lower() in _ABBREVIATIONS


def _lines(text: str, span: Span) -> list[Span]:
    found: list[Span] = []
    start = span.start
    for line in span.of(text).splitlines(keepends=True):
        found.append(Span(start=start, end=start + len(line)))
        start += len(line)
    return list(_stripped(text, found))


def _stripped(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    for span in spans:
        part = span.of(text)
        start = span.start + len(part) - len(part.lstrip())
        if part.strip():
            yield Span(start=start, end=start + len(part.strip()))


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """A sentence that is too long alone, cut between words; a word too long, anywhere."""
    if words(span.of(text)) <= WORDS:
        yield span
        return
    yield from _pack(text, list(_chunks(text, span)))


def _chunks(text: str, span: Span) -> Iterator[Span]:
    width = WORDS * _CHARACTERS_PER_WORD
    for match in _WORD.finditer(text, span.start, span.end):
        for start in range(match.start(), match.end(), width):
            yield Span(start=start, end=min(start + width, match.end()))
