"""Applying edits to prose: cut, replace, note, and leave clean text behind.

Nothing outside the edits' spans changes but the whitespace next to them, list and quote markers
and headings that have lost all they stood for, and the case of a letter that now begins a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from guard.edits.cuts import Cut, cuts_of, is_marker, shrink, touching
from guard.edits.emptied import with_emptied
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

_LISTED = re.compile(r"[ \t]*(?:[-*+]|\d{1,2}[.)])[ \t]")
_SPACES = re.compile(r"\s+")


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
    cuts = with_emptied(text, cuts_of(text, own))
    return _assemble(text, cuts, _notes(text, own, cuts))


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
    if is_marker(text[text.rfind("\n", 0, start) + 1 : start]):
        return right if "\n" in right and _LISTED.match(text, end) else left or " "
    if (not right and text[end] in ".,;:!?)]}") or not (left or right):
        return ""
    gaps: list[str] = [left, *_SPACES.findall(text, cut.start, cut.end), right]
    widest = max(reversed(gaps), key=lambda gap: gap.count("\n"))
    if "\n" in widest:
        return widest
    return "" if text[start - 1] in "([{" else " "


def _begins(text: str, start: int, cut: Cut, end: int) -> bool:
    """Whether the cut took a sentence's beginning, so that the word at `end` now begins it."""
    before = text[:start].rstrip("*_\"'”’)")
    opens = not before or before[-1] in ".!?" or "\n" in text[start : cut.start]
    opens = opens or is_marker(text[text.rfind("\n", 0, start) + 1 : start])
    ended = text[cut.end - 1] in ".!?"
    word = _word(text, end)
    plain = word.isalpha() and word.islower()
    return opens and text[cut.start].isupper() and not ended and plain


def _word(text: str, start: int) -> str:
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in ",;:!?":
        end += 1
    return text[start:end].rstrip(".")
