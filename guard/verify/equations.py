"""Finding the equations in a sentence: two expressions with "is" or "=" between them.

Strict on purpose. An equation counts only where both sides are read to their ends and nothing next
to them could belong to them; "x + 2 - 3 = 7" and "3 + 4 is 7 in base 9" give nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from guard.types import Span
from guard.verify.formula import Parsed, expression
from guard.verify.quantities.context import FUNCTION_WORDS
from guard.verify.quantities.tokens import Tokens, at, glued, lows, tokenise
from guard.verify.values import Value

WINDOW = 48
MAX_SIGNS = 64
MAX_TEXT = 4000
"""A longer text is no claim that computes something, and is not looked at."""
SIGNS: dict[tuple[str, ...], bool] = {
    ("is", "equal", "to"): False, ("is", "exactly"): False, ("is", "about"): True,
    ("is", "approximately"): True, ("is", "roughly"): True, ("is", "around"): True,
    ("is", "almost"): True, ("is", "nearly"): True, ("which", "is"): False,
    ("comes", "to"): False, ("amounts", "to"): False, ("equals", "about"): True,
    ("is",): False, ("are",): False, ("equals",): False, ("equal",): False, ("=",): False,
    ("makes",): False, ("make",): False, ("gives",): False, ("yields",): False, ("≈",): True,
    ("~",): True, ("was",): False,
}  # fmt: skip
"""What joins the sides of an equation, longest first, and whether it says "about"."""
EXACT_SIGNS = frozenset(("=", "≈", "equals", "equal"))
LEADS = frozenset(
    [
        "so",
        "thus",
        "therefore",
        "hence",
        "then",
        "because",
        "since",
        "as",
        "that",
        "the",
        "and",
        ",",
        ":",
        ";",
    ]
)
WORKINGS = frozenset(
    ["step", "steps", "working", "workings", "calculation", "calculations", "include", "includes",
     "is", "are"]
)  # fmt: skip
"""Words that only announce an equation: "The steps include 3 × 4 = 12"."""
OPERATORS = frozenset(
    [
        "+",
        "-",
        "−",
        "–",
        "*",
        "×",
        "·",
        "⋅",
        "/",
        "÷",
        "^",
        "(",
        "%",
        "of",
        "plus",
        "minus",
        "times",
        "by",
        "over",
        "and",
        "or",
        "to",
        "√",
    ]
)
DOUBTS = frozenset(
    [
        "not",
        "wrong",
        "false",
        "incorrect",
        "if",
        "suppose",
        "assume",
        "assuming",
        "unless",
        "mistake",
        "myth",
        "would",
        "n't",
        "never",
        "whether",
    ]
)
ASKED = frozenset(("answer", "solution", "result"))
BASES = frozenset(("in", "mod", "modulo", "base", "remainder"))


class Equation(NamedTuple):
    """Two sides that a sentence says are equal.

    `text` is its words, `result` where its right side stands; `about` tells that it says so;
    `converts` that it only changes the unit; `whole` that the sentence says nothing else.
    """

    left: Value
    right: Value
    text: str
    about: bool
    converts: bool
    whole: bool
    result: Span


def equations(text: str) -> Iterator[Equation]:
    """The equations of `text`, in order, at most `MAX_EQUATIONS`."""
    tokens = tokenise(text) if len(text) <= MAX_TEXT else ()
    if any(token.low in DOUBTS for token in tokens):
        return
    signs = ((index, sign_at(tokens, index)) for index in range(1, len(tokens)))
    for index, sign in islice((pair for pair in signs if pair[1]), MAX_SIGNS):
        equation = sign and equation_at(text, tokens, index, sign)
        if equation:
            yield equation


def sign_at(tokens: Tokens, index: int) -> tuple[int, bool] | None:
    """The index behind the sign of equality at `index`, and whether it says "about"."""
    before = at(tokens, index - 1).text
    if tokens[index].text == "=" and before in {"<", ">", "!", "="}:
        return None
    for words, about in SIGNS.items():
        if lows(tokens, index, len(words)) == words:
            return index + len(words), about
    return None


def equation_at(text: str, tokens: Tokens, index: int, sign: tuple[int, bool]) -> Equation | None:
    """The equation whose sign starts at `index`, or None."""
    behind, about = sign
    right = expression(tokens, behind)
    if right is None or not ends_well(tokens, right.next):
        return None
    end = index - (at(tokens, index - 1).text == ",")
    start, left = left_side(tokens, end)
    if left is None or not comparable(left.value, right.value):
        return None
    whole = opens(tokens, start) and closes(tokens, right.next)
    converts = not (left.value.steps or right.value.steps)
    if converts and not (conversion(left.value, right.value) and whole):
        return None
    if ambiguous(tokens, start, index):
        return None
    words = text[tokens[start].start : tokens[right.next - 1].end]
    result = Span(start=tokens[behind].start, end=tokens[right.next - 1].end)
    return Equation(left.value, right.value, words, about, converts, whole, result)


def left_side(tokens: Tokens, end: int) -> tuple[int, Parsed | None]:
    """The longest expression that ends at `end`, and where it starts."""
    for start in range(max(end - WINDOW, 0), end):
        token = tokens[start]
        if token.kind == "w" and token.low in FUNCTION_WORDS and token.low != "the":
            continue
        if not starts_well(tokens, start):
            continue
        found = expression(tokens, start)
        if found and found.next == end:
            return start, found
    return end, None


def starts_well(tokens: Tokens, start: int) -> bool:
    """Whether nothing before `start` could belong to the expression."""
    before = at(tokens, start - 1)
    if start == 0 or (before.low == "to" and at(tokens, start - 2).low in ASKED):
        return True
    if before.low in OPERATORS or (glued(tokens, start) and before.text not in {"(", "=", "$"}):
        return False
    return not (before.kind == "d" or (before.kind == "w" and len(before.text) == 1))


def ends_well(tokens: Tokens, place: int) -> bool:
    """Whether nothing behind an expression could belong to it."""
    token = at(tokens, place)
    if place >= len(tokens):
        return True
    if token.kind == "w":
        return token.low in FUNCTION_WORDS and token.low not in {*BASES, "of", "over", "more"}
    if token.text in ".,":
        return bool(at(tokens, place + 1).gap)
    return token.text in {";", ":", "!", "?", ")", "=", "≈", "]", '"', "”"}


def opens(tokens: Tokens, start: int) -> bool:
    """Whether the sentence starts with the expression, but for "so" or "the steps include"."""
    return all(token.low in LEADS or token.low in WORKINGS for token in tokens[:start])


def closes(tokens: Tokens, place: int) -> bool:
    """Whether only the end of the sentence follows."""
    return all(token.text in {".", "!", ";", '"', "”"} for token in tokens[place:])


def comparable(left: Value, right: Value) -> bool:
    """Whether two sides can be equal at all: the same base unit."""
    if left.unit == right.unit:
        return True
    # A bare result of a measured sum ("12 % of 340 km is 40.8") leaves its unit out.
    return right.unit is None and not right.percent and left.steps > 0 and not left.percent


def conversion(left: Value, right: Value) -> bool:
    """Whether two single values are one in two units, or a share and its percentage."""
    if left.unit is None:
        return left.percent != right.percent
    return left.surface != right.surface


def ambiguous(tokens: Tokens, start: int, end: int) -> bool:
    """Whether a hyphen between two numbers may be a range and not a minus: "3-5 is"."""
    if at(tokens, end).low in EXACT_SIGNS:
        return False
    return any(
        tokens[place].text in {"-", "–"} and glued(tokens, place) and glued(tokens, place + 1)
        for place in range(start + 1, end)
    )
