"""How well, and how fast, claims are told supported from the rest.

    python tests/benchmarks/verify.py --data DIR [--sets NAME ...] [--limit N] [--entailment SPEC]

DIR holds `dev/*.jsonl.gz` (or the files themselves). Beside `guard judge` stand two plain
baselines, the share of the claim's words that the evidence has, and the cosine of claim and
evidence under the encoder. Each cell is balanced accuracy at 0.5, in percent, and AUROC. Below the
table: the seven sets that the aim is set on, claims whose needed sentence was taken out of the
evidence, the suite of swapped facts (`tests/verify/swaps.py`), and with --speed the rates of
`verify_speed.py`. Runs without the tests.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import verify_speed
from data import Row, find, rows_of

from guard.knowledge import Encoder, load_encoder, quick
from guard.models.embedded import encoder_dir
from guard.tune import passages
from guard.tune.measure import auroc, balanced_accuracy
from guard.tune.rows import Row as Labelled
from guard.verify import Entailment, Pair, judge, load_entailment
from guard.verify.windows import sentence_spans
from guard.verify.words import coverage, stems, words

AIM = (
    "wice.dev", "wice_oracle.dev", "fm2.dev", "scifact.dev", "check_covid.dev", "q2.test",
    "vitaminc_sample.test",
)  # fmt: skip
DELETED_ROWS = 60
"""Of each set, at most so many supported rows lose their sentence."""

HALF = 0.5

COLUMNS = ("word overlap", "encoder cosine", "entailment", "guard")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One set's result: scores of each system against the labels."""

    name: str
    supported: list[bool]
    scores: dict[str, list[float]]
    seconds: float

    def figures(self) -> list[tuple[float, float]]:
        """Balanced accuracy and AUROC of each column."""
        found = [self.scores[name] for name in COLUMNS]
        return [(balanced_accuracy(self.supported, s), auroc(self.supported, s)) for s in found]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="*", help="names of sets [default: all]")
    parser.add_argument("--limit", type=int, help="rows per set")
    parser.add_argument("--seed", type=int, default=0, help="which rows")
    parser.add_argument("--entailment", default="verifier", help="as in the configuration")
    parser.add_argument("--no-swaps", action="store_true", help="leave the suite of swaps out")
    parser.add_argument("--speed", action="store_true", help="also beside models of other shapes")
    options = parser.parse_args()
    encoder = quick(load_encoder(encoder_dir()))
    entailment = load_entailment(options.entailment, encoder=encoder)
    sets = find(options.data, "dev")
    lines = []
    print(_row("set", ("rows", *COLUMNS, "pairs/s")), flush=True)
    for name in options.sets or sets:
        if name not in sets:
            raise SystemExit(f"no set {name}; there are {', '.join(sets)}")
        line = measure(rows_of(sets[name], options.limit, options.seed), encoder, entailment)
        lines.append(line)
        print(_show(line), flush=True)
    print(_mean("mean", lines))
    aimed = [line for line in lines if line.name in AIM]
    if len(aimed) == len(AIM):
        print(_mean("mean of the seven", aimed))
    rows = [row for name in sets for row in rows_of(sets[name], options.limit, options.seed)]
    print(deletions(rows, entailment), flush=True)
    if not options.no_swaps:
        print(swaps(entailment))
    if options.speed:
        verify_speed.main(["--entailment", options.entailment])


def measure(rows: Sequence[Row], encoder: Encoder, entailment: Entailment) -> Line:
    """All systems on one set."""
    start = time.perf_counter()
    judged = judge(_pairs(rows), entailment=entailment)
    seconds = time.perf_counter() - start
    claims, evidence = ([getattr(r, side) for r in rows] for side in ("claim", "evidence"))
    cosine = (encoder.encode(claims) * encoder.encode(evidence)).sum(axis=1)
    bare = entailment.score([(row.evidence, row.claim) for row in rows])
    return Line(
        name=rows[0].name,
        supported=[row.supported for row in rows],
        scores={
            "word overlap": [overlap(row) for row in rows],
            "encoder cosine": cosine.tolist(),
            "entailment": [one.supported for one in bare],
            "guard": [passing(one.support, one.label) for one in judged],
        },
        seconds=seconds,
    )


def passing(support: float, label: str) -> float:
    """The support, below 0.5 where the verdict is another one all the same."""
    return support if label == "supported" else min(support, 0.4999)


def _pairs(rows: Sequence[Row]) -> list[Pair]:
    return [Pair(id=str(i), claim=r.claim, evidence=r.evidence) for i, r in enumerate(rows)]


def overlap(row: Row) -> float:
    """The share of the claim's distinct words that the evidence has."""
    claim = {word.folded for word in words(row.claim)}
    found = claim & {word.folded for word in words(row.evidence)}
    return len(found) / len(claim) if claim else 0.0


def deletions(rows: Sequence[Row], entailment: Entailment) -> str:
    """Supported claims that guard passes, and how many it passes without the sentence they need.

    What one sentence says, another may say again; so also without every sentence that has `HALF` of
    the claim's words.
    """
    cut: list[tuple[Row, Row, Row]] = []
    for name in sorted({row.name for row in rows}):
        of_set = [three for row in rows if row.name == name for three in _cut(row)]
        cut += of_set[:DELETED_ROWS]
    shares = []
    for one in range(3):
        judged = judge(_pairs([three[one] for three in cut]), entailment=entailment)
        shares.append(100 * np.mean([it.label == "supported" for it in judged]))
    return (
        f"needed sentence removed: {len(cut)} claims; called supported before {shares[0]:.1f} %,"
        f" after {shares[1]:.1f} %, and without all sentences that have half of the claim's words"
        f" {shares[2]:.1f} %"
    )


def _cut(row: Row) -> list[tuple[Row, Row, Row]]:
    if not row.supported:
        return []
    made = passages.deleted(Labelled(evidence=row.evidence, claim=row.claim, label="supported"))
    spans = sentence_spans(row.evidence)
    rest = [s.of(row.evidence) for s in spans]
    rest = [one for one in rest if coverage(row.claim, stems(one)) < HALF]
    if made is None or not rest:
        return []
    return [(row, replace(row, evidence=made.evidence), replace(row, evidence=" ".join(rest)))]


def swaps(entailment: Entailment) -> str:
    """The suite of swapped facts."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "verify"))
    import swaps as suite

    return "swapped facts\n" + suite.table(suite.run(entailment))


def _show(line: Line) -> str:
    cells = [f"{100 * ba:.1f}  {auc:.3f}" for ba, auc in line.figures()]
    rows = len(line.supported)
    return _row(line.name, (str(rows), *cells, f"{rows / line.seconds:.0f}"))


def _mean(name: str, lines: Sequence[Line]) -> str:
    table = np.array([line.figures() for line in lines]).mean(axis=0)
    cells = [f"{100 * ba:.1f}  {auc:.3f}" for ba, auc in table]
    rows = sum(len(line.supported) for line in lines)
    seconds = sum(line.seconds for line in lines)
    return _row(name, (str(rows), *cells, f"{rows / seconds:.0f}"))


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name:24} | " + " | ".join(f"{cell:>14}" for cell in cells) + " |"


if __name__ == "__main__":
    main()
