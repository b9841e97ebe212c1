"""Whether a value satisfies alternatives, for listed values and property names.

Where that cannot be said in a short time (a costly pattern), it counts as satisfied: the value is
checked after it was written.
"""

from __future__ import annotations

import json
from fractions import Fraction

from guard.grammar.alternative import (
    Alternative,
    Contained,
    Numbers,
    Place,
    Texts,
    same,
    type_of,
    written,
)
from guard.grammar.expand import Expander
from guard.grammar.formats import has_format
from guard.grammar.objects import place_of
from guard.types import Json


def holds(see: Expander, place: Place, value: Json) -> bool:
    """Whether the value may stand at the place."""
    return any(satisfies(see, each, value) for each in see.of_place(place))


def satisfies(see: Expander, limits: Alternative, value: Json) -> bool:
    """Whether the value may satisfy an alternative."""
    text = written(value)
    kind = type_of(text)
    if kind not in limits.types or same(text) in {same(each) for each in limits.banned}:
        return False
    if limits.values is not None and same(text) not in {same(each) for each in limits.values}:
        return False
    if kind == "number":
        return _number(limits.number, value)
    if kind == "string":
        return _text(limits.text, value)
    if kind == "array":
        return _array(see, limits, value)
    return kind != "object" or _object(see, limits, value)


def _number(limits: Numbers, value: float) -> bool:
    if limits.low is not None and (value < limits.low or (limits.low_open and value == limits.low)):
        return False
    high = limits.high
    if high is not None and (value > high or (limits.high_open and value == high)):
        return False
    if limits.integer and value % 1 != 0:
        return False
    exact = Fraction(str(value))
    return all(exact % Fraction(str(each)) == 0 for each in limits.multiples)


def _text(limits: Texts, value: str) -> bool:
    from guard.grammar.patterns import TooCostly, matches

    if len(value) < limits.least or (limits.most is not None and len(value) > limits.most):
        return False
    if not all(has_format(value, name) for name in limits.formats):
        return False
    try:
        return all(matches(pattern, value) for pattern in limits.patterns)
    except TooCostly:
        return True


def _array(see: Expander, limits: Alternative, value: list[Json]) -> bool:
    lists = limits.list
    if len(value) < lists.least or (lists.most is not None and len(value) > lists.most):
        return False
    texts = [same(written(item)) for item in value]
    if lists.unique and len(set(texts)) < len(texts):
        return False
    for part in lists.parts:
        for at, item in enumerate(value):
            place = part.first[at] if at < len(part.first) else (part.rest or ())
            if not holds(see, place, item):
                return False
    return all(_contained(see, each, value) for each in lists.contained)


def _contained(see: Expander, limits: Contained, value: list[Json]) -> bool:
    """Whether enough items may satisfy it, and not too many for certain."""
    if sum(holds(see, limits.place, item) for item in value) < limits.least:
        return False
    certain = sum(not holds(see, limits.outside, item) for item in value)
    return limits.most is None or certain <= limits.most


def _object(see: Expander, limits: Alternative, value: dict[str, Json]) -> bool:
    objects = limits.object
    if len(value) < objects.least or (objects.most is not None and len(value) > objects.most):
        return False
    if any(name not in value for name in objects.required):
        return False
    return all(
        holds(see, place_of(limits, name), item) and holds(see, objects.names, name)
        for name, item in value.items()
    )


def filtered(see: Expander, limits: Alternative) -> Alternative | None:
    """The alternative with those of its listed values that satisfy the rest of it."""
    if limits.values is None:
        return limits
    plain = limits._replace(values=None, origins=())
    if plain == Alternative(types=limits.types):
        return limits
    kept = tuple(text for text in limits.values if satisfies(see, plain, json.loads(text)))
    return limits._replace(values=kept) if kept else None
