"""Which schemas go to OpenAI's strict mode: only those that lie in its subset."""

from __future__ import annotations

from typing import Any

import pytest

from guard.models.dialect import is_strict

CLOSED = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TEXT = {"type": "string"}


def closed(**properties: Any) -> dict[str, Any]:
    return {**CLOSED, "properties": properties, "required": list(properties)}


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (closed(a=TEXT), True),
        (closed(a={"type": ["string", "null"]}, b={"enum": ["x", 1]}), True),
        (closed(a={"type": "array", "items": closed(b=TEXT), "minItems": 1}), True),
        (closed(a={"anyOf": [TEXT, {"type": "null"}]}), True),
        (closed(a={"type": "string", "format": "date", "description": "A day"}), True),
        ({**closed(a={"$ref": "#/$defs/b"}), "$defs": {"b": closed(c=TEXT)}}, True),
        ({**closed(a={"$ref": "#/$defs/b"}), "$defs": {"b": {"type": "object"}}}, False),
        ({**closed(a=TEXT), "required": []}, False),
        ({**closed(a=TEXT), "additionalProperties": True}, False),
        ({"type": "object", "properties": {"a": TEXT}, "required": ["a"]}, False),
        (closed(a={"type": "string", "format": "uri"}), False),
        (closed(a={"type": "string", "minLength": 1}), False),
        (closed(a={"oneOf": [TEXT]}), False),
        (closed(a=closed(b={"not": {}})), False),
        (closed(a={"type": "array", "items": True}), False),
        ({"type": "array", "items": TEXT}, False),
        ({"anyOf": [closed(a=TEXT)]}, False),
        (True, False),
    ],
)
def test_only_the_strict_subset_is_strict(schema: Any, strict: bool) -> None:
    """Every object closed, every property required, an object at the root, known keywords only."""
    assert is_strict(schema) is strict


def test_a_schema_deeper_than_strict_mode_goes_is_not_strict() -> None:
    """More than ten levels are sent without strict."""
    schema = closed(a=TEXT)
    for _ in range(11):
        schema = closed(a=schema)
    assert not is_strict(schema)
