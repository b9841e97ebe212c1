"""Whose a value is: the names of its clause, its sentence, or its row.

"Arlo has 12 lamps, whereas Benz has 34" gives Arlo no 34 lamps. A value of a sentence with several
of its kind belongs to the names that stand between it and its neighbour; in "A and B have 3 and 5,
respectively" to the name in its place; in a table to the first cell of its row. A sentence without
names, or one that begins with a pronoun, goes on about those of the sentence before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from guard.verify.quantities.context import FUNCTION_WORDS, stem
from guard.verify.quantities.scan import Mention
from guard.verify.quantities.tables import Cell
from guard.verify.quantities.tokens import Tokens
from guard.verify.vocabulary import DATES

PRONOUNS = frozenset(("it", "they", "he", "she", "this", "these", "its", "their", "his", "her"))
CLAUSES = frozenset(("and", "but", "while", "whereas", "or", "though", "although", "that"))
PREPOSITIONS = frozenset(
    ("from", "in", "at", "of", "by", "with", "to", "for", "on", "after", "a", "an", "under", "as")
)
IN_TURN = frozenset(("respectively",))
KEYED = 2
"""From so many colons on, a line is a record: its names hold for all of its values."""
REACH = 12
"""Tokens within which the key of a line ends."""

Names = frozenset[str]


class Spot(NamedTuple):
    """A name in a text: its word or code, the place of its token, and the word before the name."""

    name: str
    place: int
    lead: str = ""


def holders(
    tokens: Tokens,
    found: Sequence[Mention],
    starts: Sequence[int],
    grid: Sequence[Cell | None],
) -> list[Names]:
    """For each value of a text, which are in order, the folded stems of the names it may be of."""
    spots = tuple(_spots(tokens, found, frozenset(starts)))
    held: list[Names] = [frozenset()] * len(found)
    before: Names = frozenset()
    first = spot = 0
    # Pieces of a record, "Name: Arlo; Staff: 12", are parted by semicolons and have one name.
    ends = [
        start for start in starts if not 0 < start < len(tokens) or tokens[start - 1].text != ";"
    ]
    for low, high in pairwise(ends):
        last, end = first, spot
        while last < len(found) and found[last].first < high:
            last += 1
        while end < len(spots) and spots[end].place < high:
            end += 1
        here = spots[spot:end]
        goes_on = not here or (low < len(tokens) and tokens[low].low in PRONOUNS)
        carried = before if goes_on else frozenset()
        for index, names in _shared_out(tokens[low:high], low, found, range(first, last), here):
            held[index] = names | carried
        if here:
            before = carried | frozenset(one.name for one in here)
        first, spot = last, end
    return [_in_row(tokens, cell, names) for cell, names in zip(grid, held, strict=True)]


def _in_row(tokens: Tokens, cell: Cell | None, names: Names) -> Names:
    if cell is None:
        return names
    return frozenset(stem(tokens[index].low) for index in cell.row if tokens[index].kind != "s")


def _spots(tokens: Tokens, found: Sequence[Mention], starts: frozenset[int]) -> Iterator[Spot]:
    """The names of a text: words with a capital, and codes among its values."""
    lower = {token.text for token in tokens if token.kind == "w"}
    codes = {mention.first: mention for mention in found}
    index = 0
    while index < len(tokens):
        mention = codes.get(index)
        if mention:
            if mention.quantity.key:
                yield Spot(mention.quantity.key, index, _lead(tokens, index))
            index = mention.next
            continue
        token = tokens[index]
        named = token.kind == "w" and token.text[0].isupper()
        # A capital at the start of a sentence is one of a name unless the word has none later.
        named = named and (index not in starts or token.low not in lower)
        if named and token.low not in FUNCTION_WORDS | DATES:
            yield Spot(stem(token.low), index, _lead(tokens, index))
        index += 1


def _lead(tokens: Tokens, index: int) -> str:
    """The word before the name that a token is in, "" where a clause or a sentence begins."""
    place = index - 1
    while place >= 0 and (tokens[place].text[0].isupper() or tokens[place].low in {"the", "-"}):
        place -= 1
    before = tokens[place] if place >= 0 else None
    starts = before is None or before.kind != "w" or before.low in CLAUSES
    return "" if starts or before is None else before.low


def _shared_out(
    sentence: Tokens, low: int, found: Sequence[Mention], values: range, spots: Sequence[Spot]
) -> Iterator[tuple[int, Names]]:
    """The values of a sentence with the names of each, kind by kind."""
    colons = sum(token.text == ":" for token in sentence)
    key = _key(sentence)
    top = frozenset(spot.name for spot in spots if spot.place < low + key)
    spots = [spot for spot in spots if spot.place >= low + key]
    kinds: dict[object, list[int]] = {}
    for index in values:
        quantity = found[index].quantity
        kinds.setdefault("key" if quantity.key else quantity.unit, []).append(index)
    in_turn = any(token.low in IN_TURN for token in sentence)
    for indices in kinds.values():
        if len(indices) == 1 or colons >= KEYED or not spots:
            own_places = {found[index].first for index in indices}
            others = frozenset(s.name for s in spots if s.place not in own_places) | top
            yield from ((index, others) for index in indices)
            continue
        places = [found[index].first for index in indices]
        own = [spot for spot in spots if spot.place not in places]
        turns = _turns(own, places) if in_turn else None
        shared = turns or _between(own, places)
        yield from ((index, top | names) for index, names in zip(indices, shared, strict=True))


def _key(sentence: Tokens) -> int:
    """How many tokens the key of a line "key: text" takes, 0 where there is none."""
    marks = [token.text for token in sentence[:REACH]]
    return marks.index(":") if ":" in marks else 0


def _turns(spots: Sequence[Spot], places: Sequence[int]) -> list[Names] | None:
    """A name for each value where a list of names stands before the values or behind them."""
    for part in (
        [spot for spot in spots if spot.place < places[0]],
        [spot for spot in spots if spot.place > places[-1]],
    ):
        groups: list[list[Spot]] = []
        for spot in part:
            if groups and spot.place - groups[-1][-1].place == 1:
                groups[-1].append(spot)
            else:
                groups.append([spot])
        if len(groups) >= len(places):
            chosen = groups[-len(places) :] if part[0].place < places[0] else groups
            return [
                frozenset(spot.name for spot in group)
                for group, _ in zip(chosen, places, strict=False)
            ]
    return None


def _between(spots: Sequence[Spot], places: Sequence[int]) -> list[Names]:
    """The names between the values: those before each, those behind each, or both if unclear."""
    everyone = frozenset(spot.name for spot in spots)
    bounds = [-1, *places, 1 << 60]
    # What follows a value is a holder only where it stands as the first one does: "Arlo has 12,
    # Benz 34", but not "born 1901 and taught at Benz until 1934".
    leads = {spot.lead for spot in spots if spot.place < places[0]}
    if leads:
        aside = PREPOSITIONS - leads
        spots = [spot for spot in spots if spot.place < places[0] or spot.lead not in aside]
    gaps = [
        frozenset(spot.name for spot in spots if low < spot.place < high)
        for low, high in pairwise(bounds)
    ]
    count = len(places)
    if not any(gaps[1:count]):  # no name tells the values apart
        return [everyone] * count
    behind = [gaps[index + 1] for index in range(count)]
    ahead: list[Names] = []
    for gap in gaps[:count]:
        ahead.append(gap or (ahead[-1] if ahead else gap))
    if not gaps[0] and all(behind):
        return behind
    if gaps[0] and not gaps[count]:
        return ahead
    if not gaps[0]:
        return [everyone] * count
    return [one | other for one, other in zip(ahead, behind, strict=True)]
