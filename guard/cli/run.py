"""`guard run`: generate under a schema, verify, trim, report."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from guard.cli import common
from guard.config import Config, load_config
from guard.errors import UsageError

if TYPE_CHECKING:
    from guard.schema import SchemaSource

TYPES = {"integer": int, "number": float, "boolean": bool, "string": str}
TYPES |= {"date": date, "time": time, "date-time": datetime}

EPILOG = """Examples:

guard run "Which ports does IMAP use?" --index .guard/index

guard run "Summarise this ticket" -d ticket.txt --schema schemas/support_ticket.json -o report.html

guard run "Is the P3 older than the P4?" --choice yes --choice no --index .guard/index

guard run "When was the P3 introduced?" --regex "(19|20)[0-9]{2}" --index .guard/index

echo "What is the boiling point of ethanol?" | guard run - --model openai:gpt-4o --json
"""


def command(
    prompt: Annotated[str, typer.Argument(help="The question; - reads it from stdin.")],
    *,
    schema: common.SchemaOption = None,
    refs: common.RefOption = None,
    regex: Annotated[
        str | None, typer.Option("--regex", help="Answer with a text that matches this pattern.")
    ] = None,
    choice: Annotated[
        list[str] | None,
        typer.Option("--choice", help="Answer with one of these texts; to be repeated."),
    ] = None,
    type: Annotated[
        str | None, typer.Option("--type", help=f"Answer with a value: {', '.join(TYPES)}.")
    ] = None,
    documents: common.DocumentOption = None,
    index: common.IndexOption = None,
    model: common.ModelOption = None,
    base_url: common.BaseUrlOption = None,
    max_tokens: Annotated[
        int | None, typer.Option("--max-tokens", help="Budget of new tokens [default: 512].")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option("--temperature", help="0 is greedy [default: 0].")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed [default: 0].")] = None,
    context: Annotated[
        int | None,
        typer.Option("--context", help="Passages given to the model to write from [default: 3]."),
    ] = None,
    target: common.TargetOption = None,
    threshold: common.ThresholdOption = None,
    fail_on: common.FailOnOption = None,
    format: common.FormatOption = None,
    json: common.JsonOption = False,
    output: common.OutputOption = None,
    config: common.ConfigOption = None,
) -> None:
    """Ask the model, check every claim of its answer, trim, and report.

    Exit codes: 0 clean, 1 findings, 2 usage, 3 could not run.
    """
    form = form_of(schema, regex=regex, choice=choice, type=type)
    settings = load_config(
        config,
        overrides={
            "schema": schema,
            "references": common.references(refs),
            "index": index,
            "model": model,
            "base_url": base_url,
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
            "context": context,
            "target": target,
            **common.policy_overrides(fail_on=fail_on, threshold=threshold),
        },
    )
    shown = common.choose_format(format, json=json, outputs=output)
    raise typer.Exit(
        run_run(
            prompt,
            config=settings,
            form=form,
            documents=documents or [],
            outputs=output or [],
            format=shown,
            stdout=sys.stdout,
        )
    )


def form_of(
    schema: str | None, *, regex: str | None, choice: list[str] | None, type: str | None
) -> SchemaSource | None:
    """The form that the options name, or None. Raises UsageError."""
    from guard.schema import Choice, Regex

    given = {"--schema": schema, "--regex": regex, "--choice": choice or None, "--type": type}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} contradict each other", hint="keep one")
    if type is not None and type not in TYPES:
        raise UsageError(f"unknown type {type!r}", hint=f"one of {', '.join(TYPES)}")
    if type is not None:
        return TYPES[type]
    return Regex(regex) if regex is not None else Choice(choice) if choice else None


def run_run(
    prompt: str,
    *,
    config: Config,
    form: SchemaSource | None = None,
    documents: list[Path],
    outputs: list[Path],
    format: str | None,
    stdout: IO[str],
) -> int:
    """Run the line for one prompt, write the report, and return the exit code.

    A `form` of the answer takes the place of the configured schema.
    """
    from guard.guard import Guard

    text = common.read_input("-", what="prompt") if prompt == "-" else prompt
    evidence = common.read_documents(documents)
    with common.busy("writing and checking"):
        report = Guard(config=config).run(text, schema=form, documents=evidence)
    common.emit(report, stdout, format=format, outputs=outputs)
    return common.exit_code(report)
