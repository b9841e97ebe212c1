"""How right the quantities check is on labelled claims, by itself.

    python tests/benchmarks/quantities.py --data DIR [--show 20]

DIR holds `{"id","claim","evidence","label"}` lines in `*.jsonl.gz` files. For each set and label,
the table gives how many rows have a value to check, and which share of those the check calls
contradicted, absent (not in knowledge), carried (supported), or leaves open. On supported rows,
contradicted and absent are errors; on contradicted rows, contradicted is a catch.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from guard.types import Claim, Evidence, Finding, Passage, Span
from guard.verify.context import Context
from guard.verify.quantities import check_quantities, quantities

SETS = (
    "vitaminc_sample.test",
    "infotabs.dev",
    "infotabs.test_alpha1",
    "fm2.dev",
    "wice_oracle.dev",
    "scifact.dev",
    "check_covid.dev",
    "fever_symmetric.test",
    "q2.test",
    "conjnli.dev",
    "defacto.val",
)
OUTCOMES = ("contradicted", "absent", "carried", "open")
NAMES = {"contradicted": "contradicted", "not_in_knowledge": "absent", "supported": "carried"}


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The lines of one gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def finding(row: dict[str, str]) -> Finding | None:
    """What the check says of one row, its evidence being one passage."""
    text = row["evidence"]
    span = Span(start=0, end=len(text))
    passage = Passage(id="p", document="d", title="", text=text, span=span, sha256="")
    evidence = Evidence(passage=passage, quote=span, score=1.0, how="given")
    claim = Claim(id="c", text=row["claim"], kind="prose")
    return next(check_quantities(claim, evidence, Context()), None)


def measure(path: Path, *, show: int) -> tuple[dict[str, Counter[str]], list[str]]:
    """Outcomes by label over the rows with quantities, and the first wrong ones in words."""
    counts: dict[str, Counter[str]] = {}
    wrong = []
    for row in rows(path):
        if not quantities(row["claim"]):
            continue
        found = finding(row)
        outcome = NAMES[found.label] if found else "open"
        counts.setdefault(row["label"], Counter())[outcome] += 1
        bad = row["label"] == "supported" and outcome in {"contradicted", "absent"}
        missed = row["label"] == "contradicted" and outcome == "carried"
        if (bad or missed) and len(wrong) < show:
            reason = found.reason if found else ""
            evidence = row["evidence"][:700].replace("\n", " / ")
            wrong.append(f"{row['label']}: {row['claim']}\n   {reason}\n   {evidence}")
    return counts, wrong


def line(name: str, label: str, outcomes: Counter[str]) -> str:
    """One row of the table."""
    total = sum(outcomes.values())
    shares = "".join(f"{100 * outcomes[item] / total:13.1f}%" for item in OUTCOMES)
    return f"{name:24}{label:15}{total:6}{shares}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", type=int, default=0, help="wrong rows to print per set")
    parser.add_argument("--set", action="append", help="only this set (repeatable)")
    arguments = parser.parse_args()
    print(f"{'set':24}{'label':15}{'rows':>6}" + "".join(f"{name:>14}" for name in OUTCOMES))
    started = time.perf_counter()
    totals: dict[str, Counter[str]] = {}
    for name in arguments.set or SETS:
        path = arguments.data / f"{name}.jsonl.gz"
        if not path.exists():
            print(f"{name:24}not found in {arguments.data}")
            continue
        counts, wrong = measure(path, show=arguments.show)
        for label, outcomes in sorted(counts.items()):
            print(line(name, label, outcomes))
            totals.setdefault(label, Counter()).update(outcomes)
        print("\n".join(wrong), end="\n" if wrong else "")
    for label, outcomes in sorted(totals.items()):
        print(line("all", label, outcomes))
    print(f"{time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
