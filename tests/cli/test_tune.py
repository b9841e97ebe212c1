"""`guard tune`, for real: the shipped verifier learns a rule from a few dozen rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guard.tune.recipe import RECIPES
from guard.verify.verifier import MODEL, SETTINGS, TOKENIZER, load_verifier

Run = Callable[..., Any]
COLOURS = ("red", "blue", "green", "black", "white", "yellow")
RECIPE = (
    (RECIPES / "adapt.toml").read_text("utf-8").replace("workers = 2", "workers = 1")
).replace("evaluations = 8", "evaluations = 2")


def rows() -> list[dict[str, str]]:
    """Claims about boats."""
    found = []
    for number in range(24):
        colour, other = COLOURS[number % 6], COLOURS[(number + 2) % 6]
        evidence = f"Boat {number} is {colour}. Its mast was replaced in spring."
        found.append(
            {"evidence": evidence, "claim": f"Boat {number} is {colour}.", "label": "supported"}
        )
        found.append(
            {"evidence": evidence, "claim": f"Boat {number} is {other}.", "label": "contradicted"}
        )
    return found


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()))
    (tmp_path / "one.toml").write_text(RECIPE)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_verifier_is_adapted(cli: Run, labelled: Path, tmp_path: Path, workers: int) -> None:
    recipe = tmp_path / "one.toml"
    recipe.write_text(RECIPE.replace("workers = 1", f"workers = {workers}"))
    out = cli("tune", str(labelled), "-o", str(tmp_path / "new"), "--recipe", str(recipe), "--json")
    assert out.code == 0, out.err
    assert set(json.loads(out.out)) == {"held out"}
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        MODEL, TOKENIZER, SETTINGS, "README.md",
    }  # fmt: skip
    tuned = load_verifier(tmp_path / "new")
    assert tuned.id == "guard-verifier-adapted"
    assert 0.0 <= tuned.score([("Boat 3 is black.", "Boat 3 is black.")])[0].supported <= 1.0
    assert "## Limits" in (tmp_path / "new" / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_a_recipe_starts_where_another_ends(
    cli: Run, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are carried out, the card tells of both, and nothing unfinished is left.

    The first is also the teacher of the second, beside the shipped verifier.
    """
    monkeypatch.setattr("guard.tune.recipe.RECIPES", tmp_path)
    (tmp_path / "before.toml").write_text(RECIPE)
    taught = 'base = "before"\nteachers = ["before", "shipped"]'
    second = RECIPE.replace('base = "shipped"', taught).replace("-adapted", "-again")
    (tmp_path / "after.toml").write_text(second)
    out = cli("tune", str(labelled), "-o", str(tmp_path / "new"), "--recipe", "after")
    assert out.code == 0, out.err
    card = (tmp_path / "new" / "README.md").read_text("utf-8")
    assert "### guard-verifier-adapted" in card
    assert "### guard-verifier-again" in card
    assert "what guard-verifier-adapted and another answer, weighted 50%" in card
    assert len(list((tmp_path / "new").iterdir())) == 4


def test_a_recipe_is_shown(cli: Run) -> None:
    out = cli("tune", "--recipe", "laptop", "--show-recipe")
    assert out.out == (RECIPES / "laptop.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rows.jsonl"], "there is nowhere to write the verifier to"),
        (["-o", "new"], "there is nothing to train on"),
        (["rows.jsonl", "-o", "new", "--recipe", "none"], "there is no recipe 'none'"),
        (["absent.jsonl", "-o", "new"], "cannot read absent.jsonl"),
        (["-o", "new", "--recipe", "laptop"], "there is no file of the set"),
        (["-o", "new", "--recipe", "laptop", "--data", "absent"], "there is no folder absent"),
    ],
)
def test_what_cannot_be_done_is_said(
    cli: Run,
    labelled: Path,
    arguments: list[str],
    message: str,
) -> None:
    out = cli("tune", *arguments)
    assert out.code in (2, 3)
    assert message in out.err
    assert not (labelled.parent / "new").exists()
