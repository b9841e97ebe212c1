"""How to ask an OpenAI-compatible server, and what to leave out when it will not have it.

The servers agree on the shape of a request but not on every field. A `Dialect` says which fields
are sent; when a server rejects one by name, `step_down` gives the next dialect to try.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from guard.errors import InputError
from guard.types import Json, Message, Sampling

MAX_STOPS = 4
"""OpenAI takes four stop strings; the answer is cut at the others afterwards."""

STRICT_KEYWORDS = frozenset(
    (
        *("$defs", "$ref", "title", "description", "type", "enum", "const", "anyOf"),
        *("properties", "required", "additionalProperties", "items", "minItems", "maxItems"),
        *("pattern", "format", "minimum", "maximum", "multipleOf"),
        *("exclusiveMinimum", "exclusiveMaximum"),
    )
)
STRICT_FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
)
STRICT_DEPTH = 10
SCHEMA_PROMPT = "Answer with one JSON value and nothing else. It must satisfy this JSON Schema:\n"

Format = Literal["json_schema", "json_object", "none"]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Which fields a server takes. `strict` allows the strict mode where a schema qualifies."""

    tokens: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    format: Format = "json_schema"
    strict: bool = True
    seed: bool = True
    temperature: bool = True
    stop: bool = True


def request(
    name: str,
    messages: Sequence[Message],
    *,
    schema: Json | None,
    sampling: Sampling,
    dialect: Dialect,
) -> dict[str, Json]:
    """The body of a chat completion request, `stop` only for free text. Raises InputError."""
    asked = messages if schema is None else with_schema(messages, schema)
    _require_utf8(asked)
    body: dict[str, Json] = {
        "model": name,
        "messages": [{"role": message.role, "content": message.content} for message in asked],
        dialect.tokens: sampling.max_tokens,
    }
    if dialect.temperature:
        body["temperature"] = sampling.temperature
    if dialect.seed:
        body["seed"] = sampling.seed
    if dialect.stop and sampling.stop and schema is None:
        body["stop"] = list(sampling.stop[:MAX_STOPS])
    if schema is not None and dialect.format != "none":
        body["response_format"] = _response_format(schema, dialect)
    return body


def _require_utf8(messages: Sequence[Message]) -> None:
    try:
        for message in messages:
            message.content.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"the prompt has half of a surrogate pair at offset {error.start}, which is no text",
            hint="decode the text it came from again",
        ) from None


def with_schema(messages: Sequence[Message], schema: Json) -> tuple[Message, ...]:
    """The messages with the schema in the system prompt, for servers that ignore the field."""
    wanted = SCHEMA_PROMPT + json.dumps(schema, ensure_ascii=False)
    if messages and messages[0].role == "system":
        first = replace(messages[0], content=f"{messages[0].content}\n\n{wanted}")
        return (first, *messages[1:])
    return (Message(role="system", content=wanted), *messages)


def step_down(dialect: Dialect, complaint: str, body: Json) -> Dialect | None:
    """The next dialect after a server's 400 with this `complaint`, or None when none would help.

    Each step gives something up for good, so that the steps come to an end.
    """
    words = complaint.lower()
    if "response_format" in body and _about_format(words):
        return _weaker_format(dialect, body)
    if not any(word in words for word in ("support", "unknown", "unrecog", "unexpect", "extra")):
        return None
    if "max_completion_tokens" in words and dialect.tokens == "max_tokens":
        return replace(dialect, tokens="max_completion_tokens")
    if "seed" in body and "seed" in words:
        return replace(dialect, seed=False)
    if "temperature" in body and "temperature" in words:
        return replace(dialect, temperature=False)
    return replace(dialect, stop=False) if "stop" in body and "stop" in words else None


def _about_format(words: str) -> bool:
    return any(word in words for word in ("response_format", "schema", "json_object", "grammar"))


def _weaker_format(dialect: Dialect, body: Json) -> Dialect:
    sent = body["response_format"]
    if sent["type"] == "json_schema" and sent["json_schema"]["strict"]:
        return replace(dialect, strict=False)
    if dialect.format == "json_schema":
        return replace(dialect, format="json_object")
    return replace(dialect, format="none")


def _response_format(schema: Json, dialect: Dialect) -> Json:
    if dialect.format == "json_object":
        return {"type": "json_object"}
    document = schema
    if isinstance(schema, dict):
        document = {key: value for key, value in schema.items() if key != "$schema"}
    strict = dialect.strict and is_strict(document)
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": document, "strict": strict},
    }


def is_strict(schema: Json) -> bool:
    """Whether a schema lies in the subset that OpenAI's strict mode takes.

    Every object closed, every property required, known keywords only, an object at the root.
    """
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return False
    return _strict_node(schema, STRICT_DEPTH)


def _strict_node(node: Json, depth: int) -> bool:
    if not isinstance(node, dict) or depth < 0 or not STRICT_KEYWORDS.issuperset(node):
        return False
    if node.get("format", "date") not in STRICT_FORMATS:
        return False
    if "properties" in node or node.get("type") == "object":
        closed = node.get("additionalProperties") is False
        if not closed or set(node.get("required", ())) != set(node.get("properties", ())):
            return False
    return all(_strict_node(child, depth - 1) for child in _subschemas(node))


def _subschemas(node: dict[str, Json]) -> list[Json]:
    children = [*node.get("properties", {}).values(), *node.get("$defs", {}).values()]
    children += node.get("anyOf", [])
    return [*children, node["items"]] if "items" in node else children
