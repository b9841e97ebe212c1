"""Fit the logistic regression of `guard.verify.baseline`.

    python tests/benchmarks/fit_baseline.py --data DIR [--limit N] [--seed N]

DIR holds `train/*.jsonl.gz`. Every set counts as `WEIGHTS` says, and its two halves (supported, and
the rest) alike. Rows whose evidence has several sentences give one more row, in which the sentence
that the claim needs most is deleted. Prints what to write into the source.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from data import Row, find, rows_of

from guard.knowledge import load_encoder
from guard.models.embedded import encoder_dir
from guard.tune.fit import solve
from guard.verify.baseline import FEATURES, Baseline
from guard.verify.pairs import Pair, case
from guard.verify.windows import sentence_spans
from guard.verify.words import best_sentence, coverage, stems

WEIGHTS = {  # 0 is left out; less than 1 where a set is narrow or easy for word overlap
    "infotabs.train": 1.0,
    "cad_nli.train": 0.5,
    "snli.dev": 0.5,
    "breaking_nli.train": 0.3,
    "exfever.train": 0.5,
    "defacto.train": 1.0,
    "feverous.train": 0.5,
    "check_covid.train": 1.0,
    "fever_symmetric.dev": 1.0,
    "scifact.train": 1.0,
    "conjnli.train_auto": 0.3,
    "halueval_qa.train_auto": 0.0,
}
MADE = 0.5
"""What a row made by deletion counts, against 1 for a row of people's."""


def main() -> None:
    """Read, fit, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=500, help="rows per set")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    baseline = Baseline(load_encoder(encoder_dir()))
    sets = find(options.data, "train")
    wanted = {name: path for name, path in sets.items() if WEIGHTS.get(name, 0.0)}
    rows = [row for path in wanted.values() for row in rows_of(path, options.limit, options.seed)]
    rows += list(_deleted(rows, random.Random(options.seed)))
    features = np.array(baseline.features([_unit(row) for row in rows]))
    found = solve(features, np.array([row.supported for row in rows]), _weights(rows))
    print(f"{len(rows)} rows of {', '.join(wanted)}")
    print("INTERCEPT =", round(float(found[0]), 2))
    print("COEFFICIENTS =", tuple(round(float(value), 2) for value in found[1:]), "#", FEATURES)


def _deleted(rows: Sequence[Row], chance: random.Random) -> Iterator[Row]:
    """Supported rows without the sentence that they rest on."""
    for row in rows:
        if row.supported and len(sentence_spans(row.evidence)) > 2 and chance.random() < 0.5:
            span = best_sentence(row.claim, row.evidence)
            rest = row.evidence[: span.start] + row.evidence[span.end :]
            yield Row(claim=row.claim, evidence=rest, label="neutral", name=f"{row.name} deleted")


def _unit(row: Row) -> tuple[str, str]:
    """The piece of evidence that `guard judge` would find to say most of the claim."""
    units = case("0", Pair(id="0", claim=row.claim, evidence=row.evidence)).units
    texts = [unit.evidence.passage.text for unit in units] or [""]
    return max(texts, key=lambda text: coverage(row.claim, stems(text))), row.claim


def _weights(rows: Sequence[Row]) -> np.ndarray:
    """A row's weight: that of its set, divided among the rows of its half."""
    keys = [(row.name, row.supported) for row in rows]
    sizes = {key: keys.count(key) for key in set(keys)}
    weights = [
        WEIGHTS[row.name.split()[0]]
        * (MADE if row.name.endswith("deleted") else 1.0)
        / sizes[row.name, row.supported]
        for row in rows
    ]
    return np.array(weights) * len(rows) / sum(weights)


if __name__ == "__main__":
    main()
