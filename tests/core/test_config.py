"""Configuration: where settings come from, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guard import Config, ConfigError, FieldLimits, Policy, Sampling, Target, load_config
from guard.config import parse_target


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_later_sources_win(tmp_path: Path) -> None:
    """Defaults give way to the file, the file to the environment, that to arguments."""
    write(tmp_path, "guard.toml", "[guard]\nseed = 1\nmax_tokens = 11\npassages = 7\n")
    environ = {"GUARD_SEED": "2", "GUARD_MAX_TOKENS": "12", "HOME": "elsewhere"}
    config = load_config(folder=tmp_path, environ=environ, overrides={"seed": 3, "model": None})
    assert (config.seed, config.max_tokens, config.passages) == (3, 12, 7)
    assert config.model == Config().model


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("guard.toml", "seed = 5\n"),
        ("guard.toml", "[guard]\nseed = 5\n"),
        ("pyproject.toml", "[tool.guard]\nseed = 5\n"),
    ],
)
def test_files(tmp_path: Path, name: str, text: str) -> None:
    """guard.toml, with or without a table, and pyproject.toml are read."""
    write(tmp_path, name, text)
    assert load_config(folder=tmp_path, environ={}).seed == 5


def test_policy_is_reached_from_everywhere(tmp_path: Path) -> None:
    """The policy's fields can be set in the file, by environment and by argument."""
    write(tmp_path, "guard.toml", "[guard.policy]\ncontradicted = 'mark'\nthreshold = 0.7\n")
    config = load_config(
        folder=tmp_path,
        environ={"GUARD_POLICY_CONFLICTING": "remove"},
        overrides={"policy.threshold": 0.9},
    )
    assert config.policy == Policy(contradicted="mark", conflicting="remove", threshold=0.9)


def test_a_risk_and_a_threshold_take_each_other_s_place(tmp_path: Path) -> None:
    """Of a risk and a threshold the one from the later source holds, and the other is gone."""
    write(tmp_path, "guard.toml", "[guard.policy]\nrisk = 0.05\n")
    environ = {"GUARD_POLICY_THRESHOLD": "0.8"}
    assert load_config(folder=tmp_path, environ={}).policy == Policy(risk=0.05)
    assert load_config(folder=tmp_path, environ=environ).policy == Policy(threshold=0.8)
    last = load_config(folder=tmp_path, environ=environ, overrides={"policy.risk": 0.2})
    assert last.policy == Policy(risk=0.2)


def test_limits_of_fields(tmp_path: Path) -> None:
    """They come from the file, 0 is none, and the defaults are those of a call without settings."""
    write(tmp_path, "guard.toml", "[guard]\nmax_characters = 80\nmax_items = 0\n")
    limits = load_config(folder=tmp_path, environ={"GUARD_MAX_DIGITS": "9"}).sampling().limits
    assert limits == FieldLimits(string=80, items=None, digits=9)
    assert Config().sampling() == Sampling()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"max_token": 5}, "did you mean max_tokens"),
        ({"policy.threshhold": 0.5}, "did you mean threshold"),
        ({"policy.contradicted": "delete"}, "one of keep, mark, remove, fail"),
        ({"policy.threshold": 1.5}, "between 0 and 1"),
        ({"policy.risk": 0.0}, "above 0 and below 1"),
        ({"policy.risk": 1}, "above 0 and below 1"),
        ({"policy.risk": float("nan")}, "above 0 and below 1"),
        ({"policy.risk": "little"}, "must be a number"),
        ({"policy.risk": 0.1, "policy.threshold": 0.9}, "both set"),
        ({"max_tokens": 0}, "at least 1"),
        ({"max_tokens": "many"}, "must be a number"),
        ({"max_tokens": 1.5}, "must be a whole number"),
        ({"max_tokens": True}, "of the wrong type"),
        ({"context": -1}, "0 or more"),
        ({"max_characters": -1}, "0 or more"),
        ({"max_items": -1}, "0 or more"),
        ({"max_digits": -1}, "0 or more"),
        ({"temperature": float("nan")}, "between 0 and 2"),
        ({"target": "80"}, "80w (words)"),
        ({"target": "0w"}, "leave nothing"),
    ],
)
def test_wrong_settings(overrides: dict[str, Any], message: str) -> None:
    """A wrong key or value is refused with the way out."""
    with pytest.raises(ConfigError) as caught:
        load_config(folder=Path("missing"), environ={}, overrides=overrides)
    assert message in str(caught.value)
    assert caught.value.exit_code == 2


def test_wrong_files(tmp_path: Path) -> None:
    """A file that is not TOML, has an unknown key, or is not there is named in the error."""
    write(tmp_path, "guard.toml", "seed = = 1")
    with pytest.raises(ConfigError, match=r"guard\.toml is not TOML"):
        load_config(folder=tmp_path, environ={})
    write(tmp_path, "guard.toml", "sede = 1")
    with pytest.raises(ConfigError, match=r"guard\.toml: unknown key 'sede' \(did you mean seed"):
        load_config(folder=tmp_path, environ={})
    with pytest.raises(Exception, match=r"cannot read configuration .*none\.toml"):
        load_config(tmp_path / "none.toml", environ={})


def test_unknown_environment_is_named() -> None:
    """A misspelt GUARD_ variable does not pass in silence."""
    with pytest.raises(ConfigError, match="environment: unknown key 'sead'"):
        load_config(folder=Path("missing"), environ={"GUARD_SEAD": "1"})


def test_references_from_the_environment(tmp_path: Path) -> None:
    """The files of references are a JSON object there, and come before those of the file."""
    write(tmp_path, "guard.toml", '[references]\na = "file"\nb = "file"\n')
    environ = {"GUARD_REFERENCES": '{"b": "environment", "https://example.com/c?x=1": "c d.json"}'}
    config = load_config(folder=tmp_path, environ=environ, overrides={"references": {"a": "last"}})
    wanted = {"a": "last", "b": "environment", "https://example.com/c?x=1": "c d.json"}
    assert config.references == wanted


@pytest.mark.parametrize("text", ["a=b", "[]", '{"a": 1}', '{"a": "b", "a": "c"}', '"a"'])
def test_wrong_references_in_the_environment(text: str) -> None:
    """What is no JSON object of texts is refused, with how it is written."""
    with pytest.raises(ConfigError, match="environment: references") as caught:
        load_config(folder=Path("missing"), environ={"GUARD_REFERENCES": text})
    assert """GUARD_REFERENCES='{"ADDRESS": "FILE"}'""" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("80w", Target(amount=80, unit="words")),
        ("5s", Target(amount=5, unit="sentences")),
        ("200t", Target(amount=200, unit="tokens")),
        (None, None),
    ],
)
def test_targets(text: str | None, target: Target | None) -> None:
    """A length is a number and one letter."""
    assert parse_target(text) == target


def test_hash_follows_settings() -> None:
    """Equal settings have equal hashes, others do not."""
    assert Config().sha256() == Config().sha256() != Config(seed=1).sha256()


def test_objects_are_closed_unless_they_are_to_be_open(tmp_path: Path) -> None:
    """The switch is a word, and reaches the model with each call."""
    assert not load_config(folder=tmp_path, environ={}).sampling().open_objects
    opened = load_config(folder=tmp_path, environ={"GUARD_OBJECTS": "open"})
    assert opened.sampling().open_objects
    with pytest.raises(ConfigError, match="objects is 'ajar'"):
        load_config(folder=tmp_path, environ={"GUARD_OBJECTS": "ajar"})
