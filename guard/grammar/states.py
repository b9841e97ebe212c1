"""Every place that a value can have, from the top down, and which of them a value can fill.

Places that demand the same are one state, so that recursive schemas come to an end. A state that
needs itself, or that nothing satisfies, is dead; alternatives that need a dead state are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from guard.grammar.alternative import NEVER, TEXTS, Alternative, Alternatives, Place
from guard.grammar.arrays import ListPlan, list_plan, placed
from guard.grammar.engine import ask, complaint
from guard.grammar.expand import Expander
from guard.grammar.holds import filtered, holds
from guard.grammar.objects import (
    ObjectPlan,
    has_pattern,
    is_universal,
    names_of,
    own_place_of_pattern,
    patterns_of,
    place_of_pattern,
    places_of,
    rest_of,
)
from guard.types import Json

MOST_STATES = 4_000
OVERLAP = "names can match several patterns, and a grammar holds them against one of them only"
STRANGE = "names can match a pattern that the engine does not know"
NO_NAMES = "the grammar describes property names by one pattern or by a list only"


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
        made = self._object(limits) if "object" in limits.types else None
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

    def _object(self, limits: Alternative) -> ObjectPlan:
        objects = limits.object
        names = dict.fromkeys(names_of(limits))
        patterns, strange = self._patterns(limits, names)
        rest = tuple(place for each, places in patterns if is_universal(each) for place in places)
        if rest:
            patterns = tuple(each for each in patterns if not is_universal(each[0]))
        rest = rest or (rest_of(limits),)
        is_enough = objects.least <= len(names) if names else bool(patterns)
        if strange and not (self.is_closed and is_enough):
            rest = tuple(dict.fromkeys((*rest, *strange)))
        is_loose = False
        if objects.names:
            before = patterns, rest
            patterns, rest, more = self._named(limits, names, patterns, rest)
            names |= dict.fromkeys(more)
            is_loose = (patterns, rest) == before and self._asks(self._of_names(limits))
        if self.is_closed and rest == ((),) and (names or patterns):
            rest = ((NEVER,),) if objects.least <= len(names) or patterns else rest
        return ObjectPlan(
            names=self._named_places(limits, names),
            patterns=patterns,
            rest=rest,
            required=objects.required,
            least=objects.least,
            most=objects.most,
            is_loose=is_loose,
        )

    def _named_places(
        self, limits: Alternative, names: Iterable[str]
    ) -> tuple[tuple[str, Place], ...]:
        found, asked = places_of(limits, names), limits.object.names
        if not asked:
            return tuple(found.items())
        return tuple(
            (name, place if holds(self.see, asked, name) else (NEVER,))
            for name, place in found.items()
        )

    def _patterns(
        self, limits: Alternative, names: Iterable[str]
    ) -> tuple[tuple[tuple[str, tuple[Place, ...]], ...], tuple[Place, ...]]:
        """Patterns that exclude each other, with the places of the properties that match one.

        The engine holds properties with `names` against them, too. Then the places of those that
        match a pattern which the engine does not know.
        """
        asked = patterns_of(limits)
        reasons = {pattern: complaint(_by_pattern({pattern: {}})) for pattern in asked}
        known = [pattern for pattern in asked if not reasons[pattern]]
        probe = _by_pattern({pattern: {"const": at} for at, pattern in enumerate(known)})
        overlap = len(known) > 1 and bool(ask(probe)[1])
        is_shared = overlap or (asked != tuple(known) and len(asked) > 1)
        is_shared |= any(
            has_pattern(pattern, name) is not False for pattern in known for name in names
        )
        place_of = own_place_of_pattern if is_shared else place_of_pattern
        found = [(pattern, place_of(limits, pattern)) for pattern in known]
        strange = tuple(place_of(limits, each) for each in asked if reasons[each])
        places = tuple(dict.fromkeys(place for _, place in found))
        for reason in filter(None, reasons.values()):
            self._note(limits, "patternProperties", reason)
            self._note(limits, "additionalProperties", STRANGE)
        is_wider = any(place_of_pattern(limits, key) != place for key, place in found)
        if is_wider or (overlap and len(places) > 1):
            self._note(limits, "patternProperties", OVERLAP)
        if is_wider:
            self._note(limits, "additionalProperties", OVERLAP)
        if not overlap:
            return tuple((pattern, (place, *strange)) for pattern, place in found), strange
        return (("|".join(f"(?:{pattern})" for pattern in known), (*places, *strange)),), strange

    def _named(
        self,
        limits: Alternative,
        known: Iterable[str],
        patterns: tuple[tuple[str, tuple[Place, ...]], ...],
        rest: tuple[Place, ...],
    ) -> tuple[tuple[tuple[str, tuple[Place, ...]], ...], tuple[Place, ...], list[str]]:
        """Patterns, rest and further names of an object whose names are restricted."""
        found = self._of_names(limits)
        if not found or (rest == ((NEVER,),) and not patterns):
            return (), ((NEVER,),), []
        if all(each.values is not None for each in found):
            names = [json.loads(text) for each in found for text in each.values or ()]
            return (), ((NEVER,),), [name for name in names if isinstance(name, str)]
        pattern = _as_pattern(found[0]) if len(found) == 1 else None
        # The engine holds properties against the patterns that their names match, too.
        is_apart = rest == ((),) or (pattern and not _meet([pattern], known))
        if pattern and not patterns and rest != ((NEVER,),) and is_apart:
            return ((pattern, rest),), ((NEVER,),), []
        if self._asks(found):
            self._note(limits, "propertyNames", NO_NAMES)
        return patterns, rest, []

    def _of_names(self, limits: Alternative) -> list[Alternative]:
        """What the names of properties are held against."""
        return [each for each in self.see.of_place(limits.object.names) if "string" in each.types]

    @staticmethod
    def _asks(found: Iterable[Alternative]) -> bool:
        """Whether alternatives of a string leave out any."""
        return any(each.text != TEXTS or each.banned or each.values is not None for each in found)

    def _note(self, limits: Alternative, keyword: str, reason: str) -> None:
        for at in limits.origins:
            if at.endswith("/" + keyword):
                self.see.note(at, reason)

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


def _meet(patterns: Iterable[str], names: Iterable[str]) -> bool:
    """Whether some name may match some pattern."""
    pairs = product(patterns, names)
    return any(has_pattern(pattern, name) is not False for pattern, name in pairs)


def _by_pattern(schemas: dict[str, Json]) -> dict[str, Json]:
    return {"type": "object", "patternProperties": schemas}


def _as_pattern(limits: Alternative) -> str | None:
    """One pattern for the strings of an alternative, where there is one."""
    text = limits.text
    if limits.banned or text.formats or len(text.patterns) > 1:
        return None
    has_length = text.least > 0 or text.most is not None
    if text.patterns:
        return None if has_length else text.patterns[0]
    return (
        f"^[\\s\\S]{{{text.least},{'' if text.most is None else text.most}}}$"
        if has_length
        else None
    )
