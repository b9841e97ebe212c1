"""An OpenAI client whose chat answers are checked before the caller sees them.

    client = from_openai(OpenAI(), guard=Guard())
    completion = client.chat.completions.create(model="gpt-4o", messages=[...])
    completion.choices[0].message.content     # what is left after the check
    completion.guard_report                   # why

Whatever would hand over text that was not checked (streams, raw responses, the other ways to
generate) is refused with an error that says so; the rest of the client is untouched. Nothing of the
`openai` package is imported: the client brings it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from guard.edits import canonical
from guard.errors import InputError, OutputError, UsageError
from guard.files import parse_json
from guard.shapes import answer_of
from guard.types import Json, Report

if TYPE_CHECKING:
    from guard.guard import Guard

Client = TypeVar("Client")

WRITES = frozenset(("responses", "completions", "beta", "conversations", "live", "realtime"))
RAW = frozenset(("with_raw_response", "with_streaming_response", "stream", "parse"))


def from_openai(client: Client, *, guard: Guard) -> Client:
    """`client` (sync or async) with checked chat completions; all else is the client's own.

    `chat.completions.create` keeps its signature and its result's type. The content of each choice
    becomes the report's answer (JSON when a JSON `response_format` was asked for), and the result
    gets `guard_report`, the report on the first choice with text (None without one), and
    `guard_reports`, one for each choice. `create` raises UsageError for `stream=True`, OutputError
    for content that is not the JSON that was asked for, and NotCleanError where the policy says
    `fail`.
    """
    return cast(Client, _Checked(client, guard, path="client"))


class _Checked:
    """Stands before one object on the way from the client to `chat.completions.create`."""

    def __init__(self, inner: Any, guard: Guard, *, path: str) -> None:
        self._inner, self._guard, self._path = inner, guard, path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what copying and pickling ask for before there is an __init__
            raise AttributeError(name)
        at_client = self._path == "client"
        if name in RAW or (at_client and name in WRITES):
            raise UsageError(
                f"{self._path}.{name} gives text that guard has not checked",
                hint="use chat.completions.create, or the client that was passed to from_openai",
            )
        value = getattr(self._inner, name)
        if at_client and name in ("with_options", "copy"):
            return lambda **options: from_openai(value(**options), guard=self._guard)
        if (self._path, name) in (("client", "chat"), ("client.chat", "completions")):
            return _Checked(value, self._guard, path=f"{self._path}.{name}")
        if (self._path, name) == ("client.chat.completions", "create"):
            return _checked_create(value, self._guard)
        return value

    def __repr__(self) -> str:
        return f"<guarded {self._inner!r}>"

    def __enter__(self) -> _Checked:
        self._inner.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._inner.__exit__(*error)

    async def __aenter__(self) -> _Checked:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._inner.__aexit__(*error)


def _checked_create(create: Callable[..., Any], guard: Guard) -> Callable[..., Any]:
    @wraps(create)
    def checked(**request: Any) -> Any:
        _refuse_unchecked(request)
        result = create(**request)
        if inspect.isawaitable(result):
            return _finish_async(result, request, guard)
        return _finish(result, request, guard)

    return checked


async def _finish_async(pending: Awaitable[Any], request: Mapping[str, Any], guard: Guard) -> Any:
    return await asyncio.to_thread(_finish, await pending, request, guard)


def _refuse_unchecked(request: Mapping[str, Any]) -> None:
    """Raise UsageError for requests whose answer would be seen or heard before it is checked."""
    if request.get("stream") is True:
        raise UsageError(
            "stream=True shows text before it can be checked",
            hint="leave stream out: the checked answer comes in one piece",
        )
    if "audio" in (request.get("modalities") or ()):
        raise UsageError("guard cannot check speech", hint="leave audio out of modalities")


def _finish(completion: Any, request: Mapping[str, Any], guard: Guard) -> Any:
    """Check every choice of a completion, in place: it is the caller's own, and nobody else's."""
    question = _question(request.get("messages") or ())
    reports = tuple(
        _check_choice(choice, _schema(request), question, guard) for choice in completion.choices
    )
    first = next((report for report in reports if report is not None), None)
    # Past pydantic, so that dumping the completion stays what the API defines.
    object.__setattr__(completion, "guard_report", first)
    object.__setattr__(completion, "guard_reports", reports)
    return completion


def _check_choice(
    choice: Any, schema: tuple[bool, Json | None], question: str | None, guard: Guard
) -> Report | None:
    """The report on a choice, whose text is replaced; None when it has none (a tool call)."""
    message = choice.message
    if not isinstance(message.content, str) or not message.content.strip():
        return None
    is_json, document = schema
    subject = _value(message.content, document) if is_json else message.content
    # A JSON string is checked as the prose that it is.
    is_text = isinstance(subject, str)
    report = guard.check(
        subject,
        question=question,
        schema=None if is_text else document,
        source="answer",
        trim=not is_json,
    )
    answer = answer_of(report, is_text=is_text)
    message.content = canonical(answer) if is_json else answer
    choice.logprobs = None  # they would spell out the text as it was
    return report


def _schema(request: Mapping[str, Any]) -> tuple[bool, Json | None]:
    """Whether JSON was asked for, and under which schema."""
    asked = request.get("response_format")
    if not isinstance(asked, Mapping) or asked.get("type") not in ("json_schema", "json_object"):
        return False, None
    return True, (asked.get("json_schema") or {}).get("schema")


def _value(content: str, document: Json | None) -> Json:
    """The value in an answer. Raises OutputError when it is not JSON or not what was asked for."""
    from guard.schema import load_schema, validate

    try:
        value = parse_json(content, where="the answer")
    except InputError as error:
        raise OutputError(error.message, text=content, hint="ask again") from error
    violations = validate(value, load_schema(document)) if document is not None else ()
    if violations:
        raise OutputError(
            f"the answer does not satisfy the schema: {violations[0].message}",
            violations=violations,
            text=content,
            hint="ask again; this server may accept response_format without enforcing it",
        )
    return value


def _question(messages: Any) -> str | None:
    """The text of the last user message, its parts joined."""
    for message in reversed(list(messages)):
        if isinstance(message, Mapping) and message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, str):
                return content
            parts = [part.get("text", "") for part in content or () if isinstance(part, Mapping)]
            return " ".join(part for part in parts if part) or None
    return None
