"""Numbers that claim nothing by themselves: pronouns, figures of speech, parts of names."""

from __future__ import annotations

from guard.verify.quantities.amounts import Amount
from guard.verify.quantities.context import FUNCTION_WORDS, noun_after, plural_after
from guard.verify.quantities.numerals import DASHES
from guard.verify.quantities.tokens import Tokens, at, glued

ORDER = frozenset(
    ("first", "second", "third", "fourth", "last", "latter", "other", "final", "next")
)


def identifies(tokens: Tokens, first: int, end: int) -> bool:
    """Whether a date only tells which one is meant: "the 1984 film", "Boyhood (2014)"."""
    bracketed = at(tokens, first - 1).text == "(" and at(tokens, end).text == ")"
    article = at(tokens, first - 1).low in {
        "the",
        "a",
        "an",
        "his",
        "her",
        "their",
        "its",
        "'",
        "s",
    }
    noun = at(tokens, end).kind == "w" and at(tokens, end).low not in FUNCTION_WORDS
    return end - first == 1 and (bracketed or (article and noun))


def lifetime(tokens: Tokens, first: int, end: int) -> bool:
    """Whether a range of years is when someone lived, "Ada Brandt (1842–1906)": what lies inside
    of it is no date of theirs."""
    bracketed = at(tokens, first - 1).text == "(" and at(tokens, end).text == ")"
    named = [at(tokens, first - step).text[:1].isupper() for step in (2, 3)]
    return bracketed and all(named)


def month_in_passing(tokens: Tokens, first: int, end: int) -> bool:
    """Whether a lone month stands without "in" or its kin, as in "the Ides of March"."""
    lone = end - first == 1 and tokens[first].kind == "w"
    return lone and at(tokens, first - 1).low not in {"in", "since", "until", "by", "during"}


def figurative(tokens: Tokens, index: int, amount: Amount) -> bool:
    """Whether a value may be a figure of speech: "one", "a half", "the top ten"."""
    if amount.kind != "number":
        return False
    before, after = at(tokens, index - 1), at(tokens, amount.next)
    if tokens[index].low in {"half", "quarter"} and before.low in ORDER:
        return True
    if tokens[index].low == "one" or before.low == "top":
        return True
    if amount.form == "part" and after.low not in {"of", "the"}:
        return True
    if (tokens[index].text == "1" and after.low == "of") or ratio(tokens, amount.next):
        return True
    return labelling(tokens, index, amount)


def ratio(tokens: Tokens, place: int) -> bool:
    """Whether "times" at `place` compares: "seven times more", "ten times its size"."""
    follower = at(tokens, place + 1).low
    return at(tokens, place).low == "times" and follower in {"more", "as", "its", "the", "their"}


def labelling(tokens: Tokens, index: int, amount: Amount) -> bool:
    """Whether a number is part of a name: "Agent 47", "kinesin-8"."""
    before = at(tokens, index - 1)
    if before.text in DASHES and glued(tokens, index) and glued(tokens, index - 1):
        return at(tokens, index - 2).kind == "w"
    named = before.kind == "w" and before.text[0].isupper() and before.low not in FUNCTION_WORDS
    whole = amount.form == "digits" and amount.next == index + 1
    return named and whole and len(tokens[index].text) < 4 and not plural_after(tokens, amount.next)


def pronoun(tokens: Tokens, index: int, amount: Amount) -> bool:
    """Whether "one" is no number here: "one of the", "the one", "no one", "one can"."""
    if tokens[index].low != "one" or amount.next != index + 1 or amount.kind != "number":
        return False
    before = at(tokens, index - 1).low
    if before in {"the", "no", "this", "that", "each", "every", "any", "which", "another", "an"}:
        return True
    return not noun_after(tokens, amount.next) or at(tokens, index + 1).low == "of"
