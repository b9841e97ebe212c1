"""Labelled pairs to train on and to measure with."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from guard.errors import InputError
from guard.files import parse_json

Answer = Literal["supported", "contradicted", "neutral", "not_supported"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
"""`not_supported` is for sources that do not tell contradicted from neutral."""

_HINT = 'write {"claim", "evidence", "label"} lines'


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """Evidence, a claim, and what the evidence does for it; `source` is where the pair is from,
    `taught` what teachers answer: supported, contradicted, neutral, which sum to 1."""

    evidence: str
    claim: str
    label: Answer
    source: str = ""
    taught: tuple[float, float, float] | None = None


def read_rows(path: Path) -> list[Row]:
    """The rows of a .jsonl or .jsonl.gz file, blank lines skipped.

    Raises InputError with the line number for one that is no labelled pair.
    """
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
            lines = file.read().split("\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}", hint="pass a JSONL file") from error
    found = [
        _row(line, f"{path}, line {number}", name)
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    if not found:
        raise InputError(f"{path} has no rows", hint=_HINT)
    return found


def _row(line: str, where: str, source: str) -> Row:
    row = parse_json(line, where=where)
    if not isinstance(row, dict):
        raise InputError(f"{where} is no JSON object", hint=_HINT)
    for key in ("claim", "evidence", "label"):
        if not isinstance(row.get(key), str):
            wrong = "is not a string" if key in row else "is missing"
            raise InputError(f"{where}: {key!r} {wrong}", hint=_HINT)
    label = row["label"]
    if label not in ANSWERS:
        raise InputError(f"{where}: {label!r} is no label", hint=f"use one of {', '.join(ANSWERS)}")
    return Row(evidence=row["evidence"], claim=row["claim"], label=label, source=source)
