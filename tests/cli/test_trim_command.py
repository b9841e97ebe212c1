from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guard.report import report_from_json

Run = Callable[..., Any]
TEXT = (
    "Great question! The mill was built in 1911. It is important to note that four bolts hold the "
    "lid of the mill. The mill was built in 1911. I hope this helps!"
)
SHORT = "The mill was built in 1911. Four bolts hold the lid of the mill.\n"


def test_text_on_stdout_and_certificate_on_stderr(cli: Run) -> None:
    """What is left goes to stdout, what went to stderr; the exit code is 0."""
    result = cli("trim", "-", stdin=TEXT)
    assert (result.code, result.out) == (0, SHORT)
    assert "32 to 14 words, 5 to 2 sentences" in result.err
    assert "filler: 2" in result.err
    assert "repeated: 1" in result.err


def test_length_is_reached_or_not(cli: Run) -> None:
    """A length in words is kept to; one below the last sentence is exit code 1, and said."""
    result = cli("trim", "-", "--to", "8w", stdin=TEXT)
    assert (result.code, result.out) == (0, "The mill was built in 1911.\n")
    assert "at most 8 words: reached" in result.err
    result = cli("trim", "-", "--to", "2w", stdin=TEXT)
    assert result.code == 1
    assert "could not be reached" in result.err


def test_file_in_and_file_out(cli: Run, tmp_path: Path) -> None:
    """With -o the text goes to the file, and stdout stays empty."""
    (tmp_path / "a.md").write_text(TEXT)
    result = cli("trim", "a.md", "-o", "b.md")
    assert (result.code, result.out) == (0, "")
    assert (tmp_path / "b.md").read_text() == SHORT.rstrip("\n")


def test_json_is_a_report(cli: Run) -> None:
    """--json prints a report that reads back, edits and certificate included."""
    result = cli("trim", "-", "--json", stdin=TEXT)
    report = report_from_json(result.out)
    assert report.answer == SHORT.rstrip("\n")
    assert report.certificate is not None
    assert json.loads(result.out)["edits"]


def test_with_an_index_the_claims_are_checked(cli: Run, small_index: Path) -> None:
    """With knowledge the certificate counts the supported claims."""
    result = cli("trim", "-", "--index", str(small_index), "-q", "What is the mill?", stdin=TEXT)
    assert result.out.startswith("The mill was built in 1911.")
    assert "supported claims:" in result.err


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (("-",), "  \n", "stdin is empty"),
        (("-",), b"\xff\xfe", "is not UTF-8"),
        (("-",), b"a\0b", "is binary"),
        (("missing.md",), "", "cannot read text missing.md"),
        (("-", "--to", "many"), TEXT, "is not a length"),
        (("-", "--to", "0w"), TEXT, "would leave nothing"),
    ],
)
def test_bad_input_is_said(
    cli: Run, arguments: tuple[str, ...], stdin: str | bytes, message: str
) -> None:
    """Each mistake has its message on stderr, nothing on stdout, and exit code 2."""
    result = cli("trim", *arguments, stdin=stdin)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
