"""The parts of a JSON text are found where they stand, in finished texts and in unfinished ones."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.generate.jsontext import find, read, repeated, so_far, without
from guard.grammar.walk import escape

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


def pointers(value: Any, at: str = "") -> list[tuple[str, Any]]:
    found = [(at, value)]
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, inner in value.items() if isinstance(value, dict) else ():
        found += pointers(inner, f"{at}/{escape(str(key))}")
    return found


@given(VALUES, st.sampled_from([None, 1]))
def test_every_part_is_found(value: Any, indent: int | None) -> None:
    """The text at a pointer's span is the value at that pointer."""
    text = json.dumps(value, indent=indent)
    for pointer, inner in pointers(value):
        span = find(text, pointer)
        assert span is not None
        assert json.loads(span.of(text)) == inner


def grows(before: Any, after: Any) -> bool:
    """Whether what was there before is still there, and lists only grew."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(name in after and grows(before[name], after[name]) for name in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) <= len(after) and all(map(grows, before, after))
    return before is None or before == after


@given(VALUES)
def test_what_is_complete_stays(value: Any) -> None:
    """The value so far only grows, and is the whole value in the end."""
    text = json.dumps(value)
    states = [so_far(text[:size]) for size in range(len(text) + 1)]
    assert states[-1] == value
    if isinstance(value, dict | list):
        for one, other in pairwise(states):
            assert grows(one, other)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("{", {}),
        ('{"a": 1', {}),
        ('{"a": 1,', {"a": 1}),
        ('{"a": tru', {}),
        ('{"a": "x", "b": "y', {"a": "x"}),
        ('{"a": [1, 2', {"a": [1]}),
        ('{"a": {"b": "c"}, "d', {"a": {"b": "c"}}),
        ('[{"a": "\\"', [{}]),
        ('{"a": 1, "a": 2, "b": {"c": 1, "c": 2}, "d', {"a": 1, "b": {"c": 1}}),
        ('{"\\a": 1, "b', {"\\a": 1}),
        ("[" * 100_000, None),
    ],
)
def test_so_far(text: str, value: Any) -> None:
    """A number may go on, a string has to be closed, a name has to have its value."""
    assert so_far(text) == value


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"a": 1, "a": 2}', '{"a": 1}'),
        ('{"a": 1, "b": {"c": 1, "c": [3]}, "a": {"a": 1}}', '{"a": 1, "b": {"c": 1}}'),
        ('[{"a": 1}, {"a": 1}]', '[{"a": 1}, {"a": 1}]'),
        ('{"a": "x, \\"a\\": 1"}', '{"a": "x, \\"a\\": 1"}'),
    ],
)  # fmt: skip
def test_repeated_names(text: str, kept: str) -> None:
    """The first member of a name stays, the rest of the text too."""
    assert without(text, repeated(text)) == kept


def test_a_text_of_any_depth_can_be_looked_through() -> None:
    """A bottomless text, as a model may write that lost its way, is no reason to fall over."""
    assert repeated('{"a": 1, "a": ' + "[" * 20_000 + "]" * 20_000 + ', "b": [') != []
    assert repeated("[" * 20_000 + "]" * 20_000) == []


@given(st.text(alphabet='{}[]":,1a \\', max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    """What is no JSON is read as far as it makes sense."""
    read(text)
    so_far(text)
    without(text, repeated(text))
