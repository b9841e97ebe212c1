"""What the keywords say that look at the same place: references, `allOf`, `anyOf`, `oneOf`, ...

Conditions become choices: `if A then B else C` is A and B, or C and not A. `oneOf` becomes `anyOf`
where its branches exclude each other, and else each branch without the others.
"""

from __future__ import annotations

from guard.grammar.alternative import ANY, NEVER, Alternative, Alternatives, ObjectPart, Objects
from guard.grammar.expand import TOO_MANY, Expander, Keyword, Rule
from guard.grammar.refs import REFS, is_ambiguous
from guard.types import Json

DYNAMIC = "what it refers to depends on the way that leads there"
MOST_MORE = 8
"""Alternatives that keeping the branches of `oneOf` apart may cost."""

MOST_PAIRS = 400
"""Pairs of alternatives that are looked at to see whether branches overlap."""

OVERLAPPING = "its branches overlap, and not all of what one excludes can be described by a grammar"


def _target(see: Expander, one: Keyword, *, positive: bool) -> Alternatives:
    if is_ambiguous(see.nodes, one.name):
        see.note(one.at, DYNAMIC)
        return see.anything()
    found = [key for key in REFS if key in one.node]
    target = one.source.targets[found.index(one.name)]
    return see.of_schema(target, positive=positive)


def _ref(see: Expander, one: Keyword) -> Alternatives:
    return _target(see, one, positive=True)


def _not_ref(see: Expander, one: Keyword) -> Alternatives:
    return _target(see, one, positive=False)


def every(see: Expander, schemas: list[Json], at: str, *, positive: bool = True) -> Alternatives:
    """What satisfies all of the schemas, or none of them."""
    found = see.product([see.of_schema(schema, positive=positive) for schema in schemas])
    if found is None:
        see.note(at, TOO_MANY)
        return see.anything()
    return found


def some(see: Expander, schemas: list[Json], at: str, *, positive: bool = True) -> Alternatives:
    """What satisfies one of the schemas or more, or misses one or more."""
    found = [each for schema in schemas for each in see.of_schema(schema, positive=positive)]
    return at_most(see, found, at)


def at_most(see: Expander, found: list[Alternative], at: str) -> Alternatives:
    """The alternatives, unless they are too many or one of them is no limit at all."""
    distinct = tuple(dict.fromkeys(found))
    if ANY in distinct and not see.annotates:
        return (ANY,)
    if len(distinct) > see.most:
        see.note(at, TOO_MANY)
        return see.anything()
    return distinct


def _all_of(see: Expander, one: Keyword) -> Alternatives:
    return every(see, one.value, one.at)


def _not_all_of(see: Expander, one: Keyword) -> Alternatives:
    return some(see, one.value, one.at, positive=False)


def _any_of(see: Expander, one: Keyword) -> Alternatives:
    return some(see, one.value, one.at)


def _not_any_of(see: Expander, one: Keyword) -> Alternatives:
    return every(see, one.value, one.at, positive=False)


def _one_of(see: Expander, one: Keyword) -> Alternatives:
    """Each branch without what satisfies another one, where that takes few alternatives."""
    branches = [see.of_schema(schema) for schema in one.value]
    room = see.most if see.pool is not None else 2 * sum(map(len, branches)) + MOST_MORE
    found: list[Alternative] = []
    for at, branch in enumerate(branches):
        others = [
            schema
            for place, schema in enumerate(one.value)
            if place != at and not _disjoint(see, branch, branches[place])
        ]
        found += _without(see, branch, others, one, room - len(found))
    return at_most(see, found, one.at)


def _disjoint(see: Expander, one: Alternatives, other: Alternatives) -> bool:
    if len(one) * len(other) > MOST_PAIRS:
        return False
    return all(see.apart(mine, theirs) for mine in one for theirs in other)


