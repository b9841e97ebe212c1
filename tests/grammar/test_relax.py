"""What is left of a schema that the engine refuses: as much of it as the engine takes."""

from __future__ import annotations

from typing import Any

import pytest

from guard.grammar.engine import complaint
from guard.grammar.relax import PARTLY, relax
from guard.schema import load_schema, satisfies

TEXT = {"type": "string", "pattern": "a"}
HEAVY = "^(.*a.{30}b.*){5}$"


@pytest.mark.parametrize(
    ("schema", "left", "refused"),
    [
        ({**TEXT, "minLength": 20}, {**TEXT, "minLength": 20}, set()),
        ({**TEXT, "minLength": 100}, {**TEXT, "minLength": 32}, {"/minLength"}),
        ({**TEXT, "minLength": 10**12}, {**TEXT, "minLength": 32}, {"/minLength"}),
        ({"type": "string", "minLength": 10**12}, {"type": "string"}, {"/minLength"}),
        (
            {**TEXT, "allOf": [{"pattern": "b"}, {"pattern": "c"}], "minLength": 100},
            {**TEXT, "allOf": [{"pattern": "b"}, {"pattern": "c"}], "minLength": 32},
            {"/minLength"},
        ),
        (
            {**TEXT, "allOf": [{"pattern": HEAVY}, {"pattern": "b$"}]},
            {**TEXT, "allOf": [{"pattern": "b$"}]},
            {"/allOf"},
        ),
    ],
)
def test_the_least_is_left_out(schema: Any, left: Any, refused: set[str]) -> None:
    """Patterns stay that the engine takes together; of a length too long for it, a shorter one."""
    reasons: dict[str, str] = {}
    made = relax(schema, "", reasons)
    assert made == left
    assert not complaint(made)
    assert reasons.keys() == refused
    ending = PARTLY.format(reason="")
    for at, reason in reasons.items():
        assert reason.endswith(ending) == (at[1:] in left)


def test_no_value_is_lost() -> None:
    """Every value of a schema is one of what is left of it."""
    schema = {**TEXT, "allOf": [{"pattern": "b"}, {"pattern": HEAVY}], "minLength": 100}
    left = load_schema(relax(schema, "", {}))
    value = ("a" + "x" * 30 + "b") * 5
    assert satisfies(load_schema(schema), value)
    assert satisfies(left, value)
    assert not satisfies(left, "a")
