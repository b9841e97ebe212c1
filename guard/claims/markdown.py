"""The blocks of a Markdown text, with exact offsets.

Block structure comes from markdown-it-py; offsets come from the source lines. Where Markdown would
hide words from checking (HTML blocks, link definitions, prose in code fences, underlined text), the
words are taken as prose: what is shown to a reader is to be checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from guard.types import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BlockKind = Literal["prose", "heading", "code", "formula", "table", "json", "rule"]
PROTECTED: frozenset[BlockKind] = frozenset({"code", "formula", "table", "json"})

_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_MARKER = re.compile(r"[ \t]*(?:>[ \t]?)*(?:[-*+]|\d{1,2}[.)])?[ \t]*")
_YEAR = re.compile(r"^([ \t]*(?:>[ \t]?)*\d{3,9})[.)](?=[ \t]|$)")
_COUNT = re.compile(r"^(\d{1,2})[.)](?=[ \t]|$)")
_RULE = re.compile(r"[ \t]*(?:=+|-{3,}|[-+*>])[ \t]*")
_SENTENCE = re.compile(r"[A-Za-z]{2,}[,;]? [a-z]{2,} [^\n]{6,200}?[.!?](?=\s|$)")
_CODE_SIGNS = re.compile(r"[{}<>=;\\|$]|\w\(|^\s*(?:#|//|\$ |>>> )|--\w", re.MULTILINE)
_TEXT_FENCES = {"", "text", "txt", "plain", "plaintext", "markdown", "md"}
_JSON_TRIES = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A block of a text.

    `span` covers it; `lines` are the parts of its source lines that hold content, without list and
    quote markers. `item` tells that it stands in a list, `level` is a heading's.
    """

    kind: BlockKind
    span: Span
    lines: tuple[Span, ...]
    item: bool = False
    level: int = 0

    @property
    def protected(self) -> bool:
        """Whether trimming leaves it alone."""
        return self.kind in PROTECTED


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    lines: tuple[Span, ...]


def blocks(text: str) -> tuple[Block, ...]:
    """Every block of `text`, in order; no character but whitespace and markers is in none."""
    even = text.replace("\r\n", " \n").replace("\r", "\n").replace("\0", " ")
    source = _Source(even, tuple(_line_spans(even)))
    fixed = _fixed(source)
    hidden = {number for block in fixed for number in _numbers(source, block)}
    rest = ["" if n in hidden else line.of(even) for n, line in enumerate(source.lines)]
    found = [*fixed, *_parsed(source, _without_answers(rest))]
    covered = {number for block in found for number in _numbers(source, block)}
    found += _left_over(source, covered)
    return tuple(sorted(found, key=lambda block: block.span.start))


