"""Where the parts of a JSON text stand, also of one that is not finished yet.

Made for texts that a grammar let through or that parse: what stands where is trusted, and a text
that is no JSON ends the reading early rather than failing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from guard.grammar.alternative import same, written
from guard.grammar.parts import tokens
from guard.grammar.walk import escape
from guard.types import Json, Span

TOKEN = re.compile(r'[ \t\r\n]*(?:("(?:[^"\\]|\\.)*")|([{}\[\],:])|([^\s{}\[\],:"]+))', re.DOTALL)


MAX_DIGITS = 300
"""Characters of a number; a double holds whole ones of about as many digits."""


@dataclass(slots=True)
class Part:
    """A value in a text: from `start`, to `end` or None where it is not complete.

    `members` are what an object or array holds: the name or number, where its member begins (the
    name of a property counted in), and the value.
    """

    start: int
    end: int | None = None
    members: list[tuple[str | int, int, Part]] = field(default_factory=list)
    kind: str = ""


@dataclass
class _Reading:
    """The containers that are open, and the name that was read last in the innermost one."""

    text: str
    open: list[Part] = field(default_factory=list)
    top: Part | None = None
    name: tuple[str, int] | None = None

    def place(self, part: Part) -> None:
        if not self.open:
            self.top = self.top or part
            return
        holder = self.open[-1]
        if holder.kind == "[":
            holder.members.append((len(holder.members), part.start, part))
        elif self.name is not None:
            holder.members.append((*self.name, part))
            self.name = None

    def close(self, end: int) -> None:
        if self.open:
            self.open.pop().end = end


def read(text: str) -> Part | None:
    """The value in a text with all that is in it; None where none has begun."""
    reading, at = _Reading(text), 0
    while (found := TOKEN.match(text, at)) is not None:
        _take(reading, found)
        at = found.end()
    rest = text[at:].lstrip()
    if rest.startswith('"') and not _awaits_name(reading):
        reading.place(Part(start=len(text) - len(rest), kind='"'))
    return reading.top


def _take(reading: _Reading, found: re.Match[str]) -> None:
    string, mark, word = found.groups()
    start, end = found.end() - len(found[0].lstrip()), found.end()
    if mark in ("{", "["):
        part = Part(start=start, kind=mark)
        reading.place(part)
        reading.open.append(part)
    elif mark in ("}", "]"):
        reading.close(end)
    elif string is not None and _awaits_name(reading):
        reading.name = (_name(string), start)
    elif string is not None:
        reading.place(Part(start=start, end=end, kind='"'))
    elif word is not None:
        is_whole = end < len(reading.text) or word in ("true", "false", "null")
        reading.place(Part(start=start, end=end if is_whole or not reading.open else None))


def _awaits_name(reading: _Reading) -> bool:
    return bool(reading.open) and reading.open[-1].kind == "{" and reading.name is None


def _name(string: str) -> str:
    try:
        return str(json.loads(string, strict=False))
    except ValueError:  # an escape that is none
        return string[1:-1]


def find(text: str, pointer: str) -> Span | None:
    """Where the value at a JSON Pointer stands in a text."""
    part = _at(text, pointer)
    return Span(start=part.start, end=part.end) if part and part.end is not None else None


def _at(text: str, pointer: str) -> Part | None:
    part = read(text)
    for token in tokens(pointer):
        members = part.members if part else []
        part = next((inner for key, _, inner in members if str(key) == token), None)
    return part


def repeated(text: str) -> list[Span]:
    """The members of objects whose names stood before in the same object, commas counted in."""
    spans, waiting = list[Span](), [read(text)]
    while waiting:  # no recursion: a text that is no value may be of any depth
        part = waiting.pop()
        names: set[str | int] = set()
        before = part.start + 1 if part else 0
        for name, _, inner in part.members if part else ():
            if name in names and inner.end is not None:
                spans.append(Span(start=before, end=inner.end))
            else:
                waiting.append(inner)
            names.add(name)
            before = inner.end or before
    return sorted(spans, key=lambda span: span.start)


def repeated_items(text: str, pointer: str) -> list[Span]:
    """The items of the array at a JSON Pointer that stood before in it, commas counted in."""
    part, seen, spans = _at(text, pointer), set[str](), []
    before = part.start + 1 if part else 0
    for _, _, inner in part.members if part else ():
        value = same(written(_value(text, inner)))
        if value in seen and inner.end is not None:
            spans.append(Span(start=before, end=inner.end))
        seen.add(value)
        before = inner.end or before
    return spans


def too_large(text: str) -> str | None:
    """The pointer to the first number that no JSON reader can hold; None without one."""
    waiting = [("", read(text))]
    while waiting:
        pointer, part = waiting.pop()
        if part is None or part.end is None:
            continue
        shown = text[part.start : part.end]
        if not part.kind and shown[-1:].isdigit() and not _is_finite(shown):
            return pointer
        waiting += [(f"{pointer}/{escape(str(key))}", each) for key, _, each in part.members[::-1]]
    return None


def _is_finite(shown: str) -> bool:
    try:
        return len(shown) <= MAX_DIGITS and math.isfinite(float(shown))
    except ValueError:
        return False


def without(text: str, spans: list[Span]) -> str:
    """The text without some of its stretches, which are sorted and do not overlap."""
    kept, at = [], 0
    for span in spans:
        kept.append(text[at : span.start])
        at = span.end
    return "".join([*kept, text[at:]])


def so_far(text: str) -> Json:
    """The value as far as it is complete: what is still being written is left out of it.

    None where nothing is complete yet, and where it is nested beyond reason. Of members that repeat
    a name, the first counts.
    """
    part = read(text)
    try:
        return _value(text, part) if part is not None else None
    except RecursionError:
        return None


def _value(text: str, part: Part) -> Json:
    if part.end is not None:
        try:
            return json.loads(text[part.start : part.end], object_pairs_hook=_first)
        except ValueError:
            return None
    inner = [(name, _value(text, each)) for name, _, each in part.members if _has_begun(each)]
    if part.kind == "{":
        return _first(inner)
    return [value for _, value in inner] if part.kind == "[" else None


def _first(members: Iterable[tuple[Any, Json]]) -> dict[Any, Json]:
    """An object in which the first member of a name stays."""
    made: dict[Any, Json] = {}
    for name, value in members:
        made.setdefault(name, value)
    return made


def _has_begun(part: Part) -> bool:
    """Whether there is something to show of a part."""
    return part.end is not None or part.kind in ("{", "[")
