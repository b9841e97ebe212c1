"""What stands behind a number: percent, points, a currency, a unit; and its base unit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from guard.verify.quantities import money
from guard.verify.quantities.model import Kind, Reading
from guard.verify.quantities.numerals import DASHES, Number
from guard.verify.quantities.tokens import Tokens, at, listed, lows
from guard.verify.quantities.units import TIMES, Unit, scale, unit_at

PERCENT = frozenset(("%", "percent", "pct", "percents", "٪"))


POINTS = frozenset(("point", "points"))


DELTA_WORDS = frozenset(
    listed(
        "by rise rises rose risen increase increased increases warmer warming cooler colder "
        "hotter difference drop dropped drops fell fall falls change changed higher lower "
        "within"
    )
)


DESCRIBING = frozenset(
    listed(
        "financial fiscal calendar academic school consecutive straight full whole successive "
        "further more additional extra long short different separate"
    )
)


def unit_after(
    tokens: Tokens, number: Number, currency: Unit | None
) -> tuple[tuple[str, ...], Kind, int]:
    """What stands behind a number: percent, points, a currency, a unit, or nothing."""
    place = number.next
    if currency:
        return tuple(f"${name}" for name in currency.names), "money", place
    place += at(tokens, place).text in DASHES and at(tokens, place + 1).kind == "w"
    share = percent_at(tokens, place)
    if share:
        return share
    if number.form == "part":
        place += at(tokens, place).low == "of" and at(tokens, place + 1).low in {"a", "an"}
        place += at(tokens, place).low in {"a", "an"}
    coins = money.suffix_at(tokens, place)
    unit = unit_at(tokens, place) or described(tokens, place)
    if coins and unit is None:
        return tuple(f"${name}" for name in coins.names), "money", coins.next
    if unit and unit_fits(tokens, number, place):
        aged = at(tokens, unit.next + (at(tokens, unit.next).text == "-")).low == "old"
        names = (*unit.names, "") if aged else unit.names
        return names, "measure", unit.next
    if at(tokens, age_word(tokens, place)).low in {"age", "aged"}:
        return ("year", ""), "measure", number.next
    return bare(number)


def described(tokens: Tokens, place: int) -> Unit | None:
    """A unit of time behind a word that only describes it: "two financial years"."""
    unit = unit_at(tokens, place + 1) if at(tokens, place).low in DESCRIBING else None
    return unit if unit and unit.names[0] in TIMES else None


def age_word(tokens: Tokens, place: int) -> int:
    """Where "age" or "aged" would stand before the number that ends at `place`."""
    start = place - 2
    while start > place - 5 and at(tokens, start).low in {"of", ":", "-", "and"}:
        start -= 1
    return start


def percent_at(tokens: Tokens, place: int) -> tuple[tuple[str, ...], Kind, int] | None:
    """A percentage, or percentage points or basis points, at `place`."""
    word, follower = lows(tokens, place, 2)
    end = place + 1 + (word == "per")
    if word in PERCENT or (word, follower) == ("per", "cent"):
        points = at(tokens, end).low in POINTS
        return ("%points" if points else "%",), "percent", end + points
    if word in {"percentage", "basis"} and follower in POINTS:
        return ("%points" if word == "percentage" else "%basis",), "percent", place + 2
    return (("%points",), "percent", place + 1) if word == "pp" else None


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
