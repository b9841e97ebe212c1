"""Tables: each cell is a statement, "row label: column header is value"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guard.claims.inline import mask, plain
from guard.claims.markdown import Block
from guard.types import Span


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell below the header, worded as a statement, with its place and its row's."""

    text: str
    span: Span
    row: Span


def cells(text: str, block: Block) -> Iterator[Cell]:
    """The cells of a table that hold words, but for the labels in the first column."""
    header = [plain(span.of(text)) for span in _row(text, block.lines[0])]
    for line in block.lines[2:]:
        row = _row(text, line)
        label = plain(row[0].of(text)) if len(row) > 1 else ""
        for column in range(min(1, len(row) - 1), len(row)):
            words = plain(row[column].of(text))
            if any(letter.isalnum() for letter in words):
                name = header[column] if column < len(header) else ""
                yield Cell(_worded(label, name, words), row[column], line)


def _worded(label: str, name: str, words: str) -> str:
    statement = f"{name} is {words}" if name else words
    return f"{label}: {statement}." if label else f"{statement}."


def _row(text: str, line: Span) -> list[Span]:
    """The spans of the cells of one line, without the blanks around their words."""
    masked = mask(line.of(text)).replace("\\|", "  ")
    escaped = [at for at in range(1, len(masked)) if line.of(text)[at - 1 : at + 1] == "\\|"]
    bars = [at for at, letter in enumerate(masked) if letter == "|" and at not in escaped]
    inner = [-1, *bars] if not masked.startswith("|") else bars
    ends = [*inner[1:], len(masked)] if not masked.endswith("|") else inner[1:]
    return [
        _trimmed(text, line.start + start + 1, line.start + end)
        for start, end in zip(inner, ends, strict=False)
    ]


def _trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    if not words.strip():
        return Span(start=start, end=start)
    first = start + len(words) - len(words.lstrip())
    return Span(start=first, end=first + len(words.strip()))