def _without(
    see: Expander, branch: Alternatives, others: list[Json], one: Keyword, room: int
) -> Alternatives:
    """A branch without what satisfies one of the others as well."""
    current = branch
    for schema in others:
        opposite, exact = see.exactly(schema, positive=False)
        usable = opposite if exact else see.certain(opposite)
        is_short = (exact or usable != ()) and len(usable) <= MOST_MORE
        merged = see.product([current, usable], max(room, 0)) if is_short else None
        if merged is None or not exact:
            see.note(one.at, OVERLAPPING)
        current = see.loose(current) if merged is None else merged
    return current


def _not_one_of(see: Expander, one: Keyword) -> Alternatives:
    """None of the branches, or several; the second cannot be described."""
    see.note(one.at, OVERLAPPING)
    if see.pool is None:
        return (ANY,)
    return see.certain(every(see, one.value, one.at, positive=False)) or see.anything()


def _not(see: Expander, one: Keyword) -> Alternatives:
    found, exact = see.exactly(one.value, positive=False)
    if not exact:
        see.note(one.at, "not all of what it excludes can be described by a grammar")
    return found


def _not_not(see: Expander, one: Keyword) -> Alternatives:
    return see.of_schema(one.value)


def _if(see: Expander, one: Keyword) -> Alternatives:
    return _branches(see, one, positive=True)


def _not_if(see: Expander, one: Keyword) -> Alternatives:
    return _branches(see, one, positive=False)


def _branches(see: Expander, one: Keyword, *, positive: bool) -> Alternatives:
    then, other = one.node.get("then", True), one.node.get("else", True)
    if positive and then is True and other is True and not see.annotates:
        return (ANY,)
    holds = see.product([see.of_schema(one.value), see.of_schema(then, positive=positive)])
    opposite, exact = see.exactly(one.value, positive=False)
    fails = see.product([opposite, see.of_schema(other, positive=positive)])
    if not exact:
        see.note(one.at, "not all of what misses it can be described by a grammar")
    if holds is None or fails is None:
        see.note(one.at, TOO_MANY)
        return see.anything()
    return at_most(see, [*holds, *fails], one.at)


def _dependencies(see: Expander, one: Keyword) -> Alternatives:
    """Each name: either it is absent, or what depends on it holds too."""
    parts = []
    for name, needed in one.value.items():
        if isinstance(needed, list):
            holds: Alternatives = (
                Alternative(object=Objects(required=tuple(dict.fromkeys([name, *needed])))),
            )
        else:
            has = (Alternative(object=Objects(required=(name,))),)
            holds = see.product([has, see.of_schema(needed)]) or ()
        present = see.product([(Alternative(types=frozenset(["object"])),), holds]) or ()
        parts.append((absent(name), *present))
    found = see.product(parts)
    if found is None:
        see.note(one.at, TOO_MANY)
        return see.anything()
    return found


def absent(name: str) -> Alternative:
    """Everything but objects that have the property."""
    part = ObjectPart(named=((name, (NEVER,)),), annotates=False)
    return Alternative(object=Objects(parts=(part,)))


def _not_dependencies(see: Expander, one: Keyword) -> Alternatives:
    found: list[Alternative] = []
    kind = frozenset(["object"])
    for name, needed in one.value.items():
        has = Alternative(types=kind, object=Objects(required=(name,)))
        if isinstance(needed, list):
            misses: Alternatives = tuple(absent(other) for other in needed)
        else:
            misses = see.of_schema(needed, positive=False)
        found += see.product([(has,), misses]) or ()
    return at_most(see, found, one.at)


DEPENDENCIES = ("dependencies", "dependentRequired", "dependentSchemas")
POSITIVE: dict[str, Rule] = {
    **dict.fromkeys(REFS, _ref),
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
    **dict.fromkeys(DEPENDENCIES, _dependencies),
}
NEGATIVE: dict[str, Rule] = {
    **dict.fromkeys(REFS, _not_ref),
    "allOf": _not_all_of,
    "anyOf": _not_any_of,
    "oneOf": _not_one_of,
    "not": _not_not,
    "if": _not_if,
    **dict.fromkeys(DEPENDENCIES, _not_dependencies),
}
