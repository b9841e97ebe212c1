"""From a schema to its alternatives: everything that one place of a value is held against.

References, `allOf`, `anyOf`, `oneOf`, `if` and the like look at the same place as the schema they
are in. They are multiplied out here, so that what is left are plain limits (a disjunctive normal
form). What cannot be said in limits is left out, which leaves a superset, and a note says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from guard.errors import SchemaError
from guard.grammar.alternative import (
    ANY,
    NEVER,
    Alternative,
    Alternatives,
    Demand,
    Place,
)
from guard.grammar.drafts import IGNORES_BESIDE_REF
from guard.grammar.merge import both, each_with_each
from guard.grammar.objects import named_place
from guard.grammar.pool import Pool
from guard.grammar.refs import Node
from guard.types import Json

MOST = 128
TOO_MANY = "it combines with other keywords in too many ways"


class LoopError(Exception):
    """The alternatives of a schema were asked for while they are being found."""


class Keyword(NamedTuple):  # made of all that a schema says, and faster than a dataclass
    """A keyword of a schema: its value, the schema it stands in, and where that is."""

    name: str
    value: Json
    node: dict[str, Json]
    pointer: str
    source: Node

    @property
    def at(self) -> str:
        """The JSON Pointer of the keyword."""
        return f"{self.pointer}/{self.name}"


Rule = Callable[["Expander", Keyword], Alternatives]


@dataclass
class Expander:
    """Finds alternatives, each once. `notes` has why a keyword at a pointer is not expressed."""

    nodes: dict[int, Node]
    known: frozenset[str]
    draft: str
    positive: dict[str, Rule]
    negative: dict[str, Rule]
    annotates: bool = False
    """Whether a schema asks what others have looked at (`unevaluatedProperties`)."""
    most: int = MOST
    """Alternatives of one place; what would make more is left to the check afterwards."""
    pool: Pool | None = None
    """Values to try. With it, alternatives that take too much are marked as such."""
    notes: dict[str, str] = field(default_factory=dict)
    _found: dict[Demand, tuple[Alternatives, bool]] = field(default_factory=dict)
    _places: dict[Place, Alternatives] = field(default_factory=dict)
    _open: set[Demand] = field(default_factory=set)
    _exact: list[bool] = field(default_factory=lambda: [True])

    def note(self, at: str, reason: str) -> None:
        """Say that the keyword at a pointer is left out, wholly or in part."""
        self.notes.setdefault(at, reason)
        self._exact[-1] = False

    def loose(self, found: Alternatives) -> Alternatives:
        """Alternatives that take more than the schema does, marked where there is a pool."""
        if self.pool is None:
            return found
        return tuple(each._replace(is_loose=True) for each in found)

    def certain(self, found: Alternatives) -> Alternatives:
        """Those alternatives that are known not to take too much."""
        return () if self.pool is None else tuple(each for each in found if not each.is_loose)

    def anything(self) -> Alternatives:
        """What stands for a schema that cannot be said."""
        return self.loose((ANY,))

    def place(self, schema: Json, *, positive: bool = True) -> Place:
        """The place of values that are held against one schema, or against its opposite."""
        if schema is True or schema == {}:
            return () if positive else (NEVER,)
        if schema is False:
            return (NEVER,) if positive else ()
        return (Demand(id(schema), positive=positive),)

    def of_schema(self, schema: Json, *, positive: bool = True) -> Alternatives:
        """The alternatives of one schema or of its opposite."""
        return self.of_place(self.place(schema, positive=positive))

    def exactly(self, schema: Json, *, positive: bool) -> tuple[Alternatives, bool]:
        """The alternatives, and whether they say all of it."""
        self._exact.append(True)
        try:
            found = self.of_schema(schema, positive=positive)
        finally:
            exact = self._exact.pop()
        self._exact[-1] &= exact
        return found, exact

    def of_place(self, place: Place) -> Alternatives:
        """The alternatives of a place: what satisfies all of its demands."""
        if len(place) == 1:
            return self._of_demand(place[0])
        if place not in self._places:
            parts = [self._of_demand(demand) for demand in place]
            found = self.product(parts)
            self._places[place] = self.anything() if found is None else found
            if found is None:
                for demand in place:
                    self.note(self._pointer(demand) or "", TOO_MANY)
        return self._places[place]

    def product(
        self, parts: Iterable[Alternatives], most: int | None = None
    ) -> Alternatives | None:
        """What satisfies one alternative of each part; None where there are more than `most`."""
        most = self.most if most is None else min(most, self.most)
        current: Alternatives = (ANY,)
        for part in sorted(parts, key=len):
            if part == (ANY,):
                continue
            found = each_with_each(current, part, most)
            if found is None:
                return None
            current = found
        return current

    def _pointer(self, demand: Demand) -> str | None:
        node = self.nodes.get(demand.key)
        return node.pointer if node else None

    def _of_demand(self, demand: Demand) -> Alternatives:
        if demand == NEVER:
            return ()
        if demand in self._open:
            raise LoopError
        if demand not in self._found:
            self._open.add(demand)
            self._exact.append(True)
            try:
                found = self._expand(demand)
            finally:
                exact = self._exact.pop()
                self._open.discard(demand)
            self._found[demand] = found, exact
        found, exact = self._found[demand]
        self._exact[-1] &= exact
        return found

    def _expand(self, demand: Demand) -> Alternatives:
        if demand.key not in self.nodes:
            raise SchemaError("a reference of the schema leads to nothing that can be read")
        source = self.nodes[demand.key]
        node = source.document
        is_beside = self.draft in IGNORES_BESIDE_REF and "$ref" in node
        asked = [
            Keyword(name=name, value=value, node=node, pointer=source.pointer, source=source)
            for name, value in node.items()
            if name in self.known and (name == "$ref" or not is_beside)
        ]
        if demand.positive:
            return self._all(asked)
        return tuple(dict.fromkeys(_mute(each) for one in asked for each in self._not(one)))

    def _all(self, asked: list[Keyword]) -> Alternatives:
        """What satisfies every keyword; the unevaluated ones look at what the others found."""
        current: Alternatives = (ANY,)
        if self.annotates:
            asked = sorted(asked, key=lambda each: each.name in LATE)
        for one in asked:
            found = self._merge(current, one)
            if found is None:
                self.note(one.at, TOO_MANY)
                current = self.loose(current)
            else:
                current = found
        return current

    def _merge(self, current: Alternatives, one: Keyword) -> Alternatives | None:
        rule = self.positive.get(one.name)
        if rule is None:
            return current
        if one.name in LATE:
            return tuple(LATE[one.name](self, one, each) for each in current)
        found = rule(self, one)
        if len(current) == len(found) == 1:  # as nearly always, and the product of them is plain
            if found == (ANY,):
                return current
            if current == (ANY,):
                return found
        return self.product([current, found])

    def _not(self, one: Keyword) -> Alternatives:
        rule = self.negative.get(one.name)
        return rule(self, one) if rule else ()

    def apart(self, one: Alternative, other: Alternative) -> bool:
        """Whether it is plain that no value satisfies both."""
        merged = both(one, other)
        if merged is None:
            return True
        if merged.types != {"object"}:
            return False
        for name in merged.object.required:
            try:
                if not self.of_place(named_place(merged, name)):
                    return True
            except LoopError:
                continue
        return False


def _mute(limits: Alternative) -> Alternative:
    """What a schema under `not` looks at does not count as looked at."""
    items = tuple(part._replace(annotates=False) for part in limits.list.parts)
    properties = tuple(part._replace(annotates=False) for part in limits.object.parts)
    if items:
        limits = limits._replace(list=limits.list._replace(parts=items))
    if properties:
        limits = limits._replace(object=limits.object._replace(parts=properties))
    return limits


Late = Callable[[Expander, Keyword, Alternative], Alternative]
LATE: dict[str, Late] = {}
"""Keywords that look at what the others of their schema said; filled by their module."""
