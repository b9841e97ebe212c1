"""How well scores tell supported rows from the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guard.verify import quality


def auroc(supported: Sequence[bool], scores: Sequence[float]) -> float:
    """The chance that a supported row scores above another one, ties counting half.

    0.5 where one of the two kinds is missing.
    """
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    ranks = [0.0] * len(scores)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + end + 1) / 2
        start = end
    positive = sum(supported)
    negative = len(supported) - positive
    if not positive or not negative:
        return 0.5
    total = sum(rank for rank, one in zip(ranks, supported, strict=True) if one)
    return (total - positive * (positive + 1) / 2) / (positive * negative)


def balanced_accuracy(
    supported: Sequence[bool], scores: Sequence[float], threshold: float = 0.5
) -> float:
    """The mean of the shares of supported and of other rows that are judged right.

    0.5 where one of the two kinds is missing.
    """
    if len(set(supported)) < 2:
        return 0.5
    return quality.balanced_accuracy([score >= threshold for score in scores], supported)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """One set's results: its rows, and both measures of how they were told apart."""

    rows: int
    balanced_accuracy: float
    auroc: float


def figures(supported: Sequence[bool], scores: Sequence[float]) -> Figures:
    """Both measures of one set."""
    return Figures(
        rows=len(scores),
        balanced_accuracy=balanced_accuracy(supported, scores),
        auroc=auroc(supported, scores),
    )


def table(results: Mapping[str, Figures]) -> str:
    """Results as a Markdown table, the plain mean of the sets last."""
    lines = ["| set | rows | balanced accuracy | AUROC |", "| --- | --- | --- | --- |"]
    lines += [_line(name, one) for name, one in results.items()]
    count = len(results)
    if count > 1:
        mean = Figures(
            rows=sum(one.rows for one in results.values()),
            balanced_accuracy=sum(one.balanced_accuracy for one in results.values()) / count,
            auroc=sum(one.auroc for one in results.values()) / count,
        )
        lines.append(_line("mean", mean))
    return "\n".join(lines)


def _line(name: str, one: Figures) -> str:
    return f"| {name} | {one.rows:,} | {100 * one.balanced_accuracy:.1f} | {one.auroc:.3f} |"
