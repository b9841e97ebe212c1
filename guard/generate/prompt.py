"""What is added to a conversation when a value is wanted: the form, and what was wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from guard.grammar.parts import referred
from guard.schema import Schema
from guard.types import Json, Message, Violation

FORM = "Answer with a JSON value and nothing else. Its fields:\n{fields}"
PLAIN_FORM = "Answer with a JSON value and nothing else."
MAX_VALUES = 40
MAX_PATTERN = 200
AGAIN = "That is not a valid answer:\n{list}\nWrite the whole answer again, with this put right."
MAX_FIELDS = 60
MAX_SHOWN = 8
MAX_LAST = 2000  # characters of the last attempt that are shown to the model again


def with_form(messages: Sequence[Message], schema: Schema) -> tuple[Message, ...]:
    """The conversation with the fields of the schema described in its system message."""
    fields = list(islice(_fields(schema.document, schema.document, 0, ()), MAX_FIELDS))
    form = FORM.format(fields="\n".join(fields)) if fields else _plain(schema.document)
    for at, message in enumerate(messages):
        if message.role == "system":
            told = replace(message, content=f"{message.content}\n\n{form}")
            return (*messages[:at], told, *messages[at + 1 :])
    return (Message(role="system", content=form), *messages)


def _plain(document: Json) -> str:
    """What is asked for where there are no fields: one of some values, or a text of some form."""
    node, _ = _resolved(document, document, ())
    if not isinstance(node, dict):
        return PLAIN_FORM
    if 0 < len(node.get("enum", ())) <= MAX_VALUES:
        values = ", ".join(json.dumps(value, ensure_ascii=False) for value in node["enum"])
        return f"{PLAIN_FORM} It is one of {values}."
    if "pattern" in node:
        return f"{PLAIN_FORM} It is a string that matches {node['pattern'][:MAX_PATTERN]}"
    kind = node.get("format", node.get("type"))
    return f"{PLAIN_FORM} Its type is {kind}." if isinstance(kind, str) else PLAIN_FORM


def with_violations(
    messages: Sequence[Message], text: str, violations: Sequence[Violation]
) -> tuple[Message, ...]:
    """The conversation with the last attempt and what was wrong with it."""
    listed = "\n".join(
        f"- {v.pointer or 'the answer'}: {v.message}" for v in violations[:MAX_SHOWN]
    )
    return (
        *messages,
        Message(role="assistant", content=encodable(text[:MAX_LAST])),
        Message(role="user", content=encodable(AGAIN.format(list=listed))),
    )


def encodable(text: str) -> str:
    """A model's text as it can be sent back: half a surrogate pair, which no text has, is `?`."""
    return text.encode(errors="replace").decode()


def _fields(node: Json, root: Json, depth: int, seen: tuple[int, ...]) -> Iterator[str]:
    """One line for each property, those inside indented below it."""
    node, seen = _resolved(node, root, seen)
    if depth > 4 or not isinstance(node, dict):
        return
    required = node.get("required", [])
    for name, child in node.get("properties", {}).items():
        optional = "" if name in required else " (optional)"
        yield f"{'  ' * depth}- {name}{_about(child, root)}{optional}"
        yield from _fields(child, root, depth + 1, seen)
    if isinstance(node.get("items"), dict):
        yield from _fields(node["items"], root, depth, seen)


def _about(node: Json, root: Json) -> str:
    """What a field is: its description, else its title, and its values where they are listed."""
    node, _ = _resolved(node, root, ())
    if not isinstance(node, dict):
        return ""
    words = node.get("description") or node.get("title")
    values = node.get("enum")
    listed = f"one of {', '.join(map(str, values[:12]))}" if values else ""
    about = "; ".join(part for part in (words, listed) if isinstance(part, str) and part)
    return f": {about}" if about else ""


def _resolved(node: Json, root: Json, seen: tuple[int, ...]) -> tuple[Json, tuple[int, ...]]:
    """A schema behind its `#/…` references; nothing where they lead round in a circle."""
    while isinstance(node, dict) and "$ref" in node:
        if id(node) in seen:
            return None, seen
        seen = (*seen, id(node))
        node = referred(root, node["$ref"])
    return node, seen
