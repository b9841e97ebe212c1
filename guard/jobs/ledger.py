"""An append-only JSONL file of which every finished line survives, whatever ends the writer.

A line is finished when its newline is on disk. What stands behind the last finished line is the
trace of a writer that was killed, and is cut off before anything is appended.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from guard.errors import InputError, RunError
from guard.files import sync_dir
from guard.types import Json


def encode(record: Json) -> bytes:
    """One line. Raises ValueError for what JSON cannot say (an infinity)."""
    try:
        text = json.dumps(record, ensure_ascii=False, allow_nan=False)
        return text.encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can carry
        return json.dumps(record, allow_nan=False).encode() + b"\n"


def finished(file: BinaryIO, *, where: str) -> Iterator[tuple[dict[str, Json], int]]:
    """The finished records of a ledger, each with the offset behind it.

    Only the last line may be damaged: that is the one a killed writer leaves, and it is passed
    over. Raises InputError when another one is, for that is damage of another kind.
    """
    end, damaged = 0, 0
    for number, line in enumerate(file, 1):
        if damaged:
            raise InputError(
                f"{where} is damaged at line {damaged}",
                hint="mend or remove that line, or start anew with --restart",
            )
        record = _record(line)
        if record is None:
            damaged = number
            continue
        end += len(line)
        yield record, end


def _record(line: bytes) -> dict[str, Json] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("id"), str) else None


class Ledger:
    """A ledger open for appending: `with Ledger(path) as ledger: ledger.append({...})`.

    `records` are the finished ones of earlier runs. Each append is on disk when it returns. The
    caller sees to it that there is one writer.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._end = 0
        self._handle = -1

    def __enter__(self) -> Ledger:
        try:
            new = not self.path.exists()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            if new:
                sync_dir(self.path.parent)
        except OSError as error:
            raise self._broken(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._handle)

    def recover(self) -> Iterator[dict[str, Json]]:
        """The finished records; at the end, what a killed writer left behind them is cut off.

        Raises InputError when the file is damaged, and then cuts nothing.
        """
        end = 0
        with self.path.open("rb") as file:
            for record, offset in finished(file, where=str(self.path)):
                end = offset
                yield record
        self._truncate(end)

    def clear(self) -> None:
        """Forget everything."""
        self._truncate(0)

    def append(self, line: bytes) -> None:
        """Add one encoded line. It is on disk when this returns; if it fails, none of it is."""
        try:
            os.lseek(self._handle, self._end, os.SEEK_SET)
            self._write(line)
            os.fsync(self._handle)
            self._end += len(line)
        except BaseException as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, self._end)
            if isinstance(error, OSError):
                raise self._broken(error) from error
            raise

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        while left:
            left = left[os.write(self._handle, left) :]

    def _truncate(self, end: int) -> None:
        if os.fstat(self._handle).st_size != end:
            os.ftruncate(self._handle, end)
            os.fsync(self._handle)
        self._end = end

    def _broken(self, error: OSError) -> RunError:
        return RunError(
            f"cannot write {self.path}: {error.strerror}",
            hint="check the folder's permissions and space, then run the job again",
        )
