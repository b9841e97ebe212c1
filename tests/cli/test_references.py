"""`--ref`: files that a schema refers to, on every command that takes a schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guard.testing import chat_server

ITEM = "https://example.com/item.json"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A schema that refers to another one, a text, and a value of it."""
    order = {"type": "object", "properties": {"item": {"$ref": ITEM}}, "required": ["item"]}
    item = {"type": "object", "properties": {"bolts": {"type": "integer", "maximum": 9}}}
    (tmp_path / "order.json").write_text(json.dumps(order))
    (tmp_path / "item.json").write_text(json.dumps(item))
    (tmp_path / "lid.txt").write_text("Four bolts hold the lid. It has 4 bolts.")
    (tmp_path / "value.json").write_text('{"item": {"bolts": 4}}')
    (tmp_path / "wrong.json").write_text('{"item": {"bolts": 40}}')
    return tmp_path


REF = ("--schema", "order.json", "--ref", f"{ITEM}=item.json")


def test_check_holds_a_value_against_what_is_referred_to(cli: Any, files: Path) -> None:
    right = cli("check", "value.json", "-d", "lid.txt", "--json", *REF)
    assert json.loads(right.out)["violations"] == []
    wrong = cli("check", "wrong.json", "-d", "lid.txt", "--json", *REF)
    assert [each["pointer"] for each in json.loads(wrong.out)["violations"]] == ["/item/bolts"]


def test_run_asks_for_a_value_of_it(cli: Any, files: Path) -> None:
    with chat_server(['{"item": {"bolts": 4}}']) as server:
        result = cli(
            "run", "How many?", "-m", "openai:x", "--base-url", server.url, "--fail-on", "never",
            "-d", "lid.txt", "--json", *REF,
        )  # fmt: skip
    assert result.code == 0, result.err
    assert json.loads(result.out)["value"] == {"item": {"bolts": 4}}


def test_extract_asks_for_a_value_of_it(cli: Any, files: Path) -> None:
    with chat_server(['{"item": {"bolts": 4}}']) as server:
        result = cli(
            "extract", "lid.txt", "-o", "out.jsonl", "-m", "openai:x",
            "--base-url", server.url, "--fail-on", "never", *REF,
        )  # fmt: skip
    assert result.code == 0, result.err
    assert '"bolts": 4' in (files / "out.jsonl").read_text()


@pytest.mark.parametrize("command", [("check", "value.json"), ("run", "How many?")])
def test_without_the_file_the_error_says_how_to_give_it(
    cli: Any, files: Path, command: tuple[str, ...]
) -> None:
    result = cli(*command, "--schema", "order.json", "-d", "lid.txt")
    assert result.code != 0
    assert ITEM in result.err
    assert "--ref" in result.err
