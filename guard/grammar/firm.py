"""Of what a grammar can only say loosely, the part that it can say for certain.

Where some alternatives of a place take more than the schema does and others do not, the first are
left out. What is written then is valid at that place without luck, but fewer values can be.
"""

from __future__ import annotations

from dataclasses import replace

from guard.grammar.alternative import NEVER, Alternative, Place
from guard.grammar.arrays import ListPlan
from guard.grammar.engine import complaint
from guard.grammar.objects import ObjectPlan
from guard.grammar.pool import Pool
from guard.grammar.states import Option, States

SCALARS = frozenset(["string", "number"])
MOST_TRIED = 64
"""Places for which values are looked for."""


def firm(states: States, pool: Pool) -> None:
    """Leave out loose alternatives wherever that leaves something to write."""
    _list_values(states, pool)
    certain = States(
        see=states.see,
        is_closed=states.is_closed,
        options={place: _certain(options) for place, options in states.options.items()},
        twins=states.twins,
    )
    certain.find_alive()
    for place, options in certain.options.items():
        if place in certain.alive:
            kept = tuple(_within(certain, each) for each in options if certain.is_alive(each))
            states.options[place] = kept


def _list_values(states: States, pool: Pool) -> None:
    """Give places where strings and numbers are said loosely those values of the pool that fit."""
    tried = 0
    for place, options in states.options.items():
        kinds = [each.limits.types & SCALARS for each in options if _is_unsure(each.limits)]
        if not any(kinds) or tried >= MOST_TRIED:
            continue
        tried += 1
        values = pool.values(place, frozenset().union(*kinds))
        if values:
            others = tuple(each for each in options if not each.limits.types & SCALARS)
            states.options[place] = (*others, Option(Alternative(values=values)))


def _is_unsure(limits: Alternative) -> bool:
    """Whether the engine takes more; it does not hold a string to any patterns together."""
    patterns = [{"pattern": each} for each in limits.text.patterns]
    is_several = limits.values is None and len(patterns) > 1
    return limits.is_loose or (is_several and bool(complaint({"allOf": patterns})))


def _certain(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """The options that are no looser than the schema; what stands in for `contains` is."""
    return tuple(
        replace(each, spare=None, object=_with_its_names(each.object))
        for each in options
        if not each.limits.is_loose
    )


def _with_its_names(plan: ObjectPlan | None) -> ObjectPlan | None:
    """The object without names that may be against the schema, if there are others enough."""
    if plan is None or not plan.is_loose or len(plan.names) < max(1, plan.least):
        return plan
    return replace(plan, patterns=(), rest=((NEVER,),), is_loose=False)


def _within(certain: States, option: Option) -> Option:
    """The option without the places inside it that cannot be filled for certain."""
    plan = option.object if certain.has_object(option.object) else None
    return Option(
        limits=option.limits,
        object=None if plan is None else _object(certain, plan),
        lists=tuple(_list(certain, each) for each in certain.lists(option)),
    )


def _object(certain: States, plan: ObjectPlan) -> ObjectPlan:
    return replace(
        plan,
        names=tuple((name, _or_never(certain, place)) for name, place in plan.names),
        patterns=tuple(
            (pattern, tuple(_or_never(certain, place) for place in places))
            for pattern, places in plan.patterns
        ),
        rest=tuple(_or_never(certain, place) for place in plan.rest),
    )


def _list(certain: States, plan: ListPlan) -> ListPlan:
    first = tuple(_or_never(certain, place) for place in plan.first)
    return replace(plan, first=first, rest=_or_never(certain, plan.rest))


def _or_never(certain: States, place: Place) -> Place:
    return place if place in certain.alive else (NEVER,)
