"""The value of a number, and the words and signs that numbers are made of."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from guard.verify.quantities.tokens import listed

ONES = {
    word: value
    for value, word in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen sixteen seventeen eighteen nineteen"
        )
    )
}


TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
} | {"fourty": 40}


SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "lakh": 10**5,
    "lac": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
    "quadrillion": 10**15,
}


MAGNITUDES = (
    SCALES
    | {f"{word}s": value for word, value in SCALES.items()}
    | {
        "dozen": 12,
        "dozens": 12,
        "mn": 10**6,
        "mln": 10**6,
        "mio": 10**6,
        "bn": 10**9,
        "tn": 10**12,
    }
)


GLUED_MAGNITUDES = {"k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9, "bn": 10**9, "m": 10**6}


PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4}


PARTS |= {"fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6}


PARTS |= {"eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10, "hundredth": 100}


PARTS |= {"hundredths": 100, "thousandth": 1000, "thousandths": 1000}


VULGAR = {
    "½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8), "⅜": (3, 8),
    "⅝": (5, 8), "⅞": (7, 8), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6),
    "⅚": (5, 6),
}  # fmt: skip


DASHES = frozenset("-−–‐‑")


class Number(NamedTuple):
    """A number without unit: the readings, the size of the last digit, and where it ends.

    `form` is digits, words or part ("half", "two thirds"); `scaled` tells that a magnitude word or
    an exponent was given, so that the digits written are the stated precision.
    """

    values: tuple[Fraction, ...]
    ulp: Fraction
    next: int
    form: str = "digits"
    scaled: bool = False
    factor: Fraction = Fraction(1)

    def times(self, factor: Fraction | int, end: int) -> Number:
        """This number on another scale, ending at `end`."""
        values = tuple(value * factor for value in self.values)
        return self._replace(
            values=values,
            ulp=self.ulp * factor,
            next=end,
            scaled=True,
            factor=self.factor * factor,
        )
