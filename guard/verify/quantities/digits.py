"""Numbers in digits: separators, decimals, fractions and powers of ten."""

from __future__ import annotations

from fractions import Fraction

from guard.verify.quantities.model import MAX_DIGITS
from guard.verify.quantities.numerals import DASHES, VULGAR, Number
from guard.verify.quantities.tokens import Token, Tokens, at, glued
from guard.verify.quantities.words import with_part

MAX_GROUPS = 12


SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


SEPARATORS = {".": ".", ",": ",", "'": "'", "’": "'", "·": "."}


SPACES = frozenset(" \u00a0\u2009\u202f\u2007")


CROSSES = frozenset("×x*·")


def digits_at(tokens: Tokens, index: int) -> Number | None:
    """A number in digits: separators, decimals, fractions and powers of ten."""
    if tokens[index].text == ".":
        return decimal_without_lead(tokens, index)
    pieces, separators = groups(tokens, index)
    if sum(map(len, pieces)) > MAX_DIGITS:
        return None
    number = grouped(pieces, separators, index)
    return exponent(tokens, with_fraction(tokens, number))


def decimal_without_lead(tokens: Tokens, index: int) -> Number | None:
    """ ".5" as a half."""
    digits = at(tokens, index + 1)
    if digits.kind != "d" or len(digits.text) > MAX_DIGITS or glued(tokens, index):
        return None
    return exponent(tokens, decimal("0", digits.text, index + 2))


def groups(tokens: Tokens, index: int) -> tuple[list[str], list[str]]:
    """The runs of digits from `index` on and the separators between them."""
    pieces, separators = [tokens[index].text], []
    place = index + 1
    while len(pieces) < MAX_GROUPS and place < len(tokens):
        token, following = tokens[place], at(tokens, place + 1)
        if separates(tokens, place):
            separators.append(SEPARATORS[token.text])
            pieces.append(following.text)
            place += 2
        elif spaced_group(token, pieces, separators):
            separators.append(" ")
            pieces.append(token.text)
            place += 1
        else:
            break
    return pieces, separators


def separates(tokens: Tokens, place: int) -> bool:
    """Whether the sign at `place` stands between groups of one number.

    Tokenised text writes "23 , 768" with blanks on both sides, which nobody else does.
    """
    token, following = tokens[place], at(tokens, place + 1)
    if token.text not in SEPARATORS or following.kind != "d":
        return False
    if token.text == "·" and following.text == "10":
        return False
    apart = token.text == "," and token.gap == following.gap == " " and len(following.text) == 3
    return apart or not (token.gap or following.gap)


def spaced_group(token: Token, pieces: list[str], separators: list[str]) -> bool:
    """Whether `token` goes on with a number grouped by blanks, as in 12 345 678."""
    if token.kind != "d" or len(token.text) != 3 or token.gap not in SPACES or not token.gap:
        return False
    return len(pieces[0]) <= 3 and pieces[0] != "0" and all(mark == " " for mark in separators)


def grouped(pieces: list[str], separators: list[str], index: int) -> Number:
    """The readings of groups of digits; only the first group where they are no one number."""
    whole = index + 2 * len(pieces) - 1 - separators.count(" ")
    kinds = set(separators)
    last = separators[-1] if separators else ""
    if not kinds or (len(kinds) == 1 and thousands(pieces) and last != "."):
        return integer(pieces, whole)
    if len(pieces) == 2 and last in ".,":
        number = decimal(pieces[0], pieces[1], whole)
        if thousands(pieces):
            return number._replace(values=(*number.values, Fraction(int("".join(pieces)))))
        return number
    if len(kinds) == 1 and thousands(pieces):
        return integer(pieces, whole)
    if len(kinds) == 2 and last in ".," and separators.count(last) == 1 and thousands(pieces[:-1]):
        return decimal("".join(pieces[:-1]), pieces[-1], whole)
    return integer(pieces[:1], index + 1)


