"""A pattern of all texts but some, in the engine's terms."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from guard.grammar.engine import ask
from guard.grammar.excluding import excluding, pattern_without

# The engine lets \\ and " through a class that excludes them, so these are left to the check.
PLAIN = st.text(alphabet="ab]^-\n€", max_size=4)
TEXTS = st.text(alphabet='ab]^-\\"\n€', max_size=4)


@given(st.sets(TEXTS, min_size=1, max_size=4), st.lists(TEXTS, max_size=10))
def test_all_but_these(banned: set[str], others: list[str]) -> None:
    """Exactly those texts do not match that are left out."""
    pattern = re.compile(pattern_without(sorted(banned)))
    for text in {*banned, *others, "", "ab"}:
        assert bool(pattern.fullmatch(text)) == (text not in banned)


@given(st.sets(PLAIN, min_size=1, max_size=3), PLAIN)
def test_the_engine_reads_it_the_same_way(banned: set[str], other: str) -> None:
    """What the grammar lets be written is what the pattern says."""
    grammar, error = ask({"type": "string", "pattern": pattern_without(sorted(banned))})
    assert not error
    for text in {*banned, other}:
        matcher = LLMatcher(LLTokenizer("byte"), grammar, log_level=0)
        written = list(json.dumps(text, ensure_ascii=False).encode())
        taken = matcher.try_consume_tokens(written) == len(written) and matcher.is_accepting()
        assert taken == (text not in banned)


def test_long_texts_are_left_out_too() -> None:
    """Up to a length; what is longer is left to the check afterwards."""
    pattern = excluding((json.dumps("pump " * 24),))
    assert pattern is not None
    assert ask({"type": "string", "pattern": pattern, "format": "email"})[1] == ""
    assert excluding((json.dumps("pump " * 25),)) is None
