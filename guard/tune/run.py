"""From a recipe to a folder with a verifier: mix, train, average, quantise, calibrate, describe."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from guard.errors import InputError
from guard.files import sha256, write_atomic
from guard.tune.blend import UNFITTED, fitted, results
from guard.tune.card import Described, card
from guard.tune.export import write_folder, write_model
from guard.tune.measure import Figures, auroc
from guard.tune.mixture import mix
from guard.tune.recipe import Recipe
from guard.tune.rows import Row, read_rows
from guard.tune.teachers import taught
from guard.tune.team import UNFINISHED, Job, arrays, tokenizer_of, train_job
from guard.verify.encoding import PairEncoder
from guard.verify.verifier import MODEL, SETTINGS, load_verifier

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """A verifier that was written to `folder`, and its results on the development sets."""

    folder: Path
    results: Mapping[str, Figures]
    rows: int


def tune(
    recipe: Recipe,
    files: Mapping[str, Path],
    folder: Path,
    *,
    dev: Mapping[str, Sequence[Row]],
    fit: Mapping[str, Sequence[Row]] | None = None,
    extra: Sequence[Row] = (),
    progress: Progress | None = None,
    log: Callable[[str], None] | None = None,
) -> Tuned:
    """Train what `recipe` says on the sets in `files` and on `extra`; write it to `folder`.

    `dev` decides which state of the training is kept, `fit` (default: `dev`) calibrates the support
    and is measured with, set by set. Raises InputError, ModelError, RunError.
    """
    missing = [name for step in recipe.steps() for name in step.mixture.sets if name not in files]
    if missing:
        raise InputError(
            f"there is no file of the set {missing[0]}",
            hint="pass the folder that has it with --data, or take it out of the recipe",
        )
    with tempfile.TemporaryDirectory() as made:
        course = Course(Path(made), files, folder, dev, extra, progress, log)
        count = sum([_carry_out(step, course) for step in recipe.steps()])
        own = course.of(recipe)
        (own / UNFINISHED).unlink()
        tuned = finish(recipe, own, fit or dev, count)
        publish(own, folder)
    (folder / UNFINISHED).unlink(missing_ok=True)
    return replace(tuned, folder=folder)


class Course(NamedTuple):
    """What all steps of a tuning share; each step's verifier is made in a folder of `made`."""

    made: Path
    files: Mapping[str, Path]
    folder: Path
    dev: Mapping[str, Sequence[Row]]
    extra: Sequence[Row]
    progress: Progress | None
    log: Callable[[str], None] | None

    def of(self, recipe: Recipe) -> Path:
        """Where the verifier of a step is."""
        return self.made / sha256(recipe.name)[:16]


def _carry_out(recipe: Recipe, course: Course) -> int:
    """Train one step, from what those before it have made; how many rows each of its seeds had."""
    from safetensors.numpy import save

    base = str(course.of(recipe.first) / UNFINISHED) if recipe.first else recipe.base
    teachers = [str(course.of(t)) if isinstance(t, Recipe) else t for t in recipe.teachers]
    states, count = [], 0
    for seed in recipe.seeds:
        rows = taught(
            [*course.extra, *mix(recipe.mixture, course.files, seed=seed)],
            teachers,
            words=recipe.settings.words,
            progress=course.progress,
        )
        count = len(rows)
        job = Job(base=base, rows=rows, settings=replace(recipe.settings, seed=seed))
        evaluate = _evaluation(recipe, job.encoder(), course)
        states.append(train_job(job, evaluate=evaluate, progress=course.progress))
    mean = {name: sum(state[name] for state in states) / len(states) for name in states[0]}
    own = course.of(recipe)
    own.mkdir()
    write_atomic(own / UNFINISHED, save(mean))
    write_model(mean, own / MODEL)
    longest, tokenizer = recipe.settings.longest, tokenizer_of(base)
    write_folder(own, id=recipe.name, blend=UNFITTED, longest=longest, tokenizer=tokenizer)
    return count


def publish(made: Path, folder: Path) -> None:
    """Put a finished verifier into `folder`, its settings last: until then the hashes in old ones
    refuse the new files, and nothing that is not calibrated can be loaded. Raises RunError."""
    for path in sorted(made.iterdir(), key=lambda path: path.name == SETTINGS):
        write_atomic(folder / path.name, path.read_bytes())


def finish(recipe: Recipe, folder: Path, dev: Mapping[str, Sequence[Row]], rows: int) -> Tuned:
    """Calibrate the verifier in `folder` on `dev`, and write its card."""
    longest = recipe.settings.longest
    blend = fitted(load_verifier(folder), dev)
    write_folder(folder, id=recipe.name, blend=blend, longest=longest)
    found = results(load_verifier(folder), dev)
    write_atomic(folder / "README.md", card(Described(recipe=recipe, rows=rows, results=found)))
    return Tuned(folder=folder, results=found, rows=rows)


def _evaluation(
    recipe: Recipe, encoder: PairEncoder, course: Course
) -> Callable[[Any], float] | None:
    """What a state of the training is worth: the mean AUROC of the development sets.

    The best state so far is kept in a file, so that a training that is stopped is not lost.
    """
    from safetensors.numpy import save

    from guard.tune.train import encode_rows, support

    words = recipe.settings.words
    dev = course.dev
    coded = {name: encode_rows(found, encoder, words=words) for name, found in dev.items()}

    best = 0.0

    def evaluate(model: Any) -> float:
        nonlocal best
        found = {}
        for name, pairs in coded.items():
            scores = [one[0] for one in support(model, pairs)]
            found[name] = auroc([row.label == "supported" for row in dev[name]], scores)
        mean = sum(found.values()) / len(found)
        if course.log:
            each = "  ".join(f"{name} {value:.2f}" for name, value in found.items())
            course.log(f"AUROC {mean:.3f}  {each}")
        if mean > best:
            best = mean
            write_atomic(course.folder / UNFINISHED, save(arrays(model)))
        return mean

    return evaluate if dev else None


def held_out(rows: Sequence[Row], *, share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Rows divided into those to train on and those to measure with, by their evidence.

    No evidence is on both sides, so that what is measured was not learned by heart.
    """
    evidence = sorted({row.evidence for row in rows})
    random.Random(seed).shuffle(evidence)
    kept = frozenset(evidence[: max(1, round(len(evidence) * share))])
    return (
        [row for row in rows if row.evidence not in kept],
        [row for row in rows if row.evidence in kept],
    )


def sample(names: Sequence[str], files: Mapping[str, Path], count: int) -> dict[str, list[Row]]:
    """A fixed sample of at most `count` rows of each set. Raises InputError for a missing one."""
    found: dict[str, list[Row]] = {}
    for name in names:
        if name not in files:
            raise InputError(
                f"there is no file of the set {name}", hint="pass its folder as --data"
            )
        rows = read_rows(files[name])
        found[name] = rows if len(rows) <= count else random.Random(0).sample(rows, count)
    return found
