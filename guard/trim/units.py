"""What trimming takes out or leaves: sentences, with what is known of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guard.claims import blocks
from guard.claims.checkable import INSTRUCTION, hedge_end
from guard.claims.grammar import vocabulary
from guard.claims.inline import mask, plain
from guard.edits import word_count
from guard.types import Claim, Edit, Label, Span, Verdict

_LEANING = vocabulary(
    "it its they their them he his she her this these those that such both also otherwise then "
    "so therefore thus hence however but and or moreover"
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

    `text` is it in plain words that stand alone, `raw` in those of the source; `section` counts the
    headings before it; `worth` orders units from what goes first to what goes last; `leaning` tells
    that it begins with a word that refers back and that has no noun to take its place.
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
    """The sentences of `text`, tables, code and whatever else is protected aside."""
    found = blocks(text)
    protected = [block.span for block in found if block.protected or block.kind == "heading"]
    headings = [block.span.start for block in found if block.kind == "heading"]
    made: list[Unit] = []
    at = 0
    for span, group in _sentences(verdicts):
        while at < len(protected) and protected[at].end <= span.start:
            at += 1
        if at == len(protected) or protected[at].start >= span.end:
            section = bisect_right(headings, span.start)
            made.append(_unit(text, span, group, number=len(made), section=section))
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


def _unit(text: str, span: Span, group: list[Verdict], *, number: int, section: int) -> Unit:
    claims = tuple(verdict.claim for verdict in group)
    labels = tuple(verdict.label for verdict in group)
    raw = plain(span.of(text))
    named = any(claim.pronoun for claim in claims)
    instructs = any(claim.not_checkable == INSTRUCTION for claim in claims)
    worth = max(WORTH[label] for label in labels)
    return Unit(
        number=number,
        span=span,
        claims=claims,
        labels=labels,
        text=" ".join(claim.text for claim in claims),
        raw=raw,
        section=section,
        worth=max(worth, INSTRUCTION_WORTH) if instructs else worth,
        words=word_count(raw),
        leaning=not named and _leans(raw),
    )


def _leans(raw: str) -> bool:
    first = raw[hedge_end(raw) :].split(" ", 1)[0].strip(".,;:!?\"'“(").lower()
    return first.replace("’", "'").partition("'")[0] in _LEANING


def statement(text: str, span: Span) -> Span | None:
    """The boilerplate in front of a sentence's statement ("It is worth noting that "), if any."""
    masked = mask(span.of(text))
    start = len(masked) - len(masked.lstrip("*_\"'“‘( \n"))
    end = hedge_end(masked[start:])
    return Span(start=span.start + start, end=span.start + start + end) if end else None
