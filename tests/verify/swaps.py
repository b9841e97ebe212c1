"""A generated suite of claims in which one fact is right or swapped.

    python tests/verify/swaps.py

Every case is one evidence with two claims that differ in one fact only, so that both halves are
equally large and nothing but the fact tells them apart. All names and sentences are invented, and
a fixed seed makes the same suite each time. By itself the suite shows how much the exact checks
do: its entailment believes everything.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import swap_facts
import swap_layouts
import swap_times
import swap_values

from guard.verify.entailment import Entailment, Scores
from guard.verify.pairs import Pair, judge

SEED = 20
CASES = 26
"""Cases of each family; each makes two pairs."""

FAMILIES = {
    **swap_values.FAMILIES,
    **swap_times.FAMILIES,
    **swap_facts.FAMILIES,
    **swap_layouts.FAMILIES,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Swap:
    """A pair of the suite, and whether its evidence supports its claim."""

    family: str
    claim: str
    evidence: str
    supported: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A family's pairs, and how many of each half are judged right."""

    family: str
    pairs: int
    kept: int
    stopped: int

    @property
    def right(self) -> float:
        """The share of pairs judged right."""
        return (self.kept + self.stopped) / self.pairs


class Credulous:
    """An entailment that believes every claim."""

    id = "credulous"

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """The same near certainty for each pair."""
        return [Scores(supported=0.95, contradicted=0.01, neutral=0.04) for _ in pairs]


def suite(*, cases: int = CASES, seed: int = SEED) -> list[Swap]:
    """All pairs, family by family; a family's pairs do not depend on other families."""
    return [swap for family in FAMILIES for swap in _pairs(family, cases, seed)]


def _pairs(family: str, cases: int, seed: int) -> Iterator[Swap]:
    chance = random.Random(f"{seed} {family}")
    seen: set[tuple[str, str]] = set()
    while len(seen) < cases:
        case = FAMILIES[family](chance)
        if (case.evidence, case.true) in seen or case.true == case.false:
            continue
        seen.add((case.evidence, case.true))
        yield Swap(family=family, claim=case.true, evidence=case.evidence, supported=True)
        yield Swap(family=family, claim=case.false, evidence=case.evidence, supported=False)


def wrong(entailment: Entailment, pairs: Sequence[Swap]) -> list[tuple[Swap, str]]:
    """The pairs that are judged wrong, with the label they get."""
    named = [Pair(id=str(i), claim=p.claim, evidence=p.evidence) for i, p in enumerate(pairs)]
    judged = judge(named, entailment=entailment)
    return [
        (pair, judgement.label)
        for pair, judgement in zip(pairs, judged, strict=True)
        if (judgement.label == "supported") != pair.supported
    ]


def run(entailment: Entailment, pairs: Sequence[Swap] | None = None) -> list[Line]:
    """How many pairs of each family are judged right with this entailment."""
    chosen = suite() if pairs is None else pairs
    missed = [pair for pair, _ in wrong(entailment, chosen)]
    lines = []
    for family in dict.fromkeys(pair.family for pair in chosen):
        halves = [
            sum(p.family == family and p.supported == half for p in chosen)
            - sum(p.family == family and p.supported == half for p in missed)
            for half in (True, False)
        ]
        total = sum(pair.family == family for pair in chosen)
        lines.append(Line(family=family, pairs=total, kept=halves[0], stopped=halves[1]))
    return lines


def table(lines: Sequence[Line]) -> str:
    """The lines as text, with the total last."""
    total = Line(
        family="all",
        pairs=sum(line.pairs for line in lines),
        kept=sum(line.kept for line in lines),
        stopped=sum(line.stopped for line in lines),
    )
    rows = [f"{'family':18}{'pairs':>7}{'true kept':>11}{'false stopped':>15}{'right':>8}"]
    for line in (*lines, total):
        half = line.pairs / 2
        rows.append(
            f"{line.family:18}{line.pairs:7}{100 * line.kept / half:10.1f}%"
            f"{100 * line.stopped / half:14.1f}%{100 * line.right:7.1f}%"
        )
    return "\n".join(rows)


def main() -> None:
    """Print the table; `--show N` also prints wrong pairs, `--family F` looks at one family."""
    words = sys.argv[1:]
    show = int(words[words.index("--show") + 1]) if "--show" in words else 0
    only = words[words.index("--family") + 1] if "--family" in words else None
    pairs = [pair for pair in suite() if only in (None, pair.family)]
    print(table(run(Credulous(), pairs)))
    shown: dict[str, int] = {}
    for pair, label in wrong(Credulous(), pairs):
        shown[pair.family] = shown.get(pair.family, 0) + 1
        if shown[pair.family] <= show:
            print(f"\n{pair.family} ({pair.supported}): {label}\n  {pair.claim}\n  {pair.evidence}")


if __name__ == "__main__":
    main()
