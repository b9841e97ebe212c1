"""What the exact checks find on a piece of evidence; a check that fails is found too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from guard.types import Claim, Evidence, Finding
from guard.verify.checks import CHECKS
from guard.verify.context import Context
from guard.verify.topic import weigh


def exact_findings(claim: Claim, evidence: Evidence, context: Context) -> list[Finding]:
    """The findings of every exact check; one that fails is a `not_checked` finding."""
    return [
        weigh(finding, claim, evidence)
        for check in CHECKS
        for finding in safely(check.name, partial(check.run, claim, evidence, context))
    ]


def safely(name: str, run: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What a check yields; when it raises or makes no sense, a finding that says so instead."""
    try:
        found = list(run())
    except Exception as error:  # noqa: BLE001 - one check must not end the run, nor pass unseen
        return [failed(name, f"{type(error).__name__}: {error}")]
    if all(0.0 <= finding.score <= 1.0 for finding in found):  # False for NaN too
        return found
    return [failed(name, "a score outside 0 to 1")]


def failed(name: str, why: str) -> Finding:
    """The finding that a check could not be made."""
    reason = f"The check “{name}” failed ({why})."
    return Finding(check=name, label="not_checked", score=1.0, reason=reason)
