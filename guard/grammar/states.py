"""Every place that a value can have, from the top down, and which of them a value can fill.

Places that demand the same are one state, so that recursive schemas come to an end. A state that
needs itself, or that nothing satisfies, is dead; alternatives that need a dead state are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from guard.grammar.alternative import NEVER, Alternative, Alternatives, Place
from guard.grammar.arrays import ListPlan, list_plan, placed
from guard.grammar.expand import Expander
from guard.grammar.holds import filtered
from guard.grammar.objects import ObjectPlan
from guard.grammar.planning import Planner

MOST_STATES = 4_000


@dataclass(frozen=True, slots=True)
class Option:
    """An alternative with the places inside it; an array follows one of the `lists`."""

    limits: Alternative
    object: ObjectPlan | None = None
    lists: tuple[ListPlan, ...] = ()
    spare: ListPlan | None = None
    """Followed where none of `lists` can be filled."""


class TooLargeError(Exception):
    """The schema has more places than can be told apart."""


@dataclass
class States:
    """The options of each place. `is_closed`: open objects take declared properties only."""

    see: Expander
    is_closed: bool
    options: dict[Place, tuple[Option, ...]] = field(default_factory=dict)
    twins: dict[Place, Place] = field(default_factory=dict)
    """For each place the first one with the same alternatives, which stands for it."""
    alive: set[Place] = field(default_factory=set)

    @cached_property
    def _planner(self) -> Planner:
        return Planner(see=self.see, is_closed=self.is_closed)

    def explore(self, top: Place) -> None:
        """Find every place under `top`, and which are alive."""
        waiting, known = [top], dict[Alternatives, Place]()
        while waiting:
            place = waiting.pop()
            if place in self.twins:
                continue
            found = self.see.of_place(place)
            twin = self.twins[place] = known.setdefault(found, place)
            if twin is not place:
                continue
            if len(self.options) >= MOST_STATES:
                raise TooLargeError
            kept = (filtered(self.see, each) for each in found)
            self.options[place] = tuple(self._option(each) for each in kept if each is not None)
            waiting += [inner for each in self.options[place] for inner in _inner(each)]
        self.find_alive()

    def _option(self, limits: Alternative) -> Option:
        """The alternative with its plans; listed values need none."""
        if limits.values is not None:
            return Option(limits)
        made = self._planner.plan(limits) if "object" in limits.types else None
        if "array" not in limits.types:
            return Option(limits, made)
        plain = self._list(limits)
        narrow = placed(limits, plain) if self.is_closed else ()
        return Option(limits, made, narrow or (plain,), plain if narrow else None)

    def _list(self, limits: Alternative) -> ListPlan:
        plan = list_plan(limits)
        if not limits.list.unique or plan.first:
            return plan
        counts = [plan.most, self._count(plan.rest)]
        return replace(plan, most=min((n for n in counts if n is not None), default=None))

    def _count(self, place: Place) -> int | None:
        """How many values fit a place, None where there is no end of them."""
        count = 0
        for each in self.see.of_place(place):
            if each.values is None and not each.types <= {"null", "boolean"}:
                return None
            sizes = {"null": 1, "boolean": 2}
            count += sum(sizes[t] for t in each.types) if each.values is None else len(each.values)
        return count

    def find_alive(self) -> None:
        """The least set of places that can be filled: what needs itself is not in it."""
        alike = dict[Place, list[Place]]()
        for place, twin in self.twins.items():
            alike.setdefault(twin, []).append(place)
        waiting, changed = list(reversed(self.options)), True
        while changed:
            left = []
            for place in waiting:
                if any(map(self.is_alive, self.options[place])):
                    self.alive.update(alike[place])
                else:
                    left.append(place)
            changed, waiting = len(left) < len(waiting), left

    def is_alive(self, option: Option) -> bool:
        """Whether a value can be written for the option."""
        if option.limits.values is not None:
            return True
        if option.limits.types & {"null", "boolean", "number", "string"}:
            return True
        return bool(self.lists(option)) or self.has_object(option.object)

    def lists(self, option: Option) -> tuple[ListPlan, ...]:
        """The plans of arrays that can be written."""
        found = tuple(plan for plan in option.lists if self.has_list(plan))
        spare = option.spare
        return found or ((spare,) if spare is not None and self.has_list(spare) else ())

    def has_list(self, plan: ListPlan) -> bool:
        """Whether an array can be written."""
        if plan.most is not None and plan.least > plan.most:
            return False
        needed = [*plan.first[: plan.least]]
        needed += [plan.rest] if plan.least > len(plan.first) else []
        return all(place in self.alive for place in needed)

    def has_object(self, plan: ObjectPlan | None) -> bool:
        """Whether an object can be written."""
        if plan is None:
            return False
        is_open = any(place in self.alive for place in plan.rest) or bool(plan.patterns)
        places = dict(plan.names) if plan.required else {}
        if any(places.get(name, (NEVER,)) not in self.alive for name in plan.required):
            return False
        is_open = is_open or not plan.least
        return is_open or sum(place in self.alive for _, place in plan.names) >= plan.least


def _inner(option: Option) -> Iterator[Place]:
    for plan in (*option.lists, *([option.spare] if option.spare else [])):
        yield from (*plan.first, plan.rest)
    if option.object is not None:
        yield from (place for _, place in option.object.names)
        yield from (place for _, places in option.object.patterns for place in places)
        yield from option.object.rest
