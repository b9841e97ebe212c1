"""Where a quantity stands: the words near it, in its sentence or line, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from guard.verify.quantities.context import FUNCTION_WORDS, plural_after, run_after, stem
from guard.verify.quantities.headers import headed
from guard.verify.quantities.holders import holders
from guard.verify.quantities.model import Quantity
from guard.verify.quantities.scan import Mention, scan
from guard.verify.quantities.tables import Cell, cell_at, cells
from guard.verify.quantities.tokens import Tokens, at, lows

NEARBY = 8
FARTHEST = 60
SERIES = frozenset((",", "and", "or", "of", "the", "to", "&"))
EMPTY = frozenset(("",))


BREAKS = frozenset((",", ";", "and", "while", "but", "|", "(", ")", "whereas", "or", "–"))


ENDS = frozenset((".", "!", "?", ";"))


class Placed(NamedTuple):
    """A quantity with the stems near it, in its sentence or line, and of what it counts.

    `before` are the stems in front of it in its sentence, in order; `alone` tells that its text
    has no other quantity; `holders` are the stems of the names that it may be of, and
    `behind` the two words behind it.
    """

    quantity: Quantity
    near: frozenset[str]
    far: frozenset[str]
    run: frozenset[str]
    noun: str
    names: frozenset[str] = frozenset()
    either: bool = False
    labelled: bool = False
    plural: bool = False
    before: tuple[str, ...] = ()
    alone: bool = False
    holders: frozenset[str] = frozenset()
    behind: tuple[str, ...] = ()


class Roots(NamedTuple):
    """A text's tokens with the stem of each content word outside of values, "" elsewhere."""

    tokens: Tokens
    stems: tuple[str, ...]
    starts: tuple[int, ...]


@lru_cache(maxsize=512)
def rooted(text: str) -> Roots:
    """The stems of `text` and where its sentences and lines begin."""
    found, tokens = scan(text)
    roots = [
        stem(token.low) if token.kind == "w" and token.low not in FUNCTION_WORDS else ""
        for token in tokens
    ]
    for mention in found:
        roots[mention.first : mention.next] = [""] * (mention.next - mention.first)
    return Roots(tokens, tuple(roots), tuple(sentences(tokens)))


@lru_cache(maxsize=512)
def placed(text: str) -> tuple[Placed, ...]:
    """Every quantity of `text` with the words around it."""
    found, tokens = scan(text)
    roots, called = rooted(text), names(text)
    grid = cells(tokens)
    spots = [cell_at(grid, mention.first) for mention in found]
    held = holders(tokens, found, roots.starts, spots)
    result, current = [], 0
    for mention, cell, own in zip(found, spots, held, strict=True):
        while roots.starts[current + 1] <= mention.first:
            current += 1
        if cell:
            spot = in_cell(roots, mention, cell)
        else:
            spot = place(roots, mention, roots.starts[current], roots.starts[current + 1])
        either = at(tokens, mention.first - 1).low == "or"
        over = headed(mention.quantity, mention.first, cell, tokens)
        alone = len(found) == 1
        result.append(
            spot._replace(
                quantity=over,
                names=called,
                either=either,
                alone=alone,
                holders=own,
                behind=lows(tokens, mention.next, 2),
            )
        )
    return tuple(shared(result, found, tokens))


def shared(spots: list[Placed], found: Sequence[Mention], tokens: Tokens) -> list[Placed]:
    """The placed values, where one in a series ("four or six wheels") has the words of the last."""
    for index in range(len(spots) - 2, -1, -1):
        between = tokens[found[index].next : found[index + 1].first]
        if between and len(between) < 4 and all(token.low in SERIES for token in between):
            last = spots[index + 1]
            near, run = spots[index].near | last.near, spots[index].run | last.run
            noun = spots[index].noun or last.noun
            spots[index] = spots[index]._replace(near=near, run=run, noun=noun)
    return spots


