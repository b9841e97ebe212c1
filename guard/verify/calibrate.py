"""Fitting a calibration to labelled pairs.

The rows are split once by chance: a third fits the map and proposes thresholds, the rest is only
counted. The split ignores labels, because only then are the counted rows a fair draw of their own,
which the promise of `guard.verify.risk` rests on.

The map is fitted on what it is applied to: the support that entailment gives to the best piece of
evidence that no exact check speaks against. A claim whose every piece is spoken against has lost
its label whatever the map says, so it would only bend it. What passes is then counted with the map
in its place, by the same engine as everywhere, checks and contradictions included.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from guard.errors import InputError
from guard.files import sha256
from guard.fold import ENTAILMENT, refold
from guard.types import Policy, Verdict
from guard.verify.calibration import Calibrated, Calibration, Rows, bounded_logit
from guard.verify.engine import settle
from guard.verify.entailment import Entailment, Scores
from guard.verify.pairs import BATCH, Pair, case
from guard.verify.platt import fit_map
from guard.verify.quality import Quality, quality
from guard.verify.risk import Count, Step

FIT_SHARE = 1 / 3
"""The map has but two numbers to learn; the promise needs the rows more."""

LEAST_ROWS = 50
LEAST_KIND = 10
LEAST_FITTED = 3
"""Rows needed in all, of each kind, and of each kind among those the map is fitted on."""

STEPS = 40
"""So many thresholds are proposed between 0.5 and the highest support."""

FLAT = 1e-6
"""A map that rises no more than this does not tell claims apart."""

HINT = "label more claims, supported and not, from where yours come from"

Progress = Callable[[int, int, str], None]
Level = tuple[float, bool]
"""Up to which threshold a claim passes (0 where it never does), and whether it is supported."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """A calibration, and how good support is before and after on the rows the map did not see.

    `unchecked` says of each row that could not be checked why; such rows never pass.
    """

    calibration: Calibration
    before: Quality
    after: Quality
    unchecked: tuple[str, ...]


def calibrate(
    pairs: Sequence[Pair],
    supported: Sequence[bool],
    *,
    entailment: Entailment,
    policy: Policy = Policy(),  # noqa: B008 - a frozen value
    delta: float = 0.1,
    seed: int = 0,
    progress: Progress | None = None,
) -> Fit:
    """Fit a calibration of `entailment` to pairs and whether their evidence supports them.

    Of the policy only `contradiction` matters. `progress` counts each pair twice, without the map
    and with it. Raises InputError for rows that are too few, of one kind, or that support says
    nothing about.
    """
    _require_rows(supported)
    remembering = _Remembering(entailment)
    run = _Run(pairs=pairs, labels=supported, policy=policy, progress=progress)
    fit, test = split(len(pairs), seed)
    raw = run.outcomes(remembering, done=0)
    slope, intercept = _fitted([raw[i] for i in fit])
    plain = Calibration(
        entailment=entailment.id,
        slope=slope,
        intercept=intercept,
        contradiction=policy.contradiction,
        delta=delta,
        fitted=_rows([supported[i] for i in fit]),
        tested=_rows([supported[i] for i in test]),
        steps=(),
    )
    mapped = run.outcomes(Calibrated(remembering, plain), done=len(pairs))
    steps = propose([mapped[i].passing for i in fit], [mapped[i].passing for i in test])
    return Fit(
        calibration=replace(plain, steps=steps),
        before=_quality([raw[i] for i in test]),
        after=_quality([mapped[i] for i in test]),
        unchecked=tuple(one.missing for one in raw if one.missing is not None),
    )


def split(rows: int, seed: int) -> tuple[list[int], list[int]]:
    """The numbers of the rows to fit on and of those to count, in the order of chance."""
    order = list(range(rows))
    random.Random(seed).shuffle(order)  # noqa: S311 - no secret
    cut = round(rows * FIT_SHARE)
    return order[:cut], order[cut:]


def level(verdict: Verdict, policy: Policy) -> float:
    """Up to which threshold `policy` lets a claim pass as supported; 0 where it never does."""
    best = refold(verdict, replace(policy, threshold=0.0))
    if best.label != "supported" or best.decided_by is None:
        return 0.0
    return best.findings[best.decided_by].score


def propose(scout: Sequence[Level], test: Sequence[Level]) -> tuple[Step, ...]:
    """Candidate thresholds, strictest first, at even steps through those scouts that pass 0.5."""
    passing = sorted(floor for one, _ in scout if (floor := math.floor(one * 1e4) / 1e4) >= 0.5)
    chosen = {passing[i * (len(passing) - 1) // STEPS] for i in range(STEPS + 1) if passing}
    return tuple(
        Step(threshold=one, scout=_count(scout, one), test=_count(test, one))
        for one in sorted({0.5, *chosen}, reverse=True)
    )


def _count(levels: Sequence[Level], threshold: float) -> Count:
    passed = [label for one, label in levels if one >= threshold]
    return Count(passed=len(passed), wrong=passed.count(False))


def _free(verdict: Verdict) -> float | None:
    """What entailment gives to the best evidence that nothing exact speaks against.

    That is what would decide, were there no threshold and no contradictions.
    """
    best = refold(verdict, Policy(threshold=0.0, contradiction=math.inf))
    if best.label != "supported" or best.decided_by is None:
        return None
    finding = best.findings[best.decided_by]
    return finding.score if finding.check == ENTAILMENT else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    """What is kept of a verdict on a row with a known answer (`label`)."""

    label: bool
    level: float
    support: float
    free: float | None
    missing: str | None

    @property
    def passing(self) -> Level:
        return self.level, self.label


def _fitted(rows: Sequence[_Outcome]) -> tuple[float, float]:
    known = [(bounded_logit(row.free), row.label) for row in rows if row.free is not None]
    values, labels = [value for value, _ in known], [label for _, label in known]
    if min(labels.count(True), labels.count(False)) < LEAST_FITTED:
        missing = next((row.missing for row in rows if row.missing is not None), None)
        why = f"others could not be checked: {missing}" if missing else "checks refute the rest"
        raise InputError(
            f"only {labels.count(True):,} supported and {labels.count(False):,} other claims are "
            f"left to fit on; {why}",
            hint=HINT,
        )
    slope, intercept = fit_map(values, labels)
    if not slope > FLAT:
        raise InputError(
            "support does not rise with the share of supported claims in these rows",
            hint="look whether the labels are right, or set another entailment",
        )
    return slope, intercept


def _require_rows(supported: Sequence[bool]) -> None:
    rows = _rows(supported)
    if rows.total < LEAST_ROWS or min(rows.supported, rows.other) < LEAST_KIND:
        raise InputError(
            f"{rows.supported:,} supported and {rows.other:,} other rows are too few to calibrate "
            f"on: it takes {LEAST_ROWS}, and {LEAST_KIND} of each kind",
            hint=HINT,
        )


def _rows(supported: Sequence[bool]) -> Rows:
    yes = sum(supported)
    return Rows(supported=yes, other=len(supported) - yes)


def _quality(rows: Sequence[_Outcome]) -> Quality:
    labels = [row.label for row in rows]
    return quality([row.level for row in rows], [row.support for row in rows], labels)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """Labelled pairs, to be judged by one entailment after the other."""

    pairs: Sequence[Pair]
    labels: Sequence[bool]
    policy: Policy
    progress: Progress | None

    def outcomes(self, entailment: Entailment, *, done: int) -> list[_Outcome]:
        """One per pair, in order; `done` pairs were counted before."""
        verdicts = self._verdicts(entailment, done)
        return [self._outcome(it, label) for it, label in zip(verdicts, self.labels, strict=True)]

    def _outcome(self, verdict: Verdict, label: bool) -> _Outcome:
        return _Outcome(
            label=label,
            level=level(verdict, self.policy),
            support=verdict.score,
            free=_free(verdict),
            missing=verdict.reason if verdict.label == "not_checked" else None,
        )

    def _verdicts(self, entailment: Entailment, done: int) -> Iterator[Verdict]:
        for start in range(0, len(self.pairs), BATCH):
            part = self.pairs[start : start + BATCH]
            cases = [case(str(index), pair) for index, pair in enumerate(part)]
            yield from settle(cases, entailment=entailment, policy=self.policy, question=None)
            if self.progress:
                self.progress(done + start + len(part), 2 * len(self.pairs), part[-1].claim)


@dataclass(frozen=True, slots=True)
class _Remembering:
    """An entailment that is asked about each pair but once."""

    entailment: Entailment
    known: dict[str, Scores] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.entailment.id

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """What it said, or says now."""
        keys = [sha256(f"{len(evidence)} {evidence}{claim}") for evidence, claim in pairs]
        pending = {k: pair for k, pair in zip(keys, pairs, strict=True) if k not in self.known}
        if pending:
            found = self.entailment.score(list(pending.values()))
            self.known.update(zip(pending, found, strict=True))
        return [self.known[key] for key in keys]
