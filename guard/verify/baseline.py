"""Entailment without a model of its own: word overlap and encoder similarity.

It can tell how much of a claim is said near it in the evidence. It cannot tell a statement from
its opposite, so its `contradicted` is always 0 and its `supported` never passes `CEILING`: exact
checks (quantities, names, negation) have to find what is wrong.

The coefficients are a logistic regression over `FEATURES`, fitted by

    python tests/benchmarks/fit_baseline.py --data DIR

on the `train/` rows of the data sets listed there, with negatives made by deleting the sentence
that a supported claim needs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guard.verify.entailment import Scores
from guard.verify.windows import sentence_spans
from guard.verify.words import coverage, stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.knowledge import Encoder

CEILING = 0.9
"""Similarity is no proof: support stays at or below this."""

CANDIDATES = 2
"""So many of the evidence's sentences, those with most of the claim's words, are encoded."""

NEARLY_ALL = 0.8
"""From this overlap on, each further word found says much more than the one before."""

FEATURES = ("overlap", "nearly all", "cosine")
INTERCEPT = -1.54
COEFFICIENTS = (0.7, 1.61, 0.81)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline over `encoder`."""

    encoder: Encoder

    @property
    def id(self) -> str:
        """What reports call it."""
        return f"baseline ({self.encoder.id})"

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Scores of (evidence, claim) pairs; every distinct sentence is encoded once."""
        return [_scores(probability(features)) for features in self.features(pairs)]

    def features(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, ...]]:
        """The `FEATURES` of each pair, each in [0, 1]."""
        candidates = [_candidates(claim, evidence) for evidence, claim in pairs]
        texts = {claim for _, claim in pairs}.union(*candidates)
        cosines = _Cosines.of(self.encoder, sorted(texts))
        return [
            _features(claim, evidence, cosines.best(claim, near))
            for (evidence, claim), near in zip(pairs, candidates, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Cosines:
    """Encoded texts."""

    rows: dict[str, int]
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, encoder: Encoder, texts: Sequence[str]) -> _Cosines:
        rows = {text: row for row, text in enumerate(texts)}
        return cls(rows=rows, vectors=encoder.encode(texts))

    def best(self, claim: str, texts: Iterable[str]) -> float:
        """The highest cosine similarity of the claim with one of `texts`, cut at 0."""
        one = self.vectors[self.rows[claim]]
        return max((_dot(one, self.vectors[self.rows[text]]) for text in texts), default=0.0)


def _dot(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    # Rounded so that the batch a text was encoded in does not show in the score.
    return round(min(1.0, max(0.0, float(one @ other))), 4)


def probability(features: Sequence[float]) -> float:
    """The fitted probability that evidence with these features supports its claim."""
    pairs = zip(COEFFICIENTS, features, strict=True)
    return 1.0 / (1.0 + math.exp(-INTERCEPT - sum(weight * value for weight, value in pairs)))


def _scores(probability_: float) -> Scores:
    supported = min(CEILING, probability_)
    return Scores(supported=supported, contradicted=0.0, neutral=1.0 - supported)


def _candidates(claim: str, evidence: str) -> tuple[str, ...]:
    """The sentences that share most with the claim."""
    found = [span.of(evidence) for span in sentence_spans(evidence)]
    best = sorted(found, key=lambda text: -coverage(claim, stems(text)))[:CANDIDATES]
    return tuple(best)


def _features(claim: str, evidence: str, cosine: float) -> tuple[float, ...]:
    overlap = coverage(claim, stems(evidence))
    return overlap, max(0.0, overlap - NEARLY_ALL) / (1.0 - NEARLY_ALL), cosine
