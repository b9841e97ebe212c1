"""The keywords that try patterns on property names, in bounded time.

jsonschema's own go by `re`, which a pattern can keep busy for years. These go by
`guard.grammar.patterns`; what is too costly even there is a violation, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guard.types import Json

MAX_NAME = 2000
"""The longest property name that patterns are tried on."""


def pattern_properties(checker: Any, patterns: Json, value: Json, _: Json) -> Iterator[Any]:
    """`patternProperties`: what matches a pattern is held against its schema."""
    from jsonschema import ValidationError

    from guard.grammar.patterns import TooCostly

    if not checker.is_type(value, "object"):
        return
    for pattern, schema in patterns.items():
        for name, item in value.items():
            try:
                if _has(pattern, name):
                    yield from checker.descend(item, schema, path=name, schema_path=pattern)
            except TooCostly:
                shown = f"{len(name):,} characters"
                yield ValidationError(f"a property name of {shown} is too long for {pattern!r}")


def additional_properties(checker: Any, rest: Json, value: Json, schema: Json) -> Iterator[Any]:
    """`additionalProperties`: what has neither a name nor a pattern in the schema."""
    from jsonschema import ValidationError

    if not checker.is_type(value, "object"):
        return
    others = [name for name in value if not _is_known(name, schema)]
    if checker.is_type(rest, "object"):
        for name in others:
            yield from checker.descend(value[name], rest, path=name)
    elif not rest and others:
        listed = ", ".join(map(repr, sorted(others)))
        verb = "was" if len(others) == 1 else "were"
        yield ValidationError(f"Additional properties are not allowed ({listed} {verb} unexpected)")


def _is_known(name: str, schema: Json) -> bool:
    from guard.grammar.patterns import TooCostly

    if name in schema.get("properties", ()):
        return True
    try:
        return any(_has(pattern, name) for pattern in schema.get("patternProperties", ()))
    except TooCostly:
        return False


def _has(pattern: str, name: str) -> bool:
    from guard.grammar.patterns import TooCostly, matches

    if len(name) > MAX_NAME:
        raise TooCostly
    return matches(pattern, name)
