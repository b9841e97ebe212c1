"""Dates and times that are written are dates and times to the check."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from llguidance import LLMatcher, LLTokenizer

from guard.grammar import compile_grammar
from guard.grammar.calendar import PATTERNS
from guard.grammar.formats import has_format


def test_every_day_and_no_other() -> None:
    """The pattern has exactly the days that there are."""
    pattern = re.compile(PATTERNS["date"])
    years = [1, 4, 100, 400, 1900, 2000, 2023, 2024, 9996, 9999]
    found = [
        text
        for year in [0, *years]
        for month in range(14)
        for day in range(33)
        if pattern.fullmatch(text := f"{year:04}-{month:02}-{day:02}")
    ]
    firsts = [date(year, 1, 1) for year in years]
    lengths = [date(year, 12, 31).timetuple().tm_yday for year in years]
    days = [
        (first + timedelta(at)).isoformat()
        for first, length in zip(firsts, lengths, strict=True)
        for at in range(length)
    ]
    assert found == days


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date", "2024-02-29"),
        ("date", "2023-02-29"),
        ("date", "0000-01-01"),
        ("time", "10:00:00.5z"),
        ("time", "23:59:60Z"),
        ("time", "10:00:00+14:30"),
        ("date-time", "2024-02-29T10:00:00Z"),
        ("date-time", "2023-02-29T10:00:00Z"),
        ("date-time", "2024-01-01t23:59:60-01:00"),
    ],
)
def test_the_grammar_is_as_exact_as_the_check(name: str, text: str) -> None:
    """What is no date to the check cannot be written as one."""
    grammar = compile_grammar({"type": "string", "format": name})
    matcher = LLMatcher(LLTokenizer("byte"), grammar.text, log_level=0)
    written = [*f'"{text}"'.encode()]
    taken = matcher.try_consume_tokens(written) == len(written) and matcher.is_accepting()
    assert taken == has_format(text, name)
    assert not grammar.refusals
