"""What an alternative says of each property of an object, put together from all that say it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guard.grammar.alternative import Alternative, ObjectPart, Place, joined


@dataclass(frozen=True, slots=True)
class ObjectPlan:
    """An object in the engine's terms.

    Properties by `names`; others that match a pattern are held against one of the pattern's places;
    those that match none against `rest`. `patterns` exclude each other. `is_loose` says that of
    properties beyond `names` some may have a name that the schema does not allow.
    """

    names: tuple[tuple[str, Place], ...]
    patterns: tuple[tuple[str, tuple[Place, ...]], ...]
    rest: tuple[Place, ...]
    required: tuple[str, ...]
    least: int
    most: int | None
    is_loose: bool = False


def place_of(limits: Alternative, name: str) -> Place:
    """What a property of this name is held against."""
    return places_of(limits, [name])[name]


def places_of(limits: Alternative, names: Iterable[str]) -> dict[str, Place]:
    """What properties are held against, by their names."""
    tables = [(part, dict(part.named)) for part in limits.object.parts]
    return {name: joined(*[_of_part(*each, name) for each in tables]) for name in names}


def named_place(limits: Alternative, name: str) -> Place:
    """What it is held against by the schemas that name it, patterns and the rest left aside."""
    parts = limits.object.parts
    return joined(*(place for part in parts for key, place in part.named if key == name))


def _of_part(part: ObjectPart, named: dict[str, Place], name: str) -> Place:
    if not part.matched:
        return named.get(name, part.rest or ())
    found = [named[name]] if name in named else []
    unsure = False
    for pattern, place in part.matched:
        fits = has_pattern(pattern, name)
        unsure |= fits is None
        found += [place] if fits else []
    if found or unsure or part.rest is None:
        return joined(*found)
    return part.rest


def has_pattern(pattern: str, name: str) -> bool | None:
    """Whether a name matches; None where that takes too long to say."""
    from guard.grammar.patterns import TooCostly, matches

    try:
        return matches(pattern, name)
    except TooCostly:
        return None


def names_of(limits: Alternative) -> tuple[str, ...]:
    """The names of properties that are spoken of, in the order of the schema."""
    named = [name for part in limits.object.parts for name, _ in part.named]
    return tuple(dict.fromkeys([*named, *limits.object.required]))


def patterns_of(limits: Alternative) -> tuple[str, ...]:
    """The patterns of property names that are spoken of."""
    found = [pattern for part in limits.object.parts for pattern, _ in part.matched]
    return tuple(dict.fromkeys(found))


def rest_of(limits: Alternative) -> Place:
    """What properties are held against that have no name and no pattern."""
    return joined(*(part.rest or () for part in limits.object.parts))


def place_of_pattern(limits: Alternative, pattern: str) -> Place:
    """What properties are held against whose names match this pattern and no other."""
    places = []
    for part in limits.object.parts:
        found = [place for key, place in part.matched if key == pattern]
        places.append(joined(*found) if found else (part.rest or ()))
    return joined(*places)


def own_place_of_pattern(limits: Alternative, pattern: str) -> Place:
    """What properties are held against whose names match this pattern, and maybe others."""
    parts = limits.object.parts
    return joined(*(place for part in parts for key, place in part.matched if key == pattern))


def is_universal(pattern: str) -> bool:
    """Whether every text has the pattern: nothing at all does, and nothing has to follow."""
    if re.search(r"[$]|\\[bBAZz]|\(\?[=!<]", pattern):
        return False
    try:
        return re.match(pattern, "") is not None
    except (re.error, OverflowError, RecursionError):
        return False
