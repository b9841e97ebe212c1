from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from guard.cli.index import run_index
from guard.cli.search import run_search
from guard.config import Config
from guard.errors import InputError, KnowledgeError, ModelError
from guard.knowledge import Encoder


@pytest.fixture
def config(tmp_path: Path, encoder: Encoder) -> Config:
    """The real encoder (already loaded by the session), an index of our own."""
    return Config(index=str(tmp_path / "index"))


def index(folder: Path, config: Config, *, json: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    return run_index(folder, config=config, json=json, stdout=out), out.getvalue()


def search(query: str, config: Config, *, k: int = 2, json: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    return run_search(query, config=config, k=k, json=json, stdout=out), out.getvalue()


def test_index_and_search(folder: Path, config: Config) -> None:
    """What was indexed is found, with score, document, title, offsets and quote."""
    code, out = index(folder, config)
    assert code == 0
    assert "documents: 3 added, 0 changed, 0 removed, 0 unchanged, 0 skipped" in out
    assert "passages:  5 (5 encoded)" in out
    code, out = search("How much acid removes limescale?", config)
    assert code == 0
    first = out.split("\n\n")[0].splitlines()
    assert first[0].startswith("1. 0.")
    assert first[0].endswith("kettle.md, characters 60-131")
    assert first[1].strip() == "Kettle > Descaling"
    assert "> “Use 50 g of citric acid in one litre of water.”" in first[2]


def test_refresh(folder: Path, config: Config) -> None:
    """The second run encodes nothing."""
    index(folder, config)
    assert "passages:  5 (0 encoded)" in index(folder, config)[1]


def test_skips_are_listed(folder: Path, config: Config) -> None:
    """A document that cannot be read is listed with its reason, and the exit code is 4."""
    (folder / "x.pdf").write_bytes(b"nonsense")
    (folder / "y.png").write_bytes(b"nonsense")
    code, out = index(folder, config)
    assert code == 4
    assert "skipped  x.pdf: is damaged, or no .pdf file" in out
    assert "skipped  y.png: no reader for .png" in out
    (folder / "x.pdf").unlink()
    assert index(folder, config)[0] == 0, "what is no document is no failure"


def test_json(folder: Path, config: Config) -> None:
    """Both commands print one JSON document on request."""
    report = json.loads(index(folder, config, json=True)[1])
    assert report["added"] == ["kettle.md", "parts.csv", "toaster.txt"]
    found = json.loads(search("price of a filter", config, json=True)[1])
    assert found["snapshot"] == report["snapshot"]
    best = found["results"][0]
    assert best["passage"]["text"] == "part: filter; price: 7.25"
    quote = best["quote"]
    assert best["passage"]["text"][quote["start"] : quote["end"]] == quote["text"]


def test_no_control_characters_on_the_terminal(folder: Path, config: Config) -> None:
    """A document cannot send commands to the terminal that shows it."""
    (folder / "evil.md").write_text("Limescale \x1b]0;owned\x07\x1b[31m is descaled.")
    index(folder, config)
    assert "\x1b" not in search("limescale", config, k=5)[1]


@pytest.mark.parametrize("query", ["", "  \n", "x" * 20_001])
def test_bad_queries(folder: Path, config: Config, query: str) -> None:
    """An empty or huge query is refused with exit code 2."""
    with pytest.raises(InputError) as caught:
        search(query, config)
    assert caught.value.exit_code == 2
    assert caught.value.hint


def test_no_index(config: Config) -> None:
    """Searching without an index names the command that makes one; the exit code is 3."""
    with pytest.raises(KnowledgeError, match="there is no index") as caught:
        search("x", config)
    assert caught.value.exit_code == 3
    assert "guard index FOLDER" in str(caught.value)


def test_no_folder(config: Config, tmp_path: Path) -> None:
    """Indexing what is not there is the caller's mistake: exit code 2."""
    with pytest.raises(InputError, match="there is no folder") as caught:
        index(tmp_path / "nowhere", config)
    assert caught.value.exit_code == 2


def test_no_encoder(folder: Path, tmp_path: Path) -> None:
    """An encoder that is not there is said to be missing, not replaced."""
    with pytest.raises(ModelError, match="there is no folder"):
        index(folder, Config(encoder=str(tmp_path / "nowhere"), index=str(tmp_path / "index")))
