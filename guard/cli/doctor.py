"""`guard doctor`: what is installed, found and missing, and the one line that mends it.

Nothing heavy is imported: versions come from package metadata, models are looked at as files.
"""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Annotated

import typer

from guard.cli import common
from guard.cli.found import found
from guard.cli.installed import Check, packages, python, threads

EPILOG = """Examples:

guard doctor

guard doctor --json | jq '.checks[] | select(.status == "problem")'

Exit codes: 0 all that the main path needs is there, 3 something is not.
"""


def command(
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: common.ConfigOption = None,
) -> None:
    """Say what is installed, found and missing, and how to mend it in one line each."""
    raise typer.Exit(run_doctor(config=config, json=json, stdout=sys.stdout))


def run_doctor(*, config: Path | None, json: bool, stdout: IO[str]) -> int:
    """Look at everything, print it, and return 0, or 3 where there is a problem."""
    checks = (python(), *packages(), threads(), *found(config))
    stdout.write(_as_json(checks) if json else _as_lines(checks))
    return common.CLEAN if _healthy(checks) else common.COULD_NOT


def _healthy(checks: tuple[Check, ...]) -> bool:
    return all(check.status != "problem" for check in checks)


def _as_json(checks: tuple[Check, ...]) -> str:
    value = {"ok": _healthy(checks), "checks": [asdict(check) for check in checks]}
    return jsonlib.dumps(value, indent=2) + "\n"


def _as_lines(checks: tuple[Check, ...]) -> str:
    """A line for each check, the packages that are in order joined on one, then the sum."""
    lines: list[str] = []
    for check in _joined(checks):
        lines.append(f"{check.status:<8} {check.name:<16} {check.detail}")
        lines += [f"{'':<8} {'':<16} -> {check.fix}"] if check.fix else []
    count = sum(check.status == "problem" for check in checks)
    lines.append(
        f"{count} problem{'s' * (count != 1)}" if count else "all that guard needs is there"
    )
    return "\n".join(lines) + "\n"


def _joined(checks: tuple[Check, ...]) -> Iterator[Check]:
    """The checks, neighbours that are ok and have one name made one."""
    last: Check | None = None
    for check in checks:
        if last and check.status == "ok" == last.status and check.name == last.name:
            last = replace(last, detail=f"{last.detail}, {check.detail}")
            continue
        if last:
            yield last
        last = check
    if last:
        yield last