def _line_spans(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        yield Span(start=start, end=start + len(line))
        start += len(line) + 1


def _numbers(source: _Source, block: Block) -> range:
    from bisect import bisect_right

    starts = source.lines
    first = bisect_right(starts, block.span.start, key=lambda line: line.start) - 1
    last = bisect_right(starts, max(block.span.end - 1, 0), key=lambda line: line.start) - 1
    return range(first, last + 1)


def _block(source: _Source, kind: BlockKind, first: int, last: int) -> Block:
    """The block of whole lines `[first, last)`."""
    lines = tuple(_stripped(source, number) for number in range(first, last))
    return Block(kind=kind, span=Span(start=lines[0].start, end=lines[-1].end), lines=lines)


def _stripped(source: _Source, number: int) -> Span:
    line = source.lines[number]
    words = line.of(source.text)
    start = line.start + len(words) - len(words.lstrip())
    return Span(start=start, end=max(start, line.start + len(words.rstrip())))


def _fixed(source: _Source) -> list[Block]:
    """Display formulas and bare JSON, which a Markdown parser would take for something else."""
    found: list[Block] = []
    fence, tries, number = "", 0, 0
    while number < len(source.lines):
        line = source.lines[number].of(source.text)
        opened = _FENCE.match(line)
        if opened and (not fence or opened[1].startswith(fence)):
            fence = "" if fence else opened[1]
        last = None if fence or opened else _formula_end(source, number)
        kind: BlockKind = "formula"
        if last is None and not fence and line[:1] in ("{", "[") and tries < _JSON_TRIES:
            tries, kind = tries + 1, "json"
            last = _json_end(source, number)
        if last is not None:
            found.append(_block(source, kind, number, last))
        number = last or number + 1
    return found


def _formula_end(source: _Source, number: int) -> int | None:
    """The line behind the display formula that starts at line `number`, if one does."""
    line = source.lines[number].of(source.text).strip()
    close = {"$$": "$$", "\\[": "\\]"}.get(line[:2])
    if close is None:
        return None
    if len(line) > 3 and line.endswith(close):
        return number + 1
    if len(line) > 2 and close in line[2:]:
        return None
    for later in range(number + 1, min(len(source.lines), number + 60)):
        words = source.lines[later].of(source.text).strip()
        if not words:
            return None
        if words.endswith(close):
            return later + 1
    return None


def _json_end(source: _Source, number: int) -> int | None:
    """The line behind the bare JSON object or array that starts at line `number`, if one does."""
    from bisect import bisect_left

    try:
        value, end = json.JSONDecoder().raw_decode(source.text, source.lines[number].start)
    except (ValueError, RecursionError):
        return None
    big = len(value) > 1 or (value and isinstance(value, dict))
    last = bisect_left(source.lines, end, key=lambda line: line.end)
    rest = source.text[end : source.lines[last].end]
    return last + 1 if big and not rest.strip() else None


def _without_answers(lines: list[str]) -> str:
    """The text to parse, where numbers that are answers are kept from being list markers.

    "1945. It ended in May." and a lone "42. That is all." are no items of a list.
    """
    lines = [_YEAR.sub(r"\1,", line) for line in lines]
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    match = _COUNT.match(lines[first])
    if match and int(match[1]) > 1:
        following = re.compile(rf"[ \t]*{int(match[1]) + 1}[.)][ \t]")
        if not any(following.match(line) for line in lines):
            lines[first] = _COUNT.sub(r"\1,", lines[first])
    return "\n".join(lines)


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.disable(["html_block", "reference", "lheading"])
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


def _parsed(source: _Source, text: str) -> Iterator[Block]:
    tokens = _parser().parse(text)
    items = level = 0
    for number, token in enumerate(tokens):
        items += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "heading_open":
            level = int(token.tag[1:])
        if token.map is None or (token.type == "inline" and tokens[number - 1].map is None):
            continue  # a table cell: the table is taken as a whole
        yield from _of_token(source, token, in_list=items > 0, level=level)
        if token.type == "inline":
            level = 0


def _of_token(source: _Source, token: Token, *, in_list: bool, level: int) -> Iterator[Block]:
    first, last = token.map or (0, 0)
    last = min(last, len(source.lines))
    while last > first and not source.lines[last - 1].of(source.text).strip():
        last -= 1
    if first == last:
        return
    if token.type in ("fence", "code_block"):
        yield from _code(source, token, first, last)
    elif token.type == "table_open":
        yield _block(source, "table", first, last)
    elif token.type == "hr":
        yield _block(source, "rule", first, last)
    elif token.type == "inline":
        lines = _content(source, token, first, last)
        if lines:
            span = Span(start=lines[0].start, end=lines[-1].end)
            kind: BlockKind = "heading" if level else "prose"
            yield Block(kind=kind, span=span, lines=lines, item=in_list, level=level)


def _content(source: _Source, token: Token, first: int, last: int) -> tuple[Span, ...]:
    """Where the lines of a token's content are in the source."""
    found = []
    for number, content in zip(range(first, last), token.content.split("\n"), strict=False):
        line = source.lines[number]
        whole, words = line.of(source.text), content.strip()
        at = whole.rfind(words)
        if not words or _RULE.fullmatch(words):
            continue
        found.append(
            Span(start=line.start + at, end=line.start + at + len(words))
            if at >= 0
            else _stripped(source, number)
        )
    return tuple(found)


def _code(source: _Source, token: Token, first: int, last: int) -> Iterator[Block]:
    """Code is protected; prose in a fence or behind an indent is prose."""
    language = token.info.strip().split(" ")[0].lower()
    fenced = token.type == "fence"
    words = _SENTENCE.search(token.content) is not None or not fenced
    if language in _TEXT_FENCES and words and not _coded(token.content):
        yield from _by_line(source, range(first, last))
    else:
        yield _block(source, "code", first, last)


def _coded(text: str) -> bool:
    """Whether at least a third of the lines look like a program."""
    lines = [line for line in text.split("\n") if line.strip()]
    signs = sum(_CODE_SIGNS.search(line) is not None for line in lines)
    return signs * 3 >= len(lines)


def _by_line(source: _Source, numbers: Iterable[int]) -> Iterator[Block]:
    """Each line a block of prose, fences aside."""
    for number in numbers:
        line = _prose_line(source, number)
        if line:
            words = source.lines[number].of(source.text)
            empty = _FENCE.match(words) or not any(letter.isalnum() for letter in words)
            yield Block(kind="rule" if empty else "prose", span=line, lines=(line,))


def _prose_line(source: _Source, number: int) -> Span | None:
    """A line without the markers before it."""
    line = _stripped(source, number)
    words = line.of(source.text)
    marker = _MARKER.match(words)
    start = line.start + (marker.end() if marker else 0)
    if start == line.end and any(letter.isdigit() for letter in words):
        return line  # "42." is an answer, not an empty item of a list
    return Span(start=start, end=line.end) if start < line.end else None


def _left_over(source: _Source, covered: set[int]) -> Iterator[Block]:
    """Lines that the parser gave up on (nested too deeply): prose, so that they are checked."""
    numbers = range(len(source.lines))
    yield from _by_line(source, (number for number in numbers if number not in covered))
