"""Numbers, in digits and in words.

Every reader takes tokens and an index and gives a `Number` with the index behind it, or None. They
look ahead a bounded number of tokens, so that a scan over a text stays linear.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from guard.verify.quantities.model import MAX_DIGITS
from guard.verify.quantities.tokens import Token, Tokens, at, glued

MAX_GROUPS = 12
MAX_WORDS = 24

ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
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
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SEPARATORS = {".": ".", ",": ",", "'": "'", "’": "'", "·": "."}
SPACES = frozenset(" \u00a0\u2009\u202f\u2007")
TIMES = frozenset("×x*·")
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

    def times(self, factor: Fraction | int, end: int) -> Number:
        """This number on another scale, ending at `end`."""
        values = tuple(value * factor for value in self.values)
        return self._replace(values=values, ulp=self.ulp * factor, next=end, scaled=True)


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
    if not kinds:
        return integer(pieces, index + 1)
    last = separators[-1]
    if len(kinds) == 1 and thousands(pieces) and last != ".":
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
    if token.low in TIMES and at(tokens, place + 1).text == "10":
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


def words_at(tokens: Tokens, index: int) -> Number | None:
    """A number in words: forty-two, two and a half, three quarters, half a million, a dozen."""
    first = at(tokens, index).low
    if first in {"a", "an"}:
        return after_article(tokens, index)
    if first in {"half", "quarter"}:
        return part_at(tokens, index, Fraction(1))
    if first in MAGNITUDES and first in {"dozen", "hundred", "thousand", "million", "billion"}:
        return None
    if first not in ONES and first not in TENS:
        return None
    return with_part(tokens, cardinal(tokens, index))


def after_article(tokens: Tokens, index: int) -> Number | None:
    """ "a hundred", "a dozen", "a half", "a third of"; a plain article is no number."""
    following = at(tokens, index + 1).low
    if following in SCALES:
        return cardinal(tokens, index)
    if following == "dozen":
        return Number((Fraction(1),), Fraction(0), index + 1, "words")
    if following in {"half", "quarter", "third", "fifth", "tenth"}:
        return part_at(tokens, index + 1, Fraction(1))
    return None


def part_at(tokens: Tokens, index: int, count: Fraction) -> Number | None:
    """A named part at `index`: "half", "quarter of", "half a million", but no fifth place."""
    word = at(tokens, index).low
    value = count / PARTS[word]
    following = at(tokens, index + 1).low
    if following in {"a", "an"} and at(tokens, index + 2).low in {*SCALES, "dozen"}:
        return Number((value,), Fraction(0), index + 2, "words")
    if word not in {"half", "halves"} and count == 1 and following != "of":
        return None
    return Number((value,), Fraction(0), index + 1, "part")


def with_part(tokens: Tokens, number: Number) -> Number:
    """`number` as the count of a part ("two thirds"), or with one added ("two and a half")."""
    place = number.next
    dash = at(tokens, place).text in DASHES and glued(tokens, place)
    word = at(tokens, place + dash).low
    if word in PARTS and number.values[0] < 100:
        part = part_at(tokens, place + dash, number.values[0])
        if part and (number.values[0] > 1 or part.form == "part"):
            return part
    if [at(tokens, place + step).low for step in range(2)] == ["and", "a"]:
        word = at(tokens, place + 2).low
        if word in {"half", "quarter", "third"}:
            value = number.values[0] + Fraction(1, PARTS[word])
            return Number((value,), Fraction(0), place + 3, "words")
    return number


def cardinal(tokens: Tokens, index: int) -> Number:
    """A whole number in words from `index` on, "a" counting as one."""
    total, current, place = 0, 0, index
    last = "start"
    for _ in range(MAX_WORDS):
        word, step = next_word(tokens, place, last)
        role = "article" if word in {"a", "an"} and last == "start" else role_of(word)
        if not allowed(last, role):
            break
        if role == "hundred":
            current = max(current, 1) * 100
        elif role == "scale":
            total, current = total + max(current, 1) * SCALES[word], 0
        elif role == "article":
            current = 1
        else:
            value = ONES.get(word, TENS.get(word, 0))
            pair = last == "teen" or (last == "tens" and role in {"tens", "teen"})
            current = current * 100 + value if pair else current + value
        last, place = role, place + step
    return Number((Fraction(total + current),), Fraction(1), place, "words")


def next_word(tokens: Tokens, place: int, last: str) -> tuple[str, int]:
    """The next word of a numeral and how many tokens it takes, over hyphens and "and"."""
    token = at(tokens, place)
    follows = at(tokens, place + 1).low
    if last != "start" and token.text in DASHES and glued(tokens, place):
        return follows, 2
    if last in {"hundred", "scale"} and token.low == "and" and (follows in ONES or follows in TENS):
        return follows, 2
    return token.low, 1


def role_of(word: str) -> str:
    """What a word does in a numeral."""
    if word in TENS:
        return "tens"
    if word in ONES:
        value = ONES[word]
        return "one" if 1 <= value <= 9 else "teen" if value else "zero"
    if word == "hundred":
        return "hundred"
    return "scale" if word in SCALES else "none"


FOLLOWS = {
    "start": {"zero", "one", "teen", "tens", "article"},
    "article": {"hundred", "scale"},
    "zero": set(),
    "one": {"hundred", "scale"},
    "teen": {"hundred", "scale", "tens"},
    "tens": {"one", "hundred", "scale"},
    "hundred": {"one", "teen", "tens", "scale"},
    "scale": {"one", "teen", "tens"},
}


def allowed(last: str, role: str) -> bool:
    """Whether a word of that role may follow, so that "two three" stays two numbers."""
    return role in FOLLOWS.get(last, set())
