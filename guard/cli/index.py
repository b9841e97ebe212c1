"""`guard index`: build or refresh a knowledge base from a folder."""

from __future__ import annotations

import json as jsonlib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from guard.cli import common
from guard.config import USUAL_INDEX, Config, load_config

if TYPE_CHECKING:
    from guard.knowledge import IndexReport

EPILOG = """Examples:

guard index knowledge

guard index ~/handbook --index handbook.index --json

Exit codes: 0 done; 2 nothing to index; 3 could not; 4 done, but a document could not be read.
"""

EncoderOption = Annotated[
    str | None,
    typer.Option("--encoder", help="minilm, or the folder of a sentence-transformers model."),
]
PlainJsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def command(
    folder: Annotated[Path, typer.Argument(help="The folder of documents.")],
    *,
    index: common.IndexOption = None,
    encoder: EncoderOption = None,
    json: PlainJsonOption = False,
    config: common.ConfigOption = None,
) -> None:
    """Build a knowledge base from md, txt, html, pdf, docx, csv and jsonl files, or refresh it.

    Only what changed since the last time is encoded again; what is gone from the folder goes.
    """
    settings = load_config(config, overrides={"index": index, "encoder": encoder})
    raise typer.Exit(run_index(folder, config=settings, json=json, stdout=sys.stdout))


def run_index(folder: Path, *, config: Config, json: bool, stdout: IO[str]) -> int:
    """Index a folder, report, and return the exit code: 4 when a document could not be read."""
    from guard.knowledge import build_index
    from guard.loading import load_encoder

    path = Path(config.index or USUAL_INDEX)
    with common.progress_bar("indexing") as progress:
        report = build_index(
            folder, path, encoder=load_encoder(config, many=True), progress=progress
        )
    if json:
        stdout.write(jsonlib.dumps(asdict(report), indent=2) + "\n")
    else:
        stdout.write(_summary(report, str(path)))
    failed = any(skip.failed for skip in report.skipped)
    return common.FAILED_ROWS if failed else common.CLEAN


def _summary(report: IndexReport, index: str) -> str:
    from guard.knowledge.reading import one_line

    lines = [f"the old index was not used: {report.rebuilt}"] if report.rebuilt else []
    lines += [f"skipped  {one_line(str(skip), limit=500)}" for skip in report.skipped]
    counts = ", ".join(
        f"{len(paths)} {what}"
        for what, paths in (
            ("added", report.added),
            ("changed", report.changed),
            ("removed", report.removed),
            ("unchanged", report.unchanged),
            ("skipped", report.skipped),
        )
    )
    lines.append(f"documents: {counts}")
    lines.append(f"passages:  {report.passages} ({report.embedded} encoded)")
    lines.append(f"index:     {index}, snapshot {report.snapshot[:12]}")
    return "\n".join(lines) + "\n"
