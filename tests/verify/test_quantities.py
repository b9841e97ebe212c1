"""Reading quantities from text: numbers, words, magnitudes, units, money, identifiers."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from guard.verify.quantities import Quantity, quantities


def only(text: str) -> Quantity:
    """The one quantity of `text`."""
    found = quantities(text)
    assert len(found) == 1, [quantity.text for quantity in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("1,234", 1234),
        ("1 234", 1234),
        ("1\u202f234\u202f567", 1234567),
        ("1'234", 1234),
        ("12,34,567", 1234567),
        ("1.234.567", 1234567),
        ("1.234,5", Fraction("1234.5")),
        ("1,234.5", Fraction("1234.5")),
        ("3,5", Fraction("3.5")),
        ("0.25", Fraction(1, 4)),
        (".5", Fraction(1, 2)),
        ("12·4", Fraction("12.4")),
        ("2½", Fraction(5, 2)),
        ("3 1/2", Fraction(7, 2)),
        ("1.5e10", 15 * 10**9),
        ("2e-3", Fraction(1, 500)),
        ("6.02 × 10^23", 602 * 10**21),
        ("3×10⁸", 3 * 10**8),
        ("forty-two", 42),
        ("twelve", 12),
        ("two hundred and five", 205),
        ("one hundred twenty-three thousand", 123_000),
        ("nineteen hundred", 1900),
        ("two and a half", Fraction(5, 2)),
        ("2 and a half", Fraction(5, 2)),
        ("a dozen", 12),
        ("three dozen", 36),
        ("a hundred", 100),
        ("half a million", 500_000),
        ("2.4 million", 2_400_000),
        ("2.4M", 2_400_000),
        ("35k", 35_000),
        ("3 bn", 3 * 10**9),
        ("7 crore", 7 * 10**7),
        ("2.5 lakh", 250_000),
        ("twenty-five millions", 25 * 10**6),
        ("-40", -40),
        ("−40", -40),
        ("minus 40", -40),
    ],
)
def test_a_number_in_any_surface_has_one_value(text: str, value: int | Fraction) -> None:
    """A number reads to its exact value whatever its notation."""
    found = only(text)
    assert found.low == found.high == value
    assert found.unit is None
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3-5", 3, 5),
        ("3 to 5", 3, 5),
        ("between 3 and 5", 3, 5),
        ("between 2 and 3 million", 2 * 10**6, 3 * 10**6),
        ("2 to 3 million", 2 * 10**6, 3 * 10**6),
        ("5 ± 0.2", Fraction("4.8"), Fraction("5.2")),
        ("5 +/- 1", 4, 6),
        ("more than 5", 5, None),
        ("over 5", 5, None),
        ("at least 5", 5, None),
        ("5 or more", 5, None),
        ("5+", 5, None),
        ("up to 5", None, 5),
        ("no more than 5", None, 5),
        ("fewer than 5", None, 5),
        ("about 400", 360, 440),
        ("approximately 412", Fraction("399.64"), Fraction("424.36")),
        ("~ 50", 45, 55),
    ],
)
def test_a_qualifier_makes_an_interval(
    text: str, low: int | Fraction | None, high: int | Fraction | None
) -> None:
    """Ranges, bounds and approximations are intervals, open where unbounded."""
    found = only(text)
    assert (found.low, found.high) == (low, high)
    assert found.text == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 km", "5,000 m"),
        ("5 kilometres", "5 km"),
        ("90 minutes", "1.5 hours"),
        ("two weeks", "14 days"),
        ("a decade", "ten years"),
        ("half a century", "50 years"),
        ("1 GB", "1,000 MB"),
        ("1 GiB", "1024 MiB"),
        ("2 m²", "2 square metres"),
        ("36 km/h", "10 m/s"),
        ("36 kilometres per hour", "10 metres per second"),
        ("1 kWh", "3.6 MJ"),
        ("1 lb", "16 oz"),
        ("1 mile", "5,280 feet"),
        ("30 °C", "86 °F"),
        ("30 degrees Celsius", "86 degrees Fahrenheit"),
        ("-40 °C", "-40 °F"),
        ("273.15 K", "0 °C"),
        ("4.5 mmol/L", "4500 µmol/L"),
        ("25 %", "25 percent"),
        ("25 %", "a quarter of"),
        ("50 per cent", "half of"),
        ("25 basis points", "0.25 percentage points"),
        ("$5", "5 dollars"),
        ("$2.4bn", "2,400 million US dollars"),
        ("£7m", "7 million pounds sterling"),
        ("50 cents", "$0.50"),
        ("€12", "12 EUR"),
        ("3 p.m.", "15:00"),
        ("noon", "12:00 pm"),
    ],
)
def test_the_same_amount_in_two_units_is_equal(one: str, other: str) -> None:
    """Two spellings of an amount share an exact reading in the same base unit."""
    first = {(item.low, item.high, item.unit) for item in only(one).readings}
    second = {(item.low, item.high, item.unit) for item in only(other).readings}
    assert first & second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 km", "5 miles"),
        ("$5", "€5"),
        ("5 dollars", "5 pounds sterling"),
        ("US$5", "A$5"),
        ("1 GB", "1 GiB"),
        ("2 percent", "2 percentage points"),
        ("5 kg", "5 km"),
        ("30 °C", "30 °F"),
        ("5 m²", "5 m³"),
        ("25 %", "25"),
    ],
)
def test_different_amounts_share_no_reading(one: str, other: str) -> None:
    """Other units, other currencies and points against percent are never equal."""
    first = {(item.low, item.high, item.unit) for item in only(one).readings}
    second = {(item.low, item.high, item.unit) for item in only(other).readings}
    assert not first & second


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("hired 34 engineers", "engineer"),
        ("two men were seen", "man"),
        ("382 games played", "game"),
        ("46 positive reviews out of", "review"),
        ("12 % of the employees", "employee"),
        ("five different sports", "sport"),
        ("three cities", "city"),
        ("12 of their children", "child"),
        ("he scored 12.", ""),
    ],
)
def test_the_noun_is_what_is_counted(text: str, noun: str) -> None:
    """The head word behind a number is its noun, in the singular."""
    assert only(text).noun == noun


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("v2.4.1", "2.4.1"),
        ("version 2.4", "2.4"),
        ("2.4.1", "2.4.1"),
        ("ISO 9001", "iso 9001"),
        ("AX-200", "ax-200"),
        ("AX\u2011200", "ax-200"),
        ("B52", "b52"),
    ],
)
def test_identifiers_are_exact_strings(text: str, key: str) -> None:
    """Versions and part numbers are read as one folded string, not as numbers."""
    found = only(text)
    assert found.key == key
    assert found.readings == ()


@pytest.mark.parametrize(
    "text",
    [
        "one of the reasons",
        "no one knows",
        "the one thing",
        "see page 12",
        "in Table 3",
        "as shown [12]",
        "as shown [3, 4]",
        "1. Switch it off.",
        "2) Switch it on.",
        "It may march on.",
        "Nothing here.",
        "",
        " \n\t ",
        "café 🚀 \x00\x07",
    ],
)
def test_what_is_no_quantity_is_not_read(text: str) -> None:
    """Pronouns, page and list numbers, citations and plain words are no quantities."""
    assert quantities(text) == ()


@pytest.mark.parametrize("text", ["the third place", "the 3rd place", "No. 3", "number three"])
def test_ordinals_share_one_reading(text: str) -> None:
    """An ordinal in digits or words has its rank as value and a unit of its own."""
    found = only(text)
    assert (found.low, found.unit) == (3, "ordinal")


def test_spans_are_exact_and_do_not_overlap() -> None:
    """Each quantity's text is what its span covers, in order."""
    text = "On 3 March 1999, about 34 engineers (12 % of staff) moved 5 km for $2.4 million."
    found = quantities(text)
    assert [item.text for item in found] == [
        "3 March 1999",
        "about 34",
        "12 %",
        "5 km",
        "$2.4 million",
    ]
    assert all(item.span.of(text) == item.text for item in found)


def test_numbers_beyond_the_limit_are_not_computed() -> None:
    """A number of 5,000 digits or a huge exponent is passed over without an error."""
    assert quantities("9" * 5000) == ()
    assert all(item.high is not None for item in quantities("1e999999999"))


@pytest.mark.parametrize(
    "unit",
    [
        "9", "%", "(", "the ", "hundred ", "more than ", "between 1 and ", "square ", "half of ",
    ],
)  # fmt: skip
def test_a_hundred_thousand_characters_take_linear_time(unit: str) -> None:
    """Hostile repetitions of 100,000 characters are read within seconds of CPU time."""
    text = (unit * 100_000)[:100_000]
    started = time.process_time()
    quantities(text)
    assert time.process_time() - started < 20


@pytest.mark.parametrize("unit", ["1,", "1.", "1-", "1:", "1/", "a1-", "1 ", "1e", "2^", "±1"])
def test_dense_numbers_take_linear_time(unit: str) -> None:
    """Twice the text takes about twice the time, where every token is a number."""
    times = []
    for size in (3_000, 6_000):
        text = (unit * size)[:size]
        started = time.process_time()
        quantities(text)
        times.append(time.process_time() - started)
    assert times[1] < 4 * times[0] + 1
