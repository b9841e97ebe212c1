"""Words for the fields of a value, from the schema's titles or else from the property names."""

from __future__ import annotations

import re

from guard.grammar.parts import expand, is_list, step, tokens
from guard.schema.load import Schema
from guard.types import Json

HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\-.\s]+")


def titles(schema: Schema, pointer: str) -> tuple[str, ...]:
    """What to call each step on the way to the value at an instance pointer.

    `/lines/0/unit_price` gives for example `("Lines", "item 1", "unit price")`: the title where the
    schema has one, else the property name in words; items of a list by number.
    """
    at: list[Json] = expand([schema.document], schema.document)
    words = []
    for token in tokens(pointer):
        is_item = token.isdigit() and any(is_list(node) for node in at)
        at = expand([child for node in at for child in step(node, token)], schema.document)
        default = f"item {int(token) + 1}" if is_item else humanise(token)
        words.append(default if is_item else _title(at) or default)
    return tuple(words)


def humanise(name: str) -> str:
    """A property name in words: `unitPrice_net` becomes `unit price net`."""
    parts = [part for part in HUMP.split(name) if part]
    return " ".join(p if p.isupper() and len(p) > 1 else p.lower() for p in parts) or name


def _title(nodes: list[Json]) -> str | None:
    given = (node.get("title") for node in nodes if isinstance(node, dict))
    words = (title.strip() for title in given if isinstance(title, str))
    return next((title for title in words if title), None)
