"""`guard schema`: look at a JSON Schema as guard sees it."""

from __future__ import annotations

import json as jsonlib
import sys
from dataclasses import asdict
from typing import IO, Annotated

import typer

from guard.cli import common
from guard.schema import Keyword, Schema, analyse, load_schema

app = typer.Typer(no_args_is_help=True)

EPILOG = """Examples:

guard schema check schemas/invoice.json

guard schema check invoice.json --json | jq '.keywords[] | select(.status != "enforced")'
"""


@app.callback()
def schema() -> None:
    """Look at a JSON Schema as guard sees it."""


@app.command("check", epilog=EPILOG)
def check(
    file: Annotated[str, typer.Argument(help="A JSON Schema; - reads stdin.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which keywords the grammar enforces, which are checked afterwards, which are refused.

    Exit codes: 0 the schema can be used, 2 it cannot (not a schema, or no value satisfies it).
    """
    raise typer.Exit(run_check(file, json=json, stdout=sys.stdout))


def run_check(file: str, *, json: bool, stdout: IO[str]) -> int:
    """Analyse a schema, write what was found, and return the exit code. Raises SchemaError."""
    loaded = load_schema(common.read_input(file, what="schema") if file == "-" else _path(file))
    keywords = analyse(loaded)
    stdout.write(_as_json(loaded, keywords) if json else _as_table(loaded, keywords))
    return common.CLEAN


def _path(file: str) -> str:
    """The argument as a path, even where it looks like JSON text."""
    return f"./{file}" if file[:1] in tuple('{["') or file in ("true", "false", "null") else file


def _as_json(loaded: Schema, keywords: tuple[Keyword, ...]) -> str:
    result = {
        "schema": loaded.source,
        "draft": loaded.draft,
        "sha256": loaded.sha256,
        "keywords": [asdict(keyword) for keyword in keywords],
    }
    return jsonlib.dumps(result, indent=2, ensure_ascii=False) + "\n"


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
