"""From a file of any known format to a text with structure: one table, one reader a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from guard.errors import GuardError, InputError
from guard.files import MAX_BYTES
from guard.knowledge.readers import docx, html, json_lines, markdown, pdf, plain, table
from guard.knowledge.reading import Reading, one_line

Reader = Callable[[bytes, str], Reading]
"""Takes a file's bytes and its name. Raises InputError or MissingExtraError."""

READERS: dict[str, Reader] = {
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".txt": plain.read,
    ".html": html.read,
    ".htm": html.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
    ".csv": table.read,
    ".tsv": table.read,
    ".jsonl": json_lines.read,
}


def read_document(path: Path) -> Reading:
    """The text of a file, with its title, blocks and pages.

    Raises InputError when it is missing, too large, of no known format, damaged, encrypted, in a
    wrong encoding, or has no text in it; MissingExtraError when its format needs a package.
    """
    return read_bytes(load(path), name=path.name)


def load(path: Path) -> bytes:
    """The bytes of a regular file of at most MAX_BYTES. Raises InputError."""
    try:
        if not path.is_file():
            raise InputError(f"there is no file {path}", hint="check the path")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror}", hint="check its permissions"
        ) from error
    if len(raw) > MAX_BYTES:
        raise InputError(f"{path} has more than {MAX_BYTES:,} bytes", hint="split it")
    return raw


def read_bytes(raw: bytes, *, name: str) -> Reading:
    """The document in `raw`, read as the suffix of `name` says. Raises as read_document."""
    suffix = Path(name).suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        known = " ".join(READERS)
        raise InputError(f"{name} has no known format", hint=f"known are {known}")
    try:
        reading = reader(raw, name)
    except GuardError:
        raise
    except Exception as error:  # a damaged file makes the libraries raise nearly anything
        detail = one_line(str(error)) or type(error).__name__
        raise InputError(
            f"{name} is damaged, or no {suffix} file: {detail}", hint="open it and save it again"
        ) from error
    if not reading.text.strip():
        scan = ": a scan needs text recognition first" if suffix == ".pdf" else ""
        raise InputError(f"{name} has no text in it{scan}", hint="leave it out, or add its text")
    return reading
