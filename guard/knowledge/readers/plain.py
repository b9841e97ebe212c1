"""Plain text: paragraphs and list items, no headings."""

from __future__ import annotations

from pathlib import Path

from guard.files import decode
from guard.knowledge.readers.markdown import scan
from guard.knowledge.reading import Reading


def read(raw: bytes, name: str) -> Reading:
    """A text file; its text is kept as it is. Raises InputError when it is not UTF-8 text."""
    text = decode(raw, where=name)
    blocks = tuple(scan(text, headings=False))
    return Reading(name=name, title=Path(name).stem, text=text, blocks=blocks)
