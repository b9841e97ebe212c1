"""What a reader gets out of a document: its text, and where the pieces of it are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from guard.errors import InputError
from guard.types import Document, Span

MAX_TEXT = 100_000_000
"""Characters that a document may give: a small file can be built to unfold into a huge text."""
MAX_BLOCKS = 500_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")

Kind = Literal["text", "heading", "lines", "record"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A piece of a document's text that belongs together.

    `text` is a paragraph, a list item or a table row; `heading` has a `level` from 1; `lines` is
    text where each line stands for itself (code); `record` shares no passage with its neighbours
    (a row, a JSON line). `page` counts from 1 where the format has pages.
    """

    span: Span
    kind: Kind = "text"
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading(Document):
    """A document whose structure is known, as a reader gives it.

    The blocks' spans are in order, do not overlap, and point into `text`.
    """

    title: str
    blocks: tuple[Block, ...]

    def page_at(self, offset: int) -> int | None:
        """The page that the character at `offset` is on, or None where there are no pages."""
        page = None
        for block in self.blocks:
            if block.span.start > offset:
                break
            page = block.page
        return page


@dataclass(kw_only=True)
class Builder:
    """Puts a text together from pieces and remembers where each went."""

    blocks: list[Block] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def add(
        self, text: str, *, kind: Kind = "text", level: int = 0, page: int | None = None
    ) -> None:
        """Append a piece, cleaned and stripped; an empty one leaves no trace."""
        text = clean(text).strip()
        if not text:
            return
        if self._parts:
            self._append("\n\n")
        if self._length + len(text) > MAX_TEXT or len(self.blocks) >= MAX_BLOCKS:
            raise too_much()
        span = Span(start=self._length, end=self._length + len(text))
        self.blocks.append(Block(span=span, kind=kind, level=level, page=page))
        self._append(text)

    def build(self, *, name: str, title: str = "") -> Reading:
        """The finished document; without a `title`, its first heading or its file name is it."""
        text = "".join(self._parts)
        titled = one_line(title) or first_heading(text, self.blocks) or Path(name).stem
        return Reading(name=name, title=titled, text=text, blocks=tuple(self.blocks))

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def first_heading(text: str, blocks: list[Block]) -> str | None:
    """The words of the first heading of the first level, if there is one."""
    headings = (block for block in blocks if block.kind == "heading" and block.level == 1)
    block = next(headings, None)
    return None if block is None else one_line(block.span.of(text))


def too_much() -> InputError:
    """What to raise for a document over the limits."""
    return InputError(
        f"the document gives more than {MAX_TEXT:,} characters or {MAX_BLOCKS:,} pieces",
        hint="split it",
    )


def join(parts: Iterable[str], separator: str) -> str:
    """Like `str.join`, but raises InputError as soon as the result is over MAX_TEXT."""
    kept: list[str] = []
    length = 0
    for part in parts:
        length += len(part) + len(separator)
        if length > MAX_TEXT:
            raise too_much()
        kept.append(part)
    return separator.join(kept)


def clean(text: str) -> str:
    """`text` without what no document means to say: control characters and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))


def one_line(text: str, *, limit: int = 200) -> str:
    """`text` cleaned, its white space folded, cut with an ellipsis when longer than `limit`."""
    line = " ".join(clean(text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
