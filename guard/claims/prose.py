"""From prose to claims: sentences, clauses and table cells, each with its exact place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from guard.claims.answers import from_question, is_short
from guard.claims.checkable import EMPTY, FILLER, statement_start, why_not
from guard.claims.clauses import Clause, clauses, contrast
from guard.claims.context import inside, is_pronoun, noun_for, subject_of, under, with_noun
from guard.claims.grammar import has_verb, vocabulary, words
from guard.claims.inline import mask, plain
from guard.claims.markdown import Block, blocks
from guard.claims.sentences import split, view
from guard.claims.tables import cells
from guard.types import Claim, Span

_WH = vocabulary("what why how when where who which whether")


@dataclass(slots=True)
class _Around:
    """What was read last: the subject of the sentence before, the heading, the list's lead-in."""

    subject: str | None = None
    heading: str | None = None
    intro: str | None = None


def claims_from_text(
    text: str, *, question: str | None = None, prefix: str = "c"
) -> tuple[Claim, ...]:
    """The claims of a Markdown text, in order, numbered `c1`, `c2`, ...

    Every sentence is in one, and so is every cell of a table; what is not a claim says why. Code,
    formulas, JSON and headings are not claims. A short answer that opens the text is worded with
    the `question`.
    """
    found = list(_all(text))
    if question and found and found[0].not_checkable in (None, EMPTY):
        found[0] = _answered(found[0], question)
    return tuple(replace(claim, id=f"{prefix}{n}") for n, claim in enumerate(found, start=1))


def _answered(claim: Claim, question: str) -> Claim:
    bare = claim.text.strip("\"'“” ")
    if claim.sentence is not None or not is_short(bare) or not any(c.isalnum() for c in bare):
        return claim
    return replace(claim, text=from_question(question, bare), not_checkable=None)


def _all(text: str) -> Iterator[Claim]:
    around = _Around()
    for block in blocks(text):
        around.subject = None
        if block.kind == "table":
            yield from _of_table(text, block)
        elif block.kind == "heading":
            yield from _of_heading(text, block, around)
        elif block.kind == "prose":
            if not block.item:
                around.intro = None
            yield from _of_prose(text, block, around)


def _of_table(text: str, block: Block) -> Iterator[Claim]:
    for cell in cells(text, block):
        yield Claim(
            id="",
            text=cell.text,
            kind="prose",
            span=cell.span,
            sentence=cell.row,
            not_checkable=why_not(plain(cell.span.of(text))),
        )


def _of_heading(text: str, block: Block, around: _Around) -> Iterator[Claim]:
    """A heading is no claim, unless it is a statement: then it is checked like any other."""
    words_of = plain(view(text, block)).rstrip("# ")
    around.heading, around.intro = words_of.rstrip(":"), None
    found = words(words_of)
    stated = len(found) > 2 and found[0].key not in _WH and has_verb(words_of)
    if stated and not words_of.endswith("?"):
        yield from _of_prose(text, block, around)


def _of_prose(text: str, block: Block, around: _Around) -> Iterator[Claim]:
    for span in split(text, block):
        shown = view(text, _part(block, span))
        yield from _of_sentence(shown, span, around, item=block.item)


def _part(block: Block, span: Span) -> Block:
    """The block cut down to one sentence."""
    lines = tuple(
        Span(start=max(line.start, span.start), end=min(line.end, span.end))
        for line in block.lines
        if line.start < span.end and span.start < line.end
    )
    return replace(block, span=span, lines=lines)


def _of_sentence(shown: str, span: Span, around: _Around, *, item: bool) -> Iterator[Claim]:
    """The claims of one sentence: `shown` are its words, `span` is its place."""
    masked, sentence = mask(shown), plain(shown)
    reason = why_not(sentence)
    lead = _lead(masked)
    parts = _by_contrast(masked) or (
        (_whole(masked, lead),) if reason else clauses(masked, start=lead)
    )
    if len(parts) == 1:
        yield _single(shown, span, parts[0].body, reason, around, item=item)
    else:
        yield from _compound(shown, span, parts, around)
    _remember(sentence, reason, around, item=item)


