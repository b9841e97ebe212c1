"""Entailment by any transformers model that gives probabilities for one window of a pair.

Windows are read one at a time. A batch would pad the shorter ones and multiply matrices of another
shape, and then the last digits of a pair's scores would depend on its company.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from guard.errors import ModelError
from guard.verify.cutting import Cutter, Window, best
from guard.verify.entailment import Scores

Role = Literal["supported", "contradicted", "neutral"]

DIGITS = 6
"""Scores are rounded to so many decimals; float32 has no more to say."""

NOTHING = Scores(supported=0.0, contradicted=0.0, neutral=1.0)
"""What evidence without a word does for a claim, and any evidence for a claim without one."""


@dataclass(frozen=True, kw_only=True)
class Windowed:
    """A loaded model. `ask` maps the inputs of one window to probabilities, one for each role.

    Safe to share between threads, which then take turns.
    """

    id: str
    cutter: Cutter
    roles: tuple[Role, ...]
    ask: Callable[[Mapping[str, Any]], Sequence[float]]
    # Fast tokenizers raise "Already borrowed" when two threads use one.
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Scores of (evidence, claim) pairs; a pair's are the best of its windows.

        Raises ModelError when a claim leaves no room or the model gives no numbers.
        """
        with self._lock:
            return [self._pair(readable(evidence), readable(claim)) for evidence, claim in pairs]

    def windows(self, evidence: str, claim: str) -> list[Window]:
        """The windows that are read of a pair."""
        return best(self.cutter.cut(evidence, claim), evidence, claim)

    def _pair(self, evidence: str, claim: str) -> Scores:
        if not evidence.strip() or not claim.strip():
            return NOTHING
        return union([self._window(window) for window in self.windows(evidence, claim)])

    def _window(self, window: Window) -> Scores:
        import torch

        tensors = {name: torch.tensor([list(ids)]) for name, ids in window.inputs.items()}
        with torch.inference_mode():
            row = self.ask(tensors)
        if not all(math.isfinite(value) for value in row):
            raise ModelError(
                f"{self.id} gave scores that are not numbers",
                hint="its weights are damaged: get them again",
            )
        share: dict[Role, float] = dict.fromkeys(("supported", "contradicted", "neutral"), 0.0)
        for role, value in zip(self.roles, row, strict=True):
            share[role] += value
        return normal(share["supported"], share["contradicted"])


def union(windows: Sequence[Scores]) -> Scores:
    """The best support and the best contradiction of the windows, as one distribution."""
    return normal(max(one.supported for one in windows), max(one.contradicted for one in windows))


def normal(supported: float, contradicted: float) -> Scores:
    """A distribution with these two, scaled down where they exceed 1 together."""
    scale = max(1.0, supported + contradicted)
    pro = round(supported / scale, DIGITS)
    con = min(round(contradicted / scale, DIGITS), round(1.0 - pro, DIGITS))
    return Scores(supported=pro, contradicted=con, neutral=round(1.0 - pro - con, DIGITS))


def readable(text: str) -> str:
    """`text` with lone surrogates, which no tokenizer and no server takes, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
