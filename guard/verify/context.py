"""What every check may look at beside its claim and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guard.types import Claim, Evidence
from guard.verify.entailment import Scores

Key = tuple[str, str]


def of(claim: Claim) -> Key:
    """What tells a claim from the others of a run."""
    return claim.id, claim.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Shared by all checks of one run.

    `scores` holds the entailment of every (passage id, claim text) of the run, made in one batch
    before any check runs; `failures` holds, by claim, why an entailment could not be had.
    `weights` say by how much findings move the support (`guard.verify.signals`). `settled` are the
    claims that a passage supports, so that others were asked about only where they might
    oppose (`guard.verify.scoring`), and `pieces` says by claim how many pieces of evidence
    there are. Claims are told apart by `of`, since one text can be held against other evidence.
    """

    question: str | None = None
    scores: Mapping[tuple[str, str], Scores] = field(default_factory=dict)
    failures: Mapping[Key, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    settled: frozenset[Key] = frozenset()
    pieces: Mapping[Key, int] = field(default_factory=dict)

    def entailment(self, claim: Claim, evidence: Evidence) -> Scores | None:
        """The entailment scores of this pair, or None when they could not be had."""
        return self.scores.get((evidence.passage.id, claim.text))
