"""Patterns: which may be left to a backtracking engine, and that both engines agree."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.grammar.patterns import TooCostly, dangerous, matches, problem


@pytest.mark.parametrize(
    "pattern",
    ["^[A-Z]{2}[0-9]{6}$", "^\\+?[0-9 ]+$", "a|b|c", "^(red|green)$", "[)(*+]+x", "^\\(\\d+\\)$"],
)
def test_plain(pattern: str) -> None:
    """Patterns without a repeat over something that varies are left to re."""
    assert not dangerous(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|ab)*", "([a-z]+-)*", "(?:a?){20}", "((ab)*c)*", "(a)\\1", "a?" * 11, "\\p{L}+"],
)
def test_dangerous(pattern: str) -> None:
    """A repeat over something that varies, and what re does not read, is not left to re."""
    assert dangerous(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        ("^[a-z0-9]+(-[a-z0-9]+)*$", "pump-p3-x", True),
        ("^[a-z0-9]+(-[a-z0-9]+)*$", "pump--x", False),
        ("^\\p{L}+$", "Größe", True),
        ("^\\p{L}+$", "42", False),
        ("^(\\w+\\s?)+$", 'say "hi"', False),
        ("^(.|\\n)+$", 'tab\tquote"\nend\\', True),
    ],
)
def test_matches(pattern: str, text: str, expected: bool) -> None:
    """A pattern is looked for anywhere in the text, whichever engine it takes."""
    assert problem(pattern) is None
    assert matches(pattern, text) is expected


def test_too_costly() -> None:
    """A pattern that only re can read is given up on texts on which it would take too long."""
    assert matches("(?=.*a)(?=.*b).+c", "abc")
    with pytest.raises(TooCostly):
        matches("(?=.*a)(?=.*b).+c", "a" * 1000)


@settings(max_examples=200, deadline=None)
@given(st.text("ab|*+?()]^$.\\", max_size=8), st.text("ab", max_size=6))
def test_agrees_with_re(pattern: str, text: str) -> None:
    """Where re can read a usable pattern, it is matched as re would, in text of plain letters."""
    try:
        expected = re.search(pattern, text) is not None
    except re.error:
        return
    if problem(pattern) is None and "\\" not in pattern:
        assert matches(pattern, text) is expected
