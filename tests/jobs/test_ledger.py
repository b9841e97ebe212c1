"""The ledger: what a kill leaves, what is taken for damage, and what is never lost."""

from __future__ import annotations

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.errors import InputError, RunError
from guard.jobs.ledger import Ledger, encode, finished

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
RECORDS = st.lists(st.fixed_dictionaries({"id": st.text(), "value": ANY_JSON}), max_size=6)


@given(records=RECORDS, data=st.data())
def test_a_ledger_cut_anywhere_keeps_exactly_its_finished_lines(
    records: list[dict[str, Any]], data: st.DataObject
) -> None:
    """For every record and every byte to be killed at, what was finished is read and no more."""
    lines = [encode(record) for record in records]
    whole = b"".join(lines)
    cut = data.draw(st.integers(0, len(whole)))
    got = list(finished(io.BytesIO(whole[:cut]), where="out"))
    ends = [sum(map(len, lines[: n + 1])) for n in range(len(lines))]
    assert [record for record, _ in got] == records[: sum(end <= cut for end in ends)]
    assert [end for _, end in got] == [end for end in ends if end <= cut]


@given(records=RECORDS, tail=st.binary(max_size=40), more=RECORDS)
def test_going_on_behind_any_torn_tail_gives_a_whole_ledger(
    records: list[dict[str, Any]], tail: bytes, more: list[dict[str, Any]], tmp_path_factory: Any
) -> None:
    """Whatever bytes a killed writer left behind, the next one's rows follow the finished ones."""
    path = tmp_path_factory.mktemp("ledger") / "out.jsonl"
    path.write_bytes(b"".join(map(encode, records)) + tail.replace(b"\n", b""))
    with Ledger(path) as ledger:
        assert list(ledger.recover()) == records
        for record in more:
            ledger.append(encode(record))
    assert [json.loads(line) for line in path.read_bytes().splitlines()] == records + more


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Arbitrary files never raise anything but InputError, and never give a row without an id."""
    try:
        got = list(finished(io.BytesIO(raw), where="out"))
    except InputError:
        return
    assert all(isinstance(record["id"], str) for record, _ in got)


@pytest.mark.parametrize("bad", [b"{}\n", b"\n", b"[1]\n", b'{"id": 7}\n', b"\x00\x00\n", b"x\n"])
def test_damage_in_the_middle_is_an_error_and_nothing_is_cut(bad: bytes, tmp_path: Path) -> None:
    """Only a last line can come from a kill."""
    path = tmp_path / "out.jsonl"
    whole = encode({"id": "a"}) + bad + encode({"id": "b"})
    path.write_bytes(whole)
    with Ledger(path) as ledger, pytest.raises(InputError, match="damaged at line 2") as caught:
        list(ledger.recover())
    assert "--restart" in str(caught.value)
    assert path.read_bytes() == whole


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a write fails half-way, what was written of the line is taken back."""
    path = tmp_path / "out.jsonl"
    real = os.write

    def full(handle: int, data: Any) -> int:
        if len(data) < 9:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[:9])

    with Ledger(path) as ledger:
        ledger.append(encode({"id": "a"}))
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(RunError, match="No space left") as caught:
            ledger.append(encode({"id": "b", "value": "a longer one"}))
    assert path.read_bytes() == encode({"id": "a"})
    assert caught.value.exit_code == 3


def test_an_infinity_is_no_row() -> None:
    """What JSON cannot say is refused before anything is written."""
    with pytest.raises(ValueError, match="JSON compliant"):
        encode({"id": "a", "value": float("inf")})
