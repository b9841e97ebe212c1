"""Pieces of evidence for a claim: single passages, and the best two joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from guard.files import sha256
from guard.types import Evidence, Finding, Passage, Span
from guard.verify.words import best_sentence, coverage, stems

GAP = "\n\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What checks look at in one go: a passage, or two joined into one text."""

    evidence: Evidence
    passages: tuple[Passage, ...]

    def place(self, finding: Finding) -> Finding:
        """`finding` with the unit's passages, its quote moved into the first of them."""
        ids = tuple(passage.id for passage in self.passages)
        if len(ids) == 1 or finding.quote is None:
            return replace(finding, passages=ids)
        first = len(self.passages[0].text)
        offset = first + len(GAP)
        quote = finding.quote
        if quote.start >= offset:
            moved = Span(start=quote.start - offset, end=quote.end - offset)
            return replace(finding, passages=ids[::-1], quote=moved)
        cut = Span(start=min(quote.start, first), end=min(quote.end, first))
        return replace(finding, passages=ids, quote=cut)


def units(claim: str, found: Sequence[Evidence]) -> tuple[Unit, ...]:
    """Every piece of evidence as a unit, and the two that together say most of the claim."""
    single = tuple(Unit(evidence=piece, passages=(piece.passage,)) for piece in found)
    return (*single, _joined(claim, found)) if len(found) > 1 else single


def _joined(claim: str, found: Sequence[Evidence]) -> Unit:
    words = [stems(piece.passage.text) for piece in found]
    indices = range(len(found))
    best = max(indices, key=lambda i: coverage(claim, words[i]))
    other = max(
        (i for i in indices if i != best), key=lambda i: coverage(claim, words[best] | words[i])
    )
    return join(claim, found[best], found[other])


def join(claim: str, one: Evidence, other: Evidence) -> Unit:
    """Two passages as one piece of evidence."""
    a, b = one.passage, other.passage
    text = a.text + GAP + b.text
    passage = Passage(
        id=f"{a.id} + {b.id}",
        document=a.document,
        title=a.title if a.title == b.title else f"{a.title} and {b.title}",
        text=text,
        span=Span(start=0, end=len(text)),
        sha256=sha256(text),
    )
    evidence = Evidence(
        passage=passage,
        quote=best_sentence(claim, text),
        score=max(one.score, other.score),
        how=one.how,
    )
    return Unit(evidence=evidence, passages=(a, b))


def merge(claim: str, results: Sequence[Sequence[Evidence]], k: int) -> tuple[Evidence, ...]:
    """The best `k` of several searches of one claim, taking turns; each with its best sentence."""
    kept: dict[str, Evidence] = {}
    for piece in _turns(results):
        same = kept.get(piece.passage.id)
        if same is not None and same.passage.sha256 == piece.passage.sha256:
            continue
        if same is not None:  # two sources that number their passages alike
            name = f"{piece.passage.id} ({piece.how}, {piece.passage.sha256[:8]})"
            piece = replace(piece, passage=replace(piece.passage, id=name))  # noqa: PLW2901
        kept.setdefault(piece.passage.id, piece)
        if len(kept) == k:
            break
    return tuple(
        replace(piece, quote=best_sentence(claim, piece.passage.text)) for piece in kept.values()
    )


def _turns(results: Sequence[Sequence[Evidence]]) -> Iterator[Evidence]:
    rounds = chain.from_iterable(zip_longest(*results))
    return (piece for piece in rounds if piece is not None)