def _lead(masked: str) -> int:
    """The offset in a masked sentence at which its statement begins, behind all hedging."""
    start = len(masked) - len(masked.lstrip("*_\"'“‘( \n"))
    hedge = statement_start(masked[start:])
    return start + hedge if hedge else 0


def _whole(masked: str, start: int) -> Clause:
    return Clause(0, len(masked), start, len(masked))


def _by_contrast(masked: str) -> tuple[Clause, ...] | None:
    """ "I am not sure, but ...": the second half is a claim although the first is none."""
    at = contrast(masked)
    if at is None:
        return None
    left, right = masked[:at].rsplit(",", 1)[0].rsplit(";", 1)[0], masked[at:]
    if why_not(left + ".") in (None, EMPTY) or len(right.split()) < 3 or not has_verb(right):
        return None
    end = len(masked.rstrip(' .!*_"”)'))
    return (Clause(0, len(left), 0, len(left)), Clause(len(left), len(masked), at, end))


def _single(
    shown: str, span: Span, start: int, reason: str | None, around: _Around, *, item: bool
) -> Claim:
    words_of = plain(shown[start:]) or shown
    words_of = _capital(words_of) if start else words_of
    noun = noun_for(words_of, around.subject) if reason is None else None
    words_of = with_noun(words_of, noun)
    if reason is None and (item or ":" in words_of[:40]):
        words_of = under(words_of, around.intro or around.heading)
    partial = bool(start)
    claim = Claim(
        id="",
        text=words_of,
        kind="prose",
        span=span,
        not_checkable=reason,
        sentence=span if partial else None,
        body=Span(start=span.start + start, end=span.end) if partial else None,
    )
    return _naming(claim, noun, shown, span, start)


def _naming(claim: Claim, noun: str | None, shown: str, span: Span, start: int) -> Claim:
    """`claim` with the place in the source of the pronoun that `noun` stands for."""
    if noun is None:
        return claim
    first = words(mask(shown)[start : start + 80])[0]
    at = start + first.start + mask(shown)[start + first.start :].find(first.text)
    written = noun if first.text[:1].isupper() else inside(noun)
    place = Span(start=span.start + at, end=span.start + at + len(first.text))
    return replace(claim, pronoun=place, noun=written)


def _compound(
    shown: str, span: Span, parts: tuple[Clause, ...], around: _Around
) -> Iterator[Claim]:
    for number, part in enumerate(parts):
        body = plain(shown[part.body : part.body_end])
        start = part.body
        if part.subject is not None:
            start = part.subject[0]
            body = f"{plain(shown[slice(*part.subject)])} {body}"
        body = _capital(body) if body.endswith(".") else f"{_capital(body)}."
        reason = why_not(body)
        leans = number == 0 or part.subject is not None
        noun = noun_for(body, around.subject) if leans and reason is None else None
        claim = Claim(
            id="",
            text=with_noun(body, noun),
            kind="prose",
            span=_tight(shown, span, part.start, part.end),
            not_checkable=reason,
            sentence=span,
            body=_tight(shown, span, part.body, part.body_end),
        )
        yield _naming(claim, noun, shown, span, start)


def _tight(shown: str, span: Span, start: int, end: int) -> Span:
    words_of = shown[start:end]
    start += len(words_of) - len(words_of.lstrip())
    return Span(start=span.start + start, end=span.start + start + len(words_of.strip()))


def _remember(sentence: str, reason: str | None, around: _Around, *, item: bool) -> None:
    """Keep what the next sentence may refer to."""
    if not item and sentence.endswith(":"):
        around.intro = None if reason == FILLER else sentence.rstrip(":")
    if reason is not None:
        return
    subject = subject_of(sentence[statement_start(sentence) :])
    if subject is None or not is_pronoun(subject):
        around.subject = subject and _capital(subject)


def _capital(words_of: str) -> str:
    first = words_of.split(" ", 1)[0]
    return words_of[:1].upper() + words_of[1:] if first.islower() else words_of
