"""Listed values and names are those that satisfy all else that is said of them."""

from __future__ import annotations

from typing import Any

import pytest

from guard.grammar.normalise import normalise
from guard.schema import load_schema, satisfies

DATES = ["x", "2020-02-29", "2021-02-29"]
OLD = "http://json-schema.org/draft-04/schema#"


@pytest.mark.parametrize(
    ("document", "valid", "invalid"),
    [
        ({"enum": DATES, "format": "date"}, ["2020-02-29"], ["x", "2021-02-29"]),
        (
            {
                "type": "object",
                "properties": {name: {} for name in DATES},
                "additionalProperties": False,
                "propertyNames": {"format": "date"},
            },
            [{"2020-02-29": 1}],
            [{"x": 1}],
        ),
        ({"enum": [[1], [2], []], "contains": {"const": 1}}, [[1]], [[2], []]),
        (
            {"enum": [[1], [1, 1], [2]], "contains": {"const": 1}, "maxContains": 1},
            [[1]],
            [[1, 1], [2]],
        ),
        (
            {"allOf": [{"enum": [1e15, [2e15]]}, {"enum": [10**15, [2 * 10**15]]}]},
            [1e15, [2e15]],
            [1],
        ),
        (
            {"$schema": OLD, "not": {"minimum": 5, "exclusiveMinimum": True}, "type": "number"},
            [5, 4],
            [6],
        ),
    ],
)
def test_exactly_those_that_fit(document: Any, valid: list[Any], invalid: list[Any]) -> None:
    """The grammar takes what is valid of them, and nothing else, as it says."""
    normal = normalise(document)
    schema, plain = load_schema(document), load_schema(normal.document)
    assert not normal.notes
    assert all(satisfies(schema, value) and satisfies(plain, value) for value in valid)
    assert not any(satisfies(schema, value) or satisfies(plain, value) for value in invalid)
