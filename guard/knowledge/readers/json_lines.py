"""JSON lines: each line's `text`, or all its fields as words, `field: value; field: value`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from guard.files import decode, parse_json
from guard.knowledge.reading import Builder, Reading, join, one_line
from guard.types import Json


def read(raw: bytes, name: str) -> Reading:
    """A file of JSON values, one a line. Raises InputError with the line that is not JSON."""
    builder = Builder()
    for number, line in enumerate(decode(raw, where=name).split("\n"), start=1):
        if line.strip():
            value = parse_json(line, where=f"line {number:,} of {name}")
            builder.add(_text(value), kind="record")
    return builder.build(name=name)


def _text(value: Json) -> str:
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return str(value["text"])
    return join(_fields(value, ""), "; ")


def _fields(value: Json, path: str) -> Iterator[str]:
    """The leaves of a value in words. The parser has limited the depth."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _fields(child, one_line(f"{path} {key}"))
    elif isinstance(value, list):
        for child in value:
            yield from _fields(child, path)
    elif value is not None and value != "":
        words = value if isinstance(value, str) else json.dumps(value)
        yield f"{path}: {words}" if path else words
