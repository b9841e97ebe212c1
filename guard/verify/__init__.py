"""Verification: claims and evidence in, verdicts out."""

from guard.verify.engine import verify
from guard.verify.entailment import Entailment, Scores, load_entailment
from guard.verify.pairs import Judgement, Pair, judge

__all__ = ["Entailment", "Judgement", "Pair", "Scores", "judge", "load_entailment", "verify"]
