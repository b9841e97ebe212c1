"""What an alternative says of each item of an array, put together from all that say it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from guard.grammar.alternative import Alternative, Contained, Place, joined

MOST_PLACED = 8
"""An item that an array has to contain is among the first so many."""


@dataclass(frozen=True, slots=True)
class ListPlan:
    """An array in the engine's terms: places of the first items, and of all after them."""

    first: tuple[Place, ...]
    rest: Place
    least: int
    most: int | None


def list_plan(limits: Alternative) -> ListPlan:
    """The array of an alternative, what it has to contain not considered."""
    lists = limits.list
    size = max((len(part.first) for part in lists.parts), default=0)
    return ListPlan(
        first=tuple(_item(limits, at) for at in range(size)),
        rest=_item(limits, size),
        least=lists.least,
        most=lists.most,
    )


def _item(limits: Alternative, at: int) -> Place:
    found = [
        part.first[at] if at < len(part.first) else (part.rest or ()) for part in limits.list.parts
    ]
    return joined(*found)


def placed(limits: Alternative, plain: ListPlan) -> tuple[ListPlan, ...]:
    """Arrays that have what they must contain at a known place; nothing where that is too much.

    One item: at the first, the second, ... place. Several: at the beginning.
    """
    asked = limits.list.contained
    needed = sum(each.least for each in asked)
    if not asked or needed > MOST_PLACED:
        return ()
    if needed == 1 and len(asked) == 1:
        room = MOST_PLACED if plain.most is None else min(MOST_PLACED, plain.most)
        return tuple(_at(plain, asked[0], place) for place in range(room))
    return (_at_beginning(plain, asked),)


def _at(plain: ListPlan, one: Contained, at: int) -> ListPlan:
    outside = one.outside if one.most == 1 else ()
    first = [joined(place, outside) for place in _lengthened(plain, at + 1)]
    first[at] = joined(_lengthened(plain, at + 1)[at], one.place)
    rest = joined(plain.rest, outside)
    return replace(plain, first=tuple(first), rest=rest, least=max(plain.least, at + 1))


def _at_beginning(plain: ListPlan, asked: tuple[Contained, ...]) -> ListPlan:
    needed = sum(each.least for each in asked)
    first, at = _lengthened(plain, needed), 0
    for each in asked:
        for place in range(at, at + each.least):
            first[place] = joined(first[place], each.place)
        at += each.least
    made = replace(plain, first=tuple(first), least=max(plain.least, needed))
    (one, *others) = asked
    if one.most is None or others:
        return made
    after = tuple(joined(place, one.outside) for place in first[one.least :])
    return replace(made, first=(*first[: one.least], *after), rest=joined(plain.rest, one.outside))


def _lengthened(plain: ListPlan, size: int) -> list[Place]:
    return [*plain.first, *[plain.rest] * (size - len(plain.first))]
