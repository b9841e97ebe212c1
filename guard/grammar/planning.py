"""What the engine can say of the properties of an object: by their names, by patterns, or the rest.

It holds a property to one pattern only, and those with declared names to the patterns they match as
well; what cannot be said for that is noted, and checked after writing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from guard.grammar.alternative import NEVER, TEXTS, Alternative, Place
from guard.grammar.engine import ask, complaint
from guard.grammar.expand import Expander
from guard.grammar.holds import holds
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

OVERLAP = "names can match several patterns, and a grammar holds them against one of them only"
STRANGE = "names can match a pattern that the engine does not know"
NO_NAMES = "the grammar describes property names by one pattern or by a list only"


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Plans objects. `is_closed`: open ones take declared properties only."""

    see: Expander
    is_closed: bool

    def plan(self, limits: Alternative) -> ObjectPlan:
        """The objects of an alternative."""
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
        is_shared |= _meet(known, names)
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
