"""`guard trim`: shorten a text, with a certificate."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from guard.cli import common
from guard.config import Config, load_config, parse_target
from guard.errors import InputError
from guard.files import write_atomic
from guard.types import Certificate, Policy, Provenance, Report

if TYPE_CHECKING:
    pass

EPILOG = """Examples:

guard trim answer.md --to 80w

guard trim answer.md --question "How do I reset it?" --to 5s -o short.md

guard trim answer.md --index .guard/index --json
"""


@dataclass(frozen=True, kw_only=True)
class Input:
    """What the command line says of the text to trim."""

    file: str
    question: str | None = None
    documents: tuple[Path, ...] = ()
    checked: bool = False


def command(
    file: Annotated[str, typer.Argument(help="A text or Markdown file; - reads stdin.")],
    *,
    question: Annotated[
        str | None, typer.Option("--question", "-q", help="The question that it answers.")
    ] = None,
    target: common.TargetOption = None,
    index: common.IndexOption = None,
    documents: common.DocumentOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report, as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the text here, not to stdout.")
    ] = None,
    config: common.ConfigOption = None,
) -> None:
    """Take out filler, boilerplate, repeats and what is off the question, down to a length.

    The text goes to stdout, the certificate to stderr. With --index or --document the claims are
    checked first: what evidence contradicts goes, and what it supports goes last.

    Exit codes: 0 trimmed, 1 findings or a length that could not be reached, 2 usage, 3 could not
    run.
    """
    settings = load_config(config, overrides={"index": index, "target": target})
    given = Input(
        file=file,
        question=question,
        documents=tuple(documents or ()),
        checked=index is not None or bool(documents),
    )
    raise typer.Exit(run_trim(given, config=settings, output=output, json=json, stdout=sys.stdout))


def run_trim(
    given: Input, *, config: Config, output: Path | None, json: bool, stdout: IO[str]
) -> int:
    """Trim one text, write it and its certificate, and return the exit code."""
    text = common.read_input(given.file, what="text")
    source = "stdin" if given.file == "-" else given.file
    if not text.strip():
        raise InputError(f"{source} is empty", hint="pass the text to trim")
    report = (_checked if given.checked else _unchecked)(text, source, given, config)
    if output is not None:
        write_atomic(output, report.answer)
        common.say(f"wrote {output}")
    if json:
        common.emit(report, stdout, format="json", outputs=[])
    elif output is None:
        stdout.write(report.answer if report.answer.endswith("\n") else report.answer + "\n")
    if report.certificate is not None:
        common.say(certified(report, report.certificate))
    return exit_code(report, checked=given.checked)


def exit_code(report: Report, *, checked: bool) -> int:
    """1 where the length was not reached; otherwise what the check says, if there was one."""
    code = common.exit_code(report) if checked else common.CLEAN
    missed = report.certificate is not None and report.certificate.target_met is False
    return common.FINDINGS if missed and code == common.CLEAN else code


def _checked(text: str, source: str, given: Input, config: Config) -> Report:
    from guard.guard import Guard

    documents = common.read_documents(given.documents)
    return Guard(config=config).check(
        text, question=given.question, documents=documents, source=source, trim=True
    )


def _unchecked(text: str, source: str, given: Input, config: Config) -> Report:
    """A report of trimming alone: no verdicts, because nothing was looked up."""
    from datetime import UTC, datetime
    from importlib.metadata import version

    from guard.edits import apply_text
    from guard.loading import load_encoder, token_counter
    from guard.trim import trim

    target = parse_target(config.target)
    encoder = load_encoder(config)
    policy = Policy()
    edits, certificate = trim(
        text,
        policy=policy,
        question=given.question,
        target=target,
        encoder=encoder,
        count_tokens=token_counter(config, target),
    )
    return Report(
        source=source,
        prompt=given.question,
        text=text,
        answer=apply_text(text, edits),
        edits=edits,
        certificate=certificate,
        policy=policy,
        provenance=Provenance(
            guard=version("guard-llm"),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            encoder=encoder.id,
            config=config.sha256(),
        ),
    )


def certified(report: Report, certificate: Certificate) -> str:
    """The certificate in a few lines."""
    before, after = certificate.before, certificate.after
    lines = [
        f"{before.words:,} to {after.words:,} words, {before.sentences:,} to "
        f"{after.sentences:,} sentences"
    ]
    causes = [edit.cause for edit in report.edits if edit.action == "remove"]
    for cause in sorted(set(causes)):
        lines.append(f"  {cause}: {causes.count(cause)}")
    if report.verdicts:
        kept, lost = len(certificate.kept), len(certificate.lost)
        lines.append(f"  supported claims: {kept} kept, {lost} lost")
        lines += [f"    lost {claim}" for claim in certificate.lost]
    if certificate.target is not None:
        asked = f"{certificate.target.amount:,} {certificate.target.unit}"
        met = (
            "reached"
            if certificate.target_met
            else "could not be reached without cutting into the last sentence, tables or code"
        )
        lines.append(f"  at most {asked}: {met}")
    return "\n".join(lines)
