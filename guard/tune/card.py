"""The model card: what a verifier was made of, how good it is, and what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from guard.tune.measure import Figures, table
from guard.tune.recipe import Recipe

LIMITS = """\
- English only: the base model and the data are. Other languages get scores, but no promises.
- Evidence of more than {words} words is read in parts: its best sentences, and its best windows. A
  claim that needs more than two or three places of a long text may be missed.
- Numbers, dates, names and negation are weak points of models this small; `guard` checks them
  apart, and no support of the model outweighs a value that the evidence does not carry.
- Figures on sets that were looked at while the recipe was chosen flatter; expect less elsewhere.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """What a card tells: the recipe, the rows it came to, and results by development set."""

    recipe: Recipe
    rows: int
    results: Mapping[str, Figures]


def card(it: Described) -> str:
    """The card as Markdown."""
    recipe = it.recipe
    start = _base(recipe.steps()[0].base)
    parts = [
        f"# {recipe.name}",
        "A cross-encoder that says whether evidence supports a claim, contradicts it, or neither."
        f" It was made by `guard tune` from {start}: 6 layers of 384 dimensions,"
        " 22.7 million parameters, int8, in ONNX.",
        "## Results",
        "Of `guard judge` with the int8 model, at the threshold 0.5. The development sets also"
        " chose the state that was kept and calibrated the support.",
        table(it.results) if it.results else "There was nothing to measure with.",
        "## Training data",
        f"{it.rows:,} rows, among them those made from others.",
        *(part for step in recipe.steps() for part in _step(step)),
        "## Limits",
        LIMITS.format(words=recipe.settings.words),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _step(recipe: Recipe) -> tuple[str, ...]:
    """The rows, settings and teachers of one step; most recipes have one."""
    return (
        f"### {recipe.name}",
        _sets(recipe) or "Rows of the user's own.",
        _made(recipe),
        _settings(recipe),
        _teachers(recipe),
    )


def _teachers(recipe: Recipe) -> str:
    if not recipe.teachers:
        return ""
    names = [one.name if isinstance(one, Recipe) else "another" for one in recipe.teachers]
    share = f"{recipe.settings.taught:.0%}"
    return f"Beside the labels it learned what {' and '.join(names)} answer, weighted {share}."


def _base(base: str) -> str:
    if base == "minilm":
        return "all-MiniLM-L6-v2 (Apache-2.0)"
    return "the verifier that guard ships" if base == "shipped" else "another verifier"


def _sets(recipe: Recipe) -> str:
    if not recipe.mixture.sets:
        return ""
    lines = ["| set | rows at most | times | licence |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {name} | {share.cap:,} | {share.repeat} | {share.licence} |"
        for name, share in recipe.mixture.sets.items()
    ]
    return "\n".join(lines)


def _made(recipe: Recipe) -> str:
    if not recipe.mixture.made:
        return ""
    lines = ["| made rows | at most |", "| --- | --- |"]
    lines += [f"| {kind} | {count:,} |" for kind, count in recipe.mixture.made.items()]
    return "\n".join(lines)


def _settings(recipe: Recipe) -> str:
    values = "; ".join(f"{name} {value}" for name, value in asdict(recipe.settings).items())
    seeds = ", ".join(str(seed) for seed in recipe.seeds)
    return f"Seeds {seeds}, their weights averaged if several. Settings: {values}."
