"""`guard doctor`: what it finds, how it says it, and how soon."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guard.cli import installed

Run = Callable[..., Any]


@pytest.fixture
def doctor(cli: Run) -> Callable[..., tuple[int, dict[str, list[dict[str, Any]]]]]:
    """Call `doctor(...)` for the exit code and the checks by name."""

    def run(*arguments: str) -> tuple[int, dict[str, list[dict[str, Any]]]]:
        result = cli("doctor", "--json", *arguments)
        value = json.loads(result.out)
        assert value["ok"] is (result.code == 0)
        table: dict[str, list[dict[str, Any]]] = {}
        for check in value["checks"]:
            table.setdefault(check["name"], []).append(check)
        return result.code, table

    return run


def test_healthy(doctor: Run) -> None:
    """Where all is installed and nothing is indexed, the exit code is 0 and the index is a note."""
    code, checks = doctor()
    assert code == 0
    assert checks["python"][0]["status"] == checks["encoder"][0]["status"] == "ok"
    assert any(check["detail"].startswith("torch ") for check in checks["package"])
    assert checks["knowledge"][0]["status"] == "note"
    assert checks["knowledge"][0]["fix"] == "guard index FOLDER"


def test_lines(cli: Run) -> None:
    """For people there is one line a thing, and the fix below what is not in order."""
    out = cli("doctor").out
    assert "\n" + " " * 26 + "-> guard index FOLDER\n" in out
    assert out.count("\nok       package ") == 1
    assert out.endswith("all that guard needs is there\n")


def test_every_trouble_has_a_fix(cli: Run) -> None:
    """A note or a problem never comes without the line that mends it."""
    checks = json.loads(cli("doctor", "--json").out)["checks"]
    assert all(bool(check["fix"]) == (check["status"] != "ok") for check in checks)


def test_bad_configuration(doctor: Run) -> None:
    """A configuration that does not hold is a problem with its own hint; the rest goes on."""
    Path("guard.toml").write_text("passges = 3\n")
    code, checks = doctor()
    assert code == 3
    assert "passges" in checks["configuration"][0]["detail"]
    assert checks["configuration"][0]["fix"] == "did you mean passages?"
    assert checks["encoder"][0]["status"] == "ok"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, "none found"),
        ({"guard.toml": "seed = 3\n"}, "guard.toml"),
        ({"pyproject.toml": "[tool.guard]\nseed = 3\n"}, "pyproject.toml"),
        ({"pyproject.toml": "[tool.other]\nseed = 3\n"}, "none found"),
    ],
)
def test_configuration_file(doctor: Run, files: dict[str, str], found: str) -> None:
    """The file that settings come from is named."""
    for name, text in files.items():
        Path(name).write_text(text)
    assert doctor()[1]["configuration"][0]["detail"].startswith(found)


def test_not_converted(doctor: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that is not converted yet is a note with the command that does it."""
    monkeypatch.setenv("GUARD_CACHE", str(tmp_path / "cache"))
    code, checks = doctor()
    assert code == 0
    assert checks["writer"][0]["fix"] == "python -m guard.models.embedded"
    assert checks["cache"][0]["detail"].endswith(" 0 MB")


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({"GUARD_MODEL": "openai:gpt-4o", "OPENAI_API_KEY": ""}, "problem"),
        ({"GUARD_MODEL": "openai:gpt-4o", "OPENAI_API_KEY": "x"}, "ok"),
        ({"GUARD_MODEL": "openai:m", "GUARD_BASE_URL": "http://127.0.0.1:8/v1"}, "ok"),
        ({"GUARD_MODEL": "microsoft/phi-4"}, "note"),
        ({"GUARD_MODEL": "local:no-such-folder"}, "note"),
    ],
)
def test_writer(
    doctor: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], status: str
) -> None:
    """A writer elsewhere is told from one that cannot work, and no key is shown."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert doctor()[1]["writer"][0]["status"] == status


def test_index(doctor: Run, small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index made with the configured encoder is described."""
    monkeypatch.setenv("GUARD_INDEX", str(small_index))
    check = doctor()[1]["knowledge"][0]
    assert check["status"] == "ok"
    assert "1 documents" in check["detail"]


def test_index_of_another_encoder(
    doctor: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index made with another encoder is a problem, and so is a damaged one."""
    from guard.knowledge import build_index
    from guard.testing import KeywordEncoder

    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mill.md").write_text("# The mill\n\nIt turns.\n")
    build_index(tmp_path / "notes", tmp_path / "index", encoder=KeywordEncoder())
    monkeypatch.setenv("GUARD_INDEX", "index")
    code, checks = doctor()
    assert code == 3
    assert "another encoder (keyword)" in checks["knowledge"][0]["detail"]
    (tmp_path / "index" / "CURRENT").write_text("nonsense")
    code, checks = doctor()
    assert code == 3
    assert "damaged" in checks["knowledge"][0]["detail"]


def test_named_index_that_is_absent(doctor: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that was asked for by name must be there."""
    monkeypatch.setenv("GUARD_INDEX", "elsewhere")
    assert doctor()[0] == 3


@pytest.mark.parametrize(
    ("line", "status", "fix"),
    [
        ("typer>=0.20", "ok", None),
        ("no-such-thing[fast]>=2,<3", "problem", "pip install 'no-such-thing[fast]>=2,<3'"),
        ("typer<0.1", "problem", "pip install 'typer<0.1'"),
        ('no-such-thing>=2; extra == "documents"', "note", "pip install 'guard-llm[documents]'"),
    ],
)
def test_packages(monkeypatch: pytest.MonkeyPatch, line: str, status: str, fix: str | None) -> None:
    """Absent and wrong packages are problems, absent extras notes, each with the install line."""
    monkeypatch.setattr(installed, "requires", lambda _: [line])
    check = list(installed.packages())[1]
    assert (check.status, check.fix) == (status, fix)


def test_wrong_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python outside the supported range is a problem."""
    monkeypatch.setattr(installed.platform, "python_version", lambda: "3.9.18")
    assert installed.python().status == "problem"


def test_light() -> None:
    """No heavy package is imported, and a warm run stays around a second."""
    code = (
        "import io, sys, time; start = time.perf_counter()\n"
        "from guard.cli.doctor import run_doctor\n"
        "run_doctor(config=None, json=True, stdout=io.StringIO())\n"
        "heavy = {'torch', 'transformers', 'numpy', 'faiss', 'outlines', 'jsonschema', 'pint'}\n"
        "print(sorted(heavy & set(sys.modules)), time.perf_counter() - start)"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] ")
    assert time.perf_counter() - started < 10  # loose: the machine is shared
