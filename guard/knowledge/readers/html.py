"""HTML: the visible words, block by block.

A scanner and not a parser: it builds no tree, so depth costs nothing, and it never looks back, so
its time is proportional to the length. The standard library's HTMLParser (and with it Beautiful
Soup's default) took minutes for 450 kB of unclosed attributes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from guard.errors import InputError
from guard.files import decode
from guard.knowledge.reading import Builder, Kind, Reading

# fmt: off
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd",
    "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "head", "header", "hr", "html", "li", "main", "nav", "ol", "option", "p", "pre", "section",
    "select", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
}
# fmt: on
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNSEEN = {"script", "style"}
_MARK = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})|[!?/])")
_IN_TAG = re.compile(r"=\s*[\"']|>")
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})", re.IGNORECASE)


def read(raw: bytes, name: str) -> Reading:
    """An HTML page as its visible words. Raises InputError when it is not text."""
    words = _Words()
    for tag, closing, text in _events(_decode(raw, name)):
        words.take(text)
        words.tag(tag, closing=closing)
    words.flush()
    return words.builder.build(name=name, title=" ".join(words.title))


@dataclass(kw_only=True)
class _Words:
    """Collects words, closing a block wherever a block element starts or ends."""

    builder: Builder = field(default_factory=Builder)
    title: list[str] = field(default_factory=list)
    block: list[str] = field(default_factory=list)
    within: str = ""  # the block element that started last, while it is open
    in_title: bool = False
    templates: int = 0

    def take(self, text: str) -> None:
        """Take the words before a tag."""
        if self.in_title:
            self.title.append(text)
        elif not self.templates and text:
            self.block.append(text)

    def tag(self, tag: str, *, closing: bool) -> None:
        """Take a tag, whether or not it fits to those before."""
        if tag == "title":
            self.in_title = not closing
        elif tag == "template":
            self.templates = max(0, self.templates + (-1 if closing else 1))
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.flush()
            self.within = "" if closing else tag
        elif tag in ("td", "th") and not closing and self.block:
            self.block.append(" | ")

    def flush(self) -> None:
        """Close the block that is being collected."""
        text = "".join(self.block)
        self.block.clear()
        level = _HEADINGS.get(self.within, 0)
        kind: Kind = "heading" if level else "lines" if self.within == "pre" else "text"
        self.builder.add(
            text if kind == "lines" else " ".join(text.split()), kind=kind, level=level
        )


def _events(text: str) -> Iterator[tuple[str, bool, str]]:
    """Each tag, whether it closes, and the text before it; at the end, a tag without a name.

    From a tag or comment on that is never closed, everything is text: nothing is lost unseen.
    """
    position = 0
    while mark := _MARK.search(text, position):
        tag, closing = (mark[3] or "").lower(), mark[2] == "/"
        end = _end(text, mark)
        if end is None:
            break
        yield tag, closing, html.unescape(text[position : mark.start()])
        position = end
        if tag in _UNSEEN and not closing:
            close = re.compile(f"</{tag}", re.IGNORECASE).search(text, end)
            position = len(text) if close is None else close.start()
    yield "", False, html.unescape(text[position:])


def _end(text: str, mark: re.Match[str]) -> int | None:
    """Where a tag, comment or declaration ends; a > in a quoted attribute does not end it."""
    if not mark[3]:
        end = "-->" if mark[1] else ">"
        found = text.find(end, mark.end())
        return None if found < 0 else found + len(end)
    position = mark.end()
    while inner := _IN_TAG.search(text, position):
        if inner[0] == ">":
            return inner.end()
        position = text.find(inner[0][-1], inner.end()) + 1
        if position == 0:
            return None
    return None


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
