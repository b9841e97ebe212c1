"""Numbered names: Thunderbolt 5 is not Thunderbolt 3, and what one does says nothing of the other.

A value of the evidence is *foreign* to a claim about "Thunderbolt 5" when what it stands behind in
its sentence, or else its whole sentence, names other numbers of that series only. It neither
carries a value of the claim nor speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from guard.verify.quantities.identifiers import REFERENCES, STANDARDS
from guard.verify.quantities.model import Quantity
from guard.verify.quantities.placing import Placed
from guard.verify.vocabulary import DATES, STOP, listed
from guard.verify.windows import sentence_spans

Series = Mapping[str, frozenset[str]]

_NUMBER = r"(?:\d{1,6}(?:\.\d{1,4}){0,3}|[IVX]{1,4}\b)"
_NAME = re.compile(
    rf"(?<![\w.-])([A-Z][A-Za-z]{{1,30}}(?:-[A-Z][a-z]{{1,30}})?) ?"
    rf"({_NUMBER}(?:(?:, and |, | and | or | to |/){_NUMBER}){{0,6}})(?![\w%°])"
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
    """The values of `text`, which are in order, that are not foreign to the claim."""
    wanted = {name: min(numbers) for name, numbers in series(claim).items() if len(numbers) == 1}
    if not wanted:
        return tuple(values)
    return tuple(
        value
        for value, there in zip(values, subjects(text, values), strict=True)
        if all(_has(there[name], number) for name, number in wanted.items() if name in there)
    )


def named(claim: str, title: str, text: str, value: Quantity) -> bool:
    """Whether the sentence of a value of `text`, the one before it or the title has the numbered
    names of the claim; without them it is no evidence against it."""
    wanted = series(claim)
    near = [span.of(text) for span in sentence_spans(text) if span.start <= value.span.start]
    there = series(" ".join((title, *near[-2:])))
    return all(
        name in there and any(_has(there[name], number) for number in numbers)
        for name, numbers in wanted.items()
    )


def names_itself(claim: str, value: Placed) -> bool:
    """Whether a value is the number of a name."""
    start = value.quantity.span.start
    return any(match.start() <= start < match.end() for match in _matches(claim))


def subjects(text: str, values: Sequence[Placed]) -> Iterator[Series]:
    """The numbered names that each value of `text` may be of.

    Names count together until a value follows them: in "A 1 and A 2 have 5, A 3 has 7" the 7 is
    of A 3 only. A value before all names is of any of its sentence, and a sentence that begins
    with a pronoun goes on with what the sentence before it names.
    """
    starts = iter([value.quantity.span.start for value in values])
    place = next(starts, None)
    before: Series = {}
    for span in sentence_spans(text):
        sentence = span.of(text)
        carried = before if _PRONOUN.match(sentence) else {}
        matches = tuple(_matches(sentence))
        before = together(carried, matches)
        while place is not None and place < span.end:
            yield {**before, **in_front(carried, matches, sentence, place - span.start)}
            place = next(starts, None)
    while place is not None:
        yield {}
        place = next(starts, None)


def in_front(
    carried: Series, matches: Sequence[re.Match[str]], sentence: str, place: int
) -> Series:
    """The names that a value at `place` stands behind, the last ones before another value."""
    within = [match for match in matches if match.start() <= place < match.end()]
    if within:
        return together({}, within)
    group: list[re.Match[str]] = []
    for match in matches:
        if match.start() > place:
            break
        if group and any(c.isdigit() for c in sentence[group[-1].end() : match.start()]):
            group = []
        group.append(match)
    return together(carried if group[:1] == list(matches[:1]) else {}, group)


def together(carried: Series, matches: Sequence[re.Match[str]]) -> Series:
    """The numbers of each name in `matches`, and those carried over."""
    found = dict(carried)
    for match in matches:
        name = match[1].casefold()
        found[name] = found.get(name, frozenset()) | frozenset(_ONE.findall(match[2]))
    return found


@lru_cache(maxsize=8192)
def series(text: str) -> Series:
    """The numbers that each name of `text` comes with: "usb" with "3.0" and "2.0"."""
    return together({}, tuple(_matches(text)))


def _matches(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _NAME.finditer(text) if _is_name(match[1]))


def _is_name(word: str) -> bool:
    folded = word.casefold()
    return not (folded in _PLAIN or folded.endswith("ly") or word in STANDARDS)


def _has(numbers: frozenset[str], wanted: str) -> bool:
    """Whether one of `numbers` is the wanted one or a kind of it, as USB 3.0 is a USB 3."""
    return any(
        one == wanted or one.startswith(f"{wanted}.") or wanted.startswith(f"{one}.")
        for one in numbers
    )
