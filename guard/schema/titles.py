"""Words for the fields of a value, from the schema's titles or else from the property names."""

from __future__ import annotations

import re
from typing import Any

from guard.grammar.walk import LISTS
from guard.schema.load import Schema
from guard.types import Json

HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\-.\s]+")
MAX_CANDIDATES = 64  # alternatives can multiply; beyond this many the first ones do


def titles(schema: Schema, pointer: str) -> tuple[str, ...]:
    """What to call each step on the way to the value at an instance pointer.

    `/lines/0/unit_price` gives for example `("Lines", "item 1", "unit price")`: the title where the
    schema has one, else the property name in words; items of a list by number.
    """
    tokens = _tokens(pointer)
    at: list[Json] = _expand([schema.document], schema.document)
    words = []
    for token in tokens:
        is_item = token.isdigit() and any(_is_list(node) for node in at)
        at = _expand([child for node in at for child in _step(node, token)], schema.document)
        default = f"item {int(token) + 1}" if is_item else humanise(token)
        words.append(default if is_item else _title(at) or default)
    return tuple(words)


def humanise(name: str) -> str:
    """A property name in words: `unitPrice_net` becomes `unit price net`."""
    parts = [part for part in HUMP.split(name) if part]
    return " ".join(p if p.isupper() and len(p) > 1 else p.lower() for p in parts) or name


def _tokens(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _title(nodes: list[Json]) -> str | None:
    given = (node.get("title") for node in nodes if isinstance(node, dict))
    words = (title.strip() for title in given if isinstance(title, str))
    return next((title for title in words if title), None)


def _is_list(node: Json) -> bool:
    return isinstance(node, dict) and ("items" in node or "prefixItems" in node)


def _step(node: Json, token: str) -> list[Json]:
    """The schemas for one property or item of a value that `node` describes."""
    if not isinstance(node, dict):
        return []
    found = [node["properties"][token]] if token in node.get("properties", {}) else []
    if token.isdigit() and _is_list(node):
        found += _item(node, int(token))
    if not found and isinstance(node.get("additionalProperties"), dict):
        found.append(node["additionalProperties"])
    return found


def _item(node: dict[str, Json], at: int) -> list[Json]:
    items = node.get("items")
    first = items if isinstance(items, list) else node.get("prefixItems", [])
    if at < len(first):
        return [first[at]]
    rest: Any = node.get("additionalItems") if isinstance(items, list) else items
    return [rest] if isinstance(rest, dict) else []


def _expand(nodes: list[Json], root: Json) -> list[Json]:
    """The schemas, and those they refer to or combine."""
    found: list[Json] = []
    waiting = list(nodes)
    while waiting and len(found) < MAX_CANDIDATES:
        node = waiting.pop(0)
        if not isinstance(node, dict) or any(node is known for known in found):
            continue
        found.append(node)
        waiting += [referred(root, node["$ref"])] if "$ref" in node else []
        for key in sorted(LISTS & node.keys() - {"items", "prefixItems"}):
            waiting += node[key]
    return found


def referred(root: Json, reference: Json) -> Json:
    """What a `#/…` reference leads to; other kinds of reference only cost the title."""
    node = root
    for token in _tokens(str(reference).removeprefix("#")):
        if isinstance(node, list) and token.isdigit() and int(token) < len(node):
            node = node[int(token)]
        elif isinstance(node, dict):
            node = node.get(token)
        else:
            return None
    return node
