"""Random numbers in random surfaces: equal ones agree, swapped ones are never supported."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.types import Claim, Evidence, Passage, Span
from guard.verify.context import Context
from guard.verify.quantities import check_quantities, quantities

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def spelled(number: int) -> str:
    """A number below a million in English words."""
    if number < 20:
        return ONES.split()[number]
    if number < 100:
        tens, one = divmod(number, 10)
        return TENS.split()[tens - 2] + (f"-{ONES.split()[one]}" if one else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    count, rest = divmod(number, size)
    return f"{spelled(count)} {name}" + (f" {spelled(rest)}" if rest else "")


def label(claim: str, evidence: str) -> str:
    """What the check says, "nothing" when it says nothing."""
    span = Span(start=0, end=len(evidence))
    passage = Passage(id="p", document="d", title="", text=evidence, span=span, sha256="")
    given_ = Evidence(passage=passage, quote=span, score=1.0, how="given")
    value = Claim(id="c", text=claim, kind="prose")
    finding = next(check_quantities(value, given_, Context()), None)
    return finding.label if finding else "nothing"


@settings(deadline=None)
@given(st.integers(2, 999_999))
def test_a_number_reads_back_from_words_and_digits(number: int) -> None:
    """Words, plain digits and grouped digits of a number read to the same value."""
    for text in (spelled(number), str(number), f"{number:,}", f"{number:,}".replace(",", "\u202f")):
        (found,) = quantities(f"exactly {text}, no other")
        assert number in {reading.low for reading in found.readings}
        assert found.text == text


@settings(deadline=None)
@given(st.integers(1, 9999), st.integers(0, 6))
def test_a_magnitude_word_is_its_power_of_ten(mantissa: int, places: int) -> None:
    """A decimal with "million" is that many millions, exactly."""
    number = Fraction(mantissa, 10**places)
    text = f"{mantissa / 10**places:.{places}f} million"
    (found,) = quantities(text)
    assert number * 10**6 in {reading.low for reading in found.readings}


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_gives_exact_ordered_spans(text: str) -> None:
    """Whatever the text, spans are exact, in order and do not overlap."""
    end = 0
    for found in quantities(text):
        assert found.span.of(text) == found.text
        assert found.span.start >= end
        assert found.span.end > found.span.start
        end = found.span.end


@settings(deadline=None)
@given(st.text(alphabet="0123456789 .,-–/:%$€°CFkmM'ehalfonedt", max_size=80))
def test_number_like_noise_is_read_without_an_error(text: str) -> None:
    """Noise made of the characters of numbers is read or passed over, never an error."""
    for found in quantities(text):
        assert found.span.of(text) == found.text


def pairs(seed: int, count: int) -> list[tuple[str, str, bool]]:
    """Claims with evidence, half of them with the same values in another form, half swapped."""
    draw = random.Random(seed)
    return [MAKERS[index % len(MAKERS)](draw, index % 2 == 0) for index in range(count)]


def other(draw: random.Random, number: int, low: int, high: int) -> int:
    """Another number of that range."""
    return draw.choice([value for value in range(low, high) if value != number])


def counted(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    one, two = draw.sample(range(2, 400), 2)
    nouns = draw.sample(["engineers", "nurses", "pumps", "trucks", "houses", "teachers"], 2)
    claim = f"The company bought or hired {one} {nouns[0]}."
    given_ = one if same else other(draw, one, 2, 400)
    return claim, f"The company has {spelled(given_)} {nouns[0]} and {two} {nouns[1]}.", same


def bound_elsewhere(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    one, two = draw.sample(range(2, 400), 2)
    nouns = draw.sample(["engineers", "nurses", "pumps", "trucks", "houses", "teachers"], 2)
    values = (one, two) if same else (two, one)
    evidence = f"The company has {values[0]:,} {nouns[0]} and {values[1]:,} {nouns[1]}."
    return f"The company has {spelled(one)} {nouns[0]}.", evidence, same


def measured(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    number = draw.randrange(2, 90)
    given_ = number if same else other(draw, number, 2, 90)
    long, short, factor = draw.choice(
        [("km", "m", 1000), ("hours", "minutes", 60), ("kg", "grams", 1000), ("cm", "mm", 10)]
    )
    claim = f"The part called Delta measures {number} {long}."
    return claim, f"The part called Delta measures {given_ * factor:,} {short}.", same


def dated(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    day, year = draw.randrange(13, 28), draw.randrange(1801, 2020)
    given_ = day if same else other(draw, day, 13, 28)
    claim = f"The bridge opened on {day} March {year}."
    return claim, f"The bridge was opened {year}-03-{given_:02d} by the mayor.", same


def shared(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    share = draw.choice([(25, "a quarter"), (50, "half"), (75, "three quarters"), (20, "a fifth")])
    number = share[0] if same else other(draw, share[0], 2, 90)
    return (
        f"The pump uses {number} % of the power.",
        f"The pump uses {share[1]} of the power.",
        same,
    )


def paid(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    number = draw.randrange(11, 99)
    given_ = number if same else other(draw, number, 11, 99)
    claim = f"The firm paid ${number / 10:.1f} million for the site."
    return claim, f"The firm paid {given_ * 100_000:,} dollars for the site.", same


def degrees(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    celsius = draw.randrange(-8, 40) * 5
    given_ = celsius if same else celsius + draw.choice([-10, -5, 5, 10])
    claim = f"The oven is kept at {celsius} °C."
    return claim, f"The oven is kept at {given_ * 9 // 5 + 32} °F.", same


def decades(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    year = draw.choice((1700, 1800, 1900)) + draw.randrange(30, 80)  # "1800s" is a century too
    decade = year // 10 * 10 if same else year // 10 * 10 + draw.choice([-20, -10, 10])
    return f"The museum was founded in the {decade}s.", f"The museum was founded in {year}.", same


def versions(draw: random.Random, same: bool) -> tuple[str, str, bool]:
    patch = draw.randrange(0, 30)
    given_ = patch if same else other(draw, patch, 0, 30)
    return f"The server runs version 2.4.{patch}.", f"The server runs v2.4.{given_}.", same


MAKERS = (
    counted, counted, bound_elsewhere, bound_elsewhere, measured, measured, dated, dated, shared,
    shared, paid, paid, degrees, degrees, decades, decades, versions, versions,
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_reformatted_values_agree_and_swapped_ones_do_not(seed: int) -> None:
    """Of 1,080 generated pairs, every swap is caught and nearly all rewordings are carried."""
    results = [(label(claim, text), same) for claim, text, same in pairs(seed, 360)]
    swapped = [found for found, same in results if not same]
    kept = [found for found, same in results if same]
    assert swapped.count("supported") == 0
    assert swapped.count("nothing") == 0
    assert kept.count("supported") >= 0.97 * len(kept)
