"""Servers that are down, slow, busy, refusing or talking nonsense, over real HTTP on loopback."""

from __future__ import annotations

import contextlib
import json
import math
import socket
import threading
import time
from typing import Any

import pytest

from guard.errors import ConfigError, GuardError, InputError, OutputError, ServerError
from guard.generate import generate
from guard.models.openai import open_server
from guard.schema import load_schema
from guard.testing import HttpAnswer, chat_server
from guard.types import Message, Sampling

KEY = "sk-very-secret-0123456789"
ASK = (Message(role="user", content="What boils at 100 degrees?"),)
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}
LOOSE = {"type": "object", "properties": {"answer": {"type": "string"}}}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def completion(**message: Any) -> str:
    finish = message.pop("finish_reason", "stop")
    choice = {"index": 0, "message": message, "finish_reason": finish}
    usage = {"prompt_tokens": 5, "completion_tokens": 512}
    return json.dumps({"choices": [choice], "usage": usage})


def error(status: int, message: str, **more: Any) -> HttpAnswer:
    return HttpAnswer(status=status, body=json.dumps({"error": {"message": message, **more}}))


def test_an_answer_comes_with_its_text_usage_and_name() -> None:
    """A plain answer becomes a Generation, and the request carries every setting."""
    sampling = Sampling(max_tokens=9, temperature=0.5, seed=7, stop=("END",))
    with chat_server(["Water. END of it"]) as server:
        got = open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=sampling)
    assert (got.text, got.finish, got.model, got.seed) == ("Water. ", "stop", "openai:tiny", 7)
    assert got.usage.prompt_tokens == 5
    assert got.usage.completion_tokens == 4
    assert got.value is None
    assert server.requests == [
        {
            "model": "tiny",
            "messages": [{"role": "user", "content": "What boils at 100 degrees?"}],
            "max_tokens": 9,
            "temperature": 0.5,
            "seed": 7,
            "stop": ["END"],
        }
    ]


@pytest.mark.parametrize(("schema", "strict"), [(SCHEMA, True), (LOOSE, False)])
def test_a_schema_goes_along_in_the_field_and_in_the_prompt(schema: Any, strict: bool) -> None:
    """The schema is sent as response_format, strict only where OpenAI's subset allows, and said."""
    messages = (Message(role="system", content="Be brief."), *ASK)
    with chat_server(['{"answer": "water"}']) as server:
        open_server("tiny", base_url=server.url).write(
            messages, schema=schema, sampling=Sampling(stop=("}",))
        )
    (body,) = server.requests
    sent = body["response_format"]
    assert sent["type"] == "json_schema"
    assert sent["json_schema"]["strict"] is strict
    assert "$schema" not in sent["json_schema"]["schema"]
    assert "stop" not in body
    assert body["messages"][0]["content"].startswith("Be brief.")
    assert json.dumps(schema["properties"]) in body["messages"][0]["content"]
    assert len(body["messages"]) == 2


