"""Texts that match patterns, to end strings with."""

from __future__ import annotations

import re

import pytest

from guard.grammar.samples import FORMATS, sample, samples
from guard.schema import load_schema, satisfies

PATTERNS = [
    r".*\.dart$",
    r"^[A-Z]{2}-\d{4}$",
    r"^(?:red|green|up)$",
    r"^[^a-z\s]+$",
    r"^v?\d+(\.\d+)*$",
    r"^\w+@\w+$",
    r"[\u00e9]",
    r"^(?P<year>19|20)\d\d$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_samples_match(pattern: str) -> None:
    """A sample is short and matches."""
    text = sample(pattern)
    assert text is not None
    assert re.search(pattern, text)
    assert len(text) < 12


@pytest.mark.parametrize("pattern", ["(", "^(?=a)b$", r"(a)\1", "^a{5000}$", r"^\p{L}$"])
def test_no_sample(pattern: str) -> None:
    """Without a text that surely matches there is none."""
    assert sample(pattern) is None


@pytest.mark.parametrize("name", FORMATS)
def test_formats(name: str) -> None:
    """The text of a format is one of it."""
    assert satisfies(load_schema({"format": name}), FORMATS[name])


def test_of_a_schema() -> None:
    """Every pattern and format counts, those of names too."""
    schema = {
        "properties": {"a": {"pattern": "x$"}},
        "patternProperties": {"^b": {"format": "date"}},
    }
    assert samples(schema) == ("b", "x", "2024-01-01")
