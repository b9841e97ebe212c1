"""`guard search`: the passages of a knowledge base that bear on a query."""

from __future__ import annotations

import json as jsonlib
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated

import typer

from guard.cli import common
from guard.cli.index import EncoderOption, PlainJsonOption
from guard.config import USUAL_INDEX, Config, load_config
from guard.errors import InputError
from guard.types import Evidence, Json

MAX_QUERY = 20_000
EPILOG = """Examples:

guard search "How long is an AAAA record?"

guard search "IMAP over TLS" -k 3 --json
"""


def command(
    query: Annotated[str, typer.Argument(help="What to look for; - reads it from stdin.")],
    *,
    index: common.IndexOption = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 5,
    encoder: EncoderOption = None,
    json: PlainJsonOption = False,
    config: common.ConfigOption = None,
) -> None:
    """Show the passages that bear most on a query, with scores and where they come from.

    The order is by meaning and by words together; the score is the similarity of meaning alone.
    """
    settings = load_config(config, overrides={"index": index, "encoder": encoder})
    raise typer.Exit(run_search(query, config=settings, k=k, json=json, stdout=sys.stdout))


def run_search(query: str, *, config: Config, k: int, json: bool, stdout: IO[str]) -> int:
    """Search, print, and return the exit code. Raises InputError and KnowledgeError."""
    from guard.knowledge import open_index
    from guard.loading import load_encoder

    text = common.read_input("-", what="query") if query == "-" else query
    if not text.strip():
        raise InputError("the query is empty", hint="say what to look for")
    if len(text) > MAX_QUERY:
        raise InputError(
            f"the query has {len(text):,} characters, more than {MAX_QUERY:,}",
            hint="ask for one thing at a time",
        )
    knowledge = open_index(Path(config.index or USUAL_INDEX), encoder=load_encoder(config))
    found = knowledge.search([text], k=k)[0]
    if json:
        value = {"query": text, "snapshot": knowledge.snapshot, "results": _to_json(found)}
        stdout.write(jsonlib.dumps(value, indent=2) + "\n")
    else:
        stdout.write("\n\n".join(_block(rank, one) for rank, one in enumerate(found, 1)) + "\n")
    return common.CLEAN


def _to_json(found: Sequence[Evidence]) -> list[Json]:
    return [
        {**asdict(one), "quote": {**asdict(one.quote), "text": one.quote.of(one.passage.text)}}
        for one in found
    ]


def _block(rank: int, evidence: Evidence) -> str:
    """A result in a few lines; control characters of documents do not reach the terminal."""
    from guard.knowledge.reading import one_line

    passage, span = evidence.passage, evidence.passage.span
    page = f", page {passage.page}" if passage.page else ""
    where = f"{one_line(passage.document)}{page}, characters {span.start}-{span.end}"
    quote = evidence.quote.of(passage.text)
    lines = [f"{rank}. {evidence.score:.2f}  {where}", f"   {one_line(passage.title)}"]
    if len(quote) < len(passage.text):
        lines.append(_indented(f"“{_plain(quote)}”", "   > "))
    lines.append(_indented(_plain(passage.text), "   | "))
    return "\n".join(lines)


def _plain(text: str) -> str:
    from guard.knowledge.reading import clean

    return " ".join(clean(text).split())


def _indented(text: str, prefix: str) -> str:
    width = common.width()
    return textwrap.fill(text, width, initial_indent=prefix, subsequent_indent=prefix)
