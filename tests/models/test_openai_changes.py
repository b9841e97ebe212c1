"""Schemas on their way to a server and back, and servers that ignore them, over real HTTP."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from guard.errors import OutputError
from guard.generate import generate
from guard.models import load_model
from guard.models.connection import Connection
from guard.models.dialect import Dialect
from guard.models.openai import ServerModel, open_server
from guard.models.subsets import Server
from guard.schema import load_schema
from guard.testing import HttpAnswer, chat_server
from guard.types import Generation, Message, Sampling

ASK = (Message(role="user", content="Who is it?"),)
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 2}, "age": {"type": "number"}},
    "required": ["name"],
}


def server_model(url: str, server: Server | None) -> ServerModel:
    """A model at `url` as if its host were that of `server`."""
    connection = Connection(url, key=None, timeout=10.0)
    return ServerModel("tiny", connection, dialect=Dialect(server=server))


def value_of(model: ServerModel, schema: Any, attempts: int = 1) -> Generation:
    sampling = Sampling(max_tokens=64)
    return generate(model, ASK, schema=load_schema(schema), sampling=sampling, attempts=attempts)


def test_strict_mode_is_asked_and_its_nulls_are_taken_out() -> None:
    """OpenAI gets the strict form with the given schema in the prompt; the value is the given's."""
    with chat_server(['{"name": "Ann", "age": null}']) as server:
        made = value_of(server_model(server.url, "openai"), PERSON)
    assert made.value == {"name": "Ann"}
    (body,) = server.requests
    sent = body["response_format"]["json_schema"]
    assert sent["strict"] is True
    assert sent["schema"]["required"] == ["name", "age"]
    assert json.dumps(PERSON["properties"]) in body["messages"][0]["content"]


def test_a_root_that_is_no_object_comes_back_unwrapped() -> None:
    """A list is asked for inside an object and is a list again."""
    with chat_server(['{"value": [1, 2]}']) as server:
        model = server_model(server.url, "openai")
        assert value_of(model, {"type": "array", "items": {"type": "integer"}}).value == [1, 2]


def test_what_is_dropped_is_checked_all_the_same() -> None:
    """A length that strict mode has no word for is a violation, which is not the server's fault."""
    with (
        chat_server(['{"name": "A", "age": null}']) as server,
        pytest.raises(OutputError) as caught,
    ):
        value_of(server_model(server.url, "openai"), PERSON)
    assert [violation.keyword for violation in caught.value.violations] == ["minLength"]


def test_strict_mode_that_is_rejected_is_left_and_nulls_are_no_longer_expected() -> None:
    """Without strict mode the schema goes out as it is, and the answer comes back as it is."""
    no = HttpAnswer(status=400, body=json.dumps({"error": {"message": "Invalid schema"}}))
    nullable = {**PERSON, "properties": {**PERSON["properties"], "age": {"type": "null"}}}
    with chat_server([no, '{"name": "Ann", "age": null}']) as server:
        made = value_of(server_model(server.url, "openai"), nullable)
    assert made.value == {"name": "Ann", "age": None}
    assert server.requests[1]["response_format"]["json_schema"]["schema"] == nullable


@pytest.mark.parametrize(
    ("owner", "dropped"),
    [
        ("vllm", ["uniqueItems"]),
        ("llamacpp", ["format", "uniqueItems"]),
        ("library", ["format", "uniqueItems"]),
        ("someone", []),
        (None, []),
    ],
)
def test_the_server_says_what_software_it_is(owner: str | None, dropped: list[str]) -> None:
    """Its list of models is asked once, and the schema fitted to what it names."""
    item = {"type": "string", "format": "email"}
    schema = {"type": "array", "items": item, "uniqueItems": True}
    with chat_server(['["a@b.de"]'], owner=owner) as server:
        model = open_server("tiny", base_url=server.url)
        assert sorted(change.keyword for change in model.changes(schema)) == dropped
        assert value_of(model, schema).value == ["a@b.de"]
    sent = server.requests[0]["response_format"]["json_schema"]["schema"]
    assert ("uniqueItems" in sent) is not dropped
    assert ("format" in sent["items"]) is ("format" not in dropped)


def test_changes_are_logged_once_a_schema(caplog: pytest.LogCaptureFixture) -> None:
    """What the server will not enforce is a warning, the rest is information, both once."""
    with chat_server(['{"name": "Ann", "age": null}']) as server:
        model = server_model(server.url, "openai")
        with caplog.at_level(logging.INFO, logger="guard"):
            for _ in range(2):
                value_of(model, PERSON)
    told = [(r.levelname, r.getMessage()) for r in caplog.records if r.name.startswith("guard")]
    assert [level for level, _ in told] == ["WARNING", "INFO", "INFO"]
    assert "/properties/name/minLength dropped" in told[0][1]
    assert all(server.url.removesuffix("/v1") in text for _, text in told)


@pytest.mark.parametrize("server", ["openai", "vllm", "llama.cpp", "ollama", None])
@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("It is Ann.", "the answer is not JSON"),
        ('{"age": 3}', "the answer breaks 'required' at the top"),
        ('{"name": 3}', "the answer breaks 'type' at /name"),
    ],
)
def test_a_server_that_ignores_the_schema_is_named(
    answer: str, shown: str, server: Server | None, caplog: pytest.LogCaptureFixture
) -> None:
    """The error says which server accepted the schema and ignored it; the log says it once."""
    with chat_server([answer]) as running, pytest.raises(OutputError) as caught:
        value_of(server_model(running.url, server), PERSON, attempts=2)
    said = f"the server at {running.url} accepted response_format and ignored it: {shown}"
    last = caught.value.violations[-1]
    assert (last.keyword, last.message) == ("response_format", said)
    assert said in str(caught.value.hint)
    assert caplog.text.count("accepted response_format and ignored it") == 1


@pytest.mark.parametrize(
    ("server", "schema", "answer"),
    [
        (None, {"type": "string", "maxLength": 1}, '"ab"'),
        ("vllm", {"type": "string", "format": "date"}, '"2023-02-29"'),
        ("llama.cpp", {"type": "number", "minimum": 5}, "3"),
        ("openai", {"type": "object", "additionalProperties": {"type": "integer"}}, '{"a": "b"}'),
        ("vllm", {"type": "array", "contains": {"const": 2}}, "[1, 1]"),
    ],
)
def test_a_server_is_not_blamed_for_what_it_never_promised(
    server: Server | None, schema: Any, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A violation that structured output does not exclude is the model's."""
    with chat_server([answer]) as running, pytest.raises(OutputError) as caught:
        value_of(server_model(running.url, server), schema)
    assert "response_format" not in [violation.keyword for violation in caught.value.violations]
    assert "ignored it" not in caplog.text


def test_a_server_that_rejected_the_schema_did_not_ignore_it() -> None:
    """Where only the prompt asked for JSON, prose is the model's fault."""
    no = HttpAnswer(status=400, body=json.dumps({"error": {"message": "no response_format here"}}))
    with chat_server([no, no, "It is Ann."]) as running, pytest.raises(OutputError) as caught:
        value_of(server_model(running.url, None), PERSON)
    assert [violation.keyword for violation in caught.value.violations] == ["json"]


def test_the_server_of_openai_is_known_by_its_name() -> None:
    """No list of models is asked for at OpenAI's own address."""
    model = load_model("openai:gpt", base_url="https://api.openai.com/v1", api_key="sk-none-at-all")
    assert isinstance(model, ServerModel)
    assert [change.action for change in model.changes(PERSON)] == ["dropped", "closed", "nullable"]
