"""What satisfies two alternatives at once."""

from __future__ import annotations

from typing import TypeVar

from guard.grammar.alternative import (
    ANY,
    LISTS,
    NUMBERS,
    OBJECTS,
    TEXTS,
    Alternative,
    Alternatives,
    Lists,
    Numbers,
    Objects,
    Texts,
    Values,
    same,
    type_of,
)

T = TypeVar("T")


def both(one: Alternative, other: Alternative) -> Alternative | None:
    """The alternative of values that satisfy both; None when it is plain that none does."""
    if other is ANY or one is ANY:
        return one if other is ANY else other
    types = one.types & other.types
    banned = _union(one.banned, other.banned)
    values = _common(one.values, other.values)
    values = None if values is None else _values(values, types, banned)
    merged = Alternative(
        types=types if values is None else types & {type_of(text) for text in values},
        values=values,
        banned=banned if values is None else (),
        number=numbers(one.number, other.number),
        text=texts(one.text, other.text),
        list=lists(one.list, other.list),
        object=objects(one.object, other.object),
        origins=_union(one.origins, other.origins),
        is_loose=one.is_loose or other.is_loose,
    )
    return _without_empty(merged)


def each_with_each(left: Alternatives, right: Alternatives, most: int) -> Alternatives | None:
    """Each of one side with each of the other, as long as there are not too many."""
    if len(left) == len(right) == 1:
        alone = both(left[0], right[0])
        return () if alone is None else (alone,)
    merged: dict[Alternative, None] = {}
    for one in left:
        for other in right:
            found = both(one, other)
            if found is not None:
                merged[found] = None
        if len(merged) > most:
            return None
    return tuple(merged)


def _without_empty(merged: Alternative) -> Alternative | None:
    """Without the types whose limits contradict each other."""
    types = merged.types
    if no_number(merged.number):
        types -= {"number"}
    if _crossed(merged.text.least, merged.text.most):
        types -= {"string"}
    if _crossed(merged.list.least, merged.list.most):
        types -= {"array"}
    if _no_object(merged.object):
        types -= {"object"}
    if len(types) < len(merged.types):
        values = None if merged.values is None else _values(merged.values, types, ())
        merged = merged._replace(types=types, values=values)
    return merged if merged.types and merged.values != () else None


def _union(one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...]:
    if not one or not other:
        return one or other
    return tuple(dict.fromkeys((*one, *other)))


def _common(one: Values | None, other: Values | None) -> Values | None:
    if one is None or other is None:
        return other if one is None else one
    known = {same(text) for text in other}
    return tuple(text for text in one if same(text) in known)


def _values(values: Values, types: frozenset[str], banned: Values) -> Values:
    out = {same(text) for text in banned}
    return tuple(text for text in values if type_of(text) in types and same(text) not in out)


def numbers(one: Numbers, other: Numbers) -> Numbers:
    """Numbers within both limits."""
    if one is NUMBERS or other is NUMBERS:
        return other if one is NUMBERS else one
    low, low_open = _tighter((one.low, one.low_open), (other.low, other.low_open), sign=1)
    high, high_open = _tighter((one.high, one.high_open), (other.high, other.high_open), sign=-1)
    return Numbers(
        low=low,
        low_open=low_open,
        high=high,
        high_open=high_open,
        integer=one.integer or other.integer,
        multiples=_union(one.multiples, other.multiples),
    )


def _tighter(
    one: tuple[float | None, bool], other: tuple[float | None, bool], *, sign: int
) -> tuple[float | None, bool]:
    """The tighter of two bounds: the greater one for `sign` 1, the smaller one for -1."""
    if one[0] is None or other[0] is None:
        return other if one[0] is None else one
    if one[0] == other[0]:
        return one[0], one[1] or other[1]
    return max(one, other, key=lambda bound: sign * (bound[0] or 0))


def no_number(limits: Numbers) -> bool:
    """Whether the bounds leave no number, whole ones considered."""
    low, high = limits.low, limits.high
    if low is None or high is None:
        return False
    if limits.integer:
        first = int(low // 1) + (low % 1 != 0 or limits.low_open)
        last = int(high // 1) - (high % 1 == 0 and limits.high_open)
        return first > last
    return low > high or (low == high and (limits.low_open or limits.high_open))


def texts(one: Texts, other: Texts) -> Texts:
    """Strings within both limits."""
    if one is TEXTS or other is TEXTS:
        return other if one is TEXTS else one
    return Texts(
        least=max(one.least, other.least),
        most=_least(one.most, other.most),
        patterns=_union(one.patterns, other.patterns),
        formats=_union(one.formats, other.formats),
    )


def lists(one: Lists, other: Lists) -> Lists:
    """Arrays within both limits."""
    if one is LISTS or other is LISTS:
        return other if one is LISTS else one
    return Lists(
        parts=_union(one.parts, other.parts),
        least=max(one.least, other.least),
        most=_least(one.most, other.most),
        contained=_union(one.contained, other.contained),
        unique=one.unique or other.unique,
    )


def objects(one: Objects, other: Objects) -> Objects:
    """Objects within both limits."""
    if one is OBJECTS or other is OBJECTS:
        return other if one is OBJECTS else one
    return Objects(
        parts=_union(one.parts, other.parts),
        required=_union(one.required, other.required),
        least=max(one.least, other.least),
        most=_least(one.most, other.most),
        names=_union(one.names, other.names),
    )


def _least(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _crossed(least: int, most: int | None) -> bool:
    return most is not None and least > most


def _no_object(limits: Objects) -> bool:
    most = limits.most
    return most is not None and (limits.least > most or len(limits.required) > most)
