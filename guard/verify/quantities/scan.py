"""From tokens to quantities: one pass, the most specific shape first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from guard.types import Span
from guard.verify.quantities import ranges
from guard.verify.quantities.amounts import Amount, amount_at, between_at, one_in, plus_minus
from guard.verify.quantities.context import noun_after
from guard.verify.quantities.dates import when_at
from guard.verify.quantities.days import When
from guard.verify.quantities.figures import (
    figurative,
    identifies,
    lifetime,
    month_in_passing,
    pronoun,
)
from guard.verify.quantities.identifiers import identifier_at, numbering_at
from guard.verify.quantities.measures import converted
from guard.verify.quantities.model import Kind, Quantity, Reading
from guard.verify.quantities.numbers import number_at
from guard.verify.quantities.numerals import DASHES, TENS
from guard.verify.quantities.periods import ORDINALS, SUFFIXES, year_alone
from guard.verify.quantities.tokens import Tokens, at, glued, listed, tokenise

SERIES = frozenset((",", "and", "or", "&"))
UNITED = frozenset(("measure", "percent", "money"))
LASTING = frozenset(("over", "past", "within"))


"""Words that bound a value, or, before a time, only say that something went on during it."""


YEAR_CUES = frozenset(
    listed(
        "in since by until till of from during before after circa between around early late "
        "mid year through to and ( for season"
    )
)


class Mention(NamedTuple):
    """A quantity with the tokens it takes: from `first` to before `next`."""

    quantity: Quantity
    first: int
    next: int


@lru_cache(maxsize=512)
def scan(text: str) -> tuple[tuple[Mention, ...], Tokens]:
    """Every quantity of `text` in order, and its tokens."""
    tokens = tokenise(text)
    return united(list(mentions(text, tokens)), tokens), tokens


def united(found: list[Mention], tokens: Tokens) -> tuple[Mention, ...]:
    """The mentions; bare numbers of a series ("20, 30 and 40 m") have the unit of the last."""
    for index in range(len(found) - 2, -1, -1):
        one, last = found[index], found[index + 1]
        between = tokens[one.next : last.first]
        listed_ = 0 < len(between) < 3 and all(token.low in SERIES for token in between)
        if listed_ and one.quantity.kind == "number" and last.quantity.kind in UNITED:
            found[index] = one._replace(quantity=with_unit_of(one.quantity, last.quantity))
    return tuple(found)


def with_unit_of(bare: Quantity, other: Quantity) -> Quantity:
    """A bare number read in the unit of another value, and as a bare number too."""
    readings = in_units(bare, [reading.surface for reading in other.readings])
    return replace(bare, kind=other.kind, readings=(*readings, *bare.readings))


def in_units(bare: Quantity, names: Iterable[str], factor: Fraction | int = 1) -> list[Reading]:
    """The readings of a bare number in units, by their names in the table of units."""
    return [
        converted(reading.low * factor, reading.high * factor, reading.ulp * factor, name)
        for name in names
        for reading in bare.readings
        if reading.unit is None and reading.low is not None and reading.high is not None
    ]


def mentions(text: str, tokens: Tokens) -> Iterator[Mention]:
    """The quantities of `tokens`, left to right, none inside another."""
    index, floor = 0, 0
    while index < len(tokens):
        skip = numbering_at(tokens, index)
        if skip:
            index = skip
            continue
        found = mention_at(text, tokens, index, floor)
        if found is None:
            index += 1
            continue
        yield found
        index = floor = found.next


def mention_at(text: str, tokens: Tokens, index: int, floor: int) -> Mention | None:
    """The quantity that starts at `index`; its qualifier may reach back to `floor`."""
    dated = when_at(tokens, index)
    if dated:
        return date_mention(text, tokens, index, floor, dated)
    named = identifier_at(tokens, index)
    if named:
        return identifier_mention(text, tokens, index, named)
    ordinal = ordinal_at(tokens, index)
    if ordinal:
        return ordinal_mention(text, tokens, index, ordinal)
    between = between_at(tokens, index) or one_in(tokens, index)
    if between:
        return value_mention(text, tokens, index, floor, between)
    years = year_alone(tokens, index)
    if years and years.ends:
        return date_mention(text, tokens, index, floor, years)
    amount = amount_at(tokens, index)
    return value_mention(text, tokens, index, floor, amount) if amount else None


def made(text: str, tokens: Tokens, first: int, end: int, quantity: Quantity) -> Mention:
    """A mention with its span and words filled in."""
    span = Span(start=tokens[first].start, end=tokens[end - 1].end)
    return Mention(replace(quantity, span=span, text=span.of(text)), first, end)


BLANK = Quantity(span=Span(start=0, end=0), text="", kind="number", readings=())


def date_mention(text: str, tokens: Tokens, index: int, floor: int, when: When) -> Mention:
    """A date or time with "before", "after", "about" in front."""
    qualifier, first = ranges.qualifier_before(tokens, index, dates=True)
    if first < floor:
        qualifier, first = None, index
    readings = tuple(ranges.qualified(reading, qualifier) for reading in when.readings)
    if when.ends and lifetime(tokens, first, when.next):
        readings = when.ends
    kind: Kind = "time" if when.kind == "time" else "date"
    quantity = replace(
        BLANK,
        kind=kind,
        readings=readings,
        partial=when.partial,
        ends=when.ends,
        weak=identifies(tokens, first, when.next) or month_in_passing(tokens, first, when.next),
        approximate=qualifier == "about",
    )
    return made(text, tokens, first, when.next, quantity)


def identifier_mention(text: str, tokens: Tokens, index: int, named: tuple[str, int]) -> Mention:
    """A version or part number, compared as an exact string."""
    key, end = named
    kind: Kind = "version" if key[0].isdigit() or key[:1] == "v" else "identifier"
    weak = kind == "identifier" and " " not in key
    return made(text, tokens, index, end, replace(BLANK, kind=kind, key=key, weak=weak))


def ordinal_at(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """The ordinal at `index` (3rd, third, twenty-first), and the index behind it."""
    token = at(tokens, index)
    numbered = {"no": 1 + (at(tokens, index + 1).text == "."), "number": 1, "#": 1}.get(token.low)
    if numbered and token.text != "no":
        return numbered_at(tokens, index + numbered)
    if token.kind == "d" and at(tokens, index + 1).low in SUFFIXES and glued(tokens, index + 1):
        return (int(token.text), index + 2) if len(token.text) < 7 else None
    if token.low in ORDINALS:
        return ORDINALS[token.low], index + 1
    if token.low in TENS:
        dash = at(tokens, index + 1).text in DASHES
        unit = ORDINALS.get(at(tokens, index + 1 + dash).low, 0)
        return (TENS[token.low] + unit, index + 2 + dash) if 0 < unit < 10 else None
    return None


def numbered_at(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """The small number behind "No." or "number", as an ordinal."""
    number = number_at(tokens, index)
    if number is None or number.values[0] > 1000 or number.ulp != 1 or number.scaled:
        return None
    return int(number.values[0]), number.next


def ordinal_mention(text: str, tokens: Tokens, index: int, ordinal: tuple[int, int]) -> Mention:
    """A place in an order; "first" and "second" may be mere adverbs, so they are weak."""
    value, end = Fraction(ordinal[0]), ordinal[1]
    reading = Reading(low=value, high=value, unit="ordinal")
    noun = noun_after(tokens, end)
    weak = ordinal[0] <= 2
    quantity = replace(BLANK, kind="ordinal", readings=(reading,), noun=noun, weak=weak)
    return made(text, tokens, index, end, quantity)


def value_mention(
    text: str, tokens: Tokens, index: int, floor: int, amount: Amount
) -> Mention | None:
    """A counted or measured value with its qualifiers and its noun."""
    if pronoun(tokens, index, amount):
        return None
    qualifier, first = ranges.qualifier_before(tokens, index)
    if first < floor:
        qualifier, first = None, index
    behind, end = ranges.qualifier_after(tokens, amount.next)
    tolerance = None if qualifier else plus_minus(tokens, amount)
    if tolerance:
        amount, end = tolerance, tolerance.next
    readings = tuple(ranges.qualified(item, qualifier or behind) for item in amount.readings)
    if qualifier in {"over", "most"} and tokens[first].low in LASTING:
        readings += tuple(item for item in amount.readings if item.unit == "second")
    noun = noun_after(tokens, end) if amount.kind in {"number", "percent"} else ""
    year = year_alone(tokens, index) if amount.kind == "number" else None
    if year and year.next == amount.next:
        found = date_mention(text, tokens, index, floor, year)
        return found if at(tokens, index - 1).low in YEAR_CUES else or_number(found, readings, noun)
    quantity = replace(
        BLANK,
        kind=amount.kind,
        readings=readings,
        noun=noun,
        ends=amount.ends if not (qualifier or behind) else (),
        approximate="about" in {qualifier, behind},
        weak=figurative(tokens, index, amount),
    )
    return made(text, tokens, first, end, quantity)


def or_number(found: Mention, numbers: tuple[Reading, ...], noun: str) -> Mention:
    """A year that nothing marks as one, read as a number too."""
    readings = (*found.quantity.readings, *numbers)
    return found._replace(quantity=replace(found.quantity, readings=readings, noun=noun))
