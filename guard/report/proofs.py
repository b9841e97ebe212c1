"""The quotes that verdicts rest on, as renderers show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from guard.report.parts import one_line, source_label
from guard.types import Finding, Label, Passage, Span, Verdict

SHORT: Final = 60
REACH: Final = 120
SENTENCE_ENDS: Final = (". ", "? ", "! ", "\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """The quote that a verdict rests on, with what surrounds it in its passage."""

    before: str
    quote: str
    after: str
    source: str


def proofs(verdict: Verdict) -> tuple[Proof, ...]:
    """The quotes that a verdict rests on: the deciding one first.

    Evidence that disagrees with itself is quoted from two passages. When no finding has a quote,
    the best evidence's is taken; without evidence there is none.
    """
    passages = {item.passage.id: item.passage for item in verdict.evidence}
    found: dict[str, Proof] = {}
    for finding in _ranked(verdict):
        first = passages.get(next(iter(finding.passages), ""))
        if first is not None and finding.quote is not None:
            found.setdefault(first.id, _cut(first, finding.quote))
    if not found:
        found = {item.passage.id: _cut(item.passage, item.quote) for item in verdict.evidence[:1]}
    return tuple(found.values())[: 2 if verdict.label == "conflicting" else 1]


def _ranked(verdict: Verdict) -> Iterator[Finding]:
    """The finding that settled a verdict, then those of its label, or all where they disagree."""
    chosen = verdict.decided_by
    if chosen is not None and 0 <= chosen < len(verdict.findings):
        yield verdict.findings[chosen]
    sides: tuple[Label, ...] = (verdict.label,)
    if verdict.label == "conflicting":
        sides = ("conflicting", "supported", "contradicted")
    yield from (finding for finding in verdict.findings if finding.label in sides)


def _cut(passage: Passage, span: Span) -> Proof:
    """A passage in three: before, inside and after `span` (which may reach too far)."""
    text = passage.text
    return Proof(
        before=text[: span.start],
        quote=span.of(text),
        after=text[span.end :],
        source=source_label(passage),
    )


def quoted(proof: Proof, *, limit: int | None = None) -> str:
    """A proof on one line between quotation marks; a short one with the sentence around it."""
    words = proof.quote
    if len(words) < SHORT:
        words = f"{_last_sentence(proof.before)}{words}{_first_sentence(proof.after)}"
    return f"“{one_line(words, limit=limit)}”"


def _last_sentence(text: str) -> str:
    """What comes before a quote in its own sentence, if that is not long."""
    tail = text[-REACH:]
    starts = [tail.rfind(end) + len(end) for end in SENTENCE_ENDS if end in tail]
    if starts:
        return tail[max(starts) :]
    return tail if len(text) <= REACH else f"…{tail.partition(' ')[2]}"


def _first_sentence(text: str) -> str:
    """What comes behind a quote in its own sentence, if that is not long."""
    head = text[:REACH]
    ends = [head.find(end) + 1 for end in SENTENCE_ENDS if end in head]
    if ends:
        return head[: min(ends)]
    return head if len(text) <= REACH else f"{head.rpartition(' ')[0]}…"
