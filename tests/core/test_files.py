"""Reading and writing: strict JSON, clear errors, whole files."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard import InputError, RunError
from guard.files import parse_json, read_text, write_atomic
from guard.types import Json

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(VALUES)
def test_json_comes_back(value: Json) -> None:
    """What json writes is read as it was."""
    assert parse_json(json.dumps(value), where="value") == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' twice"),
        ("[NaN]", "has NaN, which JSON cannot hold"),
        ("1e999", "has 1e999, which JSON cannot hold"),
        ("-Infinity", "has -Infinity"),
        ('{"a": tru}', "line 1, column 7"),
        ("", "not JSON"),
        ("[" * 500 + "]" * 500, "deeper than 200"),
        ("[" * 200_000, "deeper than 200"),
        ("9" * 5_000, "cannot be read as JSON"),
    ],
)
def test_what_is_not_json(text: str, message: str) -> None:
    """Duplicate keys, NaN, cut-off, deep and monstrous JSON are refused with the reason."""
    with pytest.raises(InputError, match="answer") as caught:
        parse_json(text, where="answer")
    assert message in caught.value.message
    assert caught.value.hint


def test_a_repeated_key_among_many_is_found_at_once() -> None:
    """Naming the key that is there twice takes no square time."""
    text = "{" + "".join(f'"k{at}": 0, ' for at in range(60_000)) + '"z": 1, "z": 2}'
    start = time.perf_counter()
    with pytest.raises(InputError, match="the key 'z' twice"):
        parse_json(text, where="answer")
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a\0b", "is binary"),
        ("café".encode("latin-1"), "not UTF-8: byte 0xe9 at offset 3"),
        (b"x" * 101, "101 bytes, more than 100"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, raw: bytes, message: str) -> None:
    """Binary, other encodings and oversized files are refused with the reason."""
    path = tmp_path / "notes.txt"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"notes\.txt") as caught:
        read_text(path, limit=100)
    assert message in caught.value.message


def test_missing_and_folder(tmp_path: Path) -> None:
    """A path that is not a file is named, with the system's reason."""
    with pytest.raises(InputError, match="No such file"):
        read_text(tmp_path / "none.txt")
    with pytest.raises(InputError, match="Is a directory"):
        read_text(tmp_path)


def test_byte_order_mark_goes(tmp_path: Path) -> None:
    """A UTF-8 byte order mark is no part of the text."""
    path = tmp_path / "bom.txt"
    path.write_bytes(b"\xef\xbb\xbfhello")
    assert read_text(path) == "hello"


def test_failed_write_leaves_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails before the rename, the old file is whole and nothing else is left."""
    path = tmp_path / "report.json"
    write_atomic(path, "old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match="No space left"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]