def sentences(tokens: Tokens) -> list[int]:
    """The indices at which sentences and lines begin, with the end behind them."""
    starts = [0]
    for index in range(1, len(tokens)):
        token, before = tokens[index], tokens[index - 1]
        ended = before.text in ENDS and token.gap and not token.text.islower()
        if "\n" in token.gap or (ended and (before.gap or not initial(tokens, index - 2))):
            starts.append(index)
    return [*starts, len(tokens) + 1]


def initial(tokens: Tokens, index: int) -> bool:
    """Whether a full stop behind `index` may end an initial and not a sentence: a single letter or
    digit, but not the last of a unit such as km/s."""
    return len(at(tokens, index).text) <= 1 and at(tokens, index - 1).text != "/"


def place(roots: Roots, mention: Mention, low: int, high: int) -> Placed:
    """The words around `mention` in its sentence, tokens `low` to `high`."""
    tokens, words = roots.tokens, roots.stems
    high = min(high, len(tokens))
    first, last = edge(tokens, mention.first, low, -1), edge(tokens, mention.next, high, 1)
    key = key_of_line(tokens, low, high)
    far = words[max(low, mention.first - FARTHEST) : min(high, mention.next + FARTHEST)]
    noun = stem(mention.quantity.noun)
    run = {stem(word) for word in run_after(tokens, mention.next)} | {noun}
    if not noun:
        run.update(words[key.start : key.stop])
    return Placed(
        quantity=mention.quantity,
        near=frozenset((*words[first:last], *words[key.start : key.stop])) - EMPTY,
        far=frozenset(far) - EMPTY,
        run=frozenset(run) - EMPTY,
        noun=noun,
        labelled=bool(key),
        plural=plural_after(tokens, mention.next),
        before=tuple(
            word for word in words[max(low, mention.first - FARTHEST) : mention.first] if word
        ),
    )


def in_cell(roots: Roots, mention: Mention, cell: Cell) -> Placed:
    """The words around a value in a table: its cell's, its header's and its row's."""
    parts = [frozenset(roots.stems[part.start : part.stop]) - EMPTY for part in cell]
    near = parts[0] | parts[1] | parts[2]
    spot = place(roots, mention, cell.inside.start, cell.inside.stop)
    return spot._replace(near=near, far=near, run=spot.run | parts[1], labelled=True)


def edge(tokens: Tokens, start: int, bound: int, step: int) -> int:
    """How far the clause around a value reaches from `start` towards `bound`."""
    place, seen = start if step > 0 else start - 1, 0
    while (place < bound if step > 0 else place >= bound) and seen < NEARBY:
        if tokens[place].low in BREAKS and seen:
            break
        place, seen = place + step, seen + 1
    return place if step > 0 else place + 1


def key_of_line(tokens: Tokens, low: int, high: int) -> range:
    """The words before the colon of a line "key: value", empty when it is none."""
    for index in range(low, min(high, low + 8)):
        if tokens[index].text == ":":
            return range(low, index)
    return range(0)


@lru_cache(maxsize=512)
def vocabulary(text: str) -> frozenset[str]:
    """The stems of all content words of `text`, those in values too."""
    words = {token.low for token in scan(text)[1] if token.kind == "w"}
    return frozenset(map(stem, words - FUNCTION_WORDS))


@lru_cache(maxsize=512)
def names(text: str) -> frozenset[str]:
    """The stems of the capitalised words of `text`, except at the start of a sentence."""
    roots = rooted(text)
    tokens, starts = roots.tokens, set(roots.starts)
    return frozenset(
        root
        for index, root in enumerate(roots.stems)
        if root
        and tokens[index].text[0].isupper()
        and (index not in starts or begins_name(tokens, index))
    )


def content(text: str) -> frozenset[str]:
    """The stems of the content words of `text`, without those of its values."""
    return frozenset(rooted(text).stems) - EMPTY


def opening(text: str) -> frozenset[str]:
    """The stem of the first word of `text` unless it is a function word: it may be a name."""
    roots = rooted(text).stems
    return frozenset(roots[:1]) - EMPTY


def begins_name(tokens: Tokens, index: int) -> bool:
    """Whether the first word of a sentence is a name: all capitals, or another capital follows."""
    return tokens[index].text.isupper() or at(tokens, index + 1).text[:1].isupper()
