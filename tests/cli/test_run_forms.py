"""`guard run` with a form of the answer instead of a schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guard import Choice, Regex
from guard.cli.run import form_of
from guard.testing import chat_server


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ({}, None),
        ({"schema": "s.json"}, None),
        ({"regex": ""}, Regex("")),
        ({"choice": ["a", "b"]}, Choice(["a", "b"])),
        ({"type": "integer"}, int),
    ],
)
def test_the_options_of_the_command_line(options: dict[str, Any], form: Any) -> None:
    """Each option names one form."""
    given = {"regex": None, "choice": None, "type": None, **options}
    assert form_of(given.pop("schema", None), **given) == form


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--regex", "a", "--choice", "b"], "--regex and --choice contradict"),
        (["--type", "int"], "one of integer, number"),
        (["--type", "date", "--schema", "s.json"], "--schema and --type contradict"),
        (["--regex", "a(?=b)"], "look-ahead"),
        (["--choice", "a", "--choice", "a"], "twice"),
    ],
)
def test_bad_options_are_refused_before_a_model_is_loaded(
    cli: Any, options: list[str], message: str
) -> None:
    """The mistake is named and the exit code is 2; nothing is written."""
    result = cli("run", "Hi?", *options, "--model", "local:none")
    assert (result.code, result.out) == (2, "")
    assert message in result.err


@pytest.mark.parametrize(
    ("options", "answer", "shown"),
    [
        (["--choice", "pump", "--choice", "fan"], '"fan"', "fan"),
        (["--regex", "INV-[0-9]{3}"], '"INV-007"', "INV-007"),
        (["--type", "integer"], "42", "42"),
        (["--type", "date"], '"2024-05-17"', "2024-05-17"),
    ],
)
def test_the_answer_is_printed_bare(
    cli: Any, tmp_path: Path, options: list[str], answer: str, shown: str
) -> None:
    """A text of a form has no quotes on the terminal, whatever schema is configured."""
    (tmp_path / "guard.toml").write_text('schema = "none.json"\n')
    (tmp_path / "note.txt").write_text("The fan has the number INV-007.")
    with chat_server([answer]) as server:
        result = cli(
            "run", "Which?", "-m", "openai:x", "--base-url", server.url, "--fail-on", "never",
            "-d", "note.txt", *options,
        )  # fmt: skip
    assert result.code == 0, result.err
    lines = [line.strip() for line in result.out.splitlines()]
    assert lines[lines.index("Answer") + 1] == shown
