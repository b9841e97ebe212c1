"""Word documents, by python-docx: paragraphs, headings and tables in the order of the page."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from guard.errors import InputError, MissingExtraError
from guard.knowledge.reading import Builder, Reading

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRIES = 5_000


def read(raw: bytes, name: str) -> Reading:
    """A Word document's text. Raises InputError when it is damaged, encrypted or a zip bomb."""
    try:
        import docx
    except ImportError as error:
        raise MissingExtraError("python-docx", extra="documents", what=f"reading {name}") from error

    _check_archive(raw, name)
    return _blocks(docx.Document(io.BytesIO(raw)), name)


def _check_archive(raw: bytes, name: str) -> None:
    """Refuse what would unpack to too much; zipfile itself reads no more than is declared."""
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(
            f"{name} is encrypted, or in the old .doc format", hint="save it as a plain .docx"
        )
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or size > MAX_UNPACKED:
        raise InputError(
            f"{name} unpacks to {size:,} bytes in {len(entries):,} parts, which is too much",
            hint=f"at most {MAX_UNPACKED:,} bytes in {MAX_ENTRIES:,} parts are read",
        )


def _blocks(document: Any, name: str) -> Reading:
    builder = Builder()
    title = str(document.core_properties.title or "")
    for part in document.iter_inner_content():
        if hasattr(part, "rows"):
            _add_table(builder, part)
            continue
        style = str(part.style.name) if part.style is not None else ""
        if style == "Title":
            title = title or part.text
        level = _level(style)
        builder.add(part.text, kind="heading" if level else "text", level=level)
    return builder.build(name=name, title=title)


def _add_table(builder: Builder, table: Any) -> None:
    for row in table.rows:
        # A merged cell is given once for each column that it spans.
        cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
        builder.add(" | ".join(text for text in cells if text))


def _level(style: str) -> int:
    """The level of a heading's style, 0 for other styles."""
    if style == "Title":
        return 1
    word, _, number = style.partition(" ")
    return int(number) if word == "Heading" and number.isdecimal() and number.isascii() else 0
