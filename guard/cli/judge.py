"""`guard judge`: score claims against given evidence, without retrieval."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from guard.cli import common
from guard.config import Config, load_config
from guard.errors import InputError
from guard.files import parse_json, write_atomic
from guard.types import Json

if TYPE_CHECKING:
    from guard.verify import Judgement, Pair

EPILOG = """Each line of PAIRS is {"id", "claim", "evidence"}; each line of the output is
{"id", "label", "score", "support"}, in the same order. `support` is the probability that the
evidence supports the claim, `score` how sure the label is.

guard judge pairs.jsonl -o judged.jsonl

guard judge - < pairs.jsonl | head
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """The pairs of a file, and the ids as they were written there (text or numbers)."""

    ids: tuple[Json, ...]
    pairs: tuple[Pair, ...]


def command(
    pairs: Annotated[str, typer.Argument(help="A JSONL file of pairs; - reads stdin.")],
    *,
    output: Annotated[
        str, typer.Option("--output", "-o", help="Where to write; - is stdout.")
    ] = "-",
    entailment: Annotated[
        str | None,
        typer.Option("--entailment", help="verifier, baseline, openai:NAME, or a model's folder."),
    ] = None,
    threshold: common.ThresholdOption = None,
    config: common.ConfigOption = None,
) -> None:
    """Judge claim and evidence pairs: supported, contradicted, or neither.

    Exit codes: 0 done, 2 usage or a bad line, 3 could not run, 4 some pairs could not be checked.
    """
    settings = load_config(
        config,
        overrides={
            "entailment": entailment,
            **common.policy_overrides(fail_on=None, threshold=threshold),
        },
    )
    raise typer.Exit(run_judge(pairs, output=output, config=settings, stdout=sys.stdout))


def run_judge(source: str, *, output: str, config: Config, stdout: IO[str]) -> int:
    """Judge the pairs of `source`, write them to `output`, and return the exit code."""
    from guard.loading import Loader
    from guard.verify import judge

    where = "stdin" if source == "-" else source
    lines = read_pairs(common.read_input(source, what="pairs"), where=where)
    loader = Loader(config, given={})
    policy = loader.policy()
    with common.progress_bar("judging") as progress:
        judged = judge(
            lines.pairs,
            entailment=loader.entailment(),
            policy=policy,
            progress=progress,
        )
    text = "".join(_line(name, one) + "\n" for name, one in zip(lines.ids, judged, strict=True))
    if output == "-":
        stdout.write(text)
    else:
        write_atomic(Path(output), text)
    return _finish(judged)


def _finish(judged: Sequence[Judgement]) -> int:
    missed = [one.id for one in judged if one.label == "not_checked"]
    if not missed:
        return common.CLEAN
    common.say(f"guard: {len(missed):,} of {len(judged):,} pairs not checked, first {missed[0]}")
    return common.FAILED_ROWS


def read_pairs(text: str, *, where: str) -> Lines:
    """The pairs of JSON Lines; blank lines are skipped. Raises InputError with the line number."""
    ids: list[Json] = []
    pairs: list[Pair] = []
    # Not splitlines: JSON strings may hold the other characters that it splits at.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            name, pair = _pair(line, f"{where}, line {number}")
            ids.append(name)
            pairs.append(pair)
    if not pairs:
        raise InputError(f"{where} has no pairs", hint='write {"id", "claim", "evidence"} lines')
    return Lines(ids=tuple(ids), pairs=tuple(pairs))


def _pair(line: str, where: str) -> tuple[Json, Pair]:
    from guard.verify import Pair

    row = parse_json(line, where=where)
    if not isinstance(row, dict):
        raise InputError(f"{where} is no JSON object", hint='write {"id", "claim", "evidence"}')
    for key in ("claim", "evidence"):
        if not isinstance(row.get(key), str):
            wrong = "is not a string" if key in row else "is missing"
            raise InputError(f"{where}: {key!r} {wrong}", hint="give it as a string")
    name = row.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise InputError(f"{where}: 'id' is not a string or whole number", hint="give each an id")
    return name, Pair(id=str(name), claim=row["claim"], evidence=row["evidence"])


def _line(name: Json, one: Judgement) -> str:
    row = {"id": name, "label": one.label, "score": one.score, "support": round(one.support, 6)}
    return json.dumps(row, ensure_ascii=False)
