"""Cuts: the removals and replacements among edits, in order and free of overlaps."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from guard.types import Edit, Span

_MARKER = re.compile(r"(?:(?:>|[-*+]|\d{1,2}[.)])(?: |$|(?=>)))*(?:\[[ xX]\])?")


@dataclass(frozen=True, slots=True)
class Cut:
    """`[start, end)` goes; `new` comes in its place (None: nothing, and its gap is closed)."""

    start: int
    end: int
    new: str | None = None


def cuts_of(text: str, edits: Sequence[Edit]) -> list[Cut]:
    """The removals and replacements among `edits`, in order and free of overlaps."""
    raw: list[Cut] = []
    for edit in edits:
        if edit.span is None or edit.action == "mark":
            continue
        if edit.action == "replace":
            raw.append(Cut(edit.span.start, edit.span.end, str(edit.replacement or "")))
        elif span := shrink(text, edit.span):
            raw.append(Cut(span.start, span.end))
    return merge(text, raw)


def shrink(text: str, span: Span) -> Span | None:
    """`span` without the whitespace at its ends; None if nothing is left."""
    covered = span.of(text)
    if not covered.strip():
        return None
    start = span.start + len(covered) - len(covered.lstrip())
    return Span(start=start, end=start + len(covered.strip()))


def merge(text: str, cuts: list[Cut]) -> list[Cut]:
    """`cuts` in order, those that overlap made one, and removals with only blanks between too."""
    merged: list[Cut] = []
    for cut in sorted(cuts, key=lambda cut: (cut.start, -cut.end, cut.new or "")):
        last = merged[-1] if merged else None
        if last and cut.start < last.end:
            new = last.new if cut.new is not None else None
            end = last.end if new is not None else max(last.end, cut.end)
            merged[-1] = Cut(last.start, end, new)
        elif last and last.new is None and cut.new is None and _blank(text, last.end, cut.start):
            merged[-1] = Cut(last.start, cut.end)
        elif cut != last:
            merged.append(cut)
    return merged


def _blank(text: str, start: int, end: int) -> bool:
    return not text[start:end].strip()


def touching(cuts: Sequence[Cut], start: int, end: int) -> Sequence[Cut]:
    """Those of the ordered `cuts` that share a character with `[start, end)`."""
    first = bisect_right(cuts, start, key=lambda cut: cut.end)
    last = bisect_left(cuts, end, key=lambda cut: cut.start)
    return cuts[first:last]


def is_marker(line: str) -> bool:
    """Whether a line is nothing but list and quote markers."""
    words = " ".join(line.split())
    return bool(words) and _MARKER.fullmatch(words) is not None
