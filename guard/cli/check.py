"""`guard check`: verify a text or a JSON value that already exists."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated

import typer

from guard.cli import common
from guard.config import Config, load_config
from guard.errors import UsageError
from guard.files import parse_json
from guard.types import Json

KINDS = ("auto", "text", "json")
EPILOG = """Examples:

guard check answer.md --index .guard/index -o report.html

guard check invoice.json --schema schemas/invoice.json --document invoice.pdf

echo "USB4 reaches 40 Gbit/s." | guard check - --json --fail-on contradicted
"""


@dataclass(frozen=True, kw_only=True)
class Input:
    """What the command line says of the thing to check."""

    file: str
    kind: str = "auto"
    question: str | None = None
    documents: tuple[Path, ...] = ()
    trim: bool = False


def command(
    file: Annotated[str, typer.Argument(help="A text or JSON file; - reads stdin.")],
    *,
    question: Annotated[
        str | None, typer.Option("--question", "-q", help="The question that it answers.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--as", help="text or json [default: json for .json files and schemas].")
    ] = "auto",
    schema: common.SchemaOption = None,
    refs: common.RefOption = None,
    documents: common.DocumentOption = None,
    index: common.IndexOption = None,
    trim: Annotated[bool, typer.Option("--trim", help="Trim the prose as well.")] = False,
    target: common.TargetOption = None,
    threshold: common.ThresholdOption = None,
    fail_on: common.FailOnOption = None,
    format: common.FormatOption = None,
    json: common.JsonOption = False,
    output: common.OutputOption = None,
    config: common.ConfigOption = None,
) -> None:
    """Check every claim of a text or JSON value against the knowledge base and documents.

    Exit codes: 0 clean, 1 findings, 2 usage, 3 could not run or claims left unchecked.
    """
    settings = load_config(
        config,
        overrides={
            "schema": schema,
            "references": common.references(refs),
            "index": index,
            "target": target,
            **common.policy_overrides(fail_on=fail_on, threshold=threshold),
        },
    )
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind!r}", hint=f"one of {', '.join(KINDS)}")
    shown = common.choose_format(format, json=json, outputs=output)
    given = Input(
        file=file,
        kind=kind,
        question=question,
        documents=tuple(documents or ()),
        trim=trim or target is not None,
    )
    raise typer.Exit(
        run_check(given, config=settings, outputs=output or [], format=shown, stdout=sys.stdout)
    )


def run_check(
    given: Input, *, config: Config, outputs: list[Path], format: str | None, stdout: IO[str]
) -> int:
    """Check one file, write the report, and return the exit code."""
    from guard.guard import Guard

    subject = read_subject(given, has_schema=config.schema is not None)
    documents = common.read_documents(given.documents)
    with common.busy("checking"):
        report = Guard(config=config).check(
            subject,
            question=given.question,
            documents=documents,
            source="stdin" if given.file == "-" else given.file,
            trim=given.trim,
        )
    common.emit(report, stdout, format=format, outputs=outputs)
    return common.exit_code(report)


def read_subject(given: Input, *, has_schema: bool) -> Json:
    """The text or value to check. Raises InputError."""
    suffix = Path(given.file).suffix.lower()
    if suffix in {".pdf", ".docx", ".html", ".htm"}:
        return common.read_documents([Path(given.file)])[0].text
    text = common.read_input(given.file, what="text")
    is_json = given.kind == "json" or (given.kind == "auto" and (suffix == ".json" or has_schema))
    return parse_json(text, where=given.file) if is_json else text
