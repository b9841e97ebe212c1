"""From tokens to quantities: one pass, the most specific shape first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from guard.types import Span
from guard.verify.quantities import money, ranges
from guard.verify.quantities.context import FUNCTION_WORDS, noun_after
from guard.verify.quantities.dates import ORDINALS, SUFFIXES, When, when_at, year_alone
from guard.verify.quantities.identifiers import identifier_at, numbering_at
from guard.verify.quantities.model import DATE, Kind, Quantity, Reading
from guard.verify.quantities.numbers import DASHES, TENS, Number, number_at
from guard.verify.quantities.tokens import Tokens, at, glued, tokenise
from guard.verify.quantities.units import Unit, scale, unit_at

PERCENT = frozenset(("%", "percent", "pct", "percents", "٪"))
POINTS = frozenset(("point", "points"))
DELTA_WORDS = frozenset(
    "by rise rises rose risen increase increased increases warmer warming cooler colder hotter "
    "difference drop dropped drops fell fall falls change changed higher lower within".split()
)
LASTING = frozenset(("over", "past", "within"))
"""Words that bound a value, or, before a time, only say that something went on during it."""
YEAR_CUES = frozenset(
    "in since by until till of from during before after circa between around early late mid year "
    "through to and ( for season".split()
)


class Mention(NamedTuple):
    """A quantity with the tokens it takes: from `first` to before `next`."""

    quantity: Quantity
    first: int
    next: int


class Amount(NamedTuple):
    """A number with its unit: the readings, the kind, and the index behind it."""

    readings: tuple[Reading, ...]
    kind: Kind
    next: int
    form: str = "digits"
    ends: tuple[Reading, ...] = ()


@lru_cache(maxsize=512)
def scan(text: str) -> tuple[tuple[Mention, ...], Tokens]:
    """Every quantity of `text` in order, and its tokens."""
    tokens = tokenise(text)
    return tuple(mentions(text, tokens)), tokens


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
    between = between_at(tokens, index)
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
    kind: Kind = "time" if when.kind == "time" else "date"
    quantity = replace(
        BLANK,
        kind=kind,
        readings=readings,
        partial=when.partial,
        ends=when.ends,
        weak=identifies(tokens, first, when.next),
        approximate=qualifier == "about",
    )
    return made(text, tokens, first, when.next, quantity)


def identifies(tokens: Tokens, first: int, end: int) -> bool:
    """Whether a date only tells which one is meant: "the 1984 film", "Boyhood (2014)"."""
    bracketed = at(tokens, first - 1).text == "(" and at(tokens, end).text == ")"
    article = at(tokens, first - 1).low in {
        "the",
        "a",
        "an",
        "his",
        "her",
        "their",
        "its",
        "'",
        "s",
    }
    noun = at(tokens, end).kind == "w" and at(tokens, end).low not in FUNCTION_WORDS
    return end - first == 1 and (bracketed or (article and noun))


def identifier_mention(text: str, tokens: Tokens, index: int, named: tuple[str, int]) -> Mention:
    """A version or part number, compared as an exact string."""
    key, end = named
    kind: Kind = "version" if key[0].isdigit() or key[:1] == "v" else "identifier"
    weak = tokens[index].kind == "w" and len(tokens[index].text) > 3 and kind == "identifier"
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


def between_at(tokens: Tokens, index: int) -> Amount | None:
    """ "between 3 and 5 km", "from 3 to 5", "between 1990 and 1995"."""
    word = at(tokens, index).low
    ranging = at(tokens, index - 1).low.startswith("rang") or word == "between"
    joiner = {"between": "and", "from": "to"}.get(word) if ranging else None
    if joiner is None:
        return None
    year = year_alone(tokens, index + 1)
    if year and at(tokens, year.next).low == joiner:
        other = year_alone(tokens, year.next + 1)
        if other is None or word == "from":
            return None
        low, high = year.readings[0].low, other.readings[0].high
        return Amount((Reading(low=low, high=high, unit=DATE),), "date", other.next)
    first = amount_at(tokens, index + 1)
    if first is None or at(tokens, first.next).low != joiner or first.kind == "date":
        return None
    second = amount_at(tokens, first.next + 1)
    return spanned(first, second) if second else None


def spanned(first: Amount, second: Amount) -> Amount | None:
    """The range from one amount to another; the first takes the unit of the second if bare."""
    readings = []
    for end in second.readings:
        for start in first.readings:
            low = start.low
            if start.unit is None and end.surface and low is not None:
                low = converted(low, low, start.ulp, end.surface).low
            elif start.unit != end.unit:
                continue
            if low is not None and end.high is not None and low < end.high:
                readings.append(replace(end, low=low))
    return Amount(tuple(readings), second.kind, second.next) if readings else None


def amount_at(tokens: Tokens, index: int) -> Amount | None:
    """A number with sign, currency, range and unit at `index`."""
    place, negative = sign_at(tokens, index)
    currency = money.prefix_at(tokens, place)
    number = number_at(tokens, currency.next if currency else place)
    if number is None or (number.form == "part" and number.next == index):
        return None
    if currency:
        number = short_million(tokens, number)
    low = number
    ranged = range_end(tokens, number, currency) or either(tokens, number)
    if ranged:
        number = ranged
    return with_unit(tokens, low, number, currency, negative=negative)


def sign_at(tokens: Tokens, index: int) -> tuple[int, bool]:
    """Where the number behind a sign starts, and whether the sign is a minus."""
    token = at(tokens, index)
    minus = token.text in {"-", "−"} or token.low in {"minus", "negative"}
    joined = glued(tokens, index) and at(tokens, index - 1).text not in {"(", "=", "[", ":", "~"}
    if token.kind == "s" and (joined or not glued(tokens, index + 1)):
        return index, False
    return (index + 1, True) if minus else (index, False)


def short_million(tokens: Tokens, number: Number) -> Number:
    """ "$5m" and "£7m" are millions, "$5K" thousands."""
    token = at(tokens, number.next)
    factor = {"m": 10**6, "M": 10**6, "K": 10**3, "b": 10**9, "t": 10**12}.get(token.text)
    if factor and not number.scaled:
        return number.times(factor, number.next + 1)
    return number


def range_end(tokens: Tokens, number: Number, currency: Unit | None) -> Number | None:
    """The second number of "3-5" or "3 to 5", larger than the first."""
    place = number.next
    dash = at(tokens, place).text in DASHES
    if not dash and (at(tokens, place).low != "to" or changing(tokens, place)):
        return None
    again = money.prefix_at(tokens, place + 1) if currency else None
    second = number_at(tokens, again.next if again else place + 1)
    if second is None or second.form != number.form or second.values[0] <= number.values[0]:
        return None
    after = at(tokens, second.next)
    if dash and (after.text in DASHES or after.text == "/") and glued(tokens, second.next):
        return None
    return second


def changing(tokens: Tokens, place: int) -> bool:
    """Whether the "to" at `place` ends a change, "from 3 to 5", and not a range."""
    before = [token.low for token in tokens[max(place - 6, 0) : place]]
    return "from" in before and not any(word.startswith("rang") for word in before)


def either(tokens: Tokens, number: Number) -> Number | None:
    """The second number of "59 or 60 years", read as a range."""
    if at(tokens, number.next).low != "or":
        return None
    second = number_at(tokens, number.next + 1)
    near = second is not None and second.values[0] == number.values[0] + 1
    return second if near else None


def with_unit(
    tokens: Tokens, low: Number, high: Number, currency: Unit | None, *, negative: bool
) -> Amount:
    """The amount from `low` to `high` with the unit behind it."""
    if high.scaled and not low.scaled and low is not high:
        factor = high.ulp / Fraction(1, 1) if high.ulp else Fraction(1)
        low = rescaled(low, high, factor)
    names, kind, end = unit_after(tokens, high, currency)
    readings: list[Reading] = []
    for first, last in zip(low.values, high.values, strict=False):
        pair = (-last, -first) if negative else (first, last)
        readings += [converted(*pair, high.ulp, name) for name in names]
    if temperature(names) and delta(tokens, low.next):
        readings = [in_degrees(reading) for reading in readings]
    ends: tuple[Reading, ...] = ()
    if low is not high and readings:
        ends = tuple(
            replace(readings[0], low=v, high=v) for v in (readings[0].low, readings[0].high)
        )
    return Amount(tuple(readings), kind, end, high.form, ends)


def rescaled(low: Number, high: Number, factor: Fraction) -> Number:
    """ "2 to 3 million": the first number on the second's scale."""
    size = factor
    for magnitude in (10**12, 10**9, 10**7, 10**6, 10**5, 10**3, 12, 10**2):
        if high.values[0] / magnitude >= 1 and size >= Fraction(magnitude, 1000):
            return low.times(magnitude, low.next)
    return low


