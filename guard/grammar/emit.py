"""From states to a schema of plain limits, choices and references, which the engine takes."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

from guard.grammar.alternative import ANY, TYPES, Alternative, Numbers, Place, Texts
from guard.grammar.arrays import ListPlan
from guard.grammar.engine import complaint
from guard.grammar.excluding import excluding
from guard.grammar.objects import ObjectPlan
from guard.grammar.scalars import LEAST_BOUND
from guard.grammar.states import Option, States
from guard.types import Json

ORDER = ("object", "array", "string", "number", "boolean", "null")
MAX_INTEGER = 10**18 - 1
UNIQUE = "a grammar does not remember which items were written"
CONTAINS = "a grammar does not count items"
BANNED = "a grammar cannot leave out single values here"
NEVER_SCHEMA: Json = {"enum": []}
MOST_CHOICES = 32


@dataclass
class Emitter:
    """Writes the schema of each state once, under `$defs`."""

    states: States
    names: dict[Place, str] = field(default_factory=dict)
    tables: dict[str, Json] = field(default_factory=dict)
    short: dict[Place, dict[str, Json]] = field(default_factory=dict)
    """The schemas of places that are written out wherever they are needed."""

    def document(self, top: Place) -> dict[str, Json]:
        """The whole schema."""
        made = self.place(top)
        return {**made, "$defs": self.tables} if self.tables else made

    def origins(self) -> dict[str, str]:
        """Where each schema under `$defs` came from, as a JSON Pointer."""
        nodes = self.states.see.nodes
        return {
            name: nodes[place[0].key].pointer if place and place[0].key in nodes else ""
            for place, name in self.names.items()
        }

    def place(self, place: Place) -> dict[str, Json]:
        """The schema of one place: itself where it is short, else a reference."""
        if place not in self.states.alive:
            return dict(NEVER_SCHEMA)
        place = self.states.twins[place]
        if place in self.names:
            return {"$ref": f"#/$defs/{self.names[place]}"}
        if place in self.short:
            return dict(self.short[place])
        options = [each for each in self.states.options[place] if self.states.is_alive(each)]
        if not any(each.object or each.lists for each in options) or options == [self._any()]:
            self.short[place] = self._choice(options)
            return dict(self.short[place])
        self.names[place] = name = f"s{len(self.names)}"
        self.tables[name] = None
        self.tables[name] = self._choice(options)
        return {"$ref": f"#/$defs/{name}"}

    def _any(self) -> Option | None:
        options = self.states.options.get((), ())
        return options[0] if len(options) == 1 else None

    def _choice(self, options: list[Option]) -> dict[str, Json]:
        made = [schema for each in options for schema in self._option(each)]
        if len(made) == 1:
            return made[0]
        distinct = list({json.dumps(schema): schema for schema in made}.values())
        if {} in distinct:
            return {}
        return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}

    def _option(self, option: Option) -> list[dict[str, Json]]:
        limits = option.limits
        if limits.values is not None:
            return [{"enum": [json.loads(text) for text in limits.values]}]
        if limits == ANY:
            return [{}]
        types = self._types(option)
        text = self._without_banned(limits, types)
        named = {} if types == TYPES else {"type": _named(types, limits)}
        scalars = {**self._number(limits.number, types), **self._text(text, types)}
        lists = self._lists(option) if "array" in types else [{}]
        objects = self._objects(option) if "object" in types else [{}]
        return [{**named, **scalars, **one, **other} for one in lists for other in objects]

    def _types(self, option: Option) -> frozenset[str]:
        """The types without those that cannot be filled."""
        dead = set()
        if not self.states.has_object(option.object):
            dead.add("object")
        if not self.states.lists(option):
            dead.add("array")
        return option.limits.types - dead

    def _without_banned(self, limits: Alternative, types: frozenset[str]) -> Texts:
        """The limits of strings, with a pattern that keeps single ones out if there is one."""
        if not limits.banned or "string" not in types:
            return limits.text
        pattern = excluding(limits.banned)
        if pattern is not None:
            return limits.text._replace(patterns=(*limits.text.patterns, pattern))
        for at in limits.origins:
            if at.endswith(("/enum", "/const")):
                self.states.see.note(at, BANNED)
        return limits.text

    def _number(self, limits: Numbers, types: frozenset[str]) -> dict[str, Json]:
        if "number" not in types:
            return {}
        made: dict[str, Json] = {}
        limits = _apart(limits)
        if limits.low is not None:
            made["exclusiveMinimum" if limits.low_open else "minimum"] = limits.low
        if limits.high is not None:
            made["exclusiveMaximum" if limits.high_open else "maximum"] = limits.high
        if limits.multiples:
            made["multipleOf"] = limits.multiples[0]
        if len(limits.multiples) > 1:
            made["allOf"] = [{"multipleOf": each} for each in limits.multiples[1:]]
        if self.states.is_closed and limits.integer:
            made |= _short(limits)
        return made

    def _text(self, limits: Texts, types: frozenset[str]) -> dict[str, Json]:
        if "string" not in types:
            return {}
        made: dict[str, Json] = {}
        if limits.least:
            made["minLength"] = limits.least
        if limits.most is not None:
            made["maxLength"] = limits.most
        more: list[Json] = [{"pattern": each} for each in limits.patterns]
        more += [{"format": each} for each in limits.formats]
        for each in more[:1]:
            made |= each
        return made | ({"allOf": more[1:]} if len(more) > 1 else {})

    def _lists(self, option: Option) -> list[dict[str, Json]]:
        """`contains` and `uniqueItems` hold only as far as the plans can say them."""
        for at in option.limits.origins:
            if at.endswith("/uniqueItems"):
                self.states.see.note(at, UNIQUE)
            elif at.endswith("/contains"):
                self.states.see.note(at, CONTAINS)
        return [self._items(plan) for plan in self.states.lists(option)]

    def _objects(self, option: Option) -> list[dict[str, Json]]:
        plan = option.object
        if plan is None:
            return [{}]
        made = self._object(plan)
        return [{**made, **sizes} for sizes in self._sizes(plan, option.limits)]

    def _items(self, plan: ListPlan) -> dict[str, Json]:
        made: dict[str, Json] = {}
        if plan.first:
            made["prefixItems"] = [self.place(place) for place in plan.first]
        rest = self._one_of_places((plan.rest,))
        if rest != {}:
            made["items"] = rest
        if plan.least:
            made["minItems"] = plan.least
        if plan.most is not None:
            made["maxItems"] = plan.most
        return made

    def _object(self, plan: ObjectPlan) -> dict[str, Json]:
        made: dict[str, Json] = {}
        alive = self.states.alive
        named = {name: self.place(place) if place in alive else False for name, place in plan.names}
        if named:
            made["properties"] = named
        if plan.patterns:
            made["patternProperties"] = {
                pattern: self._one_of_places(places) for pattern, places in plan.patterns
            }
        rest = self._one_of_places(plan.rest)
        if rest != {}:
            made["additionalProperties"] = rest
        if plan.required:
            made["required"] = list(plan.required)
        return made

    def _one_of_places(self, places: tuple[Place, ...]) -> Json:
        made = [self.place(place) for place in places if place in self.states.alive]
        if not made:
            return False
        return made[0] if len(made) == 1 else {"anyOf": made}

    def _sizes(self, plan: ObjectPlan, limits: Alternative) -> list[dict[str, Json]]:
        """Keywords for the number of properties, or choices that come to the same."""
        alive = [name for name, place in plan.names if place in self.states.alive]
        is_open = bool(plan.patterns) or any(place in self.states.alive for place in plan.rest)
        least = plan.least if plan.least > len(plan.required) else 0
        most = plan.most if is_open or (plan.most or 0) < len(alive) else None
        sizes = {"minProperties": least} if least else {}
        sizes |= {"maxProperties": most} if most is not None else {}
        if not sizes:
            return [{}]
        probe = {"type": "object", **self._shape(plan, alive, is_open=is_open), **sizes}
        reason = complaint(probe)
        if not reason:
            return [sizes]
        free = [name for name in alive if name not in plan.required]
        is_one = least == len(plan.required) + 1 and most is None and not is_open
        if is_one and 0 < len(free) <= MOST_CHOICES:
            return [{"required": [*plan.required, name]} for name in free]
        for at in limits.origins:
            if at.endswith(("/minProperties", "/maxProperties")):
                self.states.see.note(at, reason)
        return [{}]

    def _shape(self, plan: ObjectPlan, alive: list[str], *, is_open: bool) -> dict[str, Json]:
        shape: dict[str, Json] = {"properties": {name: {"type": "null"} for name in alive}}
        if plan.patterns:
            shape["patternProperties"] = {pattern: {} for pattern, _ in plan.patterns}
        return shape | {"required": list(plan.required), "additionalProperties": is_open}


def _named(types: frozenset[str], limits: Alternative) -> Json:
    names = [
        "integer" if t == "number" and limits.number.integer else t for t in ORDER if t in types
    ]
    return names[0] if len(names) == 1 else names


def _apart(limits: Numbers) -> Numbers:
    """The limits, where a whole number is out that the engine would take all the same.

    It does where the other bound lies between that number and the next one: 1 for 1 < x < 1.5.
    """
    low, high = limits.low, limits.high
    if low is None or high is None or high - low >= 1:
        return limits
    if limits.low_open and low % 1 == 0 and low >= 0:
        least = max(math.nextafter(low, math.inf), LEAST_BOUND)
        limits = limits._replace(low=least, low_open=False)
    if limits.high_open and high % 1 == 0 and high <= 0:
        most = min(math.nextafter(high, -math.inf), -LEAST_BOUND)
        limits = limits._replace(high=most, high_open=False)
    return limits


def _short(limits: Numbers) -> dict[str, Json]:
    """Bounds for integers that have none: small models repeat a digit until the budget is gone."""
    made: dict[str, Json] = {}
    if limits.low is None and (limits.high is None or limits.high > -MAX_INTEGER):
        made["minimum"] = -MAX_INTEGER
    if limits.high is None and (limits.low is None or limits.low < MAX_INTEGER):
        made["maximum"] = MAX_INTEGER
    return made
