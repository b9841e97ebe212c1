"""Mixtures of labelled sets and made rows, and the recipes that name them."""

import json
from pathlib import Path

import pytest

from guard.errors import InputError
from guard.tune.mixture import MAKERS, Mixture, Share, mix
from guard.tune.recipe import RECIPES, known_recipes, read_recipe

EVIDENCE = (
    "Ada Lind founded the Norrby mill in 1884. It had 12 workers at first. Otto Berg bought the"
    " mill from her in 1902. He was not born in Norrby. More flour was sold after the railway came."
)
TABLE = "Norrby mill\nFounded: 1884\nWorkers: 12\nRiver: Lillan\nOwner: Otto Berg"


def write_set(folder: Path, name: str) -> Path:
    """A small labelled set of our own."""
    pairs = [
        (EVIDENCE, "Ada Lind founded the Norrby mill in 1884.", "supported"),
        (EVIDENCE, "The mill had 12 workers at first.", "supported"),
        (EVIDENCE, "Otto Berg was not born in Norrby.", "supported"),
        (EVIDENCE, "Otto Berg bought the mill from Ada Lind.", "supported"),
        (EVIDENCE, "The mill was founded in 1902.", "contradicted"),
        (EVIDENCE, "The mill is red.", "neutral"),
        (TABLE, "The mill of Norrby has 12 workers.", "supported"),
        (TABLE, "The mill is on the Lillan.", "supported"),
        ("Owls hunt mice by night and sleep by day.", "Owls hunt by night.", "supported"),
        ("The spring flood closed the lock.", "The spring flood closed it.", "supported"),
        ("The autumn flood opened the gate.", "The autumn flood opened it.", "supported"),
    ]
    path = folder / f"{name}.jsonl"
    lines = [json.dumps({"evidence": e, "claim": c, "label": label}) for e, c, label in pairs]
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_every_kind_of_row_is_made(tmp_path: Path, kind: str) -> None:
    files = {"own": write_set(tmp_path, "own")}
    rows = mix(Mixture(sets={"own": Share(cap=100)}, made={kind: 40}), files, seed=0)
    made = [row for row in rows if row.source.endswith(kind)]
    assert made
    assert all(row.claim.strip() and row.evidence.strip() for row in made)


def test_a_seed_fixes_the_rows(tmp_path: Path) -> None:
    files = {"own": write_set(tmp_path, "own")}
    mixture = Mixture(sets={"own": Share(cap=5, repeat=2)}, made=dict.fromkeys(MAKERS, 5))
    one, same, other = (mix(mixture, files, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_caps_and_repeats_hold(tmp_path: Path) -> None:
    files = {"own": write_set(tmp_path, "own")}
    assert len(mix(Mixture(sets={"own": Share(cap=4, repeat=3)}, made={}), files, seed=0)) == 12


@pytest.mark.parametrize("name", known_recipes())
def test_the_shipped_recipes_are_whole(name: str) -> None:
    recipe = read_recipe(RECIPES / f"{name}.toml")
    assert recipe.settings.rate < 2e-4  # above, training collapses to one answer
    assert all(share.licence != "not stated" for share in recipe.mixture.sets.values())


def test_a_recipe_may_start_from_another(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('name = "ours"\nbase = "teacher-1"\nseeds = [1]\n[sets]\n[made]\n')
    assert [step.base for step in read_recipe(path).steps()] == ["minilm", "teacher-1"]


def test_teachers_are_made_before_and_each_once() -> None:
    """The shipped verifier starts from one of its teachers."""
    steps = read_recipe(RECIPES / "laptop.toml").steps()
    assert [step.name for step in steps] == ["teacher-1", "teacher-2", "guard-verifier-2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "cannot read the recipe"),
        ('name = "x"', "wrong: 'base'"),
        (
            'name = "teacher-1"\nbase = "teacher-1"\nseeds = [1]\n[sets]\n',
            "has the name of one that is carried out before it",
        ),
        ('name = "x"\nbase = "minilm"\nseeds = [1]\nspeed = 3', "has no 'speed'"),
        ('name = "x"\nbase = "minilm"\nseeds = [1]\n[sets]\n[made]\n"odd" = 3', "has no 'odd'"),
        ('name = "x"\nbase = "minilm"\nseeds = [1]\n[sets]\na = {}', "cap"),
        ('name = "x"\nbase = "minilm"\nseeds = [1]\n[settings]\nlr = 1', "has no 'lr'"),
    ],
)
def test_a_wrong_recipe_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_recipe(path)