@pytest.mark.parametrize(
    ("rejection", "schema", "field", "then"),
    [
        (error(400, "Invalid schema for response_format"), SCHEMA, "strict", False),
        (error(400, "response_format json_schema is unavailable"), LOOSE, "type", "json_object"),
        (error(422, "failed to parse grammar"), LOOSE, "type", "json_object"),
        (error(400, "Unsupported parameter: 'seed'", param="seed"), None, "seed", None),
        (error(400, "'temperature' does not support 0"), None, "temperature", None),
        (
            error(400, "Unsupported: 'max_tokens'. Use 'max_completion_tokens'"),
            None,
            "max_tokens",
            None,
        ),
    ],
)
def test_a_rejected_field_is_left_out_and_it_is_said(
    rejection: HttpAnswer, schema: Any, field: str, then: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that rejects a field by name is asked again without it, and later calls know."""
    with chat_server([rejection, '{"answer": "water"}']) as server:
        model = open_server("tiny", base_url=server.url)
        for _ in range(2):
            got = model.write(ASK, schema=schema, sampling=Sampling())
    assert got.text == '{"answer": "water"}'
    assert len(server.requests) == 3
    assert server.requests[1] == server.requests[2]
    if schema is None:
        assert field in server.requests[0]
        assert server.requests[1].get(field) is then
    else:
        sent = server.requests[1]["response_format"]
        assert {**sent, **sent.get("json_schema", {})}[field] == then
    assert "rejects a field" in caplog.text


def test_a_server_that_rejects_every_format_gets_the_schema_in_the_prompt_only() -> None:
    """Strict, then loose, then JSON mode, then the prompt: the ladder ends."""
    no = error(400, "response_format is not supported")
    with chat_server([no, no, no, '{"answer": "water"}']) as server:
        open_server("tiny", base_url=server.url).write(ASK, schema=SCHEMA, sampling=Sampling())
    assert "response_format" not in server.requests[3]
    assert '"answer"' in server.requests[3]["messages"][0]["content"]


def test_a_server_that_rejects_everything_is_an_error_and_not_a_loop() -> None:
    """When there is nothing left to give up, the rejection is the error."""
    with (
        chat_server([error(400, "unsupported schema, seed, temperature")]) as server,
        pytest.raises(ServerError, match="HTTP 400: unsupported schema"),
    ):
        open_server("tiny", base_url=server.url).write(ASK, schema=SCHEMA, sampling=Sampling())
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("answer", "message", "hint", "retryable"),
    [
        (error(401, f"wrong key {KEY}"), "HTTP 401", "API key", False),
        (error(403, "not yours"), "HTTP 403", "not allowed", False),
        (error(404, "no such model"), "no model 'tiny' there", "model's name", False),
        (error(400, "messages: too few"), "HTTP 400: messages: too few", "refused", False),
        (error(429, "spent", code="insufficient_quota"), "HTTP 429: spent", "billing", False),
        (HttpAnswer(status=413, body="x"), "HTTP 413: x", "too long", False),
        (HttpAnswer(body="<!DOCTYPE html><p>Hi"), "a web page, not JSON", "/v1", True),
        (HttpAnswer(body='{"choices": [{"mess'), "not JSON", "/v1", True),
        (HttpAnswer(body="\x00\xff"), "not JSON", "/v1", True),
        (HttpAnswer(body=""), "not JSON", "/v1", True),
        (HttpAnswer(body="[" * 100_000), "not JSON", "/v1", True),
        (HttpAnswer(body="[1]"), "JSON without choices", "/v1", True),
        (HttpAnswer(body='{"choices": {"0": 1}}'), "JSON without choices", "/v1", True),
        (HttpAnswer(body='{"choices": []}'), "an empty list of choices", "/v1", True),
        (HttpAnswer(body='{"choices": [7]}'), "a choice without a message", "/v1", True),
        (HttpAnswer(body=completion(content=None)), "no text", "/v1", True),
        (HttpAnswer(body=completion(content=[{"text": "a"}])), "list instead", "/v1", True),
        (
            HttpAnswer(body=completion(content=None, finish_reason="length")),
            "no text",
            "raise max_tokens",
            True,
        ),
        (
            HttpAnswer(body=completion(content=None, refusal="I can't help")),
            "refused: I can't help",
            "otherwise",
            False,
        ),
        (
            HttpAnswer(body=completion(content="", finish_reason="content_filter")),
            "content filter",
            "otherwise",
            False,
        ),
    ],
)
def test_a_bad_answer_is_an_error_that_says_what_where_and_what_to_do(
    answer: HttpAnswer, message: str, hint: str, retryable: bool
) -> None:
    """Whatever a server answers, it is an answer or a ServerError, and the key is in neither."""
    with chat_server([answer]) as server:
        model = open_server("tiny", base_url=server.url, api_key=KEY)
        with pytest.raises(ServerError, match=r"the server at http://127\.0\.0\.1:") as caught:
            model.write(ASK, schema=None, sampling=Sampling())
    assert message in caught.value.message
    assert hint in str(caught.value.hint)
    assert caught.value.retryable is retryable
    assert caught.value.exit_code == 3
    assert KEY not in str(caught.value)
    assert len(server.requests) == 1


def test_a_key_is_sent_but_never_shown() -> None:
    """A server that echoes the key in its error does not get it into the message."""
    with chat_server([error(400, f"bad header Bearer {KEY}")]) as server:
        model = open_server("tiny", base_url=server.url, api_key=KEY)
        with pytest.raises(ServerError) as caught:
            model.write(ASK, schema=None, sampling=Sampling())
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "***" in str(caught.value)
    for shown in (str(caught.value), repr(caught.value), repr(model), repr(vars(model))):
        assert KEY not in shown


def test_a_key_in_a_nonsensical_answer_is_not_shown() -> None:
    """Nor does it come out of a body that should have been a completion."""
    with chat_server([HttpAnswer(body=f'{{"headers": "Bearer {KEY}"}}')]) as server:
        model = open_server("tiny", base_url=server.url, api_key=KEY)
        with pytest.raises(ServerError, match=r"Bearer \*\*\*") as caught:
            model.write(ASK, schema=None, sampling=Sampling())
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "message", [{"refusal": "x" * 225 + KEY}, {"finish_reason": KEY + "y" * 100_000}]
)
def test_a_key_in_a_refusal_or_a_finish_reason_is_not_shown(message: dict[str, str]) -> None:
    """Words of a server that an error quotes are without the key or the start of it, and short."""
    with chat_server([HttpAnswer(body=completion(content=None, **message))]) as server:
        model = open_server("tiny", base_url=server.url, api_key=KEY)
        with pytest.raises(ServerError) as caught:
            model.write(ASK, schema=None, sampling=Sampling())
    assert KEY[:8] not in str(caught.value)
    assert len(caught.value.message) < 400


def test_an_answer_that_was_cut_off_uncounted_says_what_to_raise() -> None:
    """A server that counts no tokens is not said to have written none, nor a prompt too long."""
    choice = {"message": {"content": "Wat"}, "finish_reason": "length"}
    body = HttpAnswer(body=json.dumps({"choices": [choice]}))
    schema = load_schema(LOOSE)
    with chat_server([body]) as server, pytest.raises(OutputError, match="cut off, ") as caught:
        generate(open_server("tiny", base_url=server.url), ASK, schema=schema, sampling=Sampling())
    assert "raise it" in str(caught.value.hint)
    assert "cut off, " in caught.value.violations[0].message


def test_an_answer_may_hold_the_word_that_serves_as_the_key() -> None:
    """A made-up key is not taken out of what the model wrote."""
    with chat_server(["There is no placeholder left."]) as server:
        got = open_server("tiny", base_url=server.url, api_key="placeholder").write(
            ASK, schema=None, sampling=Sampling()
        )
    assert got.text == "There is no placeholder left."


def test_a_long_error_is_cut_to_one_line() -> None:
    """A stack trace from a server does not flood the terminal, nor does it move the cursor."""
    with (
        chat_server([HttpAnswer(status=400, body="\x1b[2Jx\n" * 10_000)]) as server,
        pytest.raises(ServerError) as caught,
    ):
        open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())
    assert len(caught.value.message) < 400
    assert caught.value.message.isprintable()


def test_a_prompt_that_does_not_fit_is_the_callers_to_mend() -> None:
    """A context length error is an InputError, exit code 2."""
    said = "This model's maximum context length is 2048 tokens, you asked for max_tokens 9999"
    with (
        chat_server([error(400, said)]) as server,
        pytest.raises(InputError, match="does not fit") as caught,
    ):
        open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "busy",
    [
        error(429, "slow down"),
        HttpAnswer(status=429, headers={"Retry-After": "0.1"}),
        HttpAnswer(status=503, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        error(500, "oops"),
    ],
)
def test_a_busy_server_is_asked_again(busy: HttpAnswer) -> None:
    """One refusal for want of capacity is waited out."""
    with chat_server([busy, "Water."]) as server:
        got = open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())
    assert got.text == "Water."
    assert len(server.requests) == 2


def test_a_server_that_stays_busy_is_a_retryable_error() -> None:
    """After three tries the rate limit is reported."""
    with (
        chat_server([error(429, "slow down")]) as server,
        pytest.raises(ServerError, match="HTTP 429: slow down") as caught,
    ):
        open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())
    assert caught.value.retryable
    assert len(server.requests) == 3


@pytest.mark.parametrize("after", ["3600", "1e999", "nan"])
def test_a_long_retry_after_is_not_slept_through(after: str) -> None:
    """A server that wants an hour gets an error at once."""
    start = time.monotonic()
    with (
        chat_server([HttpAnswer(status=429, headers={"Retry-After": after})]) as server,
        pytest.raises(ServerError, match="HTTP 429"),
    ):
        open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())
    assert time.monotonic() - start < 5
    assert len(server.requests) == 1


def test_a_prompt_that_is_no_text_is_not_sent() -> None:
    """Half a surrogate pair cannot be sent, and says so."""
    model = open_server("tiny", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(InputError, match="surrogate pair at offset 3"):
        model.write((Message(role="user", content="abc\ud800"),), schema=None, sampling=Sampling())


def test_a_slow_server_is_given_up_after_the_timeout() -> None:
    """The timeout holds once, not once a retry."""
    with chat_server([HttpAnswer(delay=1.5, body=completion(content="late"))]) as server:
        model = open_server("tiny", base_url=server.url, timeout=0.3)
        start = time.monotonic()
        with pytest.raises(ServerError, match=r"did not answer within 0\.3 s") as caught:
            model.write(ASK, schema=None, sampling=Sampling())
        assert time.monotonic() - start < 1.4
    assert caught.value.retryable


def test_a_server_that_drips_is_given_up_after_the_timeout_too() -> None:
    """The timeout is for the whole answer, however often a byte comes."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        dripping = threading.Thread(target=drip, args=(listener,))
        dripping.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        start = time.monotonic()
        with pytest.raises(ServerError, match=r"did not answer within 0\.4 s"):
            open_server("tiny", base_url=url, timeout=0.4).write(
                ASK, schema=None, sampling=Sampling()
            )
        assert time.monotonic() - start < 3
    dripping.join()


def drip(listener: socket.socket) -> None:
    """Send a blank every twentieth of a second, for ten seconds or until nobody listens."""
    connection, _ = listener.accept()
    with connection, contextlib.suppress(OSError):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n")
        for _ in range(200):
            connection.sendall(b" ")
            time.sleep(0.05)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    """A body over the limit is an error."""
    endless = HttpAnswer(body=b" " * (16 * 1024 * 1024 + 1))
    with chat_server([endless]) as server, pytest.raises(ServerError, match="more than 16,777,216"):
        open_server("tiny", base_url=server.url).write(ASK, schema=None, sampling=Sampling())


def test_a_server_that_is_down_is_said_to_be_down() -> None:
    """A refused connection names the address and what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://user:pass@127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(ServerError, match=r"cannot be reached: .*refused") as caught:
        open_server("tiny", base_url=url).write(ASK, schema=None, sampling=Sampling())
    assert "start the server" in str(caught.value)
    assert "pass@" not in str(caught.value)
    assert caught.value.retryable


def test_thinking_is_set_aside() -> None:
    """A thinking section goes to `thinking`, whether in the text or split off by the server."""
    split = completion(content="Water.", reasoning_content="Let me see.")
    with chat_server(["<think>Let me see.</think>Water.", HttpAnswer(body=split)]) as server:
        model = open_server("tiny", base_url=server.url)
        both = [model.write(ASK, schema=None, sampling=Sampling()) for _ in range(2)]
    assert [(got.text.strip(), (got.thinking or "").strip()) for got in both] == [
        ("Water.", "Let me see.")
    ] * 2


@pytest.mark.parametrize(("finish", "error"), [("stop", "wrote nothing"), ("length", "max_tokens")])
def test_an_answer_that_is_only_thinking_is_no_answer(finish: str, error: str) -> None:
    """A server that never came to its answer ends in an error that says why."""
    body = completion(content="<think>Let me see", finish_reason=finish)
    with chat_server([HttpAnswer(body=body)]) as server, pytest.raises(OutputError) as caught:
        generate(open_server("tiny", base_url=server.url), ASK, schema=None, sampling=Sampling())
    assert error in str(caught.value)


def test_an_answer_that_was_cut_off_says_so() -> None:
    """finish_reason length survives."""
    with chat_server([HttpAnswer(body=completion(content="Wat", finish_reason="length"))]) as s:
        got = open_server("tiny", base_url=s.url).write(ASK, schema=None, sampling=Sampling())
    assert (got.text, got.finish) == ("Wat", "length")


@pytest.mark.parametrize(
    ("name", "url", "key", "timeout", "message"),
    [
        ("", None, KEY, 60.0, "has no name"),
        ("gpt", None, None, 60.0, "api.openai.com needs an API key"),
        ("gpt", "https://llm.example/v1", None, 60.0, "llm.example needs an API key"),
        ("gpt", "localhost:8000", KEY, 60.0, "not a plain http"),
        ("gpt", "http://[::1", KEY, 60.0, "not a plain http"),
        ("gpt", "http://host:99999/v1", KEY, 60.0, "not a plain http"),
        ("gpt", "http://host/v1?key=1", KEY, 60.0, "not a plain http"),
        ("gpt", "http://x..y/v1", KEY, 60.0, "not a plain http"),
        ("gpt", "http://host name/v1", KEY, 60.0, "not a plain http"),
        ("gpt", "http://host\x00/v1", KEY, 60.0, "not a plain http"),
        ("gpt", None, KEY + "\n", 60.0, "characters that no key has"),
        ("gpt", None, KEY + " ", 60.0, "characters that no key has"),
        ("gpt", None, KEY, 0.0, "timeout is 0"),
        ("gpt", None, KEY, math.inf, "timeout is inf"),
    ],
)
def test_a_server_that_cannot_be_meant_is_refused_before_anything_is_sent(
    name: str, url: str | None, key: str | None, timeout: float, message: str
) -> None:
    """Mistakes in the address, the key or the timeout are ConfigErrors, exit code 2."""
    with pytest.raises(ConfigError, match=message) as caught:
        open_server(name, base_url=url, api_key=key, timeout=timeout)
    assert caught.value.exit_code == 2
    assert KEY not in str(caught.value)


def test_the_environment_names_server_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_BASE_URL and OPENAI_API_KEY hold where no argument is given."""
    with chat_server(["Water."]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        open_server("tiny").write(ASK, schema=None, sampling=Sampling())
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_a_missing_sdk_is_one_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the first call says which."""
    monkeypatch.setitem(__import__("sys").modules, "openai", None)
    model = open_server("tiny", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(GuardError, match=r"pip install 'guard-llm\[openai\]'") as caught:
        model.write(ASK, schema=None, sampling=Sampling())
    assert caught.value.exit_code == 2
