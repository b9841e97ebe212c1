"""CSV: each row as words, `header: value; header: value`."""

from __future__ import annotations

import csv
import io

from guard.errors import InputError
from guard.files import decode
from guard.knowledge.reading import Builder, Reading, join, one_line

_DELIMITERS = ",;\t|"


def read(raw: bytes, name: str) -> Reading:
    """A table whose first row names the columns. Raises InputError with the line it fails at."""
    text = decode(raw, where=name)
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    builder = Builder()
    header: list[str] | None = None
    try:
        for row in rows:
            if header is None:
                header = [one_line(cell) for cell in row]
            else:
                builder.add(_words(header, row), kind="record")
    except csv.Error as error:
        raise InputError(
            f"{name} is not CSV: {error} at line {rows.line_num:,}",
            hint="quote cells that hold quotes, delimiters or line breaks",
        ) from error
    return builder.build(name=name)


def _words(header: list[str], row: list[str]) -> str:
    """A row in words, empty cells left out; a cell past the header is named by its column."""
    named = header + [f"column {number}" for number in range(len(header) + 1, len(row) + 1)]
    cells = zip(named, row, strict=False)
    return join((f"{key}: {value.strip()}" for key, value in cells if value.strip()), "; ")