def unit_after(
    tokens: Tokens, number: Number, currency: Unit | None
) -> tuple[tuple[str, ...], Kind, int]:
    """What stands behind a number: percent, points, a currency, a unit, or nothing."""
    place = number.next
    if currency:
        return tuple(f"${name}" for name in currency.names), "money", place
    place += at(tokens, place).text in DASHES and at(tokens, place + 1).kind == "w"
    token, follower = at(tokens, place), at(tokens, place + 1)
    if token.low in PERCENT or (token.low == "per" and follower.low == "cent"):
        return percent(tokens, place + 1 + (token.low == "per"))
    if token.low == "percentage" and follower.low in POINTS:
        return ("%points",), "percent", place + 2
    if token.low == "basis" and follower.low in POINTS:
        return ("%basis",), "percent", place + 2
    if token.low in {"pp", "bps", "bp"}:
        return ("%points" if token.low == "pp" else "%basis",), "percent", place + 1
    place += token.low == "of" and number.form == "part" and follower.low in {"a", "an"}
    place += at(tokens, place).low in {"a", "an"} and number.form == "part"
    coins = money.suffix_at(tokens, place)
    unit = unit_at(tokens, place)
    if coins and unit is None:
        return tuple(f"${name}" for name in coins.names), "money", coins.next
    if unit and unit_fits(tokens, number, place):
        return unit.names, "measure", unit.next
    if at(tokens, age_word(tokens, place)).low in {"age", "aged"}:
        return ("year", ""), "measure", number.next
    return bare(number)


