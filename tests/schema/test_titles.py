"""Words for the way to a value."""

from __future__ import annotations

from typing import Any

import pytest

from guard.schema import load_schema, titles
from guard.schema.titles import humanise

INVOICE: dict[str, Any] = {
    "properties": {
        "seller": {"$ref": "#/$defs/party"},
        "lines": {"title": "Line items", "items": {"properties": {"unit_price": {"title": " "}}}},
        "paid": {"anyOf": [{"title": "Amount paid"}, {"type": "null"}]},
        "pair": {"prefixItems": [{"properties": {"low": {"title": "Lowest"}}}]},
        "2": {"title": "Second"},
    },
    "additionalProperties": {"title": "Remark"},
    "$defs": {"party": {"title": "Party", "properties": {"vatId": {}, "of": {"$ref": "#"}}}},
}


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", ()),
        ("/lines/0/unit_price", ("Line items", "item 1", "unit price")),
        ("/seller/vatId", ("Party", "vat id")),
        ("/seller/of/seller", ("Party", "of", "Party")),
        ("/paid", ("Amount paid",)),
        ("/pair/0/low", ("pair", "item 1", "Lowest")),
        ("/2", ("Second",)),
        ("/other", ("Remark",)),
        ("/other/deep~1er/3", ("Remark", "deep/er", "3")),
    ],
)
def test_titles(pointer: str, expected: tuple[str, ...]) -> None:
    """Each step is called by its title, else by its name in words, and items are counted from 1."""
    assert titles(load_schema(INVOICE), pointer) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unit_price", "unit price"),
        ("unitPriceEUR", "unit price EUR"),
        ("ISBNNumber", "ISBN number"),
        ("serial-no.", "serial no"),
        ("x", "x"),
        ("__", "__"),
        ("pH", "p h"),
    ],
)
def test_humanise(name: str, words: str) -> None:
    """Property names are split at humps, underscores, hyphens and dots."""
    assert humanise(name) == words
