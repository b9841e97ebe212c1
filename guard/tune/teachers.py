"""What teachers answer: verifiers whose answers a student learns together with the labels.

Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015). The answers
of several teachers are averaged, which is worth more than any of them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from guard.runtime import each
from guard.tune.rows import Row
from guard.verify.focus import focus
from guard.verify.settings import softmax
from guard.verify.verifier import Verifier, load_verifier

CHUNK = 512
"""Rows between two reports of progress."""


def taught(
    rows: Sequence[Row],
    teachers: Sequence[str],
    *,
    words: int,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Row]:
    """The rows with the mean answer of the teachers, the folders of verifiers or `shipped`.

    Without teachers, the rows as they are. Raises ModelError for a folder that has no verifier.
    """
    if not teachers:
        return list(rows)
    loaded = [load_verifier(None if name == "shipped" else Path(name)) for name in teachers]
    found: list[Row] = []
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        answers = each(lambda row: _answer(loaded, row, words), part)
        found += [replace(row, taught=one) for row, one in zip(part, answers, strict=True)]
        if progress:
            progress(len(found), len(rows), "teachers answer")
    return found


def _answer(teachers: Sequence[Verifier], row: Row, words: int) -> tuple[float, float, float]:
    evidence = focus(row.claim, row.evidence, words=words)
    # The blend is left out, since it was fitted on development sets.
    every = [softmax(one.logits(one.encoder.encode(evidence, row.claim))) for one in teachers]
    one, two, three = (sum(answer) / len(every) for answer in zip(*every, strict=True))
    return one, two, three