def age_word(tokens: Tokens, place: int) -> int:
    """Where "age" or "aged" would stand before the number that ends at `place`."""
    start = place - 2
    while start > place - 5 and at(tokens, start).low in {"of", ":", "-", "and"}:
        start -= 1
    return start


def percent(tokens: Tokens, place: int) -> tuple[tuple[str, ...], Kind, int]:
    """A percentage, or points where the word follows."""
    if at(tokens, place).low in POINTS:
        return ("%points",), "percent", place + 1
    return ("%",), "percent", place


def unit_fits(tokens: Tokens, number: Number, place: int) -> bool:
    """Whether a unit may belong to this number: a bare letter needs digits and no hyphen."""
    token = at(tokens, place)
    if len(token.text) > 1 or token.text == "°":
        return True
    return number.form == "digits" and place == number.next


def bare(number: Number) -> tuple[tuple[str, ...], Kind, int]:
    """A number without unit: a count, or a share when it is a part of one."""
    share = number.form == "part" and number.values[0] <= 1
    return (("%share",) if share else ("",)), "number", number.next


def converted(low: Fraction, high: Fraction, ulp: Fraction, name: str) -> Reading:
    """An interval in the base unit of `name`."""
    if name.startswith("%"):
        return percentage(low, high, ulp, name)
    if name in {"$¢", "$p"}:
        low, high, ulp = low / 100, high / 100, ulp / 100
        name = "$USD" if name == "$¢" else "$GBP"
    if not name:
        return Reading(low=low, high=high, ulp=ulp)
    size = scale(name)
    return Reading(
        low=low * size.factor + size.offset,
        high=high * size.factor + size.offset,
        ulp=ulp * size.factor,
        unit=size.base,
        surface=name,
    )


