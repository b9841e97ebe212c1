"""Reading and writing files so that nothing is misread and nothing is half-written."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import NoReturn

from guard.errors import InputError, RunError
from guard.types import Json

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 200


def cache_dir() -> Path:
    """Where converted models and grammars are kept: `GUARD_CACHE`, or `~/.cache/guard`."""
    return Path(os.environ.get("GUARD_CACHE") or Path.home() / ".cache" / "guard")


def sha256(data: bytes | str) -> str:
    """The hex digest of `data`, text being taken as UTF-8."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return hashlib.sha256(raw).hexdigest()


def sha256_file(path: Path) -> str:
    """The hex digest of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomic(path: Path, data: bytes | str, *, durable: bool = True) -> None:
    """Write `data` so that `path` holds either its old content or all of the new.

    A temporary file beside it is written, flushed to disk and renamed over it. Without `durable` it
    is not flushed: after a power cut the file may be empty. Raises RunError.
    """
    raw = data.encode("utf-8") if isinstance(data, str) else data
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, raw, durable=durable)
    except OSError as error:
        raise RunError(
            f"cannot write {path}: {error.strerror}",
            hint="check the folder's permissions and space",
        ) from error


def _replace(path: Path, raw: bytes, *, durable: bool) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(name, _mode(path))
        os.replace(name, path)
        if durable:
            sync_dir(path.parent)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _mode(path: Path) -> int:
    """The mode of the file that is replaced, or what the umask gives a new one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def sync_dir(folder: Path) -> None:
    """Make a rename inside `folder` last through a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_text(path: Path, *, limit: int = MAX_BYTES, what: str = "file") -> str:
    """The UTF-8 text of `path`, without a byte order mark.

    Raises InputError when it is missing, a folder, unreadable, over `limit` bytes, binary, or in
    another encoding.
    """
    try:
        if path.stat().st_size > limit:
            raise InputError(
                f"{what} {path} has {path.stat().st_size:,} bytes, more than {limit:,}",
                hint="split it, or pass a smaller one",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read {what} {path}: {error.strerror}",
            hint="check the path and its permissions",
        ) from error
    return decode(raw, where=f"{what} {path}")


def decode(raw: bytes, *, where: str) -> str:
    """The text of UTF-8 bytes. Raises InputError on NUL bytes and on any other encoding."""
    if b"\0" in raw:
        raise InputError(f"{where} is binary, not text", hint="pass a UTF-8 text file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where} is not UTF-8: byte {raw[error.start]:#04x} at offset {error.start:,}",
            hint="convert it first, for example with iconv -t utf-8",
        ) from error


def parse_json(text: str, *, where: str) -> Json:
    """Parse JSON as the standard has it: no duplicate keys, no NaN, at most 200 levels deep.

    Raises InputError with line and column.
    """
    try:
        value = _decoder(where).decode(text)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        raise InputError(
            f"{where} is not JSON: {error.msg} at {at}", hint="mend the JSON"
        ) from error
    except RecursionError as error:
        raise _too_deep(where) from error
    except ValueError as error:  # integers of more digits than Python converts
        raise InputError(
            f"{where} cannot be read as JSON: {error}", hint="mend the JSON"
        ) from error
    if _deeper_than(value, MAX_DEPTH):
        raise _too_deep(where)
    return value


def is_json(text: str) -> bool:
    """Whether a text is one JSON value, as far as Python's own reader takes it."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _decoder(where: str) -> json.JSONDecoder:
    """A decoder without Python's liberties; `where` is what its errors name."""

    def refuse(number: str) -> NoReturn:
        raise InputError(f"{where} has {number}, which JSON cannot hold", hint="use null or less")

    def finite(digits: str) -> float:
        number = float(digits)
        return refuse(digits) if math.isinf(number) else number

    def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        table = dict(pairs)
        if len(table) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = next(key for key, count in counts.items() if count > 1)
            raise InputError(f"{where} has the key {twice!r} twice", hint="remove one of them")
        return table

    return json.JSONDecoder(parse_constant=refuse, parse_float=finite, object_pairs_hook=unique)


def _too_deep(where: str) -> InputError:
    return InputError(f"{where} is nested deeper than {MAX_DEPTH} levels", hint="flatten it")


def _deeper_than(value: Json, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Json) -> list[Json]:
    if isinstance(node, dict):
        return list(node.values())
    return list(node) if isinstance(node, list) else []
