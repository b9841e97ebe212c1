"""What trimming takes out or leaves: sentences, with what is known of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from guard.claims import Block, blocks
from guard.claims.checkable import INSTRUCTION, hedge_end
from guard.claims.grammar import vocabulary
from guard.claims.inline import mask, plain
from guard.edits import word_count
from guard.types import Claim, Edit, Label, Span, Verdict

_LEANING = vocabulary(
    "it its they their them he his she her this these those that such both also otherwise then "
    "so therefore thus hence however but and or moreover"
)
_MARKUP = re.compile(
    r"\s*(?:[-+*](?:\s|$)|>|#{1,6}(?:\s|$)|\d{1,2}[.)](?:\s|$)|[|{]|```|~~~|\$\$|\\\[|---|===)"
    r"|\s*\n {4}"
)
WORTH: dict[Label, int] = {
    "contradicted": 0,
    "not_checkable": 1,
    "conflicting": 2,
    "not_in_knowledge": 2,
    "not_checked": 3,
    "supported": 5,
}
INSTRUCTION_WORTH = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A sentence of the text.

    `text` is it in plain words that stand alone, `raw` in those of the source without boilerplate
    in front; `section` counts the headings before it; `worth` orders units from what goes first to
    what goes last; `leaning` tells that it begins with a word that refers back and that has no noun
    to take its place; `marked` that it would be read as a list, a quotation or the like if it came
    to stand at the start of a line. `block` numbers the paragraph; `boilerplate` is the part in
    front of the statement that can go.
    """

    number: int
    span: Span
    claims: tuple[Claim, ...]
    labels: tuple[Label, ...]
    text: str
    raw: str
    section: int
    worth: int
    words: int
    leaning: bool
    marked: bool
    block: int
    boilerplate: Span | None

    @property
    def supported(self) -> bool:
        """Whether anything in it is supported by evidence."""
        return "supported" in self.labels

    @property
    def reasons(self) -> frozenset[str | None]:
        """Why its claims are not checkable; None stands for a claim that is."""
        return frozenset(claim.not_checkable for claim in self.claims)


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """A unit that a rule takes out, and why."""

    unit: Unit
    cause: str
    reason: str

    def edits(self) -> tuple[Edit, ...]:
        """One edit a claim; together they cover the sentence."""
        return tuple(
            Edit(
                action="remove",
                cause=self.cause,
                reason=self.reason,
                span=claim.span,
                claim=claim.id,
            )
            for claim in self.unit.claims
        )


def units(text: str, verdicts: Sequence[Verdict]) -> tuple[Unit, ...]:
    """The sentences of `text`; tables, code, headings and whatever else is protected aside."""
    found = blocks(text)
    headings = [block.span.start for block in found if block.kind == "heading"]
    made: list[Unit] = []
    for span, group in _sentences(verdicts):
        block = bisect_right(found, span.start, key=lambda block: block.span.start) - 1
        if found[block].kind == "prose":
            section = bisect_right(headings, span.start)
            unit = _unit(text, span, group, found[block])
            made.append(replace(unit, number=len(made), section=section, block=block))
    return tuple(made)


def _sentences(verdicts: Sequence[Verdict]) -> Iterator[tuple[Span, list[Verdict]]]:
    group: list[Verdict] = []
    for verdict in verdicts:
        if group and _place(group[-1].claim) != _place(verdict.claim):
            yield _place(group[0].claim), group
            group = []
        group.append(verdict)
    if group:
        yield _place(group[0].claim), group


def _place(claim: Claim) -> Span:
    return claim.sentence or claim.span or Span(start=0, end=0)


def _unit(text: str, span: Span, group: list[Verdict], block: Block) -> Unit:
    claims = tuple(verdict.claim for verdict in group)
    labels = tuple(verdict.label for verdict in group)
    raw = plain(span.of(text))
    raw = raw[hedge_end(raw) :]
    instructs = any(claim.not_checkable == INSTRUCTION for claim in claims)
    worth = max(WORTH[label] for label in labels)
    return Unit(
        number=0,
        span=span,
        claims=claims,
        labels=labels,
        text=" ".join(claim.text for claim in claims),
        raw=raw,
        section=0,
        worth=max(worth, INSTRUCTION_WORTH) if instructs else worth,
        words=word_count(raw),
        leaning=_leans(raw) and not any(claim.pronoun for claim in claims),
        marked=_MARKUP.match(text, span.start) is not None,
        block=0,
        boilerplate=_boilerplate(text, span, block),
    )


def _boilerplate(text: str, span: Span, block: Block) -> Span | None:
    """What stands in front of a sentence's statement ("It is worth noting that "), if any."""
    masked = mask(span.of(text))
    start = len(masked) - len(masked.lstrip("*_\"'“‘( \n"))
    end = span.start + start + hedge_end(masked[start:])
    if end == span.start + start or _MARKUP.match(text, end, block.span.end):
        return None
    return Span(start=span.start + start, end=end)


def _leans(raw: str) -> bool:
    first = raw.split(" ", 1)[0].strip(".,;:!?\"'“(").lower()
    return first.replace("’", "'").partition("'")[0] in _LEANING


def settled(drops: Sequence[Drop], units: Sequence[Unit], gone: Collection[int]) -> list[Drop]:
    """The drops that can be made without turning the next kept words into markup.

    `gone` are the numbers of the units that are removed in any case.
    """
    wanted = {drop.unit.number for drop in drops}
    kept: set[int] = set()
    marked, block = False, -1
    for unit in reversed(units):
        marked = marked and unit.block == block
        block = unit.block
        if unit.number in gone or (unit.number in wanted and not marked):
            continue
        kept.add(unit.number)
        marked = unit.marked
    return [drop for drop in drops if drop.unit.number not in kept]
