"""`guard extract`: a schema-driven job over many documents, JSONL out, resumable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.cli import common
from guard.config import Config, load_config
from guard.errors import UsageError

if TYPE_CHECKING:
    from guard.jobs import JobSummary, Manifest, Row
    from guard.schema import Schema

VERSIONS = ("torch", "transformers", "outlines", "llguidance", "sentence-transformers", "faiss-cpu")
ELSEWHERE = {"schema", "references", "seed", "model", "index", "timeout", "api_key_env"}
"""Settings that have their own entry in the manifest, or change no answer."""

EPILOG = """Examples:

guard extract --schema schemas/invoice.json --input invoices/ -o invoices.jsonl

guard extract --schema schemas/support_ticket.json --input tickets.jsonl -o out.jsonl

The same command again goes on where it stopped.

Rows that failed stand in OUT.errors.jsonl, versions and settings in OUT.manifest.json.
"""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the command line says of a job."""

    inputs: tuple[Path, ...]
    output: Path
    instructions: str | None = None
    text_key: str = "text"
    retry_failed: bool = False
    restart: bool = False


def command(
    files: Annotated[
        list[Path] | None, typer.Argument(help="More inputs, as a shell's *.pdf gives them.")
    ] = None,
    *,
    schema: common.SchemaOption = None,
    refs: common.RefOption = None,
    inputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--input", help="A document, a folder of documents, or a JSONL file; may be repeated."
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The JSONL file to write.")],
    instructions: Annotated[
        str | None, typer.Option("--instructions", help="What to tell the model beside the form.")
    ] = None,
    text_key: Annotated[
        str, typer.Option("--text-key", help="The key of the text in JSONL lines.")
    ] = "text",
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try the rows again that failed before.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Forget what is in the output, and begin anew.")
    ] = False,
    index: common.IndexOption = None,
    model: common.ModelOption = None,
    base_url: common.BaseUrlOption = None,
    max_tokens: Annotated[
        int | None, typer.Option("--max-tokens", help="Budget of new tokens (default 512).")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed (default 0).")] = None,
    threshold: common.ThresholdOption = None,
    fail_on: common.FailOnOption = None,
    config: common.ConfigOption = None,
) -> None:
    """Fill in a schema from each of many documents, and check every field against its document.

    Exit codes: 0 clean, 1 findings, 2 usage, 3 could not run, 4 rows failed, 130 interrupted.
    """
    settings = load_config(
        config,
        overrides={
            "schema": schema,
            "references": common.references(refs),
            "index": index,
            "model": model,
            "base_url": base_url,
            "max_tokens": max_tokens,
            "seed": seed,
            **common.policy_overrides(fail_on=fail_on, threshold=threshold),
        },
    )
    task = Task(
        inputs=(*(inputs or ()), *(files or ())),
        output=output,
        instructions=instructions,
        text_key=text_key,
        retry_failed=retry_failed,
        restart=restart,
    )
    raise typer.Exit(run_extract(task, config=settings))


def run_extract(task: Task, *, config: Config) -> int:
    """Run the job, narrate on stderr, and return the exit code."""
    from guard.guard import Guard
    from guard.jobs import find_rows, run_job
    from guard.schema import load_schema

    if config.schema is None:
        raise UsageError("extraction needs a schema", hint="pass --schema FILE")
    _require_paths(task)
    schema = load_schema(Path(config.schema), references=config.reference_files())
    rows = find_rows(task.inputs, text_key=task.text_key)
    extract = partial(Guard(config=config).extract, schema=schema, instructions=task.instructions)
    with common.progress_bar("extracting") as progress:
        summary = run_job(
            rows,
            extract=extract,
            output=task.output,
            manifest=manifest_of(task, config, schema, rows),
            retry_failed=task.retry_failed,
            restart=task.restart,
            progress=progress,
        )
    _narrate(summary, task)
    return exit_code(summary)


def exit_code(summary: JobSummary) -> int:
    """4 when rows failed, else 1 when rows have findings, else 0."""
    if summary.failed:
        return common.FAILED_ROWS
    return common.FINDINGS if summary.not_clean else common.CLEAN


def manifest_of(task: Task, config: Config, schema: Schema, rows: Sequence[Row]) -> Manifest:
    """What this job is run with."""
    from guard.files import sha256_file
    from guard.jobs import Manifest

    settings = {key: value for key, value in asdict(config).items() if key not in ELSEWHERE}
    files = {Path(row.source) for row in rows} | {path for path in task.inputs if path.is_file()}
    return Manifest(
        guard=version("guard-llm"),
        schema=schema.sha256,
        config=settings,
        seed=config.seed,
        model=config.model,
        knowledge=_snapshot(config),
        instructions=task.instructions,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={name: version(name) for name in VERSIONS},
        inputs={path.as_posix(): sha256_file(path) for path in sorted(files) if path.is_file()},
    )


def _snapshot(config: Config) -> str | None:
    """The identity of the knowledge base, if one was asked for by name. Raises KnowledgeError."""
    if config.index is None:
        return None
    from guard.knowledge.store import read_manifest

    return read_manifest(Path(config.index)).snapshot


def _require_paths(task: Task) -> None:
    """Raise UsageError for a task without input, or whose output is no place for one."""
    if not task.inputs:
        raise UsageError("there is nothing to extract from", hint="pass --input FILES or IN.jsonl")
    output = task.output.resolve()
    if task.output.suffix != ".jsonl" or task.output.is_dir():
        raise UsageError(f"{task.output} is no JSONL file", hint="name the output OUT.jsonl")
    if output in {path.resolve() for path in task.inputs}:
        raise UsageError(f"{task.output} is both input and output", hint="write to another file")


def _narrate(summary: JobSummary, task: Task) -> None:
    from guard.jobs import paths_of

    paths = paths_of(task.output)
    common.say(
        f"{summary.rows} rows: {summary.finished} finished in {summary.seconds:.1f} s, "
        f"{summary.skipped} were finished before, {summary.failed} failed, "
        f"{summary.not_clean} with findings"
    )
    common.say(f"wrote {paths.output}")
    if summary.failed:
        common.say(f"the rows that failed are in {paths.errors}; --retry-failed tries them again")
