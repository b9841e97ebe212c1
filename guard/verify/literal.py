"""Where a value stands word for word in a text."""

from __future__ import annotations

import json
from collections.abc import Iterator

from guard.types import Json, Span
from guard.verify.words import fold_case

PLACES = 20
"""Occurrences of a value that are looked at in one text."""


def forms(value: Json) -> list[str]:
    """The ways in which a document may write a value."""
    if isinstance(value, str):
        return [value.strip()]
    if isinstance(value, int):
        return [str(value), f"{value:,}"]
    return list(dict.fromkeys([json.dumps(value), f"{value:.2f}", f"{value:,.2f}"]))


def occurrences(form: str, text: str) -> Iterator[Span]:
    """Where `form` stands in `text` by itself: not inside of another word or number."""
    folded, sought = fold_case(text), fold_case(form)
    if len(folded) != len(text):  # offsets would be wrong
        folded, sought = text, form
    start = folded.find(sought)
    for _ in range(PLACES):
        if start < 0:
            return
        end = start + len(sought)
        if not _continues(folded[:start][-2:], folded[end : end + 2]):
            yield Span(start=start, end=end)
        start = folded.find(sought, end)


def _continues(before: str, after: str) -> bool:
    """Whether what stands around a match makes it a part of something longer."""
    inside = before[-1:].isalnum() or after[:1].isalnum()
    decimal = after[:1] in {".", ","} and after[1:].isdigit()
    return inside or decimal or (before[-1:] in {".", ","} and before[:1].isdigit())
