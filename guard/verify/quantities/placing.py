"""Where a quantity stands: the words near it, in its sentence or line, and what it counts."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from guard.verify.quantities.context import FUNCTION_WORDS, run_after, stem
from guard.verify.quantities.model import Quantity
from guard.verify.quantities.scan import Mention, scan
from guard.verify.quantities.tokens import Tokens, at

NEARBY = 8


BREAKS = frozenset((",", ";", "and", "while", "but", "|", "(", ")", "whereas", "or", "–"))


ENDS = frozenset((".", "!", "?", ";"))


class Placed(NamedTuple):
    """A quantity with the stems near it, in its sentence or line, and of what it counts."""

    quantity: Quantity
    near: frozenset[str]
    far: frozenset[str]
    run: frozenset[str]
    noun: str
    names: frozenset[str]
    either: bool


@lru_cache(maxsize=512)
def placed(text: str) -> tuple[Placed, ...]:
    """Every quantity of `text` with the words around it."""
    found, tokens = scan(text)
    bounds = sentences(tokens)
    inside = {place for mention in found for place in range(mention.first, mention.next)}
    called = names(text)
    result, current = [], 0
    for mention in found:
        while bounds[current + 1] <= mention.first:
            current += 1
        low, high = bounds[current], bounds[current + 1]
        spot = place(tokens, mention, low, high, inside)
        either = at(tokens, mention.first - 1).low == "or"
        result.append(spot._replace(names=called, either=either))
    return tuple(result)


def sentences(tokens: Tokens) -> list[int]:
    """The indices at which sentences and lines begin, with the end behind them."""
    starts = [0]
    for index in range(1, len(tokens)):
        token, before = tokens[index], tokens[index - 1]
        ended = before.text in ENDS and token.gap and not token.text.islower()
        if "\n" in token.gap or (ended and (before.gap or len(at(tokens, index - 2).text) > 1)):
            starts.append(index)
    return [*starts, len(tokens) + 1]


def place(tokens: Tokens, mention: Mention, low: int, high: int, inside: set[int]) -> Placed:
    """The words around `mention` in its sentence, tokens `low` to `high`."""
    high = min(high, len(tokens))
    first, last = edge(tokens, mention.first, low, -1), edge(tokens, mention.next, high, 1)
    near = stems(tokens, range(first, last), inside)
    near |= stems(tokens, key_of_line(tokens, low, high), inside)
    window = range(max(low, mention.first - 60), min(high, mention.next + 60))
    run = frozenset(stem(word) for word in run_after(tokens, mention.next))
    noun, none = mention.quantity.noun, frozenset[str]()
    if noun:
        run |= {stem(noun)}
    return Placed(
        mention.quantity, near, stems(tokens, window, inside), run, stem(noun), none, False
    )


def edge(tokens: Tokens, start: int, bound: int, step: int) -> int:
    """How far the clause around a value reaches from `start` towards `bound`."""
    place, seen = start if step > 0 else start - 1, 0
    while (place < bound if step > 0 else place >= bound) and seen < NEARBY:
        token = tokens[place]
        if token.low in BREAKS and seen:
            break
        place, seen = place + step, seen + 1
    return place if step > 0 else place + 1


def key_of_line(tokens: Tokens, low: int, high: int) -> range:
    """The words before the colon of a line "key: value", empty when it is none."""
    for index in range(low, min(high, low + 8)):
        if tokens[index].text == ":":
            return range(low, index)
    return range(0)


def stems(tokens: Tokens, places: range, inside: set[int]) -> frozenset[str]:
    """The stems of the content words at `places`, those of values left out."""
    return frozenset(
        stem(tokens[index].low)
        for index in places
        if index not in inside
        and tokens[index].kind == "w"
        and tokens[index].low not in FUNCTION_WORDS
    )


@lru_cache(maxsize=512)
def vocabulary(text: str) -> frozenset[str]:
    """The stems of all content words of `text`."""
    _, tokens = scan(text)
    return stems(tokens, range(len(tokens)), set())


@lru_cache(maxsize=512)
def names(text: str) -> frozenset[str]:
    """The stems of the capitalised words of `text`, except at the start of a sentence."""
    found, tokens = scan(text)
    inside = {place for mention in found for place in range(mention.first, mention.next)}
    starts = set(sentences(tokens))
    return frozenset(
        stem(token.low)
        for index, token in enumerate(tokens)
        if token.kind == "w"
        and token.text[0].isupper()
        and index not in inside
        and token.low not in FUNCTION_WORDS
        and (
            index not in starts or token.text.isupper() or at(tokens, index + 1).text[:1].isupper()
        )
    )
