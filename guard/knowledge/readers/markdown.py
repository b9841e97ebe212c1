"""Markdown, and any text that may hold some: headings, paragraphs, list items, rows, code.

A line scanner and not a Markdown parser: it must give exact offsets into the untouched text, and
take time proportional to its length whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from guard.files import decode
from guard.knowledge.reading import (
    MAX_BLOCKS,
    Block,
    Kind,
    Reading,
    first_heading,
    one_line,
    too_much,
)
from guard.types import Span

_LINE = re.compile(r"\r\n|\r|\n")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+")
_FRONT_MATTER_LINES = 100


def read(raw: bytes, name: str) -> Reading:
    """A Markdown file. Raises InputError when it is not UTF-8 text."""
    return read_text(decode(raw, where=name), name=name)


def read_text(text: str, *, name: str, title: str | None = None) -> Reading:
    """Markdown as a reading whose text is `text` itself."""
    body, titled = _front_matter(text)
    blocks = scan(text, start=body)
    heading = title or titled or first_heading(text, blocks) or Path(name).stem
    return Reading(name=name, title=one_line(heading), text=text, blocks=tuple(blocks))


def scan(text: str, *, start: int = 0, headings: bool = True) -> list[Block]:
    """The blocks of `text` from `start` on; with `headings` off, `#` is an ordinary character."""
    scanner = _Scanner(text=text, headings=headings)
    for span in _lines(text, start):
        scanner.line(span)
    scanner.flush()
    return scanner.blocks


def _lines(text: str, start: int) -> Iterator[Span]:
    for match in _LINE.finditer(text, start):
        yield Span(start=start, end=match.start())
        start = match.end()
    yield Span(start=start, end=len(text))


@dataclass(kw_only=True)
class _Scanner:
    """Collects lines into the block they belong to: `open` is that block while it grows."""

    text: str
    headings: bool
    blocks: list[Block] = field(default_factory=list)
    open: Block | None = None
    fence: str | None = None

    def line(self, span: Span) -> None:
        """Take the next line."""
        line = span.of(self.text)
        bare = line.strip()
        if self.fence or bare.startswith(("```", "~~~")):
            self._code(span, bare)
        elif not bare or (bare.startswith("<!--") and bare.endswith("-->")):
            self.flush()
        elif self.headings and self._heading(span, line, bare):
            pass
        elif set(bare) <= set("-|:= ") or bare in ("***", "___"):
            self.flush()  # a rule, or the line under a table's header
        elif bare.startswith("|"):
            self._start(span)
            self.flush()
        elif item := _ITEM.match(line):
            self._start(Span(start=span.start + item.end(), end=span.end))
        else:
            self._grow(span)

    def flush(self) -> None:
        """Close the open block."""
        if self.open is not None:
            self._add(self.open)
        self.open = None

    def _code(self, span: Span, bare: str) -> None:
        if self.fence is None:
            self.flush()
            self.fence = bare[:3]
        elif bare.startswith(self.fence):
            self.flush()
            self.fence = None
        else:
            self._grow(span, kind="lines")

    def _heading(self, span: Span, line: str, bare: str) -> bool:
        if match := _HEADING.match(line):
            self.flush()
            end = span.start + len(line.rstrip().rstrip("#").rstrip())
            start = min(span.start + match.end(), end)
            words = Span(start=start, end=end)
            self._add(Block(span=words, kind="heading", level=len(match[1])))
            return True
        underline = len(bare) > 1 and set(bare) in ({"="}, {"-"})
        if underline and self.open is not None and self._one_line(self.open):
            level = 1 if bare[0] == "=" else 2
            self.open = replace(self.open, kind="heading", level=level)
            self.flush()
            return True
        return False

    def _one_line(self, block: Block) -> bool:
        return block.kind == "text" and not _LINE.search(block.span.of(self.text))

    def _start(self, span: Span) -> None:
        self.flush()
        self.open = Block(span=span)

    def _grow(self, span: Span, *, kind: Kind = "text") -> None:
        start = span.start if self.open is None else self.open.span.start
        self.open = Block(span=Span(start=start, end=span.end), kind=kind)

    def _add(self, block: Block) -> None:
        words = block.span.of(self.text)
        start = block.span.start + len(words) - len(words.lstrip())
        end = start + len(words.strip())
        if len(self.blocks) >= MAX_BLOCKS:
            raise too_much()
        if end > start:
            self.blocks.append(replace(block, span=Span(start=start, end=end)))


def _front_matter(text: str) -> tuple[int, str | None]:
    """Where the body starts after a leading `---` section, and the title given in it."""
    title: str | None = None
    for number, span in enumerate(_lines(text, 0)):
        line = span.of(text).rstrip()
        if number > _FRONT_MATTER_LINES or (number == 0 and line != "---"):
            break
        if number > 0 and line == "---":
            return span.end, title
        key, _, value = line.partition(":")
        if key.strip().lower() == "title":
            title = value.strip().strip("\"'") or None
    return 0, None
