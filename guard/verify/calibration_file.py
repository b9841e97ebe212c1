"""Calibrations as JSON and back. Reading trusts nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from itertools import pairwise
from pathlib import Path

from guard.errors import InputError
from guard.files import parse_json, read_text, write_atomic
from guard.types import Json
from guard.verify.calibration import REFIT, Calibration, Rows
from guard.verify.risk import Count, Step

KIND = "guard calibration"
VERSION = 1
MAX_BYTES = 1_000_000
MOST_ROWS = 10**9
HINT = f"make it anew with {REFIT}"


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write the file, whole or not at all. Raises RunError."""
    table = {"kind": KIND, "version": VERSION, **asdict(calibration)}
    write_atomic(path, json.dumps(table, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_calibration(path: Path) -> Calibration:
    """The calibration that a file holds.

    Raises InputError for one that is missing, damaged, of another version, or no calibration.
    """
    where = f"calibration {path}"
    table = parse_json(read_text(path, limit=MAX_BYTES, what="calibration"), where=where)
    if not isinstance(table, dict) or table.get("kind") != KIND:
        raise InputError(f"{path} is no calibration", hint=HINT)
    version = table.get("version")
    if version != VERSION or isinstance(version, bool):
        raise InputError(
            f"{where} has version {version!r:.40}; this guard reads {VERSION}", hint=HINT
        )
    body = {key: value for key, value in table.items() if key not in ("kind", "version")}
    found = _calibration(body, where)
    _require_order(found.steps, found.fitted, found.tested, where)
    return found


def _calibration(value: Json, where: str) -> Calibration:
    table = _table(value, Calibration, where)
    return Calibration(
        entailment=_text(table["entailment"], f"{where}: entailment"),
        slope=_number(table["slope"], f"{where}: slope", least=1e-6),
        intercept=_number(table["intercept"], f"{where}: intercept", least=-1e6),
        contradiction=_number(table["contradiction"], f"{where}: contradiction", most=1.0),
        delta=_number(table["delta"], f"{where}: delta", least=1e-9, most=1.0 - 1e-9),
        fitted=_rows(table["fitted"], f"{where}: fitted"),
        tested=_rows(table["tested"], f"{where}: tested"),
        steps=tuple(_step(one, f"{where}: step {i}") for i, one in _numbered(table, where)),
    )


def _numbered(table: Mapping[str, Json], where: str) -> list[tuple[int, Json]]:
    steps = table["steps"]
    if not isinstance(steps, list):
        raise InputError(f"{where}: steps is no list", hint=HINT)
    return list(enumerate(steps, start=1))


def _step(value: Json, where: str) -> Step:
    table = _table(value, Step, where)
    return Step(
        threshold=_number(table["threshold"], f"{where}: threshold", least=0.5, most=1.0),
        scout=_count(table["scout"], f"{where}: scout"),
        test=_count(table["test"], f"{where}: test"),
    )


def _count(value: Json, where: str) -> Count:
    table = _table(value, Count, where)
    passed = _whole(table["passed"], f"{where}: passed")
    return Count(passed=passed, wrong=_whole(table["wrong"], f"{where}: wrong", most=passed))


def _rows(value: Json, where: str) -> Rows:
    table = _table(value, Rows, where)
    return Rows(
        supported=_whole(table["supported"], f"{where}: supported"),
        other=_whole(table["other"], f"{where}: other"),
    )


def _require_order(steps: Sequence[Step], fitted: Rows, tested: Rows, where: str) -> None:
    """A laxer threshold lets the same claims pass and others too, never more than there are."""
    for one, other in pairwise(steps):
        grows = all(
            a.passed <= b.passed and a.wrong <= b.wrong and b.wrong - a.wrong <= b.passed - a.passed
            for a, b in ((one.scout, other.scout), (one.test, other.test))
        )
        if one.threshold <= other.threshold or not grows:
            raise InputError(f"{where}: the steps are out of order", hint=HINT)
    for step in steps[-1:]:
        for count, rows in ((step.scout, fitted), (step.test, tested)):
            if count.wrong > rows.other or count.passed - count.wrong > rows.supported:
                raise InputError(f"{where}: the steps count more than the rows", hint=HINT)


def _table(value: Json, kind: type, where: str) -> dict[str, Json]:
    """An object with exactly the fields of the dataclass `kind`."""
    if not isinstance(value, dict):
        raise InputError(f"{where} is no JSON object", hint=HINT)
    names = [field.name for field in fields(kind)]
    for name in names:
        if name not in value:
            raise InputError(f"{where}: {name!r} is missing", hint=HINT)
    for key in value:
        if key not in names:
            raise InputError(f"{where}: {key!r:.80} is not known", hint=HINT)
    return value


def _text(value: Json, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise InputError(f"{where} is no text", hint=HINT)
    return value


def _number(value: Json, where: str, *, least: float = 0.0, most: float = 1e6) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        raise InputError(f"{where} is {value!r:.40}, not from {least:g} to {most:g}", hint=HINT)
    return float(value)


def _whole(value: Json, where: str, *, most: int = MOST_ROWS) -> int:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or not 0 <= value <= most:
        raise InputError(f"{where} is {value!r:.40}, not from 0 to {most:,}", hint=HINT)
    return int(value)
