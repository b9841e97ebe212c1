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
from guard.grammar.walk import undeclared
from guard.models.changes import Normalised
from guard.models.normalise import normalise
from guard.models.subsets import Server
from guard.types import Json, Message, Sampling

MAX_STOPS = 4
"""OpenAI takes four stop strings; the answer is cut at the others afterwards."""

SCHEMA_PROMPT = "Answer with one JSON value and nothing else. It must satisfy this JSON Schema:\n"

Format = Literal["json_schema", "json_object", "none"]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Which fields a server takes.

    `server` says whose structured output it is, where that is known; `strict` allows OpenAI's
    strict mode.
    """

    server: Server | None = None

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
        body["response_format"] = _response_format(asked_for(schema, dialect), dialect)
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


def asked_for(schema: Json, dialect: Dialect) -> Normalised:
    """What is asked of a server for `schema`.

    Of an unknown server, or of OpenAI without its strict mode, it is the schema as it is. `strict`
    is set where nothing has to be changed for it.
    """
    if dialect.server is None:
        document = undeclared(schema)  # some servers take $schema for an unknown keyword
        as_strict = normalise(document, "openai")
        return Normalised(document=document, strict=as_strict.strict and not as_strict.changes)
    if dialect.server == "openai" and not dialect.strict:
        return Normalised(document=undeclared(schema))
    return normalise(schema, dialect.server)


def _response_format(sent: Normalised, dialect: Dialect) -> Json:
    if dialect.format == "json_object":
        return {"type": "json_object"}
    strict = sent.strict and dialect.strict
    described = {"name": "answer", "schema": sent.document, "strict": strict}
    return {"type": "json_schema", "json_schema": described}
