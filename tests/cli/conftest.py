"""Running the command line in this process: exit code, stdout and stderr."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from guard.cli.main import run_main


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call `cli("check", "file.txt", stdin=...)` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: str | bytes = "") -> Result:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "argv", ["guard", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        capsys.readouterr()
        try:
            code = run_main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        captured = capsys.readouterr()
        return Result(code=code, out=captured.out, err=captured.err)

    return run


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    """An index over one small document of our own."""
    from guard.knowledge import build_index

    folder = tmp_path_factory.mktemp("notes")
    (folder / "mill.md").write_text(
        "# The mill\n\nFour bolts hold the lid of the mill. The mill was built in 1911 and turns "
        "at 120 revolutions per minute. It must not be opened while it is running.\n"
    )
    index = tmp_path_factory.mktemp("indexes") / "mill"
    build_index(folder, index, encoder=encoder)  # type: ignore[arg-type]
    return index
