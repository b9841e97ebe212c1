"""What the keywords for items and properties say, and what their opposites."""

from __future__ import annotations

from collections.abc import Iterator

from guard.grammar.alternative import (
    ANY,
    Alternative,
    Alternatives,
    Contained,
    Demand,
    ListPart,
    Lists,
    ObjectPart,
    Objects,
    Place,
)
from guard.grammar.choices import absent, at_most
from guard.grammar.expand import LATE, Expander, Keyword, Rule
from guard.grammar.pool import Pool
from guard.grammar.scalars import opposite_of
from guard.grammar.unevaluated import unevaluated_items, unevaluated_properties
from guard.types import Json

ARRAY, OBJECT = frozenset(["array"]), frozenset(["object"])
GROUPS = (
    ("properties", "patternProperties", "additionalProperties"),
    ("prefixItems", "items", "additionalItems"),
)
"""Keywords that are read together, at the first of them."""


def _is_first(see: Expander, one: Keyword) -> bool:
    """Whether this keyword comes first of its group in the schema."""
    group = GROUPS[0] if one.name in GROUPS[0] else GROUPS[1]
    return next(name for name in one.node if name in group and name in see.known) == one.name


def _properties(see: Expander, one: Keyword) -> Alternatives:
    if not _is_first(see, one):
        return (ANY,)
    part = _object_part(see, one)
    return (Alternative(object=Objects(parts=(part,)), origins=_origins(one)),)


def _origins(one: Keyword) -> tuple[str, ...]:
    if "patternProperties" not in one.node:
        return ()
    together = ("patternProperties", "additionalProperties")
    return tuple(f"{one.pointer}/{name}" for name in together if name in one.node)


def _object_part(see: Expander, one: Keyword) -> ObjectPart:
    rest = one.node.get("additionalProperties")
    return ObjectPart(
        named=tuple(
            (name, see.place(child)) for name, child in one.node.get("properties", {}).items()
        ),
        matched=tuple(
            (pattern, see.place(child))
            for pattern, child in one.node.get("patternProperties", {}).items()
        ),
        rest=None if rest is None else see.place(rest),
    )


def _not_properties(see: Expander, one: Keyword) -> Alternatives:
    found = [
        _with_property(name, see.place(child, positive=False))
        for name, child in one.value.items()
        if child not in (True, {}) or child is False
    ]
    return at_most(see, found, one.at)


def _with_property(name: str, place: Place) -> Alternative:
    part = ObjectPart(named=((name, place),), annotates=False)
    return Alternative(types=OBJECT, object=Objects(parts=(part,), required=(name,)))


def _not_rest(see: Expander, one: Keyword) -> Alternatives:
    """Some property misses a schema; which one cannot be said, only tried."""
    if one.value in (True, {}) and one.value is not False:
        return ()
    tried = () if see.pool is None else _tried(see, see.pool, one)
    see.note(one.at, "that some property misses it cannot be described by a grammar")
    some = Alternative(types=OBJECT, object=Objects(least=1), origins=(one.at,))
    return tried or see.loose((some,))


def _tried(see: Expander, pool: Pool, one: Keyword) -> Alternatives:
    """Objects with a property that misses the schema, for a few names."""
    if one.name == "propertyNames":
        names = pool.names(one.value, positive=False)
        return tuple(Alternative(types=OBJECT, object=Objects(required=(n,))) for n in names)
    children: dict[str, Json] = {}
    if one.name == "patternProperties":
        for pattern, child in one.value.items():
            found = pool.names({"type": "string", "pattern": pattern}, positive=True)
            children |= dict.fromkeys(found, child)
    else:
        known = {"enum": [*one.node.get("properties", ())]}
        matched = [{"pattern": each} for each in one.node.get("patternProperties", ())]
        found = pool.names({"anyOf": [known, *matched]}, positive=False)
        children = dict.fromkeys(found, one.value)
    return tuple(
        _with_property(name, see.place(child, positive=False)) for name, child in children.items()
    )


def _required(_: Expander, one: Keyword) -> Alternatives:
    if not isinstance(one.value, list):  # draft 3 has it inside the property
        return (ANY,)
    return (Alternative(object=Objects(required=tuple(dict.fromkeys(one.value)))),)


def _not_required(see: Expander, one: Keyword) -> Alternatives:
    missing = [absent(name)._replace(types=OBJECT) for name in one.value]
    return at_most(see, missing, one.at)


