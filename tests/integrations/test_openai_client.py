"""A real OpenAI client, sync and async, against a real HTTP server with scripted answers."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from guard.errors import NotCleanError, OutputError, UsageError
from guard.guard import Guard
from guard.integrations.openai import from_openai
from guard.knowledge import documents_searcher
from guard.testing import ChatServer, HttpAnswer, KeywordEncoder, chat_server
from guard.types import Document, Policy, Report

openai = pytest.importorskip("openai")

MANUAL = Document(
    name="manual.md",
    text="The MX-200 router has 8 Ethernet ports. The MX-200 router weighs 640 g. "
    "Hold the reset button for 10 seconds to restore the factory settings.",
)
ASK: Any = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Tell me about the MX-200 router."},
]
TRUE = "The MX-200 router has 8 Ethernet ports."
FALSE = "The MX-200 router weighs 900 g."
SCHEMA = {
    "type": "object",
    "properties": {"ports": {"type": "integer", "title": "MX-200 router Ethernet ports"}},
    "required": ["ports"],
    "additionalProperties": False,
}
FORMAT: Any = {"type": "json_schema", "json_schema": {"name": "router", "schema": SCHEMA}}


def guard_with(policy: Policy) -> Guard:
    encoder = KeywordEncoder()
    searcher = documents_searcher([MANUAL], encoder=encoder)
    return Guard(knowledge=searcher, encoder=encoder, entailment="baseline", policy=policy)


@pytest.fixture
def guard() -> Guard:
    """A guard that knows the manual."""
    return guard_with(Policy())


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A server that says one true and one false thing."""
    with chat_server([f"{TRUE} {FALSE}"]) as running:
        yield running


def client_of(server: ChatServer) -> Any:
    return openai.OpenAI(base_url=server.url, api_key="none", max_retries=0)


def walk(found: Any, path: str) -> None:
    for name in path.split("."):
        found = found.with_options(timeout=9) if name == "with_options" else getattr(found, name)


def test_a_contradicted_sentence_does_not_reach_the_caller(
    server: ChatServer, guard: Guard
) -> None:
    """The completion keeps its type, its text is the report's answer, and the report is there."""
    client = from_openai(client_of(server), guard=guard)
    completion = client.chat.completions.create(model="m", messages=ASK, temperature=0)
    assert isinstance(completion, openai.types.chat.ChatCompletion)
    assert completion.choices[0].message.content == TRUE
    report = completion.guard_report
    assert isinstance(report, Report)
    assert [verdict.label for verdict in report.verdicts] == ["supported", "contradicted"]
    assert report.prompt == "Tell me about the MX-200 router."
    assert completion.guard_reports == (report,)
    assert server.requests == [{"model": "m", "messages": ASK, "temperature": 0}]


def test_a_checked_completion_still_dumps_as_the_api_defines(
    server: ChatServer, guard: Guard
) -> None:
    """The report is an attribute, and no part of the wire format."""
    completion = from_openai(client_of(server), guard=guard).chat.completions.create(
        model="m", messages=ASK
    )
    assert "guard_report" not in json.loads(completion.model_dump_json())
    assert FALSE not in completion.model_dump_json()


def test_an_async_client_is_checked_too(server: ChatServer, guard: Guard) -> None:
    """An awaited create is checked before it returns, inside `async with` as well."""

    async def ask() -> Any:
        plain = openai.AsyncOpenAI(base_url=server.url, api_key="none")
        async with from_openai(plain, guard=guard) as client:
            return await client.chat.completions.create(model="m", messages=ASK)

    completion = asyncio.run(ask())
    assert completion.choices[0].message.content == TRUE
    assert completion.guard_report.counts()["contradicted"] == 1


