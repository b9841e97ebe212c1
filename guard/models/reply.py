"""What an OpenAI-compatible server said: its answer, or an error that says what and where.

Nothing is taken on trust: the body is read as plain JSON and every level of it is checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from guard.errors import GuardError, InputError, ServerError
from guard.types import Json, Usage

SHOWN = 240
MAX_SHOWN = 4096
"""Bytes of an answer that is nonsense, from which its error quotes."""
LENGTH = frozenset(("length", "max_tokens", "model_length"))

HINTS = {
    400: "the server refused the request; its reason is above",
    401: "check the API key (OPENAI_API_KEY, or api_key_env in guard.toml)",
    402: "check the account's plan and billing",
    403: "the key is not allowed to use this model here; check the account and the model's name",
    404: "check the model's name and the base URL (it usually ends in /v1)",
    413: "the request is too long for this server: pass less text",
    429: "the server is rate-limited or busy; wait, or ask for less at once",
}
Redact: TypeAlias = Callable[[bytes], bytes]
"""Takes a key out of what is to be shown."""
RETRYABLE = frozenset((408, 409, 429))
SILENT = frozenset((401, 403))
"""Answers that tend to repeat a part of the key, and so are not shown."""
TOO_LONG = ("context length", "context_length", "context size", "context window")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The first choice of a completion. `thinking` is what the server split off itself."""

    text: str
    finish: Literal["stop", "length"]
    usage: Usage
    thinking: str | None = None


def read_reply(raw: bytes, *, where: str, redact: Redact) -> Reply:
    """The answer in a completion's body. Raises ServerError on anything that is not one.

    `redact` makes what is quoted from it fit to be shown.
    """
    shown = redact(raw[:MAX_SHOWN])
    body = _json(raw, where, shown)
    choices = body.get("choices") if isinstance(body, dict) else None
    if not isinstance(choices, list):
        raise _nonsense(where, f"JSON without choices: {shorten(shown)}")
    if not choices:
        raise _nonsense(where, "an empty list of choices")
    choice = choices[0] if isinstance(choices[0], dict) else {}
    message = choice.get("message")
    if not isinstance(message, dict):
        raise _nonsense(where, f"a choice without a message: {shorten(shown)}")
    finish: Literal["stop", "length"] = "length" if _finish(choice) in LENGTH else "stop"
    text = _content(message, choice, where, redact)
    return Reply(text=text, finish=finish, usage=_usage(body), thinking=_thinking(message))


def _json(raw: bytes, where: str, shown: bytes) -> Json:
    start = raw[:200].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")):
        raise _nonsense(where, "a web page, not JSON")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise _nonsense(where, f"something that is not JSON: {shorten(shown)!r}") from None


def _finish(choice: dict[str, Json]) -> str:
    finish = choice.get("finish_reason")
    return finish if isinstance(finish, str) else "stop"


def _quoted(text: str, redact: Redact) -> str:
    return shorten(redact(text.encode(errors="replace")))


def _content(message: dict[str, Json], choice: dict[str, Json], where: str, redact: Redact) -> str:
    """The text of a message. Raises ServerError when it refused or wrote none."""
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal.strip():
        said = _quoted(refusal, redact)
        raise ServerError(
            f"the model at {where} refused: {said}", hint="put the question otherwise"
        )
    finish = _finish(choice)
    if finish == "content_filter":
        raise ServerError(
            f"the content filter of {where} held the answer back", hint="put the question otherwise"
        )
    content = message.get("content")
    if not isinstance(content, str):
        what = "no text" if content is None else f"{type(content).__name__} instead of text"
        why = f"finish_reason {_quoted(finish, redact)!r}"
        raise _nonsense(where, f"a message with {what} ({why})", finish=finish)
    return content


def _thinking(message: dict[str, Json]) -> str | None:
    for key in ("reasoning_content", "reasoning"):
        if isinstance(message.get(key), str) and message[key].strip():
            return str(message[key])
    return None


def _usage(body: dict[str, Json]) -> Usage:
    usage = body.get("usage")
    table = usage if isinstance(usage, dict) else {}
    counts = [table.get(key) for key in ("prompt_tokens", "completion_tokens")]
    prompt, completion = (n if type(n) is int and n >= 0 else 0 for n in counts)
    return Usage(prompt_tokens=prompt, completion_tokens=completion)


def _nonsense(where: str, what: str, *, finish: str = "stop") -> ServerError:
    hint = "check the base URL (it usually ends in /v1) and the server's log"
    if finish in LENGTH:
        hint = "the token budget ran out before the answer began: raise max_tokens"
    return ServerError(f"{where} answered {what}", hint=hint, retryable=True)


def status_error(status: int, raw: bytes, *, where: str, model: str) -> GuardError:
    """The error for an answer of HTTP `status`: an InputError when the prompt was too long."""
    said = complaint(raw)
    if status in (400, 413, 422) and any(word in said.lower() for word in TOO_LONG):
        return InputError(
            f"the prompt does not fit the model of {where}: {said}",
            hint="pass less text, or lower max_tokens",
        )
    what = f"HTTP {status}"
    if status == 404:
        what += f" (no model {model!r} there, or no such path)"
    if said and status not in SILENT:
        what += f": {said}"
    broke = "insufficient_quota" in said
    hint = HINTS.get(status) or ("see the server's log, and try again" if status >= 500 else None)
    return ServerError(
        f"{where} answered {what}",
        hint=HINTS[402] if broke else hint,
        retryable=(status in RETRYABLE or status >= 500) and not broke,
    )


def complaint(raw: bytes) -> str:
    """What an error's body says, in one short line: its message, code and parameter."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return "" if raw.lstrip()[:1] == b"<" else shorten(raw)
    if isinstance(body, list) and body:  # Gemini's compatible endpoint wraps errors in a list
        body = body[0]
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return shorten(str(error))
    parts = [error.get(key) for key in ("message", "detail", "code", "param")]
    texts = [part if isinstance(part, str) else json.dumps(part) for part in parts if part]
    return shorten(", ".join(texts) or raw)


def shorten(text: str | bytes) -> str:
    """One line of at most `SHOWN` characters, control characters shown as blanks."""
    words = text[: 8 * SHOWN].decode("utf-8", "replace") if isinstance(text, bytes) else text
    shown = "".join(char if char.isprintable() else " " for char in words[: 8 * SHOWN])
    line = " ".join(shown.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
