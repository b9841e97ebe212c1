"""How the findings of exact checks bear on a model's support.

A finding that is decisive keeps a verdict from being `supported` whatever a model says
(`guard.fold`). All findings, decisive or not, also move the support: a claim whose values all stand
in the evidence is likelier supported by it. By how much was fitted together with the model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from guard.types import Finding
from guard.verify.entailment import Scores

PIECES = "pieces"
"""How many pieces of evidence were looked at, as a logarithm: the best of many flatters."""

SIGNALS = (
    "quantities supported",
    "quantities contradicted",
    "quantities not_in_knowledge",
    "names contradicted",
    "names not_in_knowledge",
    "negation contradicted",
    "negation not_in_knowledge",
    "quotes supported",
    "quotes not_in_knowledge",
    "wording not_in_knowledge",
    PIECES,
)
"""What a model's support is moved by: what a check found and with which label, and the pieces."""

AGAINST = frozenset(name for name in SIGNALS if not name.endswith(" supported"))
"""Those that speak against the claim."""

LIMIT = 30.0
"""Log odds are kept within this, so that no certainty is infinite."""


def signals(findings: Sequence[Finding], pieces: int = 1) -> tuple[float, ...]:
    """How sure each of the `SIGNALS` is, 0 where nothing of the kind was found."""
    sure = dict.fromkeys(SIGNALS, 0.0)
    for finding in findings:
        name = f"{finding.check} {finding.label}"
        if name in sure:
            sure[name] = max(sure[name], finding.score)
    return tuple((sure | {PIECES: math.log(max(1, pieces))}).values())


def moved(
    scores: Scores, findings: Sequence[Finding], weights: Mapping[str, float], pieces: int = 1
) -> Scores:
    """A model's scores, its log odds of support moved by what the exact checks found, on a piece
    of evidence that is one of `pieces`."""
    found = zip(SIGNALS, signals(findings, pieces), strict=True)
    by = math.fsum(weights.get(name, 0.0) * sure for name, sure in found)
    if not by or scores.supported in {0.0, 1.0}:
        return scores
    odds = math.log(scores.supported / (1.0 - scores.supported)) + by
    supported = round(1.0 / (1.0 + math.exp(-max(-LIMIT, min(LIMIT, odds)))), 6)
    left = (1.0 - supported) / (1.0 - scores.supported)
    contradicted = scores.contradicted * left
    return replace(
        scores,
        supported=supported,
        contradicted=contradicted,
        neutral=max(0.0, 1.0 - supported - contradicted),
    )