def thousands(pieces: list[str]) -> bool:
    """Whether `pieces` are groups of three (1,234,567) or Indian groups (12,34,567)."""
    lead, rest = pieces[0], pieces[1:]
    if not 1 <= len(lead) <= 3 or lead[0] == "0" or not rest or len(rest[-1]) != 3:
        return False
    sizes = {len(piece) for piece in rest[:-1]}
    return sizes <= {3} or (sizes == {2} and len(lead) <= 2)


def integer(pieces: list[str], end: int) -> Number:
    """The whole number that `pieces` spell."""
    return Number((Fraction(int("".join(pieces))),), Fraction(1), end)


def decimal(whole: str, part: str, end: int) -> Number:
    """The decimal `whole.part`."""
    scale = 10 ** len(part)
    return Number((Fraction(int(whole + part), scale),), Fraction(1, scale), end)


def with_fraction(tokens: Tokens, number: Number) -> Number:
    """`number` with a vulgar fraction behind it (2½, 3 1/2), or as one itself (1/2)."""
    place = number.next
    token = at(tokens, place)
    if token.text in VULGAR:
        part = Fraction(*VULGAR[token.text])
        return Number((number.values[0] + part,), Fraction(0), place + 1)
    if [token.low, at(tokens, place + 1).low] == ["and", "a"]:
        return with_part(tokens, number)
    if number.ulp == 1 and token.kind == "d" and token.gap in SPACES and len(token.text) < 3:
        part_of = slashed(tokens, place)
        if part_of is not None and part_of < 1:
            return Number((number.values[0] + part_of,), Fraction(0), place + 3)
    if at(tokens, place).text in {"/", "⁄"}:
        ratio = slashed(tokens, place - 1)
        if ratio is not None:
            over = ratio if number.ulp == 1 else number.values[0] / int(tokens[place + 1].text)
            return Number((over, number.values[0]), Fraction(0), place + 2, "part")
    return number


def slashed(tokens: Tokens, index: int) -> Fraction | None:
    """The fraction a/b written at `index`, when it is one and not a date or a path."""
    top, bottom = at(tokens, index), at(tokens, index + 2)
    if at(tokens, index + 1).text not in {"/", "⁄"} or top.kind != "d" or bottom.kind != "d":
        return None
    if not (glued(tokens, index + 1) and glued(tokens, index + 2)) or len(bottom.text) > 6:
        return None
    if len(top.text) > 9 or at(tokens, index + 3).text == "/" or int(bottom.text) == 0:
        return None
    return Fraction(int(top.text), int(bottom.text))


def exponent(tokens: Tokens, number: Number) -> Number:
    """`number` with its power of ten: 1.5e10, 6.02 × 10^23, 3×10⁸."""
    place = number.next
    token = at(tokens, place)
    if token.low == "e" and glued(tokens, place):
        return powered(tokens, number, place + 1)
    if token.low in CROSSES and at(tokens, place + 1).text == "10":
        if at(tokens, place + 2).text == "^":
            return powered(tokens, number, place + 3)
        return powered(tokens, number, place + 2)
    return number


def powered(tokens: Tokens, number: Number, place: int) -> Number:
    """`number` times ten to the power written at `place`, or as it was when there is none."""
    power, end = integer_power(tokens, place)
    if power is None or abs(power) > MAX_DIGITS:
        return number
    return number.times(Fraction(10) ** power, end)


def integer_power(tokens: Tokens, place: int) -> tuple[int | None, int]:
    """A signed exponent in digits or superscripts at `place`, and where it ends."""
    raised = ""
    while glued(tokens, place + len(raised)) and len(raised) < 6:
        mark = tokens[place + len(raised)].text.translate(SUPERSCRIPTS)
        if not (mark == "-" or (len(mark) == 1 and mark.isascii() and mark.isdigit())):
            break
        if tokens[place + len(raised)].text == mark and not raised:
            break
        raised += mark
    if raised.lstrip("-").isdigit():
        return int(raised), place + len(raised)
    sign = -1 if at(tokens, place).text in DASHES else 1
    start = place + (at(tokens, place).text in {*DASHES, "+"})
    digits = at(tokens, start)
    if digits.kind == "d" and len(digits.text) <= 4 and glued(tokens, start):
        return sign * int(digits.text), start + 1
    return None, place
