"""`guard check`: verdicts, formats, files, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TRUE = "The mill was built in 1911."
FALSE = "The mill was built in 1950."


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (TRUE, (), 0),
        (FALSE, (), 1),
        (FALSE, ("--fail-on", "never"), 0),
        ("Penguins cannot fly over the sea.", (), 1),
        ("Penguins cannot fly over the sea.", ("--fail-on", "contradicted"), 0),
    ],
)
def test_exit_codes(cli, small_index: Path, text: str, options: tuple[str, ...], code: int) -> None:
    """0 is clean, 1 has findings at or above --fail-on."""
    result = cli("check", "-", "-i", str(small_index), *options, stdin=text)
    assert result.code == code, result.err


def test_json_is_a_report(cli, small_index: Path) -> None:
    """--json prints one report on stdout and nothing else."""
    result = cli("check", "-", "-i", str(small_index), "--json", stdin=f"{TRUE} {FALSE}")
    report = json.loads(result.out)
    assert [verdict["label"] for verdict in report["verdicts"]] == ["supported", "contradicted"]
    assert report["source"] == "stdin"
    assert "1911" in report["verdicts"][1]["reason"]


def test_outputs_by_suffix(cli, small_index: Path, tmp_path: Path) -> None:
    """-o writes the format of the suffix, may be repeated, and leaves stdout alone."""
    names = ["r.html", "r.json", "r.md", "r.xml", "r.sarif", "r.txt"]
    outputs = [part for name in names for part in ("-o", name)]
    result = cli("check", "-", "-i", str(small_index), *outputs, stdin=TRUE)
    assert (result.code, result.out) == (0, "")
    starts = [(tmp_path / name).read_text().lstrip()[:9].lower() for name in names]
    assert starts[0] == "<!doctype"
    assert starts[1].startswith("{")
    assert starts[2].startswith("#")
    assert starts[3].startswith("<?xml")
    assert starts[4].startswith("{")


def test_json_value_with_schema(cli, tmp_path: Path) -> None:
    """A .json file is checked leaf by leaf against the documents passed with it."""
    (tmp_path / "mill.txt").write_text("The mill was built in 1911. Four bolts hold its lid.")
    (tmp_path / "mill.json").write_text('{"year built": 1911, "bolts": 6}')
    result = cli("check", "mill.json", "-d", "mill.txt", "--json", "-q", "What about the mill?")
    verdicts = {v["claim"]["pointer"]: v["label"] for v in json.loads(result.out)["verdicts"]}
    assert verdicts["/year built"] == "supported"
    assert verdicts["/bolts"] != "supported"
    assert result.code == 1


def test_nothing_to_check_against(cli) -> None:
    """Without knowledge nothing passes: the claims are not checked, and the exit code is 3."""
    result = cli("check", "-", stdin=TRUE)
    assert result.code == 3
    assert "guard index" in result.out


def test_schema_violations_are_findings(cli, small_index: Path, tmp_path: Path) -> None:
    """A value that breaks its schema is not clean."""
    (tmp_path / "s.json").write_text('{"type": "object", "required": ["year"]}')
    result = cli("check", "-", "-s", "s.json", "-i", str(small_index), "--json", stdin="{}")
    assert result.code == 1
    assert json.loads(result.out)["violations"][0]["keyword"] == "required"


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "message"),
    [
        (("check", "none.txt"), "", 2, "cannot read text none.txt: No such file"),
        (("check", "-"), "", 2, "stdin is empty"),
        (("check", "-"), b"\xff\xfe", 2, "stdin is not UTF-8: byte 0xff at offset 0"),
        (("check", "-"), b"a\0b", 2, "stdin is binary"),
        (("check", "-", "--as", "json"), "{", 2, "- is not JSON"),
        (("check", "-", "--as", "xml"), "x", 2, "unknown kind 'xml'"),
        (("check", "-", "-i", "none"), "x is 1.", 3, "guard index"),
        (("check", "-", "-d", "none.pdf"), "x is 1.", 2, "none.pdf"),
        (("check", "-", "--format", "pdf"), "x", 2, "unknown format 'pdf'"),
        (("check", "-", "--format", "html", "--json"), "x", 2, "contradict each other"),
        (("check", "-", "-o", "report.doc"), "x", 2, "report.doc: no format has this suffix"),
        (("check", "-", "--fail-on", "sometimes"), "x", 2, "policy.fail_on is 'sometimes'"),
        (("check", "-", "--to", "9x"), "x", 2, "'9x' is not a length"),
        (("check", "-", "--config", "none.toml"), "x", 2, "none.toml"),
        (("check",), "", 2, "Missing argument"),
        (("chekc",), "", 2, "No such command"),
        (("check", "-", "--tho"), "", 2, "No such option"),
    ],
)
def test_bad_input(cli, arguments, stdin, code: int, message: str) -> None:
    """Each mistake gets its message, its hint and its exit code, and no traceback."""
    result = cli(*arguments, stdin=stdin)
    assert result.code == code
    assert message in " ".join(result.err.split())
    assert "Traceback" not in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("a.txt", b"\x00\x01\x02", "a.txt is binary"),
        ("a.md", "naïve".encode("utf-16"), "a.md"),
        ("a.pdf", b"%PDF-1.4 nothing more", "a.pdf"),
        ("a.docx", b"PK\x03\x04 cut off", "a.docx"),
        ("a.xyz", b"text", "a.xyz"),
        ("a.txt", b"", "a.txt"),
    ],
)
def test_unreadable_documents(cli, tmp_path: Path, name: str, raw: bytes, message: str) -> None:
    """Evidence that cannot be read is named, and nothing is checked without it."""
    (tmp_path / name).write_bytes(raw)
    result = cli("check", "-", "-d", name, stdin=TRUE)
    assert (result.code, result.out) == (2, ""), result.err
    assert message in result.err
    assert "Traceback" not in result.err


def test_a_check_loads_no_torch(small_index: Path, tmp_path: Path) -> None:
    """With the embedded encoder and the shipped verifier, a check starts without torch."""
    (tmp_path / "page.txt").write_text("The mill was built in 1911.")
    script = (
        "import sys\n"
        f"sys.argv = ['guard', 'check', 'page.txt', '--index', {str(small_index)!r}]\n"
        "from guard.cli.main import run_main\n"
        "code = run_main()\n"
        "assert code == 0, code\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, capture_output=True)
