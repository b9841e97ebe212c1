"""A grammar that took long to make is made once on a machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guard.grammar import cache, compiling
from guard.grammar.compiling import compile_grammar

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string", "format": "idn-email"}},
}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache in which everything is worth keeping; nothing is in memory."""
    monkeypatch.setenv("GUARD_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "WORTH", 0.0)
    compiling._compile.cache_clear()
    return tmp_path / "grammars"


def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every schema that is put into plain terms from here on."""
    asked: list[Any] = []
    real = compiling.normalise

    def count(document: Any, *, is_closed: bool = False) -> Any:
        asked.append(document)
        return real(document, is_closed=is_closed)

    monkeypatch.setattr(compiling, "normalise", count)
    return asked


def test_the_next_process_finds_it(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read back is what was made, what is left to be checked included."""
    asked = made(monkeypatch)
    first = compile_grammar(SCHEMA)
    compiling._compile.cache_clear()  # as another process would start
    assert compile_grammar(SCHEMA) == first
    assert first.refusals
    assert len(asked) == 1
    assert compile_grammar(SCHEMA, open_objects=True) != first


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"text": 1, "plain": {}, "refusals": []}'),
        '{"text": "no grammar", "plain": {}, "refusals": []}',
        '{"text": "no grammar", "plain": {"a": "\\ud800"}, "refusals": []}',
    ],
)
def test_a_damaged_file_is_made_again(kept: Path, text: str) -> None:
    """Nothing is taken from a file that is not a whole grammar."""
    first = compile_grammar(SCHEMA)
    (path,) = kept.glob("*.json")
    path.write_text(text)
    compiling._compile.cache_clear()
    assert compile_grammar(SCHEMA) == first


def test_the_oldest_go(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder does not grow without end."""
    monkeypatch.setattr(cache, "MOST", 3)
    for size in range(6):
        compile_grammar({"type": "string", "maxLength": size})
    assert len(list(kept.glob("*.json"))) == 3


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a cache everything still works."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GUARD_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(cache, "WORTH", 0.0)
    compiling._compile.cache_clear()
    assert compile_grammar(SCHEMA).text
