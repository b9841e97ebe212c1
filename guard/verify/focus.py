"""The part of long evidence that matters for a claim: its best sentences, in their order."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from guard.types import Span
from guard.verify.windows import sentence_spans
from guard.verify.words import content, stems

FOCUS_WORDS = 160
"""Evidence of at most so many words is taken whole."""

SEEN = 0.25
"""What a word counts once a chosen sentence has it, against 1 before."""

NEIGHBOUR = 0.2
"""The share of its neighbour's worth that a sentence takes over: pronouns point to it."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    stems: frozenset[str]
    words: int


def focus(claim: str, evidence: str, *, words: int = FOCUS_WORDS) -> str:
    """The sentences of `evidence` that say most of the claim, at most about `words` words.

    Sentences are chosen one by one, each for the rare words of the claim that those before it
    lack; what is left out between two of them becomes a line break.
    """
    if len(evidence.split()) <= words:
        return evidence
    sentences = [_read(evidence, span) for span in sentence_spans(evidence)]
    chosen = _choose(sentences, _weights(claim, sentences), words)
    return "\n".join(
        span.of(evidence) for span in _runs([sentences[i].span for i in chosen], evidence)
    )


def _read(evidence: str, span: Span) -> _Sentence:
    text = span.of(evidence)
    return _Sentence(span=span, stems=stems(text), words=len(text.split()))


def _weights(claim: str, sentences: Sequence[_Sentence]) -> dict[str, float]:
    """What each stem of the claim is worth: the rarer in the evidence, the more."""
    wanted = {word.stem for word in content(claim)}
    counts = Counter(stem for one in sentences for stem in one.stems & wanted)
    return {stem: math.log1p(len(sentences) / counts[stem]) for stem in counts}


def _choose(sentences: Sequence[_Sentence], weights: dict[str, float], words: int) -> list[int]:
    """Indices of the chosen sentences, sorted."""
    left = dict(weights)
    room, chosen = words, set[int]()
    while room > 0 and len(chosen) < len(sentences):
        worth = [sum(left.get(stem, 0.0) for stem in one.stems) for one in sentences]
        best = max(
            (i for i in range(len(sentences)) if i not in chosen),
            key=lambda i: worth[i] + NEIGHBOUR * _beside(worth, i),
        )
        if chosen and sentences[best].words > room:
            break
        chosen.add(best)
        room -= sentences[best].words
        left |= {stem: weights[stem] * SEEN for stem in sentences[best].stems if stem in weights}
    return sorted(chosen)


def _beside(worth: Sequence[float], index: int) -> float:
    before = worth[index - 1] if index else 0.0
    after = worth[index + 1] if index + 1 < len(worth) else 0.0
    return max(before, after)


def _runs(spans: Sequence[Span], evidence: str) -> list[Span]:
    """Neighbouring sentences joined as they stand in the evidence."""
    runs: list[Span] = []
    for span in spans:
        if runs and not evidence[runs[-1].end : span.start].strip():
            runs[-1] = Span(start=runs[-1].start, end=span.end)
        else:
            runs.append(span)
    return runs
