"""`guard tune`: train or adapt a verifier from labelled pairs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guard.cli import common
from guard.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from guard.tune.rows import Row
    from guard.tune.run import Tuned

EPILOG = """Each line of LABELLED is {"claim", "evidence", "label"}, the label one of supported,
contradicted, neutral, not_supported. Training starts from the verifier that guard ships, unless a
recipe says otherwise, and runs on the CPU: about 18 rows a second on two cores.

guard tune ours.jsonl -o verifier

guard check answer.md --entailment verifier

guard tune --recipe laptop --data labelled/ -o verifier
"""
ADAPT = "adapt"
"""The recipe for labelled rows of the user's own."""


def command(
    labelled: Annotated[
        Path | None, typer.Argument(help="A .jsonl or .jsonl.gz file of labelled pairs.")
    ] = None,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The folder to write the verifier to.")
    ] = None,
    recipe: Annotated[
        str, typer.Option("--recipe", help="A recipe's name (laptop, adapt) or TOML file.")
    ] = ADAPT,
    data: Annotated[
        Path | None, typer.Option("--data", help="The folder of the sets that the recipe names.")
    ] = None,
    dev: Annotated[
        Path | None,
        typer.Option(
            "--dev", help="Labelled pairs to measure with [default: a tenth of LABELLED]."
        ),
    ] = None,
    show_recipe: Annotated[
        bool, typer.Option("--show-recipe", help="Print the recipe and stop.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Train a verifier on labelled pairs, or adapt the one that guard ships.

    Exit codes: 0 done, 2 usage or a bad line, 3 could not run.
    """
    path = _recipe_file(recipe)
    if show_recipe:
        sys.stdout.write(path.read_text(encoding="utf-8"))
        return
    if output is None:
        raise UsageError("there is nowhere to write the verifier to", hint="pass -o FOLDER")
    _need_onnx()
    tuned = _tune(path, labelled, output, data, dev)
    results = {name: asdict(one) for name, one in tuned.results.items()}
    sys.stdout.write(json.dumps(results) + "\n" if as_json else _told(tuned))


def _recipe_file(name: str) -> Path:
    from guard.tune.recipe import RECIPES, known_recipes

    known = known_recipes()
    path = RECIPES / f"{name}.toml" if name in known else Path(name)
    if not path.is_file():
        raise UsageError(
            f"there is no recipe {name!r}", hint=f"pass {' or '.join(known)}, or a TOML file"
        )
    return path


def _need_onnx() -> None:
    if find_spec("onnx") is None:
        raise MissingExtraError("onnx", extra="tune", what="guard tune")


def _tune(
    path: Path, labelled: Path | None, output: Path, data: Path | None, dev: Path | None
) -> Tuned:
    from guard.tune.recipe import read_recipe
    from guard.tune.run import sample, tune

    recipe = read_recipe(path)
    files = _sets(data)
    rows, own = _own(labelled, dev)
    if not rows and not any(step.mixture.sets for step in recipe.steps()):
        raise UsageError("there is nothing to train on", hint="pass a file of labelled pairs")
    with common.progress_bar("training") as progress:
        return tune(
            recipe,
            files,
            output,
            dev={**sample(recipe.dev, files, recipe.dev_rows), **own},
            fit={**sample((*recipe.dev, *recipe.fit), files, recipe.fit_rows), **own},
            extra=rows,
            progress=progress,
            log=common.say,
        )


def _own(labelled: Path | None, dev: Path | None) -> tuple[list[Row], dict[str, list[Row]]]:
    """The user's rows to train on, and those to measure with by name."""
    from guard.tune.rows import read_rows
    from guard.tune.run import held_out

    rows = read_rows(labelled) if labelled else []
    if dev is not None:
        return rows, {dev.name: read_rows(dev)}
    if not rows:
        return [], {}
    rows, kept = held_out(rows, share=0.1, seed=0)
    return rows, {"held out": kept}


def _sets(data: Path | None) -> dict[str, Path]:
    """Files of labelled sets by name, at or up to two folders below `data`."""
    if data is None:
        return {}
    if not data.is_dir():
        raise UsageError(f"there is no folder {data}", hint="pass the folder of the labelled sets")
    found = [path for pattern in ("*.jsonl", "*.jsonl.gz") for path in data.rglob(pattern)]
    return {path.name.removesuffix(".gz").removesuffix(".jsonl"): path for path in sorted(found)}


def _told(tuned: Tuned) -> str:
    from guard.tune.measure import table

    return (
        f"{table(tuned.results)}\n\n{tuned.rows:,} rows. The verifier is in {tuned.folder};"
        f" use it with --entailment {tuned.folder}\n"
    )
