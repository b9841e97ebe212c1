"""`guard extract`: what it refuses before loading anything, and whole jobs on a real server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guard.cli.extract import Task, exit_code, run_extract
from guard.config import Config, load_config
from guard.errors import GuardError
from guard.jobs import JobSummary
from guard.testing import HttpAnswer, chat_server

SCHEMA = {
    "type": "object",
    "title": "Ticket",
    "properties": {
        "product": {"type": "string", "title": "Product"},
        "ports": {"type": "integer", "title": "Number of Ethernet ports"},
    },
    "required": ["product", "ports"],
    "additionalProperties": False,
}
TEXT = "Our MX-200 router shows a red light. The MX-200 router has 8 Ethernet ports."
MAIN = "from guard.cli.main import main; main()"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA))
    return path


def config(**given: Any) -> Config:
    return load_config(environ={}, folder=Path(os.devnull), overrides=given)


@pytest.mark.parametrize(
    ("inputs", "output", "with_schema", "message"),
    [
        ([], "out.jsonl", True, "nothing to extract from"),
        (["in.jsonl"], "out.csv", True, "out.csv is no JSONL file"),
        (["in.jsonl"], "in.jsonl", True, "both input and output"),
        (["in.jsonl"], "out.jsonl", False, "needs a schema"),
        (["gone.md"], "out.jsonl", True, "gone.md: no such file"),
        (["empty"], "out.jsonl", True, "no rows in"),
    ],
)
def test_a_job_that_cannot_be_meant_is_a_usage_error(
    inputs: list[str],
    output: str,
    with_schema: bool,
    message: str,
    tmp_path: Path,
    schema: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is loaded and nothing written; the exit code is 2."""
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text('{"id": "a", "text": "x"}\n')
    Path("empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    task = Task(inputs=tuple(map(Path, inputs)), output=Path(output))
    with pytest.raises(GuardError) as caught:
        run_extract(task, config=config(schema=str(schema) if with_schema else None))
    assert message in caught.value.message
    assert caught.value.exit_code == 2
    assert caught.value.hint
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("failed", "not_clean", "code"), [(0, 0, 0), (0, 2, 1), (1, 0, 4), (1, 2, 4)]
)
def test_the_exit_code_names_the_worst(failed: int, not_clean: int, code: int) -> None:
    """Failed rows weigh more than findings."""
    summary = JobSummary(
        rows=5, finished=4, skipped=0, failed=failed, not_clean=not_clean, seconds=1.0
    )
    assert exit_code(summary) == code


def guard(*arguments: str | Path, url: str, cwd: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", MAIN, "extract", *map(str, arguments)]
    command += ["--model", "openai:tiny", "--base-url", url]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GUARD_")}
    return subprocess.Popen(
        command, cwd=cwd, env=environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.slow
def test_a_folder_of_documents_becomes_rows_with_spans(tmp_path: Path, schema: Path) -> None:
    """Real encoder, real verification, a scripted server; a bad file fails alone, and 4 is told."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text(f"# Ticket 1\n\n{TEXT}\n")
    (docs / "b.txt").write_bytes(b"\x00\x01binary")
    output = tmp_path / "out.jsonl"
    with chat_server(['{"product": "MX-200 router", "ports": 8}']) as server:
        given = ("--schema", schema, "--input", "docs", "-o", output)
        job = guard(*given, url=server.url, cwd=tmp_path)
        out, narration = job.communicate(timeout=300)
        assert (job.returncode, out) == (4, ""), narration
        again = guard(*given, url=server.url, cwd=tmp_path)
        _, more = again.communicate(timeout=300)
    assert "1 finished" in narration
    assert "1 were finished before, 1 failed" in more
    assert again.returncode == 4
    assert len(server.requests) == 1
    (row,) = lines(output)
    assert row["value"] == {"product": "MX-200 router", "ports": 8}
    field = {entry["pointer"]: entry for entry in row["fields"]}["/ports"]
    assert field["label"] == "supported", field
    assert field["document"] == "docs/a.md"
    assert "8 Ethernet ports" in field["quote"]
    (error,) = lines(tmp_path / "out.errors.jsonl")
    assert (error["id"], error["stage"], error["error"]) == ("docs/b.txt", "read", "InputError")
    manifest = json.loads((tmp_path / "out.manifest.json").read_text())
    assert set(manifest["inputs"]) == {"docs/a.md", "docs/b.txt"}
    assert manifest["model"] == "openai:tiny"
    assert manifest["versions"]["torch"]


def _wait(until: Callable[[], bool]) -> None:
    for _ in range(1200):
        if until():
            return
        time.sleep(0.05)
    pytest.fail("it never came to that")


@pytest.mark.slow
def test_ctrl_c_leaves_whole_files_and_exit_code_130(tmp_path: Path, schema: Path) -> None:
    """The interrupt during the second row leaves the first one finished."""
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps({"id": i, "text": TEXT}) + "\n" for i in range(3)))
    with chat_server(
        ['{"product": "MX-200 router", "ports": 8}', HttpAnswer(delay=20.0, body="{}")]
    ) as server:
        job = guard(
            "--schema", schema, "--input", source, "-o", output, url=server.url, cwd=tmp_path
        )
        _wait(lambda: len(server.requests) == 2 or job.poll() is not None)
        job.send_signal(signal.SIGINT)
        _, narration = job.communicate(timeout=60)
    assert job.returncode == 130, narration
    assert [row["id"] for row in lines(output)] == ["0"]
    assert "Traceback" not in narration
