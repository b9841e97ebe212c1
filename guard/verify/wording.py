"""Wording: a claim that repeats a sentence of the evidence, with a word put for another.

"The short cable fits" is near "the long cable fits", and all the nearer it is, the more does the
one word that differs tell. A synonym differs in the same way, so this is no proof: the finding is
not decisive, it lowers the support.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from guard.types import Claim, Evidence, Finding, Span
from guard.verify.context import Context
from guard.verify.vocabulary import ALIASES, STOP
from guard.verify.windows import sentence_spans
from guard.verify.words import Word, has, stems, words

NAME = "wording"
LEAST_WORDS = 4
"""Words that carry meaning; a claim of fewer is near to anything."""

NEAR = 0.7
"""The share of them that must stand in the sentence in the same order."""

LONGEST = 2
"""Words that may stand for one another."""

MOST_WORDS = 120
"""A longer sentence or claim is not compared word by word."""

MAX_SENTENCES = 200

Change = tuple[tuple[Word, ...], tuple[Word, ...]]
"""Words of the claim, and those that the sentence has in their place."""


def check_wording(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Finding]:
    """At most one finding: the change of the sentence that is nearest to the claim."""
    del context
    said, text = words(claim.text), evidence.passage.text
    if len(_content(said)) < LEAST_WORDS or len(said) > MOST_WORDS:
        return
    best, change, place = 0.0, None, Span(start=0, end=0)
    for span in _near(claim.text, text):
        share, changes = compared(said, words(span.of(text)))
        if share > best:
            best, change, place = share, next(iter(changes), None), span
    if change is not None and best >= NEAR:
        yield _finding(change, best, claim.text, place.of(text), place)


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


def compared(said: Sequence[Word], sentence: Sequence[Word]) -> tuple[float, tuple[Change, ...]]:
    """The share of the claim's words that the sentence has in the same order, and the changes."""
    from rapidfuzz.distance import Levenshtein

    if len(sentence) > MOST_WORDS:
        return 0.0, ()
    steps = Levenshtein.opcodes([w.stem for w in sentence], [w.stem for w in said])
    same = sum(
        len(_content(said[step.dest_start : step.dest_end]))
        for step in steps
        if step.tag == "equal"
    )
    changes = (
        (
            _content(said[step.dest_start : step.dest_end]),
            _content(sentence[step.src_start : step.src_end]),
        )
        for before, step, after in _flanked(list(steps))
        if step.tag == "replace" and before == after == "equal"
    )
    there = frozenset(word.stem for word in sentence)
    kept = tuple(change for change in changes if _differs(change, said, there))
    return same / len(_content(said)), kept


def _flanked(steps: Sequence[Any]) -> Iterator[tuple[str, Any, str]]:
    """Each step with what is before and behind it. The end of a text is as good as equal words; its
    beginning is only where nothing else differs, since texts begin in many ways."""
    first = "equal" if [step.tag for step in steps] == ["replace", "equal"] else ""
    tags = [first, *(step.tag for step in steps), "equal"]
    return zip(tags, steps, tags[2:], strict=False)


def _content(found: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(word for word in found if word.folded not in STOP)


def _differs(change: Change, said: Sequence[Word], sentence: frozenset[str]) -> bool:
    """Whether the words in each other's place say different things: no numbers, which are compared
    by their values, no forms or names of the same, and no words that only moved."""
    mine, theirs = change
    if not mine or not theirs or max(len(mine), len(theirs)) > LONGEST:
        return False
    if any(word.numeric for word in (*mine, *theirs)):
        return False
    other = frozenset(word.stem for word in theirs)
    if any(has(word, other) or _renamed(word, theirs) for word in mine):
        return False
    moved = all(word.stem in sentence for word in mine)
    return not (moved and other <= {word.stem for word in said})


def _renamed(word: Word, others: Sequence[Word]) -> bool:
    return any(word.folded in row and {o.folded for o in others} & row for row in ALIASES)
