"""Numbers, in digits and in words.

Every reader takes tokens and an index and gives a `Number` with the index behind it, or None. They
look ahead a bounded number of tokens, so that a scan over a text stays linear.
"""

from __future__ import annotations

from fractions import Fraction

from guard.verify.quantities.digits import digits_at
from guard.verify.quantities.numerals import (
    DASHES,
    GLUED_MAGNITUDES,
    MAGNITUDES,
    SCALES,
    VULGAR,
    Number,
)
from guard.verify.quantities.tokens import Tokens, at, glued
from guard.verify.quantities.words import words_at


def number_at(tokens: Tokens, index: int) -> Number | None:
    """The number that starts at `index`, with its magnitude ("2.4 million", "a dozen")."""
    first = at(tokens, index)
    number: Number | None
    if first.kind == "d" or (first.text == "." and glued(tokens, index + 1)):
        number = digits_at(tokens, index)
    elif first.text in VULGAR:
        number = Number((Fraction(*VULGAR[first.text]),), Fraction(0), index + 1, "part")
    else:
        number = words_at(tokens, index)
    return magnified(tokens, number) if number else None


def magnified(tokens: Tokens, number: Number) -> Number:
    """`number` with the magnitude words that follow: "million", "hundred thousand", "k", "bn"."""
    for _ in range(3):
        token = at(tokens, number.next)
        joined = glued(tokens, number.next)
        dash = joined and token.text in DASHES and at(tokens, number.next + 1).low in SCALES
        if dash:
            token = at(tokens, number.next + 1)
        factor = MAGNITUDES.get(token.low)
        if factor is None and joined and number.form == "digits" and not number.scaled:
            factor = GLUED_MAGNITUDES.get(token.text) if token.text not in "mK" else None
        if factor is None:
            break
        number = number.times(factor, number.next + 1 + dash)
    return number
