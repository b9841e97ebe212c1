"""What a claim computes itself is computed exactly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.types import Claim, Finding
from guard.verify.arithmetic import check_arithmetic
from guard.verify.context import Context


def check(text: str) -> list[Finding]:
    """What the arithmetic check says of `text`."""
    claim = Claim(id="c1", text=text, kind="prose")
    return list(check_arithmetic(claim, None, Context()))


RIGHT = [
    "12 % of 340 is 40.8",
    "3 + 4 = 7",
    "Seven plus five is twelve.",
    "The sum of 12, 13 and 15 is 40.",
    "The product of 6 and 7 is 42.",
    "48 divided by 6 is 8.",
    "The average of 2, 4 and 9 is 5.",
    "The difference between 90 and 55 is 35.",
    "The difference between 55 and 90 is 35.",
    "5 km is 5,000 m.",
    "30 °C is 86 °F.",
    "2.5 hours is 150 minutes.",
    "1 mile is 1.6 km.",
    "5 km is about 3 miles.",
    "1 pound is 16 ounces.",
    "The square root of 16 is 4.",
    "√2 ≈ 1.41",
    "sqrt(2) = 1.414",
    "The cube root of 27 is 3.",
    "2^10 = 1024",
    "2 to the power of 5 is 32",
    "5 squared is 25.",
    "(3 + 4) * 2 = 14",
    "2 + 3 × 4 = 14",
    "10 - 4 + 2 = 8",
    "1/3 is 0.33",
    "2/3 is 0.667",
    "0.1 + 0.2 = 0.3",
    "half of 10 is 5",
    "34 out of 200 is 17 %",
    "1/4 is 25 %",
    "twice 21 is 42",
    "12 % of $340 is $40.80",
    "15 % of 80 million is 12 million",
    "3 m + 20 cm = 3.2 m",
    "3 × 10^8 / 2 = 1.5 × 10^8",
    "So 17 minus 20 is -3.",
]
WRONG = [
    ("12 % of 340 is 41.8", "40.8"),
    ("3 + 4 = 8", "7"),
    ("Eleven minus four is six.", "7"),
    ("The sum of 12, 13 and 15 is 41.", "40"),
    ("48 divided by 6 is 9.", "8"),
    ("The average of 2, 4 and 9 is 6.", "5"),
    ("The difference between 90 and 55 is 45.", "35"),
    ("5 km is 500 m.", "5,000 meter"),
    ("30 °C is 90 °F.", "86 °Fahrenheit"),
    ("1/3 is 0.34", "0.3333"),
    ("10/3 is 3", "3.3333"),
    ("1 mile is 2 km.", "1.609344 kilometer"),
    ("5 km is about 4 miles.", "3.1069 mile"),
    ("2 + 3 × 4 = 20", "14"),
    ("The square root of 16 is 5.", "4"),
    ("The answer to 7 times 8 is 54.", "56"),
    ("1/4 is 30 %", "25 %"),
    ("2.5 hours is 140 minutes.", "150 minute"),
]
UNDECIDED = [
    "x + 2 - 3 = 7",
    "1 + 1 = 10 in binary",
    "1 + 1 is 2 apples",
    "2 + 2 is not 5",
    "If 3 + 4 is 8, pigs fly.",
    "It is false that 3 + 4 is 8.",
    "3-5 is a range",
    "3-5 is 2",
    "The 5 km race is 30 minutes long.",
    "A 3 kg cat is 2 years old.",
    "Item 7 is 12 cm wide.",
    "1 GB is 1024 MB",
    "1 month is 31 days.",
    "1 pound is 17 ounces.",
    "5 + 3 = 8 million",
    "12 % of patients is 40",
    "f(2) + 3 = 9",
    "2x + 3 - 1 = 7",
    "1.234 + 1 = 1235.5",
    "1 / 0 = 7",
    "9^9^9^9 = 3",
    "2 + = 3",
    "(1 + 2 = 3",
    "The tower is 300 m tall.",
    "= = =",
    "",
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_equation_is_supported(text: str) -> None:
    """A right equation that is the whole claim is supported, decisively and without evidence."""
    (finding,) = check(text)
    assert (finding.label, finding.decisive, finding.score) == ("supported", True, 1.0)
    assert finding.passages == ()


@pytest.mark.parametrize(("text", "result"), WRONG)
def test_a_wrong_equation_is_contradicted_with_the_result(text: str, result: str) -> None:
    """A wrong equation is contradicted, decisively, and the reason has the right result."""
    (finding,) = check(text)
    assert (finding.label, finding.decisive) == ("contradicted", True)
    assert finding.reason.endswith(f"it is {result}.")


@pytest.mark.parametrize("text", UNDECIDED)
def test_what_is_no_equation_for_certain_gives_nothing(text: str) -> None:
    """Variables, other bases, hypotheses, ranges and doubtful readings yield no finding."""
    assert check(text) == []


def test_an_equation_inside_a_claim_does_not_prove_the_claim() -> None:
    """A right sum in a longer sentence is supported but not decisive; a wrong one decides."""
    (right,) = check("The tax is 12 % of 340, which is 40.8.")
    assert (right.label, right.decisive) == ("supported", False)
    (wrong,) = check("The tax is 12 % of 340, which is 50.")
    assert (wrong.label, wrong.decisive) == ("contradicted", True)


NUMBERS = st.integers(min_value=-999, max_value=9_999)


@settings(deadline=None)
@given(NUMBERS, NUMBERS, st.sampled_from("+-*"), st.integers(-3, 3))
def test_random_sums_are_judged_right(one: int, two: int, sign: str, off: int) -> None:
    """A random sum is supported exactly when its result is right."""
    result = {"+": one + two, "-": one - two, "*": one * two}[sign] + off
    (finding,) = check(f"{one} {sign} {two} = {result}")
    assert finding.label == ("supported" if off == 0 else "contradicted")


@settings(deadline=None)
@given(st.text(alphabet="0123456789+-*/^().,% =isof", max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """No text makes the check fail."""
    check(text)


@pytest.mark.parametrize(
    "unit", ["1 + ", "1 = ", "2^", "(", "3 is ", "sum of 1, ", "√", "half of "]
)
def test_hostile_texts_end_soon(unit: str) -> None:
    """Long repetitions of anything end within seconds of CPU time."""
    started = time.process_time()
    check((unit * 1_000)[:3_900] + "3 is 4")
    check(unit * 30_000)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text", ["The steps include 84 / 7 = 12.", "The calculation is 3 × 4 = 12."]
)
def test_words_that_only_announce_an_equation_claim_nothing(text: str) -> None:
    """A sentence that only announces a right equation is settled by it."""
    (finding,) = check(text)
    assert (finding.label, finding.decisive) == ("supported", True)
