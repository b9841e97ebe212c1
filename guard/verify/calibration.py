"""A calibration: what the support that an entailment gives is worth on the user's own pairs.

It holds two things. A Platt map (a logistic regression on the logit of support) turns support into
the share of claims with that support that are right, so that 0.5 stays the one threshold that
means "more likely right than wrong". And the counts at candidate thresholds, made after mapping
and after all checks, from which `threshold_for` gives a threshold with a promise.
`guard.verify.calibrate` makes one, `guard.verify.calibration_file` reads and writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from guard.errors import ConfigError
from guard.types import Policy
from guard.verify.entailment import Entailment, Scores
from guard.verify.platt import logit, sigmoid
from guard.verify.risk import Step, least_passed, lowest_safe

EDGE = 1e-6
"""Support is held this far from 0 and 1, where its logit would be infinite."""

REFIT = "guard calibrate LABELLED.jsonl -o calibration.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """How many labelled pairs there were, by whether the evidence supports the claim."""

    supported: int
    other: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.supported + self.other


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """A calibration of the entailment with the id `entailment`.

    The map was fitted on the rows counted in `fitted`, which also chose the thresholds of `steps`,
    strictest first; the promise rests on the rows counted in `tested`, which neither saw.
    `contradiction` is the policy's field that the steps were counted under, since it takes part
    in what passes. `delta` is the chance of a broken promise that is accepted by default.
    """

    entailment: str
    slope: float
    intercept: float
    contradiction: float
    delta: float
    fitted: Rows
    tested: Rows
    steps: tuple[Step, ...]

    def probability(self, support: float) -> float:
        """The calibrated support. It rises with `support`, so it keeps the order of claims."""
        return sigmoid(self.slope * bounded_logit(support) + self.intercept)

    def threshold_for(self, alpha: float, delta: float | None = None) -> float | None:
        """The lowest threshold at which at most `alpha` of the passed claims are wrong.

        What is promised: with probability at least 1 - `delta` (default: the calibration's own)
        over the draw of the rows tested, at most a share `alpha` of all claims passed (labelled
        `supported`) at this threshold are wrong, among claims that come with their evidence from
        where those rows came from. It is exact for any number of rows and any distribution.

        What is not promised: anything about one claim, or about one kind of claims; about texts of
        another kind, or evidence found in another way; that several alphas hold at once; or
        anything if the rows are not independent of each other. It is never below 0.5, where a
        claim would be more likely wrong than right. None if these rows cannot promise it.
        """
        step = self.step_for(alpha, delta)
        return step.threshold if step is not None else None

    def step_for(self, alpha: float, delta: float | None = None) -> Step | None:
        """The step of that threshold, with its counts."""
        return lowest_safe(self.steps, alpha=alpha, delta=self.delta if delta is None else delta)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """An entailment whose support is mapped; the rest shares what is left as it did before.

    Raises ConfigError for a calibration of another entailment.
    """

    entailment: Entailment
    calibration: Calibration

    def __post_init__(self) -> None:
        fitted, here = self.calibration.entailment, self.entailment.id
        if fitted != here:
            raise ConfigError(
                f"the calibration was fitted for the entailment {fitted}, not for {here}",
                hint=f"set entailment to that one, or run {REFIT}",
            )

    @property
    def id(self) -> str:
        """What reports call it."""
        one = self.calibration
        return f"{self.entailment.id}, calibrated {one.slope:.4g} {one.intercept:+.4g}"

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """One `Scores` per pair, in order."""
        return [_mapped(one, self.calibration) for one in self.entailment.score(pairs)]


def _mapped(scores: Scores, calibration: Calibration) -> Scores:
    supported = calibration.probability(scores.supported)
    rest = scores.contradicted + scores.neutral
    against = scores.contradicted / rest * (1.0 - supported) if rest > 0.0 else 0.0
    neutral = max(0.0, 1.0 - supported - against)
    return Scores(supported=supported, contradicted=against, neutral=neutral)


def with_risk(policy: Policy, calibration: Calibration | None) -> Policy:
    """`policy` with the threshold that its `risk` asks for; without a risk, as it is.

    Raises ConfigError where nothing can promise it.
    """
    if policy.risk is None:
        return policy
    if calibration is None:
        raise ConfigError(
            f"policy.risk is {policy.risk:g}, but there is no calibration to keep it with",
            hint=f"run {REFIT} and set calibration, or set policy.threshold instead",
        )
    if policy.contradiction != calibration.contradiction:
        raise ConfigError(
            f"the calibration holds for policy.contradiction {calibration.contradiction:g}, "
            f"not for {policy.contradiction:g}",
            hint=f"run {REFIT} under this policy, or set contradiction back",
        )
    threshold = calibration.threshold_for(policy.risk)
    if threshold is None:
        raise ConfigError(
            f"no threshold keeps policy.risk {policy.risk:g}: {missing(calibration, policy.risk)}",
            hint="calibrate with more labelled rows, or allow a larger risk",
        )
    return replace(policy, threshold=threshold)


def missing(calibration: Calibration, alpha: float) -> str:
    """Why no threshold can promise `alpha`."""
    needed = least_passed(alpha, calibration.delta)
    most = max((step.test.passed for step in calibration.steps), default=0)
    if most < needed:
        return f"{most:,} of the rows tested pass, and it takes {needed:,} without a wrong one"
    return "too many of the claims that pass are wrong, or too few pass to tell"


def bounded_logit(support: float) -> float:
    """The logit of support, which is held off 0 and 1."""
    return logit(min(1.0 - EDGE, max(EDGE, support)))
