"""Years, decades, centuries, quarters: dates without a day."""

from __future__ import annotations

from guard.verify.quantities.days import When, months, years
from guard.verify.quantities.model import Reading
from guard.verify.quantities.numerals import DASHES
from guard.verify.quantities.tokens import Tokens, at, glued, listed
from guard.verify.quantities.units import TIMES

ORDINALS = {
    name: place
    for place, name in enumerate(
        listed(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
        ),
        start=1,
    )
} | {"twentieth": 20, "thirtieth": 30}


SUFFIXES = frozenset(("st", "nd", "rd", "th"))


BEFORE_CHRIST = frozenset(("bc", "bce"))


ERAS = BEFORE_CHRIST | {"ad", "ce"}


PART_WORDS = frozenset(("-", "'", "’", "‘", "the", "of", "part"))


def number(tokens: Tokens, index: int, *, digits: tuple[int, ...]) -> int | None:
    """The whole number at `index` when it has one of these counts of digits."""
    token = at(tokens, index)
    return int(token.text) if token.kind == "d" and len(token.text) in digits else None


def year_at(tokens: Tokens, index: int) -> tuple[int, int] | None:
    """A year of four digits at `index` (over a comma or "of"), and the index behind it."""
    place = index + (at(tokens, index).low in {",", "of"})
    year = number(tokens, place, digits=(4,))
    if year is None or not 1000 <= year <= 2999 or part_of_number(tokens, place):
        return None
    return year, place + 1


def part_of_number(tokens: Tokens, index: int) -> bool:
    """Whether the digits at `index` go on: 1,999 or 1999.5 or 1999th."""
    follower = at(tokens, index + 1)
    if follower.text in {".", ","} and glued(tokens, index + 1):
        return at(tokens, index + 2).kind == "d" and glued(tokens, index + 2)
    return follower.low in SUFFIXES and glued(tokens, index + 1)


def decade(tokens: Tokens, index: int) -> When | None:
    """1990s, and 90s behind "the" or an apostrophe; 1900s may be the decade or the century."""
    quoted = at(tokens, index + 1).text in {"'", "’"}
    place = index + 1 + quoted
    year = number(tokens, index, digits=(4,))
    if at(tokens, place).low != "s" or (year is not None and (year % 10 or year < 1000)):
        return None
    if not (glued(tokens, index + 1) and glued(tokens, place)) and not (quoted and year):
        return None
    if year is None and at(tokens, index - 1).low in {"his", "her", "their"}:
        return thirties(tokens, index, place + 1)
    if year is None:
        short = number(tokens, index, digits=(2,))
        named = quoted or at(tokens, index - 1).low in {
            "the",
            "'",
            "’",
            "early",
            "mid",
            "late",
            "‘",
            "-",
        }
        if short is None or short % 10 or not named:
            return None
        year = 1900 + short if short >= 20 else 2000 + short
    readings = [within(tokens, index, year, 10)]
    if year % 100 == 0:
        readings.append(within(tokens, index, year, 100))
    return When(tuple(readings), place + 1)


def thirties(tokens: Tokens, index: int, end: int) -> When | None:
    """An age in tens: "in her 30s"."""
    tens = number(tokens, index, digits=(2,))
    if not tens or tens % 10:
        return None
    year = TIMES["year"]
    low, high = tens * year, (tens + 10) * year - 1
    return When((Reading(low=low, high=high, unit="second", surface="year"),), end)


def within(tokens: Tokens, index: int, first: int, size: int) -> Reading:
    """A decade or century from `first` on, or the part of it that early, mid or late names."""
    place = index - 1
    while place > index - 4 and at(tokens, place).low in PART_WORDS:
        place -= 1
    share = {"early": (0, 5), "mid": (3, 7), "middle": (3, 7), "late": (5, 10)}
    low, high = share.get(at(tokens, place).low, (0, 10))
    return years(first + low * size // 10, first + high * size // 10 - 1)


def century(tokens: Tokens, index: int) -> When | None:
    """19th century, nineteenth century, 3rd century BC."""
    token = at(tokens, index)
    count = number(tokens, index, digits=(1, 2)) or ORDINALS.get(token.low)
    place = index + 1
    if token.low == "twenty":
        place += at(tokens, place).text == "-"
        count = 20 + ORDINALS.get(at(tokens, place).low, 0)
        place += 1
    elif token.kind == "d":
        place += at(tokens, place).low in SUFFIXES
    place += at(tokens, place).text == "-"
    if not count or at(tokens, place).low not in {"century", "centuries"}:
        return None
    if at(tokens, place + 1).low in BEFORE_CHRIST:
        return When((years(-100 * count + 1, -100 * count + 100),), place + 2)
    place += at(tokens, place + 1).low in ERAS
    first = 100 * (count - 1)
    return When((within(tokens, index, first, 100),), place + 1)


def era_year(tokens: Tokens, index: int) -> When | None:
    """44 BC, 1200 AD, 79 CE."""
    year = number(tokens, index, digits=(1, 2, 3, 4))
    era = at(tokens, index + 1)
    written = era.text.isupper() or era.low in BEFORE_CHRIST  # "ad" is a word of its own
    if not year or era.low not in ERAS or not written:
        return None
    count = 1 - year if at(tokens, index + 1).low in BEFORE_CHRIST else year
    return When((years(count, count),), index + 2)


def quarter(tokens: Tokens, index: int) -> When | None:
    """Q3 2021, H1 2021, the third quarter of 2021."""
    token, follower = at(tokens, index), at(tokens, index + 1)
    count, size, place = 0, 3, index + 2
    if token.text in {"Q", "H"} and follower.kind == "d" and glued(tokens, index + 1):
        count, size = int(follower.text[:2]), 3 if token.text == "Q" else 6
    elif follower.low in {"quarter", "half"}:
        count, size = ORDINALS.get(token.low, 0), 3 if follower.low == "quarter" else 6
    year = year_at(tokens, place + (at(tokens, place).text in DASHES))
    if not 1 <= count <= 12 // size or year is None:
        return None
    return When((months(year[0], size * (count - 1) + 1, size * count),), year[1])


def year_alone(tokens: Tokens, index: int) -> When | None:
    """A year by itself (1999), or two as a range: 1965-1972, 2018/19, 1990 to 1995."""
    found = year_at(tokens, index) if at(tokens, index).kind == "d" else None
    if found is None or found[0] > 2199:
        return None
    first, place = found
    dash = at(tokens, place).text in {*DASHES, "/"}
    if dash or at(tokens, place).low in {"to", "through", "until"}:
        last = last_year(tokens, place + 1, first)
        if last:
            ends = (years(first, first), years(last, last))
            return When((years(first, last),), place + 2, ends=ends)
    return When((years(first, first),), place)


def last_year(tokens: Tokens, index: int, first: int) -> int:
    """The later year that ends a range, in four digits or two, 0 when there is none."""
    year = number(tokens, index, digits=(4,))
    if year is None and glued(tokens, index) and not glued(tokens, index + 1):
        short = number(tokens, index, digits=(2,))
        year = None if short is None else first // 100 * 100 + short
    return year if year and first < year < first + 1000 and not part_of_number(tokens, index) else 0
