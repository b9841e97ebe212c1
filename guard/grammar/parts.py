"""The schemas that a part of a value is held against, found by the pointer to it."""

from __future__ import annotations

from urllib.parse import unquote

from guard.grammar.walk import LISTS
from guard.types import Json

MAX_CANDIDATES = 64  # alternatives can multiply; beyond this many the first ones do


def tokens(pointer: str) -> list[str]:
    """The steps of a JSON Pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def schema_at(document: Json, pointer: str) -> Json | None:
    """A schema for the part of a value at an instance pointer; None where nothing is said of it.

    `document` is a plain schema (`Grammar.plain`). Where it has alternatives, any of them will do.
    """
    at: list[Json] = [document]
    for token in tokens(pointer):
        at = [child for node in expand(at, document) for child in step(node, token)]
    if not at:
        return None
    distinct = [node for place, node in enumerate(at) if node not in at[:place]]
    made = distinct[0] if len(distinct) == 1 else {"anyOf": distinct[:MAX_CANDIDATES]}
    if made is document or not isinstance(made, dict):
        return made
    return {**made, "$defs": document.get("$defs", {})}


def is_list(node: Json) -> bool:
    """Whether a schema speaks of items."""
    return isinstance(node, dict) and ("items" in node or "prefixItems" in node)


def step(node: Json, token: str) -> list[Json]:
    """The schemas for one property or item of a value that `node` describes."""
    if not isinstance(node, dict):
        return []
    found = [node["properties"][token]] if token in node.get("properties", {}) else []
    found += _matched(node, token)
    if token.isdigit() and is_list(node):
        found += _item(node, int(token))
    if not found and isinstance(node.get("additionalProperties"), dict):
        found.append(node["additionalProperties"])
    return found


def _matched(node: dict[str, Json], token: str) -> list[Json]:
    from guard.grammar.patterns import TooCostly, matches

    found = []
    for pattern, child in node.get("patternProperties", {}).items():
        try:
            found += [child] if matches(pattern, token) else []
        except TooCostly:
            continue
    return found


def _item(node: dict[str, Json], at: int) -> list[Json]:
    items = node.get("items")
    first = items if isinstance(items, list) else node.get("prefixItems", [])
    if at < len(first):
        return [first[at]]
    rest = node.get("additionalItems") if isinstance(items, list) else items
    return [rest] if isinstance(rest, dict) else []


def expand(nodes: list[Json], root: Json) -> list[Json]:
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
    """What a `#/…` reference leads to; None for other kinds of reference."""
    pointer = unquote(str(reference))
    if pointer != "#" and not pointer.startswith("#/"):
        return None
    node = root
    for token in tokens(pointer[1:]):
        if isinstance(node, list) and token.isdigit() and int(token) < len(node):
            node = node[int(token)]
        elif isinstance(node, dict):
            node = node.get(token)
        else:
            return None
    return node
