"""A keyword that jsonschema's own rule fails at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from guard.types import Json

Rule = Callable[[Any, Json, Json, Json], Iterator[Any]]


def additional_items(stock: Rule) -> Rule:
    """`additionalItems`, which says nothing where `items` is true; jsonschema's own rule fails."""

    def rule(checker: Any, rest: Json, value: Json, schema: Json) -> Iterator[Any]:
        if isinstance(schema.get("items"), list):
            yield from stock(checker, rest, value, schema) or ()

    return rule
