"""Recipes: what a verifier is made of, read from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from guard.errors import InputError
from guard.tune.mixture import MAKERS, Mixture, Share
from guard.tune.train import Settings

RECIPES = Path(__file__).with_name("recipes")
KEYS = ("name", "base", "teachers", "seeds", "settings", "sets", "made", "dev")
_HINT = "guard tune --show-recipe laptop prints a complete one"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """`name` is what the verifier is called, `base` what training starts from: `minilm`, `shipped`,
    the folder of a verifier, or another recipe of guard's, which is then carried out `first`. One
    model is trained per seed, and their weights are averaged. Of each of the `dev` sets, `dev_rows`
    rows decide which state is kept, and `fit_rows` of these and of the `fit` sets calibrate the
    support. What `teachers` answer is learned as well: folders of verifiers, `shipped`, or other
    recipes of guard's, which are carried out before."""

    name: str
    base: str
    seeds: tuple[int, ...]
    settings: Settings
    mixture: Mixture
    dev: tuple[str, ...]
    dev_rows: int
    fit: tuple[str, ...]
    fit_rows: int
    first: Recipe | None = None
    teachers: tuple[str | Recipe, ...] = ()

    def steps(self) -> tuple[Recipe, ...]:
        """The recipes that are carried out, in order, each once, this one last."""
        made = [self.first, *self.teachers]
        before = [step for one in made if isinstance(one, Recipe) for step in one.steps()]
        return (*{step.name: step for step in before}.values(), self)


def read_recipe(path: Path) -> Recipe:
    """The recipe in a TOML file. Raises InputError, naming what is wrong in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot read the recipe {path}: {error}", hint=_HINT) from error
    try:
        return _recipe(table, path)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"the recipe {path} is wrong: {error}", hint=_HINT) from error


def _recipe(table: Mapping[str, Any], path: Path) -> Recipe:
    _known("the recipe", table, KEYS)
    settings = table.get("settings", {})
    _known("[settings]", settings, tuple(one.name for one in fields(Settings)))
    made = dict(table.get("made", {}))
    _known("[made]", made, tuple(MAKERS))
    dev = table.get("dev", {})
    _known("[dev]", dev, ("rows", "sets", "fit_rows", "fit_sets"))
    recipe = Recipe(
        name=str(table["name"]),
        base=str(table["base"]),
        seeds=tuple(int(seed) for seed in table["seeds"]),
        settings=Settings(**settings),
        mixture=Mixture(
            sets={name: Share(**share) for name, share in table["sets"].items()}, made=made
        ),
        dev=tuple(dev.get("sets", ())),
        dev_rows=int(dev.get("rows", 200)),
        fit=tuple(dev.get("fit_sets", ())),
        fit_rows=int(dev.get("fit_rows", 200)),
        first=_first(str(table["base"]), path),
        teachers=tuple(_first(str(name), path) or str(name) for name in table.get("teachers", ())),
    )
    if recipe.name in [step.name for step in recipe.steps()[:-1]]:
        raise ValueError(f"it has the name of one that is carried out before it, {recipe.name!r}")
    return recipe


def _first(base: str, path: Path) -> Recipe | None:
    """The recipe of guard's that a base or teacher names, None if it names none."""
    first = RECIPES / f"{base}.toml"
    if base not in known_recipes():
        return None
    if path.resolve() == first.resolve():
        raise ValueError("it starts from itself")
    return read_recipe(first)


def known_recipes() -> tuple[str, ...]:
    """The names of the recipes that come with guard."""
    return tuple(sorted(path.stem for path in RECIPES.glob("*.toml")))


def _known(where: str, table: Mapping[str, Any], names: tuple[str, ...]) -> None:
    unknown = [name for name in table if name not in names]
    if unknown:
        raise ValueError(f"{where} has no {unknown[0]!r}; it may have {', '.join(names)}")
