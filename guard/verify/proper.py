"""Reading the names of a claim from its capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guard.types import Span
from guard.verify.quantities import quantities
from guard.verify.vocabulary import DATES, LINKS, STOP, TITLES
from guard.verify.windows import sentence_spans
from guard.verify.words import Word, content, words


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written in a claim: its words that count, and where it stands."""

    words: tuple[Word, ...]
    text: str


@lru_cache(maxsize=8192)
def names(claim: str) -> tuple[Name, ...]:
    """The capitalised names and acronyms of a claim."""
    measured = _measured(claim)
    found = tuple(
        word for word in words(claim) if not any(v.start <= word.start < v.end for v in measured)
    )
    starts = {span.start for span in sentence_spans(claim)}
    carrying = [word for word in content(claim) if not word.numeric]
    capital = [word for word in carrying if word.capital]
    ends = claim.rstrip().endswith((".", "!", "?"))
    if not ends and len(carrying) > 3 and len(capital) > 0.7 * len(carrying):
        return ()  # a headline, in which a capital says nothing
    return tuple(_group(claim, found, starts))


def _measured(claim: str) -> tuple[Span, ...]:
    """The values of a claim whose words are no names: 7 GB, Q2 1989, 5 Swiss francs."""
    return tuple(
        quantity.span
        for quantity in quantities(claim)
        if quantity.kind not in ("identifier", "version")
    )


def _group(claim: str, found: Sequence[Word], starts: set[int]) -> Iterator[Name]:
    group: list[Word] = []
    for position, word in enumerate(found):
        if group and not _adjacent(claim, group[-1], word, found[:position]):
            yield from _named(claim, group, starts)
            group = []
        if _capital(word):
            group.append(word)
    yield from _named(claim, group, starts)


def _capital(word: Word) -> bool:
    return word.capital and not word.numeric and word.folded not in DATES


def _adjacent(claim: str, last: Word, word: Word, before: Sequence[Word]) -> bool:
    """Whether `word` goes on with the name whose last word so far is `last`."""
    between = claim[last.end : word.start]
    if len(between) > 12:
        return False
    inner = [part.folded for part in before if part.start >= last.end]
    plain = re.sub(r"[^\W_]+", "", between)
    return all(part in LINKS - {"and", "for", "e", "y"} for part in inner) and (
        plain.strip(" .-'’&") == "" and (_capital(word) or word.folded in LINKS)
    )


def _named(claim: str, group: Sequence[Word], starts: set[int]) -> Iterator[Name]:
    """The name that a run of capitalised words makes, if it makes one.

    A sentence's first word belongs to it only in a pair such as "Ada Lovelace".
    """
    if group and group[0].start in starts and not _own_capitals(group[0]):
        pair = len(group) == 2 and group[1].folded not in TITLES
        group = group if pair else group[1:]
    counted = tuple(word for word in group if word.folded not in TITLES | STOP)
    if not any(len(word.text) > 1 for word in counted):
        return
    text = claim[counted[0].start : counted[-1].end]
    if f"({text})" not in claim:  # an abbreviation of what stands before it
        yield Name(words=counted, text=text)


def _own_capitals(word: Word) -> bool:
    return any(character.isupper() for character in word.text[1:])
