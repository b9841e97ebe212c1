"""The blend of a verifier: what its network says and what exact checks find, as one probability.

It is fitted on the same units of evidence that claims are judged by, after training.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from guard.tune.fit import fit_logistic
from guard.tune.measure import Figures, figures
from guard.tune.mixture import Source, make
from guard.tune.rows import Row
from guard.types import Claim
from guard.verify.context import Context
from guard.verify.evidence import Unit
from guard.verify.findings import exact_findings
from guard.verify.pairs import Pair, case, judge
from guard.verify.quantities import restated
from guard.verify.settings import FEATURES, Blend
from guard.verify.settings import features as features_of
from guard.verify.signals import AGAINST, SIGNALS, signals
from guard.verify.verifier import Verifier

HARD = ("renamed", "sibling", "changed figure", "deleted", "elsewhere")
"""Kinds of made rows that the blend is fitted on beside the development sets."""

HARD_ROWS = 100
LEAST_TRUE = 20
"""With fewer supported rows, none are made from them."""

UNFITTED = Blend(intercept=0.0, weights=(1.0, *(0.0,) * (len(FEATURES) - 1)))
"""The network's own probability."""


def fitted(verifier: Verifier, dev: Mapping[str, Sequence[Row]]) -> Blend:
    """The blend that tells supported development rows best from the rest.

    Each row counts by the unit of evidence that says most for its claim. A finding against a claim
    never raises its support, nor does one for it lower it: such a weight is chance, and is 0.
    """
    import numpy as np

    sets = {**dev, **hard_rows(dev)}
    rows = [(name, row) for name, found in sets.items() for row in found if row.evidence.strip()]
    if not rows:
        return UNFITTED
    table = np.array([measured(verifier, row) for _, row in rows])
    supported = np.array([row.label == "supported" for _, row in rows])
    groups = [name for name, _ in rows]
    used = list(range(table.shape[1]))
    while True:
        intercept, *weights = fit_logistic(table[:, used], supported, groups)
        odd = [i for i, weight in zip(used, weights, strict=True) if _wrong(i, weight)]
        if not odd:
            break
        used = [i for i in used if i not in odd]
    known = dict(zip(used, weights, strict=True))
    every = [known.get(i, 0.0) for i in range(table.shape[1])]
    return Blend(
        intercept=intercept,
        weights=tuple(every[: len(FEATURES)]),
        findings=dict(zip(SIGNALS, every[len(FEATURES) :], strict=True)),
    )


def hard_rows(dev: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """Sets made from the development rows: each kind of false claim that is near to a true one, and
    as many true ones. Labelled sets have few of them, knowledge bases many."""
    rows = [row for found in dev.values() for row in found]
    true = [row for row in rows if row.label == "supported"]
    if len(true) < LEAST_TRUE:
        return {}
    source = Source(rows=rows, chance=random.Random(0))
    found = {kind: make(kind, source, HARD_ROWS) for kind in HARD}
    return {
        kind: [
            *(row for row in made if row.label != "supported"),
            *source.chance.sample(true, min(len(true), len(made))),
        ]
        for kind, made in found.items()
        if made
    }


def _wrong(column: int, weight: float) -> bool:
    place = column - len(FEATURES)
    return place >= 0 and (weight > 0.0 if SIGNALS[place] in AGAINST else weight < 0.0)


def measured(verifier: Verifier, row: Row) -> tuple[float, ...]:
    """`FEATURES` and `SIGNALS` of the unit of a row's evidence that says most for its claim: of
    those that no decisive finding speaks against, if there are any."""
    given = case("0", Pair(id="0", claim=row.claim, evidence=row.evidence))
    pieces = len(given.units)
    return max(_unit(verifier, given.claim, unit, pieces) for unit in given.units)[1]


def _unit(
    verifier: Verifier, claim: Claim, unit: Unit, pieces: int
) -> tuple[tuple[bool, float], tuple[float, ...]]:
    text = unit.evidence.passage.text
    findings = exact_findings(claim, unit.evidence, Context())
    said = restated(claim, unit.evidence)
    logits = verifier.logits(verifier.encoder.encode(text, said))
    features = features_of(logits, said, text)
    free = not any(finding.decisive for finding in findings)
    return (free, features[0]), (*features, *signals(findings, pieces))


def results(verifier: Verifier, dev: Mapping[str, Sequence[Row]]) -> dict[str, Figures]:
    """How well claims are judged with this verifier, set by set."""
    return {name: _result(verifier, rows) for name, rows in dev.items()}


def _result(verifier: Verifier, rows: Sequence[Row]) -> Figures:
    pairs = [Pair(id=str(i), claim=r.claim, evidence=r.evidence) for i, r in enumerate(rows)]
    judged = judge(pairs, entailment=verifier)
    scores = [
        one.support if one.label == "supported" else min(one.support, 0.4999) for one in judged
    ]
    return figures([row.label == "supported" for row in rows], scores)
