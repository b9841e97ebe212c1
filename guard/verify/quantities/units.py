"""Units: a fixed table of names and symbols, and their exact conversion.

The factors are pint's, as fractions, looked up for these names once and kept in a file, since pint
takes half a second to load; the tests hold them against pint.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from guard.verify.quantities.tokens import Token, Tokens, at, glued, listed

WORD_PREFIXES = listed("nano micro milli centi deci kilo mega giga tera peta")
PREFIXED_WORDS = {
    "metre": "meter", "meter": "meter", "gram": "gram", "gramme": "gram", "litre": "liter",
    "liter": "liter", "watt": "watt", "joule": "joule", "volt": "volt", "ampere": "ampere",
    "amp": "ampere", "hertz": "hertz", "pascal": "pascal", "newton": "newton", "byte": "byte",
    "bit": "bit", "second": "second", "mole": "mole", "ohm": "ohm", "calorie": "calorie",
    "electronvolt": "electron_volt", "coulomb": "coulomb", "farad": "farad", "tesla": "tesla",
}  # fmt: skip
SYMBOL_PREFIXES = {
    "n": "nano", "µ": "micro", "μ": "micro", "m": "milli", "c": "centi", "k": "kilo",
    "M": "mega", "G": "giga", "T": "tera", "h": "hecto",
}  # fmt: skip
PREFIXED_SYMBOLS = {
    "m": ("meter", "nµμmck"), "g": ("gram", "nµμmk"), "l": ("liter", "µμmch"),
    "L": ("liter", "µμmc"), "W": ("watt", "mkMGT"), "Wh": ("watt_hour", "mkMGT"),
    "J": ("joule", "mkMG"), "V": ("volt", "µμmk"), "A": ("ampere", "µμmk"),
    "Ah": ("ampere_hour", "mk"), "Hz": ("hertz", "kMGT"), "Pa": ("pascal", "mhkMG"),
    "N": ("newton", "mk"), "s": ("second", "nµμm"), "mol": ("mole", "nµμmk"),
    "eV": ("electron_volt", "mkMGT"), "cal": ("calorie", "k"), "Ω": ("ohm", "mkM"),
    "F": ("farad", "nµμm"), "bar": ("bar", "m"), "bit": ("bit", "kMGT"),
}  # fmt: skip
SYMBOLS: dict[str, tuple[str, ...]] = {
    "°C": ("degree_Celsius",), "℃": ("degree_Celsius",), "°F": ("degree_Fahrenheit",),
    "℉": ("degree_Fahrenheit",), "K": ("kelvin",), "°": ("degree", "degree_Celsius"),
    "mi": ("mile",), "ft": ("foot",), "yd": ("yard",), "yds": ("yard",), "lb": ("pound",),
    "lbs": ("pound",), "oz": ("ounce",), "st": ("stone",), "t": ("metric_ton",), "ha": ("hectare",),
    "mph": ("mile_per_hour",), "kph": ("kilometer_per_hour",), "kmh": ("kilometer_per_hour",),
    "kn": ("knot",), "kt": ("knot",), "psi": ("psi",), "atm": ("standard_atmosphere",),
    "mmHg": ("millimeter_Hg",), "hp": ("horsepower",), "au": ("astronomical_unit",),
    "AU": ("astronomical_unit",), "ly": ("light_year",), "pc": ("parsec",), "h": ("hour",),
    "hr": ("hour",), "hrs": ("hour",), "min": ("minute",), "mins": ("minute",),
    "sec": ("second",), "secs": ("second",), "kB": ("kilobyte",), "KB": ("kilobyte", "kibibyte"),
    "MB": ("megabyte",), "GB": ("gigabyte",), "TB": ("terabyte",), "PB": ("petabyte",),
    "KiB": ("kibibyte",), "MiB": ("mebibyte",), "GiB": ("gibibyte",), "TiB": ("tebibyte",),
    "kbps": ("kilobit/second",), "Mbps": ("megabit/second",), "Gbps": ("gigabit/second",),
    "rpm": ("!revolution/minute",), "sqft": ("foot^2",), "sqm": ("meter^2",),
    "yr": ("year",), "yrs": ("year",), "mo": ("month",), "wk": ("week",), "wks": ("week",),
    "km²": ("kilometer^2",), "dB": ("!decibel",), "ppm": ("!ppm",), "ppb": ("!ppb",),
    "inch": ("inch",), "″": ("inch",), "′": ("foot",), "cc": ("centimeter^3",),
}  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    "mile": ("mile",), "foot": ("foot",), "feet": ("foot",), "inch": ("inch",),
    "inches": ("inch",), "yard": ("yard",), "ounce": ("ounce",), "stone": ("stone",),
    "pound": ("pound", "$GBP"), "tonne": ("metric_ton",),
    "ton": ("short_ton", "metric_ton", "long_ton"),
    "gallon": ("US_liquid_gallon", "imperial_gallon"), "pint": ("US_pint", "imperial_pint"),
    "barrel": ("oil_barrel",), "acre": ("acre",), "hectare": ("hectare",), "knot": ("knot",),
    "furlong": ("furlong",), "league": ("league",), "fathom": ("fathom",), "carat": ("carat",),
    "minute": ("minute",), "hour": ("hour",), "day": ("day",), "week": ("week",),
    "fortnight": ("fortnight",), "month": ("month",), "year": ("year",), "decade": ("decade",),
    "century": ("century",), "centuries": ("century",), "millennium": ("millennium",),
    "millennia": ("millennium",), "calorie": ("kilocalorie", "calorie"),
    "horsepower": ("horsepower",), "kelvin": ("kelvin",), "celsius": ("degree_Celsius",),
    "centigrade": ("degree_Celsius",), "fahrenheit": ("degree_Fahrenheit",),
    "degree": ("degree", "degree_Celsius", "degree_Fahrenheit"), "parsec": ("parsec",),
    "lightyear": ("light_year",), "decibel": ("!decibel",), "kilo": ("kilogram",),
    "kibibyte": ("kibibyte",), "mebibyte": ("mebibyte",), "gibibyte": ("gibibyte",),
    "tebibyte": ("tebibyte",), "atmosphere": ("standard_atmosphere",), "bar": ("bar",),
    "revolution": ("!revolution",),
}  # fmt: skip
PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("light", "year"): ("light_year",), ("light", "years"): ("light_year",),
    ("nautical", "mile"): ("nautical_mile",), ("nautical", "miles"): ("nautical_mile",),
    ("degree", "celsius"): ("degree_Celsius",), ("degrees", "celsius"): ("degree_Celsius",),
    ("degree", "fahrenheit"): ("degree_Fahrenheit",),
    ("degrees", "fahrenheit"): ("degree_Fahrenheit",), ("degrees", "c"): ("degree_Celsius",),
    ("degrees", "f"): ("degree_Fahrenheit",), ("degrees", "centigrade"): ("degree_Celsius",),
    ("metric", "tons"): ("metric_ton",), ("metric", "ton"): ("metric_ton",),
    ("astronomical", "unit"): ("astronomical_unit",),
    ("astronomical", "units"): ("astronomical_unit",), ("°", "c"): ("degree_Celsius",),
    ("°", "f"): ("degree_Fahrenheit",), ("º", "c"): ("degree_Celsius",),
    ("º", "f"): ("degree_Fahrenheit",), ("fl", "oz"): ("US_fluid_ounce", "imperial_fluid_ounce"),
    ("board", "feet"): ("!board_foot",), ("square", "mile"): ("mile^2",),
}  # fmt: skip
TIMES = {
    "second": Fraction(1), "minute": Fraction(60), "hour": Fraction(3600), "day": Fraction(86400),
    "week": Fraction(604800), "fortnight": Fraction(1209600), "month": Fraction(2629800),
    "year": Fraction(31557600), "decade": Fraction(315576000), "century": Fraction(3155760000),
    "millennium": Fraction(31557600000), "millisecond": Fraction(1, 1000),
    "microsecond": Fraction(1, 10**6), "nanosecond": Fraction(1, 10**9),
}  # fmt: skip
ZEROS = {"degree_Celsius": Fraction(5463, 20), "degree_Fahrenheit": Fraction(45967, 180)}
"""Where temperature scales have their zero, in kelvins."""

SCALES = Path(__file__).with_name("scales.json")
"""The exact factors, written from pint by tests/verify/scales.py."""

POWERS = {"²": 2, "³": 3, "2": 2, "3": 3}
RAISERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
BARE_LETTERS = frozenset("mgltWJVANLshFK")
"""Symbols of one letter, which are units only right after a number, in this case."""


Scaled = tuple[Fraction, dict[str, Fraction]]
"""A factor, and base units with their powers."""


class Unit(NamedTuple):
    """The units that a text may mean, each a product of named atoms, and the index behind it."""

    names: tuple[str, ...]
    next: int


class Scale(NamedTuple):
    """value in base units = value * factor + offset."""

    base: str
    factor: Fraction
    offset: Fraction


@lru_cache(maxsize=1)
def symbols() -> dict[str, tuple[str, ...]]:
    """Every symbol, case kept, to the pint names it may mean."""
    table: dict[str, tuple[str, ...]] = {}
    for symbol, (name, prefixes) in PREFIXED_SYMBOLS.items():
        table[symbol] = (name,)
        for prefix in prefixes:
            table[prefix + symbol] = (SYMBOL_PREFIXES[prefix] + name,)
    return table | SYMBOLS


@lru_cache(maxsize=1)
def words() -> dict[str, tuple[str, ...]]:
    """Every folded unit word, singular and plural, to the pint names it may mean."""
    table: dict[str, tuple[str, ...]] = {}
    for word, name in PREFIXED_WORDS.items():
        for prefix in ("", *WORD_PREFIXES):
            meant = (prefix + name,)
            table[prefix + word] = table[f"{prefix}{word}s"] = meant
    for word, names in WORDS.items():
        table[word] = names
        table.setdefault(f"{word}s", names)
    return table | {"calorie": WORDS["calorie"], "calories": WORDS["calorie"]}


def unit_at(tokens: Tokens, index: int) -> Unit | None:
    """The unit written at `index`, with "per" or "/" and powers: km/h, square feet, mg/dL."""
    top = powered_atom(tokens, index)
    if top is None:
        return None
    per = at(tokens, top.next)
    slash = per.text == "/" and not at(tokens, top.next + 1).gap
    if not (slash or per.low in {"per", "an"}):
        return top
    bottom = powered_atom(tokens, top.next + 1)
    if bottom is None or len(bottom.names) > 1:
        return top
    return Unit(tuple(f"{name}/{bottom.names[0]}" for name in top.names), bottom.next)


def powered_atom(tokens: Tokens, index: int) -> Unit | None:
    """One unit with its power: "square metres", "m²", "cubic feet", "km2"."""
    power = RAISERS.get(at(tokens, index).low)
    if power:
        skip = 1 + (at(tokens, index + 1).text == ".")
        unit = atom(tokens, index + skip)
        return unit and Unit(tuple(f"{name}^{power}" for name in unit.names), unit.next)
    unit = atom(tokens, index)
    if unit is None:
        return None
    mark = at(tokens, unit.next)
    caret = mark.text == "^"
    power = POWERS.get(at(tokens, unit.next + caret).text)
    metres = unit.names[0].endswith(("meter", "foot", "inch", "mile"))
    if power and metres and glued(tokens, unit.next) and "^" not in unit.names[0]:
        names = tuple(f"{name}^{power}" for name in unit.names)
        return Unit(names, unit.next + 1 + caret)
    return unit


def atom(tokens: Tokens, index: int) -> Unit | None:
    """One unit name of the table at `index`."""
    token = at(tokens, index)
    pair = PHRASES.get((token.low, at(tokens, index + 1).low))
    if pair:
        return Unit(pair, index + 2)
    hyphen = at(tokens, index + 2) if at(tokens, index + 1).text == "-" else None
    if hyphen and (joined := PHRASES.get((token.low, hyphen.low))):
        return Unit(joined, index + 3)
    names = symbols().get(token.text)
    if names and bare_letter_allowed(tokens, index):
        return Unit(names, index + 1)
    names = words().get(token.low)
    return Unit(names, index + 1) if names else None


def bare_letter_allowed(tokens: Tokens, index: int) -> bool:
    """Whether a symbol stands where a unit can: a single letter not before an apostrophe or dot."""
    token: Token = tokens[index]
    if token.text == "°":
        return True
    if len(token.text) > 1:
        return True
    follower = at(tokens, index + 1)
    return token.text in BARE_LETTERS and not (follower.text in "'’&" and not follower.gap)


@lru_cache(maxsize=1)
def scales() -> Mapping[str, Scaled]:
    """Factor and base units of every name of this table that is no unit of time."""
    table = json.loads(SCALES.read_text(encoding="utf-8"))
    return {
        name: (Fraction(factor), {unit: Fraction(power) for unit, power in base.items()})
        for name, (factor, base) in table.items()
    }


@lru_cache(maxsize=1024)
def scale(name: str) -> Scale:
    """How to bring `name`, a name or product made by `unit_at`, to base units."""
    if name.startswith(("$", "!")):
        return Scale(name.lstrip("!"), Fraction(1), Fraction(0))
    if name in TIMES:
        return Scale("second", TIMES[name], Fraction(0))
    if name in ZEROS:
        return Scale("kelvin^1", atom_scale(name)[0], ZEROS[name])
    factor, base = Fraction(1), dict[str, Fraction]()
    for part, sign in signed_parts(name):
        plain, _, power = part.partition("^")
        exponent = sign * int(power or 1)
        size, dimensions = atom_scale(plain)
        factor *= size**exponent
        for unit, times in dimensions.items():
            base[unit] = base.get(unit, Fraction(0)) + times * exponent
    return Scale(spelled(base), factor, Fraction(0))


def signed_parts(name: str) -> Iterator[tuple[str, int]]:
    """The atoms of "a/b", with the sign of their exponents."""
    for place, part in enumerate(name.split("/")):
        yield part, -1 if place else 1


def spelled(base: dict[str, Fraction]) -> str:
    """One name for a product of base units."""
    return " ".join(f"{unit}^{power}" for unit, power in sorted(base.items()) if power)


def atom_scale(name: str) -> Scaled:
    """The factor and the base units of one name."""
    if name in TIMES:
        return TIMES[name], {"second": Fraction(1)}
    if name.startswith(("$", "!")):
        return Fraction(1), {name: Fraction(1)}
    return scales()[name]


def atoms() -> Iterator[str]:
    """Every name whose scale is looked up."""
    for meant in (*symbols().values(), *words().values(), *PHRASES.values()):
        for name in meant:
            for part, _ in signed_parts(name):
                plain = part.partition("^")[0]
                if plain not in TIMES and not name.startswith(("$", "!")):
                    yield plain
