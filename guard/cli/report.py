"""`guard report`: show a saved report in another format, or under another policy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from guard.cli import common
from guard.report import report_from_json

EPILOG = """Examples:

guard report report.json -o report.html

guard report report.json --format sarif > guard.sarif

guard run "What is SATA?" --json | guard report - --threshold 0.8 --fail-on contradicted
"""


def command(
    file: Annotated[str, typer.Argument(help="A report in JSON; - reads stdin.")],
    *,
    threshold: common.ThresholdOption = None,
    fail_on: common.FailOnOption = None,
    format: common.FormatOption = None,
    json: common.JsonOption = False,
    output: common.OutputOption = None,
) -> None:
    """Render a saved report; with --threshold or --fail-on, as that policy would have judged it.

    Nothing is run again. Exit codes: 0 clean, 1 findings, 2 usage, 3 claims left unchecked.
    """
    shown = common.choose_format(format, json=json, outputs=output)
    raise typer.Exit(
        run_report(
            file,
            threshold=threshold,
            fail_on=fail_on,
            format=shown,
            outputs=output or [],
            stdout=sys.stdout,
        )
    )


def run_report(
    file: str,
    *,
    threshold: float | None,
    fail_on: str | None,
    format: str | None,
    outputs: list[Path],
    stdout: IO[str],
) -> int:
    """Read a report, judge it anew if asked to, write it, and return the exit code."""
    text = common.read_input(file, what="report")
    report = report_from_json(text, where="stdin" if file == "-" else file)
    report = common.rethresholded(report, fail_on=fail_on, threshold=threshold)
    common.emit(report, stdout, format=format, outputs=outputs)
    return common.exit_code(report)
