"""How well, and how fast, `guard judge` tells supported claims from the rest.

    python tests/benchmarks/verify.py --data DIR [--sets NAME ...] [--limit N] [--entailment SPEC]

DIR holds `dev/*.jsonl.gz` (or the files themselves). Beside guard stand two plain baselines, the
share of the claim's words that the evidence has, and the cosine of claim and evidence under the
encoder. Each cell is balanced accuracy at 0.5, in percent, and AUROC. Runs without the tests.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import Row, find, rows_of

from guard.knowledge import Encoder, load_encoder
from guard.models.embedded import encoder_dir
from guard.verify import Entailment, Pair, judge, load_entailment

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One set's result: scores of each system against the labels."""

    name: str
    supported: np.ndarray
    scores: dict[str, np.ndarray]
    seconds: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="*", help="names of sets [default: all]")
    parser.add_argument("--limit", type=int, help="rows per set")
    parser.add_argument("--seed", type=int, default=0, help="which rows")
    parser.add_argument("--entailment", default="baseline", help="as in the configuration")
    parser.add_argument("--encoder", default=None, help="directory or id [default: embedded]")
    options = parser.parse_args()
    encoder = load_encoder(options.encoder or encoder_dir())
    entailment = load_entailment(options.entailment, encoder=encoder)
    sets = find(options.data, "dev")
    lines = []
    print(_row("set", ("rows", "word overlap", "encoder cosine", "guard", "pairs/s")), flush=True)
    for name in options.sets or sets:
        if name not in sets:
            raise SystemExit(f"no set {name}; there are {', '.join(sets)}")
        line = measure(rows_of(sets[name], options.limit, options.seed), encoder, entailment)
        lines.append(line)
        print(_show(line), flush=True)
    print(_mean(lines))


def measure(rows: Sequence[Row], encoder: Encoder, entailment: Entailment) -> Line:
    """All systems on one set."""
    pairs = [Pair(id=str(i), claim=r.claim, evidence=r.evidence) for i, r in enumerate(rows)]
    start = time.perf_counter()
    judged = judge(pairs, entailment=entailment)
    seconds = time.perf_counter() - start
    cosine = (
        encoder.encode([r.claim for r in rows]) * encoder.encode([r.evidence for r in rows])
    ).sum(axis=1)
    return Line(
        name=rows[0].name,
        supported=np.array([row.supported for row in rows]),
        scores={
            "word overlap": np.array([overlap(row) for row in rows]),
            "encoder cosine": cosine,
            "guard": np.array([one.support for one in judged]),
        },
        seconds=seconds,
    )


def overlap(row: Row) -> float:
    """The share of the claim's distinct words that the evidence has."""
    claim = set(_WORD.findall(row.claim.lower()))
    return len(claim & set(_WORD.findall(row.evidence.lower()))) / len(claim) if claim else 0.0


def balanced_accuracy(supported: np.ndarray, scores: np.ndarray, threshold: float = 0.5) -> float:
    """The mean of the shares of supported and of other rows that are judged right."""
    said = scores >= threshold
    return float((said[supported].mean() + (~said[~supported]).mean()) / 2)


def auroc(supported: np.ndarray, scores: np.ndarray) -> float:
    """The chance that a supported row scores above another one, ties counting half."""
    _, index, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[index]
    positive, negative = supported.sum(), (~supported).sum()
    return float((ranks[supported].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _figures(line: Line) -> list[tuple[float, float]]:
    return [
        (balanced_accuracy(line.supported, scores), auroc(line.supported, scores))
        for scores in line.scores.values()
    ]


def _show(line: Line) -> str:
    cells = [f"{100 * ba:.1f}  {auc:.3f}" for ba, auc in _figures(line)]
    rows = len(line.supported)
    return _row(line.name, (str(rows), *cells, f"{rows / line.seconds:.0f}"))


def _mean(lines: Sequence[Line]) -> str:
    table = np.array([_figures(line) for line in lines]).mean(axis=0)
    cells = [f"{100 * ba:.1f}  {auc:.3f}" for ba, auc in table]
    rows = sum(len(line.supported) for line in lines)
    seconds = sum(line.seconds for line in lines)
    return _row("mean", (str(rows), *cells, f"{rows / seconds:.0f}"))


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name:24} | " + " | ".join(f"{cell:>14}" for cell in cells) + " |"


if __name__ == "__main__":
    main()
