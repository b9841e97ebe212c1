"""What a job works on: one row a document, found quickly and read only when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from guard.errors import InputError
from guard.files import MAX_BYTES, decode, parse_json, sha256, sha256_file
from guard.types import Document, Json

SUFFIXES = frozenset((".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx"))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One document of a job.

    `id` is unique in the job; `source` says where it is (a path, or path:line); `sha256` tells
    whether it changed since an earlier run; `read` gives the document, or raises InputError.
    """

    id: str
    source: str
    sha256: str
    read: Callable[[], Document]


def text_row(id: str, text: str, *, source: str) -> Row:
    """A row whose text is at hand."""
    document = Document(name=source, text=text)
    return Row(id=id, source=source, sha256=sha256(text), read=lambda: document)


def find_rows(inputs: Sequence[Path], *, text_key: str = "text") -> list[Row]:
    """The rows of files, folders (all documents below) and JSONL files, in a stable order.

    A file's id is its path. A JSONL line's id is its `id`, else a hash of its text, which stands
    under `text_key`. A line that cannot be read becomes a row that fails. Raises InputError for a
    path that is missing, an id that comes twice, and when there are no rows.
    """
    rows = [row for path in _files(inputs) for row in _rows(path, text_key)]
    _require_unique(rows)
    if not rows:
        raise InputError(
            f"no rows in {', '.join(map(str, inputs))}",
            hint=f"pass a JSONL file, or documents ({' '.join(sorted(SUFFIXES))})",
        )
    return rows


def _files(inputs: Iterable[Path]) -> list[Path]:
    """The files meant, each once."""
    found: dict[Path, Path] = {}
    for path in inputs:
        if not path.exists():
            raise InputError(f"cannot read input {path}: no such file", hint="check the path")
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in below:
            if file == path or _is_document(file, path):
                found.setdefault(file.resolve(), file)
    return list(found.values())


def _is_document(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return file.suffix.lower() in SUFFIXES and not hidden and file.is_file()


def _rows(path: Path, text_key: str) -> Iterator[Row]:
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _jsonl(path, text_key)
    elif path.is_file():
        name = path.as_posix()
        yield Row(id=name, source=name, sha256=_hash(path), read=partial(_read_file, path))


def _hash(path: Path) -> str:
    try:
        return sha256_file(path)
    except OSError as error:
        raise InputError(
            f"cannot read input {path}: {error.strerror}", hint="check its permissions"
        ) from error


def _read_file(path: Path) -> Document:
    from guard.knowledge import read_document

    # Two folders may have a file of the same name.
    return replace(read_document(path), name=path.as_posix())


def _jsonl(path: Path, text_key: str) -> Iterator[Row]:
    hashes: dict[str, int] = {}
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                where = f"{path.as_posix()}:{number}"
                row = _line(line, where, text_key, partial(_read_at, path, offset, len(line)))
                yield _numbered(row, hashes) if row.id == _content_id(row.sha256) else row
            offset += len(line)


def _line(line: bytes, where: str, text_key: str, again: Callable[[], bytes]) -> Row:
    try:
        given, text = _fields(line, where, text_key)
    except InputError as error:
        return Row(id=where, source=where, sha256=sha256(line), read=partial(_fail, error))
    digest = sha256(text)
    read = partial(_read_line, again, where, text_key, digest)
    return Row(id=given or _content_id(digest), source=where, sha256=digest, read=read)


def _fields(line: bytes, where: str, text_key: str) -> tuple[str | None, str]:
    """Id and text of a JSONL line. Raises InputError."""
    if len(line) > MAX_BYTES:
        raise InputError(f"{where} has more than {MAX_BYTES:,} bytes", hint="split the text")
    record: Json = parse_json(decode(line, where=where), where=where)
    text = record.get(text_key) if isinstance(record, dict) else None
    if not isinstance(text, str):
        raise InputError(
            f"{where} has no text under the key {text_key!r}",
            hint='write lines of {"id": ..., "text": ...}, or name the key with --text-key',
        )
    given = record.get("id")
    if given is None or given == "":
        return None, text
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise InputError(
            f"{where} has the id {given!r}", hint="an id is a text or a whole number, or left out"
        )
    return str(given), text


def _content_id(digest: str) -> str:
    return f"sha256-{digest[:16]}"


def _numbered(row: Row, seen: dict[str, int]) -> Row:
    """`row` with a number behind its id from its text's second occurrence on."""
    count = seen[row.id] = seen.get(row.id, 0) + 1
    return row if count == 1 else replace(row, id=f"{row.id}-{count}")


def _read_at(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _read_line(again: Callable[[], bytes], where: str, text_key: str, digest: str) -> Document:
    _, text = _fields(again(), where, text_key)
    if sha256(text) != digest:
        raise InputError(f"{where} changed while the job ran", hint="run the job again")
    return Document(name=where, text=text)


def _fail(error: InputError) -> NoReturn:
    raise error


def _require_unique(rows: Iterable[Row]) -> None:
    seen: dict[str, str] = {}
    for row in rows:
        if row.id in seen:
            raise InputError(
                f"the id {row.id!r} comes twice: {seen[row.id]} and {row.source}",
                hint="give every row its own id",
            )
        seen[row.id] = row.source