def percentage(low: Fraction, high: Fraction, ulp: Fraction, name: str) -> Reading:
    """Percentages and shares in one unit, percentage points and basis points in another."""
    factor = {"%": 100, "%points": 100, "%basis": 10000, "%share": 1}[name]
    unit = "share" if name in {"%", "%share"} else "points"
    return Reading(low=low / factor, high=high / factor, ulp=ulp / factor, unit=unit, surface=name)


def temperature(names: tuple[str, ...]) -> bool:
    """Whether a unit is a temperature scale with its own zero."""
    return any(name.startswith("degree_") for name in names)


def delta(tokens: Tokens, place: int) -> bool:
    """Whether the words around say that a temperature is a difference."""
    near = range(max(place - 6, 0), min(place + 4, len(tokens)))
    return any(tokens[index].low in DELTA_WORDS for index in near)


def in_degrees(reading: Reading) -> Reading:
    """A temperature as a difference: without its zero, in a unit of its own."""
    if not reading.surface.startswith("degree_") or reading.low is None or reading.high is None:
        return reading
    zero = scale(reading.surface).offset
    low, high = reading.low - zero, reading.high - zero
    return replace(reading, low=low, high=high, unit="kelvin of difference")


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
        return dated_number(text, tokens, index, floor, year, readings)
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


def figurative(tokens: Tokens, index: int, amount: Amount) -> bool:
    """Whether a value may be a figure of speech: "one", "a half", "the top ten"."""
    if amount.kind != "number":
        return False
    return tokens[index].low == "one" or amount.form == "part" or at(tokens, index - 1).low == "top"


def dated_number(
    text: str, tokens: Tokens, index: int, floor: int, year: When, numbers: tuple[Reading, ...]
) -> Mention:
    """Four digits that are a year, or, without a cue for one, a year or a number."""
    found = date_mention(text, tokens, index, floor, year)
    if at(tokens, index - 1).low in YEAR_CUES:
        return found
    readings = (*found.quantity.readings, *numbers)
    noun = noun_after(tokens, year.next)
    return found._replace(quantity=replace(found.quantity, readings=readings, noun=noun))


def pronoun(tokens: Tokens, index: int, amount: Amount) -> bool:
    """Whether "one" is no number here: "one of the", "the one", "no one", "one can"."""
    if tokens[index].low != "one" or amount.next != index + 1 or amount.kind != "number":
        return False
    before = at(tokens, index - 1).low
    if before in {"the", "no", "this", "that", "each", "every", "any", "which", "another", "an"}:
        return True
    return not noun_after(tokens, amount.next) or at(tokens, index + 1).low == "of"


def plus_minus(tokens: Tokens, amount: Amount) -> Amount | None:
    """ "5 ± 0.2 mm" or "5 mm +/- 0.2 mm": the range around a value."""
    words = "".join(at(tokens, amount.next + step).text for step in range(3))
    skip = 1 if words[:1] == "±" else 3 if words in {"+/-", "+/−"} else 0
    room = amount_at(tokens, amount.next + skip) if skip else None
    if room is None:
        return None
    readings = []
    for side in room.readings:
        for middle in amount.readings:
            if middle.low is None or middle.high is None or side.high is None:
                continue
            low, high = middle.low, middle.high
            if middle.unit is None and side.surface:
                low = converted(low, low, middle.ulp, side.surface).low or low
                high = low
            elif middle.unit != side.unit:
                continue
            readings.append(replace(side, low=low - side.high, high=high + side.high))
    return Amount(tuple(readings), room.kind, room.next) if readings else None
