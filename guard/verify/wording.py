"""Wording: a claim that repeats a sentence of the evidence, with a word put for another.

"The short cable fits" is near "the long cable fits", and all the nearer it is, the more does the
one word that differs tell. A synonym differs in the same way, so this is no proof: the finding is
not decisive, it lowers the support. Another name, however, is no synonym, and decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from guard.types import Claim, Evidence, Finding, Span
from guard.verify.context import Context
from guard.verify.renaming import Change, renamed
from guard.verify.vocabulary import ALIASES, STOP
from guard.verify.windows import sentence_spans
from guard.verify.words import Word, has, stems, words

NAME = "wording"
LEAST_WORDS = 4
"""Words that carry meaning; a claim of fewer is near to anything."""

NEAR = 0.7
"""The share of them that must stand in the sentence in the same order."""

LONGEST = 2
"""Words that may stand for one another; names may be longer."""

MOST_WORDS = 120
"""A longer sentence or claim is not compared word by word."""

MAX_SENTENCES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """The share of a claim's words that a sentence has in the same order, and the changes; `even`
    are those that put as many words for others."""

    share: float
    changes: tuple[Change, ...] = ()
    even: tuple[Change, ...] = ()


def check_wording(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Finding]:
    """At most one finding: the change of the sentence that is nearest to the claim."""
    del context
    said, text = words(claim.text), evidence.passage.text
    if len(_content(said)) < LEAST_WORDS or len(said) > MOST_WORDS:
        return
    best, place = Compared(share=0.0), Span(start=0, end=0)
    for span in _near(claim.text, text):
        found = compared(said, words(span.of(text)))
        if found.share > best.share:
            best, place = found, span
    if best.share < NEAR:
        return
    other = renamed(claim.text, said, best.changes, text)
    change = other or next((one for one in best.even if max(map(len, one)) <= LONGEST), None)
    if change:
        finding = _finding(change, best.share, claim.text, place.of(text), place)
        yield replace(finding, decisive=other is not None)


def _finding(change: Change, share: float, claim: str, sentence: str, place: Span) -> Finding:
    mine, theirs = (
        text[found[0].start : found[-1].end]
        for text, found in zip((claim, sentence), change, strict=True)
    )
    reason = f"The evidence says “{theirs}” where the claim says “{mine}”: “{sentence.strip()}”"
    return Finding(check=NAME, label="not_in_knowledge", score=share, reason=reason, quote=place)


def _near(claim: str, text: str) -> Iterator[Span]:
    """The sentences that have enough of the claim's words, in any order."""
    wanted = stems(claim)
    for span in sentence_spans(text)[:MAX_SENTENCES]:
        if len(wanted & stems(span.of(text))) >= NEAR * len(wanted):
            yield span


def compared(said: Sequence[Word], sentence: Sequence[Word]) -> Compared:
    """The words of a claim held against those of a sentence.

    The end of a text is as good as equal words behind a change; its beginning is only where nothing
    else differs, since texts begin in many ways.
    """
    from rapidfuzz.distance import Levenshtein

    if len(sentence) > MOST_WORDS:
        return Compared(share=0.0)
    steps = Levenshtein.opcodes([w.stem for w in sentence], [w.stem for w in said])
    blocks = [
        (same, list(part)) for same, part in groupby(steps, key=lambda step: step.tag == "equal")
    ]
    kept = sum(len(_content(_mine(part, said))) for same, part in blocks if same)
    changed = [
        part
        for place, (same, part) in enumerate(blocks)
        if not same and (place > 0 or len(blocks) == 2)
    ]
    return Compared(
        share=kept / len(_content(said)),
        changes=tuple(_changes(changed, said, sentence)),
        even=tuple(_changes([part for part in changed if len(part) == 1], said, sentence)),
    )


def _changes(
    parts: Sequence[Sequence[Any]], said: Sequence[Word], sentence: Sequence[Word]
) -> Iterator[Change]:
    there = frozenset(word.stem for word in sentence)
    for part in parts:
        theirs = sentence[part[0].src_start : part[-1].src_end]
        change = _content(_mine(part, said)), _content(theirs)
        if _differs(change, said, there):
            yield change


def _mine(part: Sequence[Any], said: Sequence[Word]) -> Sequence[Word]:
    """The claim's words of some steps."""
    return said[part[0].dest_start : part[-1].dest_end]


def _content(found: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(word for word in found if word.folded not in STOP)


def _differs(change: Change, said: Sequence[Word], sentence: frozenset[str]) -> bool:
    """Whether the words in each other's place say different things: no numbers, which are compared
    by their values, no forms or names of the same, and no words that only moved."""
    mine, theirs = change
    if not mine or not theirs:
        return False
    if any(word.numeric for word in (*mine, *theirs)):
        return False
    other = frozenset(word.stem for word in theirs)
    if any(has(word, other) or _aliased(word, theirs) for word in mine):
        return False
    moved = all(word.stem in sentence for word in mine)
    return not (moved and other <= {word.stem for word in said})


def _aliased(word: Word, others: Sequence[Word]) -> bool:
    return any(word.folded in row and {o.folded for o in others} & row for row in ALIASES)