def test_every_choice_is_checked(guard: Guard) -> None:
    """With n > 1 each choice has its own report, and log probabilities do not keep the old text."""
    choices = [
        {
            "index": index,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": text},
            "logprobs": {"content": [{"token": "900", "logprob": 0.0, "top_logprobs": []}]},
        }
        for index, text in enumerate((TRUE, f"{FALSE} {TRUE}"))
    ]
    body = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": choices}
    with chat_server([HttpAnswer(body=json.dumps(body))]) as server:
        client = from_openai(client_of(server), guard=guard)
        completion = client.chat.completions.create(model="m", messages=ASK, n=2, logprobs=True)
    assert [choice.message.content for choice in completion.choices] == [TRUE, TRUE]
    assert len(completion.guard_reports) == 2
    assert "900" not in completion.model_dump_json()


def test_an_answer_without_text_has_no_report(guard: Guard) -> None:
    """A tool call passes as it is."""
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
    body = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
    with chat_server([HttpAnswer(body=json.dumps(body))]) as server:
        completion = from_openai(client_of(server), guard=guard).chat.completions.create(
            model="m", messages=ASK
        )
    assert completion.guard_report is None
    assert completion.choices[0].message.tool_calls[0].function.name == "f"


def test_a_json_answer_is_checked_as_a_value(guard: Guard) -> None:
    """With a JSON response_format each field is a claim, and the content stays JSON."""
    with chat_server(['{"ports":\n 8}']) as server:
        completion = from_openai(client_of(server), guard=guard).chat.completions.create(
            model="m", messages=ASK, response_format=FORMAT
        )
    assert json.loads(completion.choices[0].message.content) == {"ports": 8}
    (verdict,) = completion.guard_report.verdicts
    assert (verdict.claim.pointer, verdict.label) == ("/ports", "supported")


@pytest.mark.parametrize("text", ["Eight ports.", '{"ports": "eight"}', '{"ports": 8, "ports": 9}'])
def test_json_that_was_asked_for_and_not_given_is_an_error(text: str, guard: Guard) -> None:
    """An answer that does not satisfy the schema never reaches the caller as one."""
    with chat_server([text]) as server, pytest.raises(OutputError) as caught:
        from_openai(client_of(server), guard=guard).chat.completions.create(
            model="m", messages=ASK, response_format=FORMAT
        )
    assert caught.value.text == text


def test_a_policy_that_fails_raises(server: ChatServer) -> None:
    """Where the policy says fail, there is an error and no completion."""
    client = from_openai(client_of(server), guard=guard_with(Policy(contradicted="fail")))
    with pytest.raises(NotCleanError, match="contradicted") as caught:
        client.chat.completions.create(model="m", messages=ASK)
    assert caught.value.report.counts()["supported"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [({"stream": True}, "before it can be checked"), ({"modalities": ["audio"]}, "speech")],
)
def test_what_cannot_be_checked_in_time_is_refused_before_it_is_sent(
    options: dict[str, Any], message: str, server: ChatServer, guard: Guard
) -> None:
    """A stream would show text before its verdict."""
    with pytest.raises(UsageError, match=message):
        from_openai(client_of(server), guard=guard).chat.completions.create(
            model="m", messages=ASK, **options
        )
    assert server.requests == []


@pytest.mark.parametrize(
    "path",
    [
        "responses",
        "completions",
        "beta",
        "with_raw_response",
        "with_streaming_response",
        "chat.with_raw_response",
        "chat.completions.parse",
        "chat.completions.stream",
        "chat.completions.with_raw_response",
        "with_options.chat.completions.stream",
    ],
)
def test_no_way_round_the_check(path: str, server: ChatServer, guard: Guard) -> None:
    """Other ways to text are refused with the way out, and not passed through unchecked."""
    client = from_openai(client_of(server), guard=guard)
    with pytest.raises(UsageError, match="has not checked") as caught:
        walk(client, path)
    assert "chat.completions.create" in str(caught.value)


def test_everything_else_is_the_clients_own(server: ChatServer, guard: Guard) -> None:
    """Attributes that write no text pass through, and unknown ones are AttributeErrors."""
    plain = client_of(server)
    client = from_openai(plain, guard=guard)
    assert client.embeddings is plain.embeddings
    assert client.base_url == plain.base_url
    assert client.chat.completions.list == plain.chat.completions.list
    assert copy.copy(client).base_url == plain.base_url
    with pytest.raises(AttributeError):
        _ = client.no_such_thing
