"""`guard report` shows a saved report in every format and under another policy."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from guard.cli.report import run_report
from guard.errors import ConfigError, InputError, UsageError
from guard.report.codec import to_json
from guard.types import Report


@pytest.fixture
def saved(tmp_path: Path, examples: dict[str, Report]) -> dict[str, str]:
    """The paths of the example reports, saved as JSON."""
    for name, report in examples.items():
        (tmp_path / f"{name}.json").write_text(to_json(report), "utf-8")
    return {name: str(tmp_path / f"{name}.json") for name in examples}


def call(
    file: str,
    *,
    format: str | None = None,
    outputs: tuple[Path, ...] = (),
    threshold: float | None = None,
    fail_on: str | None = None,
) -> tuple[int, str]:
    out = io.StringIO()
    code = run_report(
        file,
        threshold=threshold,
        fail_on=fail_on,
        format=format,
        outputs=list(outputs),
        stdout=out,
    )
    return code, out.getvalue()


@pytest.mark.parametrize(
    ("name", "code"), [("extraction", 0), ("empty", 0), ("prose", 1), ("value", 1), ("wrong", 1)]
)
def test_exit_code(saved: dict[str, str], name: str, code: int) -> None:
    """A clean report exits 0, findings exit 1."""
    assert call(saved[name], format="console")[0] == code


@pytest.mark.parametrize(
    ("format", "start"),
    [
        ("console", "Answer"),
        ("json", "{"),
        ("html", "<!doctype html>"),
        ("markdown", "## ✗"),
        ("junit", "<?xml"),
        ("sarif", "{"),
    ],
)
def test_formats(saved: dict[str, str], format: str, start: str) -> None:
    """Each format goes to stdout."""
    assert call(saved["prose"], format=format)[1].startswith(start)


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".html", "<!doctype html>"),
        (".md", "## ✗"),
        (".xml", "<?xml"),
        (".sarif", "{"),
        (".json", "{"),
        (".txt", "Answer"),
    ],
)
def test_suffixes(saved: dict[str, str], tmp_path: Path, suffix: str, start: str) -> None:
    """A file's suffix says its format, and then nothing is printed."""
    output = tmp_path / f"out{suffix}"
    assert call(saved["prose"], outputs=(output,))[1] == ""
    assert output.read_text("utf-8").startswith(start)


def test_unknown_suffix(saved: dict[str, str], tmp_path: Path) -> None:
    """A suffix of no format is a usage error, and nothing is written."""
    with pytest.raises(UsageError, match="no format has this suffix"):
        call(saved["prose"], outputs=(tmp_path / "out.doc",))
    assert not (tmp_path / "out.doc").exists()


def test_json_again(saved: dict[str, str]) -> None:
    """Rendering a saved report as JSON gives the file back."""
    assert call(saved["wrong"], format="json")[1] == Path(saved["wrong"]).read_text("utf-8")


def test_fail_on(saved: dict[str, str]) -> None:
    """A laxer policy makes a report clean; nothing is run again."""
    code, text = call(saved["prose"], format="json", fail_on="never")
    assert code == 0
    assert json.loads(text)["summary"]["clean"] is True
    assert json.loads(text)["policy"]["fail_on"] == "never"


def test_threshold(saved: dict[str, str]) -> None:
    """A threshold above every score leaves nothing supported."""
    code, text = call(saved["extraction"], format="json", threshold=1.0)
    assert code == 1
    assert json.loads(text)["summary"]["counts"]["supported"] == 0
    assert json.loads(text)["policy"]["threshold"] == 1.0


@pytest.mark.parametrize(("threshold", "fail_on"), [(2.0, None), (None, "supported")])
def test_bad_policy(saved: dict[str, str], threshold: float | None, fail_on: str | None) -> None:
    """A threshold or label that cannot be is a usage error."""
    with pytest.raises(ConfigError):
        call(saved["prose"], format="json", threshold=threshold, fail_on=fail_on)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"\x00", "is binary"),
        (b"{}", "is not a guard report"),
        (b'{"version": "9"}', "has the report version '9'"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, message: str) -> None:
    """A file that is no report is refused by name, with exit code 2."""
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        call(str(path), format="console")
    assert "bad.json" in caught.value.message
    assert caught.value.exit_code == 2


def test_missing_file(tmp_path: Path) -> None:
    """A report that is not there is refused by name."""
    with pytest.raises(InputError, match=r"gone\.json"):
        call(str(tmp_path / "gone.json"), format="console")
