"""The entailment port: does a piece of evidence support a claim, oppose it, or neither?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from guard.knowledge import Encoder


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """Three probabilities that sum to 1."""

    supported: float
    contradicted: float
    neutral: float


class Entailment(Protocol):
    """Scores pairs of (evidence, claim)."""

    @property
    def id(self) -> str:
        """What reports call it."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """One `Scores` per pair, in order, the same for a pair alone and among others."""


def load_entailment(spec: str | Path, *, encoder: Encoder) -> Entailment:
    """The entailment that `spec` names.

    `baseline` needs no model beyond the encoder. Anything else is the directory or hub id of a
    sequence-classification cross-encoder. Raises ModelError when it cannot be used.
    """
    if str(spec) == "baseline":
        from guard.verify.baseline import Baseline

        return Baseline(encoder)
    from guard.verify.cross_encoder import load_cross_encoder

    return load_cross_encoder(spec)
