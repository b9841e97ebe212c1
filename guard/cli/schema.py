"""`guard schema`: look at a JSON Schema as guard sees it."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated, get_args

import typer

from guard.cli import common
from guard.config import load_config
from guard.errors import UsageError
from guard.models.changes import Normalised
from guard.models.normalise import normalise
from guard.models.subsets import Server
from guard.schema import Keyword, Schema, analyse, load_schema
from guard.types import Json

SERVERS: tuple[Server, ...] = get_args(Server)

app = typer.Typer(no_args_is_help=True)

EPILOG = """Examples:

guard schema check schemas/invoice.json

guard schema check invoice.json --json | jq '.keywords[] | select(.status != "enforced")'

guard schema check invoice.json --for openai

guard schema check order.json --ref https://example.com/item.json=item.json
"""


@app.callback()
def schema() -> None:
    """Look at a JSON Schema as guard sees it."""


@app.command("check", epilog=EPILOG)
def check(
    file: Annotated[str, typer.Argument(help="A JSON Schema; - reads stdin.")],
    *,
    server: Annotated[
        str | None,
        typer.Option("--for", help=f"Also what is changed for a server: {', '.join(SERVERS)}."),
    ] = None,
    refs: common.RefOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: common.ConfigOption = None,
) -> None:
    """Say which keywords the grammar enforces, which are checked afterwards, which are refused.

    Exit codes: 0 the schema can be used, 2 it cannot (not a schema, or no value satisfies it).
    """
    settings = load_config(config, overrides={"references": common.references(refs)})
    raise typer.Exit(
        run_check(
            file, server=server, references=settings.reference_files(), json=json, stdout=sys.stdout
        )
    )


def run_check(
    file: str,
    *,
    server: str | None = None,
    references: Mapping[str, Path] | None = None,
    json: bool,
    stdout: IO[str],
) -> int:
    """Analyse a schema, write what was found, and return the exit code. Raises SchemaError.

    With a `server`, what it is sent of the schema, and why, is written too. `references` are the
    files of what the schema refers to, by their addresses.
    """
    if server is not None and server not in SERVERS:
        raise UsageError(f"unknown server {server!r}", hint=f"one of {', '.join(SERVERS)}")
    source = common.read_input(file, what="schema") if file == "-" else _path(file)
    loaded = load_schema(source, references=references)
    keywords = analyse(loaded)
    known = next((name for name in SERVERS if name == server), None)
    sent = normalise(loaded.document, known) if known else None
    if json:
        result = _as_json(loaded, keywords) | ({"for": _sent(server, sent)} if sent else {})
        stdout.write(jsonlib.dumps(result, indent=2, ensure_ascii=False) + "\n")
    else:
        stdout.write(_as_table(loaded, keywords) + (_changes(server, sent) if sent else ""))
    return common.CLEAN


def _path(file: str) -> str:
    """The argument as a path, even where it looks like JSON text."""
    return f"./{file}" if file[:1] in tuple('{["') or file in ("true", "false", "null") else file


def _as_json(loaded: Schema, keywords: tuple[Keyword, ...]) -> dict[str, Json]:
    return {
        "schema": loaded.source,
        "draft": loaded.draft,
        "sha256": loaded.sha256,
        "keywords": [asdict(keyword) for keyword in keywords],
    }


def _sent(server: str | None, sent: Normalised) -> dict[str, Json]:
    """What a server is sent, and each change with its reason."""
    changes = [asdict(change) for change in sent.changes]
    return {"server": server, "strict": sent.strict, "schema": sent.document, "changes": changes}


def _changes(server: str | None, sent: Normalised) -> str:
    """One line a change, then how many there are."""
    width = max((len(change.pointer) for change in sent.changes), default=0)
    lines = [f"{c.action:9}  {c.pointer:{width}}  {_short(c.reason)}" for c in sent.changes]
    lost = sum(change.loses for change in sent.changes)
    number = "1 change" if len(lines) == 1 else f"{len(lines)} changes"
    count = f"{number}, {lost} of them only checked afterwards"
    total = f"for {server}: {count if lines else 'nothing is changed'}"
    return "\n".join(["", *lines, total]) + "\n"


def _as_table(loaded: Schema, keywords: tuple[Keyword, ...]) -> str:
    """One line a keyword, then how many there are of each kind."""
    width = max((len(keyword.pointer) for keyword in keywords), default=0)
    lines = [
        f"{each.status:8}  {each.pointer:{width}}  {_short(each.reason)}".rstrip()
        for each in keywords
    ]
    statuses = [keyword.status for keyword in keywords]
    counts = ", ".join(f"{statuses.count(s)} {s}" for s in ("enforced", "checked", "refused"))
    return "\n".join([*lines, f"{loaded.source} (draft {loaded.draft}): {counts}"]) + "\n"


def _short(reason: str) -> str:
    return reason if len(reason) <= 100 else reason[:99] + "…"
