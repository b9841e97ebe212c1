"""IPv6 addresses that are written are addresses to the check, and none is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from guard.grammar import compile_grammar
from guard.grammar.addresses import IPV6
from guard.grammar.formats import has_format

GROUPS = st.lists(st.sampled_from(["0", "a", "1f", "FFFF", "12345", ""]), max_size=9)
TAILS = st.sampled_from(["", ":1.2.3.4", "1.2.3.4", "::255.0.10.9", ":256.1.1.1", ":01.2.3.4", ":"])


@given(GROUPS, GROUPS, st.sampled_from(["::", ":", ""]), TAILS)
def test_the_pattern_says_what_the_check_says(
    first: list[str], last: list[str], between: str, tail: str
) -> None:
    """Whatever groups stand before and behind the gap."""
    text = ":".join(first) + between + ":".join(last) + tail
    assert bool(re.search(IPV6, text)) == has_format(text, "ipv6")


@pytest.mark.parametrize(
    "text", ["::ffff:1.2.3.4", "::", "1:2:3:4:5:6:7:8", "1::8::", "1:2:3", "::g"]
)
def test_the_grammar_has_the_pattern(text: str) -> None:
    """An address with a dotted tail can be written, and what is none cannot."""
    grammar = compile_grammar({"type": "string", "format": "ipv6"})
    matcher = LLMatcher(LLTokenizer("byte"), grammar.text, log_level=0)
    written = [*f'"{text}"'.encode()]
    taken = matcher.try_consume_tokens(written) == len(written) and matcher.is_accepting()
    assert taken == has_format(text, "ipv6")
    assert not grammar.refusals
