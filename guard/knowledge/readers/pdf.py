"""PDF, by pypdf: the text layer, page by page."""

from __future__ import annotations

import io
import logging
from typing import Any

from guard.errors import InputError, MissingExtraError
from guard.knowledge.readers.markdown import scan
from guard.knowledge.reading import Builder, Reading

MAX_PAGES = 5_000
MAX_CHARACTERS = 50_000_000


def read(raw: bytes, name: str) -> Reading:
    """A PDF's text. Raises InputError when it is damaged, encrypted or too long."""
    try:
        import pypdf
    except ImportError as error:
        raise MissingExtraError("pypdf", extra="documents", what=f"reading {name}") from error

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it narrates every odd object
    reader = pypdf.PdfReader(io.BytesIO(raw), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError(f"{name} is encrypted", hint="save a copy without a password")
    return _pages(reader, name)


def _pages(reader: Any, name: str) -> Reading:
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise InputError(f"{name} has {count:,} pages, more than {MAX_PAGES:,}", hint="split it")
    builder = Builder()
    total = 0
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        total += len(text)
        if total > MAX_CHARACTERS:
            raise InputError(f"{name} has over {MAX_CHARACTERS:,} characters", hint="split it")
        for block in scan(text, headings=False):
            builder.add(block.span.of(text), page=number)
    title = reader.metadata.title if reader.metadata else None
    return builder.build(name=name, title=str(title or ""))
