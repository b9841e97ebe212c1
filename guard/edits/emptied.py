"""What cuts leave empty: list and quote markers, and headings with nothing under them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guard.edits.cuts import Cut, is_marker, merge
from guard.types import Span

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")
_FENCE = re.compile(r" {0,3}(```|~~~)")


def with_emptied(text: str, cuts: list[Cut]) -> list[Cut]:
    """`cuts`, and the list markers and headings that have nothing left to stand for."""
    if all(cut.new is not None for cut in cuts):
        return cuts
    lines = list(_lines(text))
    kept = _kept(text, lines, cuts)
    gone = _empty_markers(text, lines, kept)
    gone += _empty_headings(text, lines, kept)
    return merge(text, cuts + gone) if gone else cuts


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        yield Span(start=start, end=start + len(line))
        start += len(line) + 1


def _kept(text: str, lines: list[Span], cuts: list[Cut]) -> list[str]:
    """What the cuts leave of each line."""
    kept, at = [], 0
    for line in lines:
        parts, position = [], line.start
        while at < len(cuts) and cuts[at].start < line.end:
            cut = cuts[at]
            parts += [text[position : max(cut.start, position)], cut.new or ""]
            position = max(position, cut.end)
            if cut.end > line.end:
                break
            at += 1
        parts.append(text[position : line.end])
        kept.append("".join(parts).strip())
    return kept


def _empty_markers(text: str, lines: list[Span], kept: list[str]) -> list[Cut]:
    """Lines of which only a list or quote marker is left, from the last to the first."""
    gone, below = [], 0
    for number in range(len(lines) - 1, -1, -1):
        line, rest = lines[number].of(text), kept[number]
        indent = len(line) - len(line.lstrip())
        touched = rest != line.strip()
        if touched and is_marker(rest) and below <= indent:
            start = lines[number].start + indent
            gone.append(Cut(start, lines[number].start + len(line.rstrip())))
            kept[number] = ""
        if kept[number]:
            below = indent
    return gone


def _empty_headings(text: str, lines: list[Span], kept: list[str]) -> list[Cut]:
    """Headings that the cuts leave nothing under, from the last to the first."""
    levels = _levels(text, lines)
    gone = []
    for number in range(len(lines) - 1, -1, -1):
        level = levels[number]
        if not level or not kept[number]:
            continue
        below = number + 1
        while below < len(lines) and not kept[below] and not 0 < levels[below] <= level:
            below += 1
        section = range(number + 1, below)
        ends = below == len(lines) or 0 < levels[below] <= level
        if ends and any(lines[index].of(text).strip() for index in section):
            start = lines[number].start
            gone.append(Cut(start, start + len(lines[number].of(text).rstrip())))
            kept[number] = ""
    return gone


def _levels(text: str, lines: list[Span]) -> list[int]:
    """The heading level of each line, 0 for all other lines."""
    levels, fence = [], ""
    for line in lines:
        content = line.of(text)
        opened = _FENCE.match(content)
        if opened and fence in ("", opened[1]):
            fence = "" if fence else opened[1]
        heading = None if fence else _HEADING.match(content)
        levels.append(len(heading[1]) if heading else 0)
    return levels
