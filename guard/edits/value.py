"""Applying edits to a JSON value: leaves and items go or change by JSON Pointer (RFC 6901)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from guard.edits.text import apply_text
from guard.types import Edit, Json


def canonical(value: Json) -> str:
    """The text form of a value that reports show: two spaces of indent, keys in their own order."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def escape(key: str) -> str:
    """`key` as a token of a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def apply_value(value: Json, edits: Sequence[Edit]) -> Json:
    """A new value with the edits that have a pointer applied, in whatever order they come.

    Pointers are those of `value` as given, so that removed items do not shift each other. An edit
    with a span too works in the string at its pointer. Marks change nothing. A removed root is
    None. Raises ValueError on a pointer to nothing.
    """
    table: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.pointer is not None:
            table.setdefault(edit.pointer, []).append(edit)
    seen: set[str] = set()
    result = _rebuild(value, "", table, seen)
    if lost := sorted(set(table) - seen):
        raise ValueError(f"an edit points to nothing: {lost[0]!r}")
    return None if _removed(table.get("", ())) else result


def _removed(edits: Sequence[Edit]) -> bool:
    return any(edit.action == "remove" and edit.span is None for edit in edits)


def _rebuild(node: Json, pointer: str, table: dict[str, list[Edit]], seen: set[str]) -> Json:
    seen.add(pointer)
    if isinstance(node, dict):
        places = {key: f"{pointer}/{escape(key)}" for key in node}
        new = {key: _rebuild(node[key], at, table, seen) for key, at in places.items()}
        node = {key: new[key] for key, at in places.items() if not _removed(table.get(at, ()))}
    elif isinstance(node, list):
        at = [f"{pointer}/{number}" for number in range(len(node))]
        items = [_rebuild(item, place, table, seen) for item, place in zip(node, at, strict=True)]
        node = [
            item
            for item, place in zip(items, at, strict=True)
            if not _removed(table.get(place, ()))
        ]
    return _changed(node, table.get(pointer, ()))


def _changed(node: Json, edits: Sequence[Edit]) -> Json:
    new = [edit for edit in edits if edit.action == "replace" and edit.span is None]
    if new:
        return min((edit.replacement for edit in new), key=canonical)
    inside = [replace(edit, pointer=None) for edit in edits if edit.span and edit.action != "mark"]
    return apply_text(node, inside) if isinstance(node, str) and inside else node
