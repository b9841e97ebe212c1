"""Verification: claims and evidence in, verdicts out."""

from guard.verify.calibration import Calibrated, Calibration, with_risk
from guard.verify.calibration_file import read_calibration, write_calibration
from guard.verify.engine import verify
from guard.verify.entailment import Entailment, Scores, load_entailment
from guard.verify.pairs import Judgement, Pair, judge

__all__ = [
    "Calibrated",
    "Calibration",
    "Entailment",
    "Judgement",
    "Pair",
    "Scores",
    "judge",
    "load_entailment",
    "read_calibration",
    "verify",
    "with_risk",
    "write_calibration",
]
