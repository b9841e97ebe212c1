"""Each example runs as its docstring says, and shows what it says it shows."""

from __future__ import annotations

import ast
import json
import runpy
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from guard.knowledge import Encoder

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(EXAMPLES.rglob("*.py"))
NEEDED = (
    "support/usb-versions.md",
    "support/email-protocols.md",
    "support/character-encodings.md",
    "stem/mechanics.md",
    "stem/thermodynamics.md",
    "stem/waves-and-sound.md",
)


@pytest.fixture(scope="module")
def index(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index over those documents of the knowledge base that the examples ask about."""
    from guard.knowledge import build_index

    folder, index = tmp_path_factory.mktemp("knowledge"), tmp_path_factory.mktemp("index")
    for name in NEEDED:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "knowledge" / name, folder / name)
    build_index(folder, index, encoder=encoder)
    return index


@pytest.fixture
def run(
    index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """Run an example in this process and return what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUARD_INDEX", str(index))

    def run_example(name: str, *arguments: str) -> str:
        path = EXAMPLES / name
        monkeypatch.setattr(sys, "argv", [str(path), *arguments])
        capsys.readouterr()
        runpy.run_path(str(path), run_name="__main__")
        return capsys.readouterr().out

    return run_example


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_is_short_and_explained(path: Path) -> None:
    """An example fits on one screen or so, says what it shows and how to run it."""
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 60
    explained = ast.get_docstring(ast.parse(text)) or ""
    assert path.name in explained
    assert "make demo" in explained


def test_technical_support(run: Any) -> None:
    """The wrong numbers and the filler of the draft go, what the handbook says stays."""
    claims, _, answer = run("technical_support.py").partition("answer:")
    assert "contradicted     The longest USB 2.0 cable is 15 metres." in claims
    assert "supported        USB4 always uses USB-C connectors." in claims
    assert "[support/usb-versions.md]" in claims
    assert "USB4 always uses USB-C connectors." in answer
    for gone in ("15 metres", "2016", "Great question", "hope this helps"):
        assert gone not in answer


def test_stem_calculations(run: Any) -> None:
    """Sums are computed, units converted, and a value is held against its data sheet."""
    out = run("stem_calculations.py")
    assert "supported        12 % of 340 is 40.8." in out
    assert "it is 9" in out
    assert "supported        The speed of sound in dry air at 20 °C is 1235 km/h." in out
    assert "contradicted     The escape speed from the Earth is 13.4 km/s." in out
    assert "schema violations: 0" in out


def test_openai_client(run: Any) -> None:
    """The caller of a guarded client gets the checked answer, from a server on this machine."""
    pytest.importorskip("openai")
    said, _, got = run("openai_client.py").partition("the caller got:")
    assert "I hope this helps!" in said
    assert "IMAP with TLS uses port 993." in got
    assert "I hope this helps!" not in got


@pytest.mark.slow
def test_edge_offline(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing and checking need no network: looking up a name or connecting would fail."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("something asked for the network")

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("connect", "connect_ex"):  # the example replaces them; this puts them back
        monkeypatch.setattr(socket.socket, name, getattr(socket.socket, name))
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    out = run("edge_offline.py")
    assert "answered offline in " in out
    assert "support/character-encodings.md" in out
    with socket.socket() as probe, pytest.raises(OSError, match="offline"):
        probe.connect(("192.0.2.1", 80))


@pytest.mark.slow
def test_extraction_job(tmp_path: Path) -> None:
    """The job writes a valid row for each document, and does nothing twice."""
    output = tmp_path / "payments.jsonl"
    documents = EXAMPLES / "extraction_job" / "documents"
    command = [sys.executable, str(EXAMPLES / "extraction_job" / "run.py"), str(output)]
    command += [str(documents / "01-bakery.txt"), str(documents / "06-hosting.md")]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert first.returncode in (0, 1), first.stderr
    assert "01-bakery.txt" in first.stdout
    rows = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [Path(row["source"]).name for row in rows] == ["01-bakery.txt", "06-hosting.md"]
    written = output.read_bytes()
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == first.returncode
    assert output.read_bytes() == written


def test_form_of_the_job_is_a_schema() -> None:
    """The small form is a good schema, and the grammar enforces all of it."""
    from guard.schema import analyse, load_schema

    schema = load_schema(EXAMPLES / "extraction_job" / "schema.json")
    # The grammar cannot know the days of a month; every other keyword it enforces itself.
    late = {keyword.keyword for keyword in analyse(schema) if keyword.status != "enforced"}
    assert late <= {"format"}


def test_job_has_documents() -> None:
    """There are six short documents, in two formats."""
    documents = sorted((EXAMPLES / "extraction_job" / "documents").iterdir())
    assert len(documents) == 6
    assert {path.suffix for path in documents} == {".md", ".txt"}
    assert all(len(path.read_text("utf-8").split()) < 120 for path in documents)
