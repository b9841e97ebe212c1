"""Where a value stands word for word in a text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from guard.types import Json, Span
from guard.verify.words import fold_case

PLACES = 20
"""Places of a value that are looked at in one text."""

_SIGNS = str.maketrans("‘’“”‐‑–—−", "''\"\"-----")
_GROUPING = "\u00a0\u202f\u2009'’"
"""What may group the digits of one number, where a plain blank is between two."""
_UNITS = re.compile(
    r"[kmc]?g|lb|oz|[kcmnµ]?m|[cm]?[lL]|[kmM]?[Ww]h?|[km]?[Vv]|m?Ah?|[kMG]?Hz|[kMGT]B|[CKN]|k?Pa|bar"
    r"|rpm|m?s|min|h"
)
"""Units that may follow a number without a blank. "12k" and "5M" are other numbers."""


def forms(value: Json) -> list[str]:
    """The ways in which a document may write a text or a number; no other value has any.

    All are exact: 3.14 is no way to write 3.14159.
    """
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, bool) or not isinstance(value, int | float):
        return []
    written = [json.dumps(value)]
    if isinstance(value, int) or value.is_integer():
        whole = int(value)
        written += [f"{whole}", f"{whole:,}", f"{whole}.00", f"{whole:,}.00"]
    elif float(f"{value:.2f}") == value:
        written += [f"{value:,}", f"{value:.2f}", f"{value:,.2f}"]
    return list(dict.fromkeys(written))


def occurrences(form: str, text: str) -> Iterator[Span]:
    """Where `form` stands in `text` by itself: not inside of another word or number.

    Case, accents, typographic quotes and dashes, and the width of blanks make no difference.
    """
    folded, at = _folded(text)
    sought = _folded(form)[0].strip()
    start = folded.find(sought) if sought else -1
    left = PLACES
    while start >= 0 and left:
        end = start + len(sought)
        cut = (start and at[start - 1] == at[start]) or at[end - 1] == at[end]
        place = Span(start=at[start], end=at[end])
        if not (cut or _follows(text, place) or _goes_on(text, place)):
            left -= 1
            yield place
        start = folded.find(sought, start + 1)


@lru_cache(maxsize=256)
def _folded(text: str) -> tuple[str, tuple[int, ...]]:
    """`text` folded, and for each of its characters, and for its end, the offset in `text`."""
    parts: list[str] = []
    at: list[int] = []
    before = ""
    for offset, character in enumerate(text):
        part = _fold(character, before)
        parts.append(part)
        at += [offset] * len(part)
        before = character
    return "".join(parts), (*at, len(text))


def _fold(character: str, before: str) -> str:
    if character.isspace():
        return "" if before.isspace() else " "
    if before.isdigit() and character.isdigit() and not character.isdecimal():
        return character  # a power or a note: 10⁵ is not 105
    return fold_case(character.translate(_SIGNS))


def _follows(text: str, place: Span) -> bool:
    """Whether what stands before a place makes it the end of something longer."""
    before = text[max(0, place.start - 2) : place.start]
    far, near = before[:-1], before[-1:]
    if near.isalnum() or not text[place.start].isdigit():
        return near.isalnum()
    if near and near in f".,{_GROUPING}" and far.isdigit():
        return True
    fraction = near == "." and not far.isalpha() and far != "."
    negative = near in {"-", "−", "–"} and not far.isalnum() and far not in {"-", "–"}
    return fraction or negative


def _goes_on(text: str, place: Span) -> bool:
    """Whether what stands behind a place makes it the beginning of something longer."""
    after = text[place.end : place.end + 4]
    if not text[place.end - 1].isdigit():
        return after[:1].isalnum()
    if after[:1].isalpha():
        letters = "".join(c if c.isalnum() else " " for c in after).split(" ")[0]
        return _UNITS.fullmatch(letters) is None
    grouped = after[:1] != "" and after[0] in f".,{_GROUPING}" and after[1:2].isdigit()
    return after[:1].isalnum() or grouped
