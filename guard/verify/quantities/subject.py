"""Numbered names: Thunderbolt 5 is not Thunderbolt 3, and what one does says nothing of the other.

A value of the evidence is *foreign* to a claim about "Thunderbolt 5" when its sentence speaks of
other numbers of that series only. It neither carries a value of the claim nor speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from guard.types import Span
from guard.verify.quantities.identifiers import REFERENCES, STANDARDS
from guard.verify.quantities.placing import Placed
from guard.verify.vocabulary import DATES, STOP, listed
from guard.verify.windows import sentence_spans

Series = Mapping[str, frozenset[str]]

_NUMBER = r"\d{1,6}(?:\.\d{1,4}){0,3}"
_NAME = re.compile(
    rf"(?<![\w.-])([A-Z][A-Za-z]{{1,30}}) ?({_NUMBER}(?:(?:, and |, | and | or | to |/){_NUMBER})"
    rf"{{0,6}})(?![\w%°])"
)
_ONE = re.compile(_NUMBER)
_PRONOUN = re.compile(r"(?:It|They|This|These|Its|Their)\b")
_PLAIN = (
    REFERENCES
    | DATES
    | STOP
    | listed(
        "around nearly almost another exactly roughly approximately up least since within past"
    )
)
"""Words that may stand with a capital before a number and make no name with it."""


def own(claim: str, text: str, values: Sequence[Placed]) -> tuple[Placed, ...]:
    """The values of `text` that are not foreign to the claim, in order."""
    wanted = {name: numbers for name, numbers in series(claim).items() if len(numbers) == 1}
    if not wanted:
        return tuple(values)
    strange = foreign_sentences(text, tuple(sorted((n, *v) for n, v in wanted.items())))
    return tuple(
        value
        for value in values
        if not any(s.start <= value.quantity.span.start < s.end for s in strange)
    )


def names_itself(claim: str, value: Placed) -> bool:
    """Whether a value is the number of a name that has another value behind it in the claim."""
    span = value.quantity.span
    found = (match for match in _NAME.finditer(claim) if _is_name(match[1]))
    return any(match.start(2) <= span.start < match.end(2) for match in found)


@lru_cache(maxsize=2048)
def foreign_sentences(text: str, wanted: tuple[tuple[str, ...], ...]) -> tuple[Span, ...]:
    """The sentences of `text` that name other numbers of one of the wanted series only.

    One that begins with a pronoun is about what the sentence before it names.
    """
    found: list[Span] = []
    before: Series = {}
    for span in sentence_spans(text):
        sentence = span.of(text)
        there = series(sentence)
        if not there and _PRONOUN.match(sentence):
            there = before
        before = there
        if any(name in there and not _has(there[name], number) for name, number in wanted):
            found.append(span)
    return tuple(found)


@lru_cache(maxsize=8192)
def series(text: str) -> Series:
    """The numbers that each name of `text` comes with: "usb" with "3.0" and "2.0"."""
    found: dict[str, frozenset[str]] = {}
    for match in _NAME.finditer(text):
        if _is_name(match[1]):
            name = match[1].casefold()
            found[name] = found.get(name, frozenset()) | frozenset(_ONE.findall(match[2]))
    return found


def _is_name(word: str) -> bool:
    folded = word.casefold()
    return not (folded in _PLAIN or folded.endswith("ly") or word in STANDARDS)


def _has(numbers: frozenset[str], wanted: str) -> bool:
    """Whether one of `numbers` is the wanted one or a kind of it, as USB 3.0 is a USB 3."""
    return any(
        one == wanted or one.startswith(f"{wanted}.") or wanted.startswith(f"{one}.")
        for one in numbers
    )
