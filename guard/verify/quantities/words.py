"""Numbers in words: forty-two, two and a half, three quarters, half a million, a dozen."""

from __future__ import annotations

from fractions import Fraction

from guard.verify.quantities.numerals import DASHES, MAGNITUDES, ONES, PARTS, SCALES, TENS, Number
from guard.verify.quantities.tokens import Tokens, at, glued

MAX_WORDS = 24


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
    if following in {"dozen", "decade", "century", "millennium", "fortnight"}:
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
