"""What is stored with a verifier's weights: what they are, and how their answers become scores."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from guard.errors import GuardError, ModelError
from guard.files import parse_json, read_text
from guard.types import Json
from guard.verify.entailment import Scores
from guard.verify.signals import SIGNALS
from guard.verify.words import coverage, stems

FORMAT = 1
MAX_BYTES = 1_000_000
NEARLY_ALL = 0.8
"""From this overlap on, each further word found says much more than the one before."""

FEATURES = ("supported", "contradicted", "overlap", "nearly all", "length")


@dataclass(frozen=True, kw_only=True, slots=True)
class Blend:
    """The logistic regression that makes one calibrated probability of a pair's signals.

    `weights` belong to `FEATURES`: the network's log odds of support, its log odds of
    contradiction, the share of the claim's words that the evidence has, that share where it is
    nearly all, and the logarithm of how many words the claim has. `findings` say by how much what
    exact checks find moves the log odds, and how many pieces of evidence were looked at.
    """

    intercept: float
    weights: tuple[float, ...]
    findings: Mapping[str, float] = field(default_factory=dict)

    def scores(self, logits: Sequence[float], claim: str, evidence: str) -> Scores:
        """The probabilities of one pair; what is not support is divided as the network does."""
        supported = self.support(features(logits, claim, evidence))
        _, contradicted, neutral = softmax(logits)
        rest = contradicted + neutral
        share = contradicted / rest if rest > 0.0 else 0.0
        supported = round(supported, 6)
        contradicted = round((1.0 - supported) * share, 6)
        return Scores(
            supported=supported,
            contradicted=contradicted,
            neutral=max(0.0, 1.0 - supported - contradicted),
        )

    def support(self, features: Sequence[float]) -> float:
        """The calibrated probability that evidence with these features supports its claim."""
        total = self.intercept + sum(w * f for w, f in zip(self.weights, features, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def softmax(logits: Sequence[float]) -> tuple[float, ...]:
    """Probabilities from logits."""
    top = max(logits)
    powers = [math.exp(value - top) for value in logits]
    return tuple(power / sum(powers) for power in powers)


def features(logits: Sequence[float], claim: str, evidence: str) -> tuple[float, ...]:
    """The `FEATURES` of a pair."""
    supported, contradicted, _ = softmax(logits)
    overlap = coverage(claim, stems(evidence))
    nearly = max(0.0, overlap - NEARLY_ALL) / (1.0 - NEARLY_ALL)
    length = math.log1p(len(claim.split()))
    return odds(supported), odds(contradicted), overlap, nearly, length


def odds(probability: float) -> float:
    """The log odds of a probability, within ±7."""
    return math.log(max(probability, 1e-3) / max(1.0 - probability, 1e-3))


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A verifier's `id`, the tokens of its `longest` pair, its blend and its files' hashes."""

    id: str
    longest: int
    blend: Blend
    sha256: Mapping[str, str]

    def text(self) -> str:
        """As JSON, to be written beside the weights."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n"


def read_settings(path: Path) -> Settings:
    """The settings in a file. Raises ModelError, saying what is wrong with it."""
    try:
        table = parse_json(read_text(path, limit=MAX_BYTES, what="settings"), where=str(path))
        return _settings(table)
    except (GuardError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} does not describe a verifier: {error}",
            hint="make the folder again with guard tune",
        ) from error


def _settings(table: Json) -> Settings:
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise ValueError(f"it is not of format {FORMAT}")
    blend: Any = table["blend"]
    hashes: Any = table["sha256"]
    weights = tuple(_number(value) for value in blend["weights"])
    if len(weights) != len(FEATURES):
        raise ValueError(f"its blend has {len(weights)} weights, not {len(FEATURES)}")
    findings = {str(name): _number(value) for name, value in blend["findings"].items()}
    if unknown := sorted(findings.keys() - set(SIGNALS)):
        raise ValueError(f"its blend weighs {unknown[0]!r}, which no check finds")
    return Settings(
        id=str(table["id"]),
        longest=int(_number(table["longest"])),
        blend=Blend(intercept=_number(blend["intercept"]), weights=weights, findings=findings),
        sha256={str(name): str(value) for name, value in hashes.items()},
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)
