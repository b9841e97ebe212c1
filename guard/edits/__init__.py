"""Edits are data; the answer is derived from them here. Pure functions over `guard.types`.

Two kinds of edit meet: those the policy asks for because of a verdict (their `cause` is a label),
and those of trimming (their `cause` is a rule). `derive` makes the first kind anew, keeps the
second, and applies both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from guard.edits.certificate import certify, surviving, word_count
from guard.edits.policy import policy_edits, renames
from guard.edits.text import MARKS, apply_text
from guard.edits.value import apply_value, canonical, escape
from guard.types import LABELS, Certificate, Edit, Json, Report

__all__ = [
    "MARKS",
    "apply_text",
    "apply_value",
    "canonical",
    "certify",
    "derive",
    "escape",
    "policy_edits",
    "renames",
    "surviving",
    "word_count",
]


def derive(report: Report) -> Report:
    """`report` with the policy's edits made anew, and answer, value and certificate after them.

    Trimming edits (those whose cause is not a verdict's label) stay.
    """
    trimming = [edit for edit in report.edits if edit.cause not in LABELS]
    edits = (*policy_edits(report.verdicts, report.policy), *trimming)
    value: Json = None
    if report.value is None and not any(v.claim.pointer is not None for v in report.verdicts):
        answer = apply_text(report.text, edits)
    else:
        value = apply_value(report.value, edits)
        is_bare = isinstance(value, str) and report.text == report.value
        answer = value if is_bare else canonical(value)
    certificate = _certificate(report, answer, edits)
    return replace(report, edits=edits, answer=answer, answer_value=value, certificate=certificate)


def _certificate(report: Report, answer: str, edits: Sequence[Edit]) -> Certificate:
    old = report.certificate
    target = old.target if old else None
    made = certify(report.text, answer, verdicts=report.verdicts, edits=edits, target=target)
    met = old.target_met if old and answer == report.answer else _met(made)
    return replace(made, target_met=met)


def _met(certificate: Certificate) -> bool | None:
    target = certificate.target
    if target is None or target.unit == "tokens":
        return None
    after = certificate.after
    return (after.words if target.unit == "words" else after.sentences) <= target.amount
