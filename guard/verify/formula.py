"""A small exact calculator for sums written in words and signs.

    expression = term {("+" | "-") term}
    term       = power {("*" | "/") power} | share "of" term
    power      = primary ["^" power | "squared"]
    primary    = number [unit] | "(" expression ")" | "the sum of" list | "the square root of" power

It works on fractions, bounded in digits, exponents and depth. A parser takes tokens and an index
and gives a `Parsed`, or None where the words are no expression; nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from guard.verify.quantities import money
from guard.verify.quantities.digits import exponent, grouped, groups
from guard.verify.quantities.measures import converted, unit_after
from guard.verify.quantities.numbers import magnified, number_at
from guard.verify.quantities.numerals import Number
from guard.verify.quantities.tokens import Tokens, at, glued, lows
from guard.verify.values import Value, added, divided, made, multiplied, nth_root, plain

MAX_DEPTH = 12
MAX_BITS = 2048
MAX_POWER = 64
MAX_ITEMS = 24

Operators = dict[tuple[str, ...], int]
PLUS: Operators = {("+",): 1, ("plus",): 1, ("added", "to"): 2}
MINUS: Operators = {("-",): 1, ("−",): 1, ("–",): 1, ("minus",): 1, ("less",): 1}
TIMES: Operators = {("*",): 1, ("×",): 1, ("x",): 1, ("·",): 1, ("⋅",): 1, ("times",): 1}
TIMES |= {("multiplied", "by"): 2}
OVER: Operators = {("/",): 1, ("÷",): 1, ("divided", "by"): 2, ("over",): 1, ("out", "of"): 2}
POWERS: Operators = {("^",): 1, ("*", "*"): 2, ("to", "the", "power", "of"): 4}
SQUARES = {"squared": 2, "cubed": 3, "²": 2, "³": 3}
LISTS = ("sum", "total", "product", "average", "mean")
PAIRS = ("difference", "quotient", "ratio")


class Parsed(NamedTuple):
    """A value and the index behind its words."""

    value: Value
    next: int


def matched(tokens: Tokens, index: int, table: Operators) -> int:
    """How many tokens the operator of `table` at `index` takes, 0 when none is there."""
    for words, count in table.items():
        if lows(tokens, index, count) == words:
            return count
    return 0


def expression(tokens: Tokens, index: int, depth: int = 0) -> Parsed | None:
    """A sum of terms at `index`."""
    left = term(tokens, index, depth)
    while left:
        plus = matched(tokens, left.next, PLUS)
        minus = matched(tokens, left.next, MINUS)
        if not plus + minus:
            break
        right = term(tokens, left.next + plus + minus, depth)
        sum_of = right and added(left.value, right.value, sign=1 if plus else -1)
        left = Parsed(sum_of, right.next) if right and sum_of else None
    return left


def term(tokens: Tokens, index: int, depth: int) -> Parsed | None:
    """A product at `index`: of powers, or a share of a term ("12 % of 340")."""
    left = power(tokens, index, depth)
    while left:
        if at(tokens, left.next).low == "of" and shared(left.value):
            whole = term(tokens, left.next + 1, depth + 1) if depth < MAX_DEPTH else None
            part = whole and multiplied(plain(left.value), whole.value)
            return Parsed(part, whole.next) if whole and part else None
        times = matched(tokens, left.next, TIMES)
        over = 0 if times else matched(tokens, left.next, OVER)
        if not times + over:
            break
        right = power(tokens, left.next + times + over, depth)
        act = multiplied if times else divided
        product = right and act(plain(left.value), plain(right.value))
        left = Parsed(product, right.next) if right and product else None
    return left


def shared(value: Value) -> bool:
    """Whether a value can be a share of something: a percentage or a proper fraction."""
    return value.percent or (value.unit is None and 0 < value.number < 1)


def power(tokens: Tokens, index: int, depth: int) -> Parsed | None:
    """A primary raised to a power."""
    base = primary(tokens, index, depth)
    if base is None:
        return None
    square = SQUARES.get(at(tokens, base.next).low)
    if square:
        return raised(base, Fraction(square), base.next + 1)
    sign = matched(tokens, base.next, POWERS)
    if not sign:
        return base
    top = power(tokens, base.next + sign, depth + 1) if depth < MAX_DEPTH else None
    return raised(base, top.value.number, top.next) if top and top.value.unit is None else None


def raised(base: Parsed, exponent_: Fraction, end: int) -> Parsed | None:
    """`base` to a whole power, when the result stays small."""
    value = base.value
    if value.unit is not None or value.percent or exponent_.denominator != 1:
        return None
    size = max(value.number.numerator.bit_length(), value.number.denominator.bit_length())
    count = int(exponent_)
    if abs(count) > MAX_POWER or size * abs(count) > MAX_BITS or (not value.number and count < 1):
        return None
    return Parsed(made(value, value.number**count), end)


def primary(tokens: Tokens, index: int, depth: int) -> Parsed | None:
    """A number, a bracket, a root, or a named operation."""
    if depth > MAX_DEPTH:
        return None
    index += at(tokens, index).low == "the"
    word = at(tokens, index).low
    if word == "(":
        inner = expression(tokens, index + 1, depth + 1)
        closed = inner and at(tokens, inner.next).text == ")"
        return Parsed(inner.value, inner.next + 1) if inner and closed else None
    if word in {"-", "−"} and glued(tokens, index + 1):
        inner = power(tokens, index + 1, depth + 1)
        return inner and Parsed(inner.value._replace(number=-inner.value.number), inner.next)
    named = NAMED.get(word)
    found = named(tokens, index, depth + 1) if named else None
    return found or number(tokens, index)


def number(tokens: Tokens, index: int) -> Parsed | None:
    """A number with its unit, percent sign or currency."""
    currency = money.prefix_at(tokens, index)
    found = plain_number(tokens, currency.next if currency else index)
    if found is None or len(str(found.values[0])) > MAX_BITS // 8:
        return None
    names, _, end = unit_after(tokens, found, currency)
    reading = converted(found.values[0], found.values[0], found.ulp, names[0])
    value = Value(
        number=reading.low or Fraction(0),
        unit=None if reading.unit == "share" else reading.unit,
        surface=names[0],
        ulp=reading.ulp,
        percent=names[0] == "%",
        scaled=found.scaled,
        unsure=len(found.values) > 1 or len(names) > 1,
    )
    return Parsed(value, end)


def plain_number(tokens: Tokens, index: int) -> Number | None:
    """A number without taking "1/3" as one: here the stroke divides."""
    if at(tokens, index).kind != "d":
        return number_at(tokens, index)
    pieces, separators = groups(tokens, index)
    if sum(map(len, pieces)) > MAX_POWER:
        return None
    return magnified(tokens, exponent(tokens, grouped(pieces, separators, index)))


def listing(tokens: Tokens, index: int, depth: int) -> Parsed | None:
    """ "sum of 12, 13 and 15", "average of 2, 4 and 9", "product of 3 and 4"."""
    word = at(tokens, index).low
    if at(tokens, index + 1).low != "of":
        return None
    items, end = listed_values(tokens, index + 2, depth)
    if len(items) < 2:
        return None
    act = multiplied if word == "product" else None
    total = items[0]
    for item in items[1:]:
        next_total = act(total, item) if act else added(total, item, sign=1)
        if next_total is None:
            return None
        total = next_total
    if word in {"average", "mean"}:
        total = total._replace(number=total.number / len(items))
    return Parsed(total, end)


def listed_values(tokens: Tokens, index: int, depth: int) -> tuple[list[Value], int]:
    """The values of a list "a, b and c", and the index behind; none where the list is odd."""
    items: list[Value] = []
    place, done = index, False
    while len(items) < MAX_ITEMS:
        item = expression(tokens, place, depth)
        if item is None:
            return [], index
        items.append(item.value)
        place = item.next
        if done:
            return items, place
        comma = at(tokens, place).text == ","
        done = at(tokens, place + comma).low == "and"
        if not comma + done:
            return [], index
        place += comma + done
    return [], index


def pair(tokens: Tokens, index: int, depth: int) -> Parsed | None:
    """ "difference between 90 and 55", "quotient of 48 and 6"."""
    word = at(tokens, index).low
    if at(tokens, index + 1).low not in {"between", "of"}:
        return None
    items, end = listed_values(tokens, index + 2, depth)
    if len(items) != 2:
        return None
    if word == "difference":
        found = added(items[0], items[1], sign=-1)
        between = at(tokens, index + 1).low == "between"
        if found and between:
            found = found._replace(number=abs(found.number))
    else:
        found = divided(items[0], items[1])
    return Parsed(found, end) if found else None


def root(tokens: Tokens, index: int, depth: int) -> Parsed | None:
    """ "square root of 16", "cube root of 27", "sqrt(2)", "√9", "square of 5"."""
    words = lows(tokens, index, 3)
    degree, skip = 2, 1
    if words[0] in {"square", "cube"}:
        degree = 2 if words[0] == "square" else 3
        if words[1] == "of":
            inner = power(tokens, index + 2, depth)
            return inner and raised(inner, Fraction(degree), inner.next)
        if words[1:] != ("root", "of"):
            return None
        skip = 3
    inner = power(tokens, index + skip, depth)
    if inner is None or inner.value.unit is not None or inner.value.number < 0:
        return None
    return Parsed(made(inner.value, nth_root(inner.value.number, degree)), inner.next)


def multiple(tokens: Tokens, index: int, depth: int) -> Parsed | None:
    """ "twice 21", "double 4", "half of" is a share and not read here."""
    inner = power(tokens, index + 1, depth)
    product = inner and multiplied(Value(Fraction(2)), inner.value)
    return Parsed(product, inner.next) if inner and product else None


Named = Callable[[Tokens, int, int], Parsed | None]
TABLE: tuple[tuple[tuple[str, ...], Named], ...] = (
    (LISTS, listing),
    (PAIRS, pair),
    (("square", "cube", "sqrt", "√"), root),
    (("twice", "double"), multiple),
)
NAMED = {word: named for words, named in TABLE for word in words}
