"""Reaching a target length: whole sentences go, the least valuable first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from guard.trim.units import Drop, Unit
from guard.types import Target

_PUT_BACK = 50
Fits = Callable[[Sequence[Drop]], bool]


def to_target(
    units: Sequence[Unit], target: Target, relevance: Mapping[int, float], fits: Fits
) -> tuple[tuple[Drop, ...], bool]:
    """What goes so that the text `fits`, and whether it does.

    Order: contradicted, not checkable, without evidence, not checked, instructions, supported; in
    each the least relevant first and of equals the last. A sentence goes with those that lean on
    it. One sentence always stays. What turns out not to be needed is put back.
    """
    if fits(()):
        return (), True
    order = _groups(units, relevance)
    gone: list[list[Unit]] = []
    low, high = 0, len(order)
    while low < high:  # the fewest groups, in order, after which it fits
        middle = (low + high) // 2
        low, high = (low, middle) if fits(_drops(order[:middle], target)) else (middle + 1, high)
    gone = order[:low]
    met = fits(_drops(gone, target))
    for group in gone[: -_PUT_BACK - 1 : -1] if met else ():
        without = [other for other in gone if other is not group]
        if fits(_drops(without, target)):
            gone = without
    return _drops(gone, target), met


def _drops(groups: Sequence[Sequence[Unit]], target: Target) -> tuple[Drop, ...]:
    reason = f"to reach {target.amount} {target.unit}"
    found = sorted((unit for group in groups for unit in group), key=lambda unit: unit.number)
    return tuple(Drop(unit=unit, cause="length", reason=reason) for unit in found)


def _groups(units: Sequence[Unit], relevance: Mapping[int, float]) -> list[list[Unit]]:
    """Sentences with those that lean on them, from least to most valuable, without the best."""
    groups: list[list[Unit]] = []
    for unit in units:
        if unit.leaning and groups and groups[-1][-1].number == unit.number - 1:
            groups[-1].append(unit)
        else:
            groups.append([unit])
    groups.sort(key=lambda group: _value(group, relevance))
    return groups[:-1]


def _value(group: Sequence[Unit], relevance: Mapping[int, float]) -> tuple[int, float, int]:
    return (
        max(unit.worth for unit in group),
        max(round(relevance[unit.number], 4) for unit in group),
        -group[0].number,
    )
