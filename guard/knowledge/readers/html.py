"""HTML, by the standard library's event parser: no tree, so depth costs nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from guard.errors import InputError
from guard.files import decode
from guard.knowledge.reading import Builder, Kind, Reading, one_line

_SKIPPED = {"script", "style", "template"}
# fmt: off
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd",
    "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "head", "header", "hr", "html", "li", "main", "nav", "ol", "option", "p", "pre", "section",
    "select", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
}
# fmt: on
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})", re.IGNORECASE)


def read(raw: bytes, name: str) -> Reading:
    """An HTML page as its visible words. Raises InputError when it is not text."""
    parser = _Words()
    parser.feed(_decode(raw, name))
    parser.close()
    parser.flush()
    title = one_line("".join(parser.title))
    return parser.builder.build(name=name, title=title or parser.heading or Path(name).stem)


class _Words(HTMLParser):
    """Collects words, closing a block wherever a block element starts or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = Builder()
        self.title: list[str] = []
        self.heading = ""
        self._words: list[str] = []
        self._skipping = 0
        self._in_title = False
        self._level = 0
        self._in_pre = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag == "title":
            self._in_title = True
        elif tag in _HEADINGS or tag in _BLOCKS:
            self.flush()
            self._level = _HEADINGS.get(tag, 0)
            self._in_pre = tag == "pre"
        elif tag in ("td", "th") and self._words:
            self._words.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        """Close an element, whether or not it was open."""
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag == "title":
            self._in_title = False
        elif tag in _HEADINGS or tag in _BLOCKS:
            self.flush()
            self._level, self._in_pre = 0, False

    def handle_data(self, data: str) -> None:
        """Take words."""
        if self._in_title:
            self.title.append(data)
        elif not self._skipping:
            self._words.append(data)

    def flush(self) -> None:
        """Close the block that is being collected."""
        text = "".join(self._words)
        if not self._in_pre:
            text = " ".join(text.split())
        self._words.clear()
        kind: Kind = "heading" if self._level else "lines" if self._in_pre else "text"
        if self._level == 1 and not self.heading:
            self.heading = one_line(text)
        self.builder.add(text, kind=kind, level=self._level)


def _decode(raw: bytes, name: str) -> str:
    """UTF-8, or strictly the encoding that the page declares in its first kilobyte."""
    declared = _CHARSET.search(raw[:1024])
    try:
        return decode(raw, where=name)
    except InputError:
        if declared is None or b"\0" in raw:
            raise
        try:
            return raw.decode(declared[1].decode("ascii"))
        except (LookupError, ValueError):
            raise InputError(
                f"{name} is neither UTF-8 nor the {declared[1].decode()} it declares",
                hint="convert it first, for example with iconv -t utf-8",
            ) from None