def _names(see: Expander, one: Keyword) -> Alternatives:
    return (Alternative(object=Objects(names=see.place(one.value)), origins=(one.at,)),)


def _items(see: Expander, one: Keyword) -> Alternatives:
    if not _is_first(see, one):
        return (ANY,)
    return (Alternative(list=Lists(parts=(_list_part(see, one),))),)


def _list_part(see: Expander, one: Keyword) -> ListPart:
    items = one.node.get("items")
    if isinstance(items, list):  # before 2020-12
        first, rest = items, one.node.get("additionalItems")
    elif "prefixItems" in see.known:
        first, rest = one.node.get("prefixItems", []), items
    else:
        first, rest = [], items
    return ListPart(
        first=tuple(see.place(child) for child in first),
        rest=None if rest is None else see.place(rest),
    )


def _not_items(see: Expander, one: Keyword) -> Alternatives:
    if not _is_first(see, one):
        return ()
    part = _list_part(see, one)
    found = []
    if any(place != () for place in part.first) or part.rest not in (None, ()):
        see.note(one.at, "that some item misses it cannot be described by a grammar")
        some = Alternative(types=ARRAY, list=Lists(least=1))
        found = [*_one_misses(see, part), *see.loose((some,))]
    return tuple(found)


def _one_misses(see: Expander, part: ListPart) -> Iterator[Alternative]:
    """Arrays in which one of the first items misses what it should satisfy."""
    for at, place in enumerate((*part.first, part.rest or ()) if see.pool is not None else ()):
        if len(place) == 1:
            demand = Demand(place[0].key, positive=not place[0].positive)
            first = ((),) * at + ((demand,),)
            made = ListPart(first=first, annotates=False)
            yield Alternative(types=ARRAY, list=Lists(parts=(made,), least=at + 1))


def _contains(see: Expander, one: Keyword) -> Alternatives:
    least = int(one.node.get("minContains", 1)) if "minContains" in see.known else 1
    most = one.node.get("maxContains") if "maxContains" in see.known else None
    if "unevaluatedItems" not in see.known:
        least, most = 1, None
    contained = Contained(
        place=see.place(one.value),
        outside=see.place(one.value, positive=False),
        least=least,
        most=None if most is None else int(most),
    )
    if least == 0 and most is None:
        return (ANY,)
    lists = Lists(least=least, contained=(contained,))
    return (Alternative(list=lists, origins=(one.at,)),)


def _not_contains(see: Expander, one: Keyword) -> Alternatives:
    if "minContains" in one.node or "maxContains" in one.node:
        return opposite_of("array")(see, one)
    part = ListPart(rest=see.place(one.value, positive=False), annotates=False)
    return (Alternative(types=ARRAY, list=Lists(parts=(part,))),)


def _unique(_: Expander, one: Keyword) -> Alternatives:
    return (Alternative(list=Lists(unique=True), origins=(one.at,)),) if one.value else (ANY,)


def _not_unique(see: Expander, one: Keyword) -> Alternatives:
    if not one.value:
        return ()
    see.note(one.at, "that items are equal cannot be described by a grammar")
    return see.loose((Alternative(types=ARRAY, list=Lists(least=2)),))


def _not_unevaluated(see: Expander, one: Keyword) -> Alternatives:
    kind = "object" if one.name.endswith("Properties") else "array"
    return opposite_of(kind)(see, one)


def _later(_: Expander, __: Keyword) -> Alternatives:
    return (ANY,)


LATE["unevaluatedProperties"] = unevaluated_properties
LATE["unevaluatedItems"] = unevaluated_items
POSITIVE: dict[str, Rule] = {
    **dict.fromkeys(GROUPS[0], _properties),
    **dict.fromkeys(GROUPS[1], _items),
    "required": _required,
    "propertyNames": _names,
    "contains": _contains,
    "uniqueItems": _unique,
    **dict.fromkeys(LATE, _later),
}
NEGATIVE: dict[str, Rule] = {
    "properties": _not_properties,
    "patternProperties": _not_rest,
    "additionalProperties": _not_rest,
    "propertyNames": _not_rest,
    **dict.fromkeys(GROUPS[1], _not_items),
    "required": _not_required,
    "contains": _not_contains,
    "uniqueItems": _not_unique,
    **dict.fromkeys(LATE, _not_unevaluated),
}
