"""What the commands share: options, reading input, writing output, progress, exit codes.

Reports go to stdout or to files; progress and narration go to stderr. `-` is stdin.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Annotated

import typer

from guard.errors import UsageError
from guard.files import MAX_BYTES, decode, read_text, write_atomic
from guard.report import FORMATS, render
from guard.types import Document, Json, Policy, Report

CLEAN, FINDINGS, USAGE, COULD_NOT, FAILED_ROWS, INTERRUPTED = 0, 1, 2, 3, 4, 130
SUFFIXES = {".json": "json", ".html": "html", ".htm": "html", ".md": "markdown", ".xml": "junit"}
SUFFIXES |= {".sarif": "sarif", ".txt": "console"}

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file [default: guard.toml, if there is one]."),
]
SchemaOption = Annotated[
    str | None, typer.Option("--schema", "-s", help="JSON Schema file of the answer.")
]
RefOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ref",
        metavar="URI=FILE",
        help="The file of a schema that the schema refers to, as in "
        "--ref https://example.com/item.json=item.json; may be repeated.",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", help="smollm2, a directory, a .gguf file, or openai:NAME."),
]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server.")
]
IndexOption = Annotated[
    str | None, typer.Option("--index", "-i", help="Knowledge base [default: .guard/index].")
]
DocumentOption = Annotated[
    list[Path] | None,
    typer.Option("--document", "-d", help="A file to use as evidence; may be repeated."),
]
FormatOption = Annotated[
    str | None,
    typer.Option("--format", "-f", help=f"What to print: {', '.join(FORMATS)}."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
OutputOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        help="Write the report to a file, in the format of its suffix "
        "(.html .json .md .xml .sarif .txt); may be repeated.",
    ),
]
FailOnOption = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        help="The mildest verdict that makes the exit code 1: not_in_knowledge, conflicting, "
        "contradicted or never.",
    ),
]
ThresholdOption = Annotated[
    float | None, typer.Option("--threshold", help="Support from which a claim is supported.")
]
TargetOption = Annotated[
    str | None, typer.Option("--to", help="Length to trim prose to: 80w, 5s or 200t.")
]


def say(text: str) -> None:
    """Narrate on stderr."""
    sys.stderr.write(text + "\n")


def wants_color(stream: IO[str]) -> bool:
    """Whether to colour what goes to `stream`: a terminal, and no NO_COLOR."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def read_input(name: str, *, what: str) -> str:
    """The text of the file `name`, or of stdin for `-`. Raises InputError."""
    if name != "-":
        return read_text(Path(name), what=what)
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise UsageError(f"stdin has more than {MAX_BYTES:,} bytes", hint="split it")
    return decode(raw, where="stdin")


def read_documents(paths: Sequence[Path] | None) -> tuple[Document, ...]:
    """The documents to use as evidence. Raises InputError or MissingExtraError."""
    if not paths:
        return ()
    from guard.knowledge import read_document

    return tuple(read_document(path) for path in paths)


def references(given: Sequence[str] | None) -> dict[str, str] | None:
    """The files of `--ref URI=FILE` by their addresses, or None. Raises UsageError."""
    files: dict[str, str] = {}
    for each in given or ():
        uri, _, file = each.rpartition("=")  # an address may have a = in its query
        if not uri or not file:
            raise UsageError(
                f"--ref {each} is no address and file",
                hint="write --ref https://example.com/item.json=item.json",
            )
        if files.setdefault(uri, file) != file:
            raise UsageError(f"--ref has two files for {uri}", hint="keep one")
    return files or None


def choose_format(format: str | None, *, json: bool, outputs: Sequence[Path] | None) -> str | None:
    """The format to print in; None to print nothing, since files were asked for."""
    if json and format not in (None, "json"):
        raise UsageError(f"--json and --format {format} contradict each other", hint="keep one")
    if format is not None and format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", hint=f"one of {', '.join(FORMATS)}")
    for path in outputs or ():
        format_of(path)
    return "json" if json else format or (None if outputs else "console")


def format_of(path: Path) -> str:
    """The format that a file's suffix names. Raises UsageError."""
    try:
        return SUFFIXES[path.suffix.lower()]
    except KeyError:
        known = " ".join(SUFFIXES)
        raise UsageError(f"{path}: no format has this suffix", hint=f"use one of {known}") from None


def emit(report: Report, stdout: IO[str], *, format: str | None, outputs: Sequence[Path]) -> None:
    """Write a report to the `outputs`, and to stdout if a `format` to print is given."""
    for path in outputs:
        write_atomic(path, render(report, format=format_of(path)))
        say(f"wrote {path}")
    if format is not None:
        text = render(report, format=format, color=wants_color(stdout), width=width())
        stdout.write(text if text.endswith("\n") else text + "\n")


def width() -> int:
    """The columns of the terminal, within what is pleasant to read."""
    import shutil

    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))


def exit_code(report: Report) -> int:
    """0 for a clean report, 1 for findings, 3 where only unchecked claims are left."""
    if report.clean:
        return CLEAN
    checked = [verdict for verdict in report.findings() if verdict.label != "not_checked"]
    return FINDINGS if checked or report.violations else COULD_NOT


def policy_overrides(*, fail_on: str | None, threshold: float | None) -> dict[str, Json]:
    """Options of the policy, as `load_config` takes them."""
    return {"policy.fail_on": fail_on, "policy.threshold": threshold}


def rethresholded(report: Report, *, fail_on: str | None, threshold: float | None) -> Report:
    """`report` under its own policy with these options, if there are any. Raises ConfigError."""
    from guard.config import Config, load_config

    given = policy_overrides(fail_on=fail_on, threshold=threshold)
    if not any(value is not None for value in given.values()):
        return report
    names = [name for name in Policy.__slots__ if name != "risk"]
    base: dict[str, Json] = {f"policy.{name}": getattr(report.policy, name) for name in names}
    given = {**base, **{key: value for key, value in given.items() if value is not None}}
    config: Config = load_config(environ={}, folder=Path(os.devnull), overrides=given)
    # The promise of a risk goes with the threshold that the calibration gave for it.
    risk = report.policy.risk if threshold is None else None
    return report.rethreshold(replace(config.policy, risk=risk))


@contextlib.contextmanager
def busy(description: str) -> Iterator[None]:
    """A spinner on stderr while something takes its time; none where stderr is no terminal."""
    from rich.console import Console

    console = Console(file=sys.stderr)
    if console.is_terminal:
        with console.status(description):
            yield
    else:
        yield


@contextlib.contextmanager
def progress_bar(description: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar with ETA on stderr, fed by `(done, total, what)`; none where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        TextColumn("{task.fields[what]}", markup=False),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as progress:
        task = progress.add_task(description, total=None, what="")

        def update(done: int, total: int, what: str) -> None:
            progress.update(task, completed=done, total=total, what=what[-40:])

        yield update
