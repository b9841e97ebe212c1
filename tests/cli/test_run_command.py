"""`guard run`: what is refused before a model is loaded, and the whole line with one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guard.testing import HttpAnswer, chat_server


@pytest.mark.parametrize(
    ("prompt", "schema", "code", "message"),
    [
        ("", None, 2, "the prompt is empty"),
        (" \n", None, 2, "the prompt is empty"),
        ("x" * 200_001, None, 2, "200,001 characters, more than 200,000"),
        ("Hi?", "{", 2, "not JSON"),
        ("Hi?", '{"type": "strin"}', 2, "not a"),
        ("Hi?", "false", 2, "schema"),
        ("Hi?", '{"type": "string", "minLength": 5, "maxLength": 2}', 2, "schema"),
        (
            "Hi?",
            '{"$ref": "https://example.org/schema.json"}',
            2,
            "https://example.org/schema.json",
        ),
        ("Hi?", '{"$ref": "#/$defs/none"}', 2, "#/$defs/none"),
    ],
)
def test_bad_input(cli, tmp_path: Path, prompt, schema, code: int, message: str) -> None:
    """An impossible prompt or schema ends with one clear message."""
    options = []
    if schema is not None:
        (tmp_path / "s.json").write_text(schema)
        options = ["-s", "s.json"]
    result = cli("run", prompt, *options)
    assert result.code == code, result.err
    assert message in result.err
    assert "Traceback" not in result.err


def test_missing_schema_file(cli) -> None:
    """A schema that is not there is named."""
    result = cli("run", "Hi?", "-s", "none.json")
    assert result.code == 2
    assert "none.json" in result.err


def test_server_that_is_down(cli) -> None:
    """A server that does not answer is named with its address; the exit code is 3."""
    result = cli("run", "Hi?", "-m", "openai:any", "--base-url", "http://127.0.0.1:9/v1")
    assert result.code == 3
    assert "127.0.0.1:9" in result.err


SCHEMA = '{"type": "object", "properties": {"year": {"type": "integer"}}, "required": ["year"]}'


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (HttpAnswer(delay=1.5), "did not answer within 0.5 s"),
        (HttpAnswer(status=429, headers={"Retry-After": "0.01"}), "429"),
        (HttpAnswer(status=503, body="down for repair"), "503"),
        (HttpAnswer(status=401, body="no such key"), "OPENAI_API_KEY"),
        (HttpAnswer(body="<html>It works!</html>"), "a web page, not JSON"),
        (HttpAnswer(body='{"choices": []}'), "an empty list of choices"),
        ('{"year": "nineteen hundred"}', "/year"),
        ('{"year": 19', "not JSON"),
        ("I would rather talk about the weather.", "not JSON"),
    ],
)
def test_servers_that_misbehave(
    cli, tmp_path: Path, answer: str | HttpAnswer, message: str
) -> None:
    """Slow, busy, broken, forbidding and nonsensical servers and cut-off or invalid answers end
    with exit code 3 and what is wrong, and no value leaves."""
    (tmp_path / "s.json").write_text(SCHEMA)
    (tmp_path / "guard.toml").write_text("timeout = 0.5\nattempts = 2\n")
    with chat_server([answer]) as server:
        result = cli("run", "When?", "-m", "openai:x", "--base-url", server.url, "-s", "s.json")
    assert (result.code, result.out) == (3, ""), result.err
    assert message in result.err
    assert "Traceback" not in result.err


def test_recursive_schemas_are_fine(cli, tmp_path: Path) -> None:
    """A schema that refers to itself is no mistake."""
    (tmp_path / "s.json").write_text(
        '{"type": "object", "properties": {"part": {"$ref": "#"}}, "additionalProperties": false}'
    )
    with chat_server(['{"part": {"part": {}}}']) as server:
        result = cli(
            "run", "Which parts?", "-m", "openai:x", "--base-url", server.url, "-s", "s.json",
            "--json", "--fail-on", "never",
        )  # fmt: skip
    assert json.loads(result.out)["value"] == {"part": {"part": {}}}
    assert result.code == 0


@pytest.mark.slow
def test_the_whole_line(cli, small_index: Path, root: Path, tmp_path: Path) -> None:
    """A question under a schema gives a valid value, a verdict for each leaf, and the evidence."""
    result = cli(
        "run", "When was the mill built?", "-i", str(small_index), "--json", "-o", "r.html",
        "-s", str(root / "schemas" / "answer.json"),
    )  # fmt: skip
    report = json.loads(result.out)
    assert result.code in (0, 1), result.err
    assert report["value"] is not None
    assert report["violations"] == []
    assert report["verdicts"]
    assert report["generation"]["usage"]["completion_tokens"] > 0
    assert report["provenance"]["knowledge"]
    assert "<html" in (tmp_path / "r.html").read_text()


def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends with 130 and one line, not a traceback."""
    process = subprocess.Popen(
        [sys.executable, "-m", "guard", "run", "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    time.sleep(2)  # it waits for the prompt on stdin by now
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode().strip() == "guard: interrupted"
