"""Applying edits to prose: cut, replace, note, and leave clean text behind.

Nothing outside the edits' spans changes but the whitespace next to them, list and quote markers
and headings that have lost all they stood for, and the case of a letter that now begins a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guard.types import Edit, Span

MARKS: dict[str, str] = {
    "supported": " [supported]",
    "contradicted": " [contradicted]",
    "conflicting": " [conflicting]",
    "not_in_knowledge": " [unverified]",
    "not_checkable": " [not checkable]",
    "not_checked": " [not checked]",
}
OTHER_MARK = " [marked]"

_MARKER = re.compile(r"(?:(?:>|[-*+]|\d{1,9}[.)])(?: |$|(?=>)))*(?:\[[ xX]\])?")
_LISTED = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Cut:
    """`[start, end)` goes; `new` comes in its place (None: nothing, and its gap is closed)."""

    start: int
    end: int
    new: str | None = None


def apply_text(text: str, edits: Sequence[Edit]) -> str:
    """`text` after the edits that have a span and no pointer, in whatever order they come.

    Overlapping removals merge, a removal swallows replacements and notes inside it, and of two
    replacements of one place the first in reading order wins. Raises ValueError on a span that
    ends beyond the text.
    """
    own = [edit for edit in edits if edit.pointer is None and edit.span is not None]
    for edit in own:
        if edit.span is not None and edit.span.end > len(text):
            raise ValueError(f"an edit ends at {edit.span.end}, the text at {len(text)}")
    cuts = _with_emptied(text, cuts_of(text, own))
    return _assemble(text, cuts, _notes(text, own, cuts))


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
    return _merge(text, raw)


def shrink(text: str, span: Span) -> Span | None:
    """`span` without the whitespace at its ends; None if nothing is left."""
    covered = span.of(text)
    if not covered.strip():
        return None
    start = span.start + len(covered) - len(covered.lstrip())
    return Span(start=start, end=start + len(covered.strip()))


def _merge(text: str, cuts: list[Cut]) -> list[Cut]:
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


def _with_emptied(text: str, cuts: list[Cut]) -> list[Cut]:
    """`cuts`, and the list markers and headings that have nothing left to stand for."""
    if all(cut.new is not None for cut in cuts):
        return cuts
    lines = list(_lines(text))
    kept = _kept(text, lines, cuts)
    gone = _empty_markers(text, lines, kept)
    gone += _empty_headings(text, lines, kept)
    return _merge(text, cuts + gone) if gone else cuts


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
        if touched and rest and _MARKER.fullmatch(" ".join(rest.split())) and below <= indent:
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


def _notes(text: str, edits: Sequence[Edit], cuts: list[Cut]) -> dict[int, str]:
    """The notes of the marks, by the offset they are put at."""
    found: dict[int, set[str]] = {}
    for edit in edits:
        span = shrink(text, edit.span) if edit.span and edit.action == "mark" else None
        if span is None or _inside(span, cuts):
            continue
        note = str(edit.replacement or MARKS.get(edit.cause, OTHER_MARK))
        if not _noted(text, span.end, note):
            found.setdefault(_outside(text, span.end, cuts), set()).add(note)
    return {place: "".join(sorted(notes)) for place, notes in found.items()}


def touching(cuts: Sequence[Cut], start: int, end: int) -> Sequence[Cut]:
    """Those of the ordered `cuts` that share a character with `[start, end)`."""
    first = bisect_right(cuts, start, key=lambda cut: cut.end)
    last = bisect_left(cuts, end, key=lambda cut: cut.start)
    return cuts[first:last]


def _inside(span: Span, cuts: list[Cut]) -> bool:
    return any(
        cut.start <= span.start and span.end <= cut.end
        for cut in touching(cuts, span.start, span.end)
    )


def _noted(text: str, end: int, note: str) -> bool:
    return text.startswith(note, end) or text.endswith(note, 0, end)


def _outside(text: str, place: int, cuts: list[Cut]) -> int:
    """`place`, or the nearest offset that the cuts leave standing."""
    for cut in touching(cuts, place - 1, place):
        return len(text[: cut.start].rstrip()) if cut.new is None else cut.end
    return place


def _assemble(text: str, cuts: list[Cut], notes: dict[int, str]) -> str:
    parts: list[str] = []
    position = 0
    for number, cut in enumerate(cuts):
        limit = cuts[number + 1].start if number + 1 < len(cuts) else len(text)
        if cut.new is not None:
            parts += [*_noting(text, position, cut.start, notes), cut.new]
            position = cut.end
            parts.append(notes.get(cut.end, "") if cut.end > cut.start else "")
            continue
        start = position + len(text[position : cut.start].rstrip())
        end = limit - len(text[cut.end : limit].lstrip())
        parts += [*_noting(text, position, start, notes), _gap(text, start, cut, end)]
        position = end
        if end < limit and _begins(text, start, cut, end):
            parts.append(text[end].upper())
            position += 1
    parts += _noting(text, position, len(text), notes)
    return "".join(parts)


def _noting(text: str, start: int, end: int, notes: dict[int, str]) -> Iterator[str]:
    places = sorted(notes)
    for place in places[bisect_right(places, start) : bisect_right(places, end)]:
        yield text[start:place]
        yield notes[place]
        start = place
    yield text[start:end]


def _gap(text: str, start: int, cut: Cut, end: int) -> str:
    """What stands between `text[:start]` and `text[end:]` once `cut` between them is gone."""
    left, right = text[start : cut.start], text[cut.end : end]
    if end == len(text):
        return right if start else ""
    if start == 0:
        return left
    if _is_marker(text[text.rfind("\n", 0, start) + 1 : start]):
        return right if "\n" in right and _LISTED.match(text, end) else left or " "
    if (not right and text[end] in ".,;:!?)]}") or not (left or right):
        return ""
    gaps: list[str] = [left, *_SPACES.findall(text, cut.start, cut.end), right]
    widest = max(reversed(gaps), key=lambda gap: gap.count("\n"))
    if "\n" in widest:
        return widest
    return "" if text[start - 1] in "([{" else " "


def _is_marker(line: str) -> bool:
    words = " ".join(line.split())
    return bool(words) and _MARKER.fullmatch(words) is not None


def _begins(text: str, start: int, cut: Cut, end: int) -> bool:
    """Whether the cut took a sentence's beginning, so that the word at `end` now begins it."""
    before = text[:start].rstrip("*_\"'”’)")
    opens = not before or before[-1] in ".!?" or "\n" in text[start : cut.start]
    opens = opens or _is_marker(text[text.rfind("\n", 0, start) + 1 : start])
    ended = text[cut.end - 1] in ".!?"
    word = _word(text, end)
    plain = word.isalpha() and word.islower()
    return opens and text[cut.start].isupper() and not ended and plain


def _word(text: str, start: int) -> str:
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in ",;:!?":
        end += 1
    return text[start:end].rstrip(".")
