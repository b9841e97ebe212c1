"""What a schema itself says about how long strings, lists and numbers may get."""

from __future__ import annotations

from typing import Any

import pytest

from guard.grammar import compile_grammar
from guard.grammar.sizes import Sizes, sizes


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"type": "string"}, Sizes()),
        ({"type": "string", "maxLength": 9}, Sizes(string=9)),
        ({"minLength": 12.0, "maxLength": 14.0}, Sizes(string=14)),
        ({"items": {"maxLength": 7, "minItems": 3}, "maxItems": 2}, Sizes(string=7, items=3)),
        ({"prefixItems": [{}, {"minLength": 4}, {}]}, Sizes(string=4, items=3)),
        ({"minimum": -1e20, "maximum": 12}, Sizes(digits=21)),
        ({"multipleOf": 0.125}, Sizes(digits=4)),
        (
            {"enum": ["four", {"name": [1, 2, "fives"]}, 123, True]},
            Sizes(string=5, name=4, items=3, digits=3),
        ),
        ({"const": {}, "required": ["abc"]}, Sizes(name=3)),
        (
            {"properties": {"ab": {"$ref": "#/$defs/c"}}, "$defs": {"c": {"maxLength": 5}}},
            Sizes(string=5, name=2),
        ),
        ({"anyOf": [{"maxItems": 2}, {"not": {"maxItems": 6}}]}, Sizes(items=6)),
        (True, Sizes()),
    ],
)
def test_the_longest_counts(schema: Any, found: Sizes) -> None:
    assert sizes(schema) == found


def test_limits_survive_what_a_grammar_is_made_of() -> None:
    """They are found in the plain schema as they are in the given one."""
    schema = {
        "type": "object",
        "properties": {
            "text": {"allOf": [{"type": "string"}, {"minLength": 3000}]},
            "items": {"$ref": "#/$defs/items"},
        },
        "$defs": {"items": {"type": "array", "maxItems": 500, "items": {"const": 123456}}},
    }
    assert sizes(compile_grammar(schema).plain) == Sizes(string=3000, name=5, items=500, digits=6)
