"""Where sentences end. Spans are exact offsets into the text that was given.

A scan over the characters with tables of words, made for answers of language models: Markdown,
numbers, units, versions, addresses. When in doubt it does not split: two statements in one claim
can still be checked together, half a statement cannot be checked at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guard.claims.grammar import vocabulary
from guard.claims.inline import link_texts, mask
from guard.claims.markdown import Block, blocks
from guard.types import Span

# A full stop behind these never ends a sentence.
_NEVER = vocabulary(
    "dr mr mrs ms mx prof st mt ft rev hon gen col sgt capt lt cmdr sen rep gov pres messrs e.g "
    "i.e eg ie vs cf viz resp approx ca incl excl esp"
)
# ... nor behind these when a number or a numeral follows.
_BEFORE_NUMBER = vocabulary(
    "no nos fig figs eq eqs sec secs vol vols ch chap p pp par art tab ref refs ver v nr ex op "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
# Behind these it may: what decides is whether the next word is one that begins sentences.
_MAYBE = vocabulary(
    "inc ltd co corp llc plc jr sr bros dept univ assn ave blvd rd etc al ph.d phd a.m p.m u.s "
    "u.k u.n e.u u.s.a d.c b.c a.d b.c.e c.e min max temp"
)
_STARTERS = vocabulary(
    "the a an it its he she they we you i this that these those there here in on at by for from "
    "with when while if after before since as to and but or so however moreover also then thus "
    "therefore finally first second next its his her their our your my what who why how where "
    "which no not all some many most each every both one two three although because during "
    "according overall today now please another such once unlike despite note"
)
_UNITS = frozenset("ABCFGHJKLMNSTVW")
"""Letters that are units behind a number, where they would be initials behind a name."""
_CLOSERS = "\"'”’»)]*_"
_OPENERS = "\"'“‘«([*_¿¡"
_NOTE_LIMIT = 400
_KEYED = re.compile(r"[*_ ]*[\w(][\w ()/'°%.-]{0,40}[*_ ]*:[*_ ]*\s?\S")
_INITIAL = re.compile(r"[A-Z]\.")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_ROMAN = re.compile(r"[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})")


def sentences(text: str) -> tuple[Span, ...]:
    """The spans of the sentences of a Markdown text: no code, formulas, tables, JSON, headings."""
    return tuple(
        span for block in blocks(text) if block.kind == "prose" for span in split(text, block)
    )


def split(text: str, block: Block) -> Iterator[Span]:
    """The sentences of one block of prose or of a heading."""
    shown = view(text, block)
    start = 0
    for end in [*_ends(shown, mask(shown)), len(shown)]:
        words = shown[start:end]
        if words.strip():
            first = block.span.start + start + len(words) - len(words.lstrip())
            yield Span(start=first, end=first + len(words.strip()))
        start = end


def view(text: str, block: Block) -> str:
    """The block at its own length, with a blank for every marker between its lines."""
    parts: list[str] = []
    at = block.span.start
    for line in block.lines:
        gap = text[at : line.start]
        parts += ["".join("\n" if c == "\n" else " " for c in gap), line.of(text)]
        at = line.end
    return "".join(parts).replace("\r", " ").replace("\0", " ")


def _ends(shown: str, masked: str) -> Iterator[int]:
    """The offsets in `shown` at which sentences end."""
    kept = _kept_together(shown, masked)
    start = at = 0
    while at < len(masked):
        letter = masked[at]
        end = None
        if letter in ".!?…。！？":
            end = _end_at(shown, masked, start, at)
            at = _behind(shown, masked, at) - 1
        elif letter == "\n" and _breaks(shown, masked, at):
            end = at + 1
        if end is not None and (end >= len(kept) or not kept[end]):
            yield end
            start = end
            at = max(at, end - 1)
        at += 1


def _behind(shown: str, masked: str, at: int) -> int:
    """The offset behind the stops that start at `at` and the quotes and brackets that close."""
    while at < len(masked) and masked[at] in ".!?…。！？":
        at += 1
    while at < len(masked) and (masked[at] in _CLOSERS or _is_emoji(masked[at])):
        at += 1
    after = at
    while after < len(masked) and (masked[after] == " " or _is_emoji(masked[after])):
        after += 1
        if _is_emoji(masked[after - 1]):
            at = after
    if shown.startswith(" [", at) and masked.startswith(" **", at):
        at += 1
        while at < len(masked) and masked[at] == "*":
            at += 1
    return at


def _is_emoji(letter: str) -> bool:
    return ord(letter) >= 0x1F000 or 0x2600 <= ord(letter) <= 0x27BF or ord(letter) == 0xFE0F


def _end_at(shown: str, masked: str, start: int, at: int) -> int | None:
    """Where the sentence ends whose last stop may be at `at`; None if it goes on."""
    end = _behind(shown, masked, at)
    if masked[at] in "。！？":
        return end
    word = _next_word(masked, end) if masked[end : end + 1].isspace() else ""
    if not word or not _may_begin(word):
        return None
    if masked[at] != "." or masked.startswith("..", at):
        return end
    if _ROMAN.fullmatch(masked[start : min(at, start + 40)].strip(" *_\n")):
        return None  # "1." at the start of a sentence counts, it does not end
    return end if _full_stop(masked[max(start, at - 80) : at], word) else None


def _next_word(masked: str, at: int) -> str:
    while at < len(masked) and (masked[at].isspace() or masked[at] in _OPENERS):
        at += 1
    end = at
    while end < len(masked) and not masked[end].isspace() and end - at < 60:
        end += 1
    return masked[at:end]


def _may_begin(word: str) -> bool:
    """Whether a sentence may begin with `word`: iPhones and addresses, but no small letter."""
    if not word[0].islower():
        return True
    return word.startswith("uuuu") or (len(word) > 1 and word[1].isupper())


def _full_stop(before: str, word: str) -> bool:
    """Whether the stop between `before` and `word` ends a sentence."""
    last = "".join(before.split()[-1:])
    stem = last.lstrip(_OPENERS).lower()
    following = word.rstrip(".,;:!?" + _CLOSERS).lower().replace("’", "'").partition("'")[0]
    begins = following in _STARTERS
    lead = before[: -len(last)].rstrip() if stem.isdigit() and len(stem) < 3 else ""
    if lead[-1:] in (":", ";") and lead[-2:-1].isalpha():
        return False  # "Steps: 1. Press it."
    if stem in _NEVER:
        return False
    if stem in _BEFORE_NUMBER:
        numeral = word.rstrip(".,").isupper() and len(word) <= 4
        return not (word[0].isdigit() or numeral)
    if stem in _MAYBE:
        return begins or stem == "etc"
    initial = len(stem) == 1 and stem.isalpha() and last.lstrip(_OPENERS).isupper()
    if initial and _is_unit(before[: -len(last)], last):
        return _INITIAL.fullmatch(word) is None
    dotted = "." in stem and all(len(part) == 1 for part in stem.split("."))
    return begins if initial or dotted else True


def _is_unit(before: str, letter: str) -> bool:
    """Whether a letter is the unit of the number before it: "75 W", but not "In 1995 W. Ngo"."""
    number = "".join(before.split()[-1:])
    return letter in _UNITS and number[-1:].isdigit() and _YEAR.fullmatch(number) is None


def _breaks(shown: str, masked: str, at: int) -> bool:
    """Whether the line break at `at` ends a statement: a hard break, or lines of `name: value`."""
    if shown.endswith(("  ", "\\"), 0, at):
        return True
    line = masked[masked.rfind("\n", 0, at) + 1 : at]
    following = masked[at + 1 : at + 100].lstrip()
    if _KEYED.match(line.lstrip()) is None:
        return False
    line = line.rstrip(" *")  # a mark at its end, masked, is no part of it
    short = len(line) < 60 and line[-1:] not in ",;" and following[:1].isupper()
    return short or _KEYED.match(following) is not None


def _kept_together(shown: str, masked: str) -> bytearray:
    """1 for every offset inside a quotation, brackets or a link, where no sentence ends."""
    kept = bytearray(len(masked))
    for start, end in [*_pairs(masked), *link_texts(shown)]:
        if end - start <= _NOTE_LIMIT:
            kept[start + 1 : end + 1] = b"\1" * (end - start)
    return kept


def _pairs(masked: str) -> Iterator[tuple[int, int]]:
    closing = {")": "(", "]": "[", "”": "“", "»": "«"}
    opened: dict[str, int] = {}
    for at, letter in enumerate(masked):
        if letter == '"':
            if '"' in opened:
                yield opened.pop('"'), at
            elif at == 0 or masked[at - 1].isspace() or masked[at - 1] in "([*_":
                opened['"'] = at
        elif letter in "([“«":
            opened.setdefault(letter, at)
        elif letter in closing and closing[letter] in opened:
            yield opened.pop(closing[letter]), at
