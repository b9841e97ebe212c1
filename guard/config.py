"""Configuration: defaults < `guard.toml` or `[tool.guard]` < `GUARD_*` < arguments.

The defaults are written in `Config` and nowhere else. An unknown key is an error that names the
nearest known one.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from guard.errors import ConfigError, InputError
from guard.files import parse_json, read_text, sha256
from guard.types import FieldLimits, Policy, Sampling, Target, Unit

FILES = ("guard.toml", "pyproject.toml")
PREFIX = "GUARD_"
NOT_KEYS = {"GUARD_CACHE", "GUARD_CONFIG"}
USUAL_INDEX = ".guard/index"
"""Where the knowledge base is, unless it is named."""

HOW_REFERENCES = (
    'in guard.toml: references = { "ADDRESS" = "FILE" }; '
    """in the environment: GUARD_REFERENCES='{"ADDRESS": "FILE"}'"""
)

UNITS: dict[str, Unit] = {"w": "words", "s": "sentences", "t": "tokens"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """Every setting, with its default.

    `model` is `smollm2` (embedded), a directory, a `.gguf` file, a hub id, or `openai:NAME` for a
    server at `base_url` whose key is in the environment variable `api_key_env`. `encoder` is
    `minilm` (embedded), a directory or a hub id. `entailment` is `verifier` (shipped), `baseline`,
    a folder that `guard tune` wrote, a directory or hub id of a classifier or of a T5 as MiniCheck
    or HHEM, or `openai:NAME` for a language model at the same `base_url` with the same key.
    `calibration` is a file that `guard calibrate` made: support is mapped by it, and `policy.risk`
    takes its threshold from it. `index` is the folder of the knowledge base; without one
    `.guard/index` is used if it is there. `passages` is how many passages a claim is checked
    against, `context` how many the model is given to write from. `timeout` is in seconds.
    `max_characters`, `max_items` and `max_digits` are where a local model has to end a string, list
    or number (`FieldLimits`); 0 is no limit.
    Of an object that its schema leaves open, a local model writes the properties that are declared,
    unless `objects` is `open`.
    `references` are the files of the schemas that `schema` refers to, by their addresses; in the
    environment they are a JSON object.
    `target` is a length such as `80w`, `5s`, `200t`.
    """

    model: str = "smollm2"
    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    timeout: float = 60.0
    system: str | None = None
    schema: str | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    encoder: str = "minilm"
    entailment: str = "verifier"
    calibration: str | None = None
    index: str | None = None
    passages: int = 5
    context: int = 3
    max_tokens: int = 512
    max_characters: int = 2000
    max_items: int = 200
    max_digits: int = 40
    temperature: float = 0.0
    seed: int = 0
    objects: Literal["closed", "open"] = "closed"
    attempts: int = 3
    target: str | None = None
    policy: Policy = Policy()

    def sampling(self) -> Sampling:
        """The settings that go to the model with each call."""
        return Sampling(
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            seed=self.seed,
            open_objects=self.objects == "open",
            limits=FieldLimits(
                string=self.max_characters or None,
                items=self.max_items or None,
                digits=self.max_digits or None,
            ),
        )

    def reference_files(self) -> dict[str, Path]:
        """`references` as `load_schema` takes them."""
        return {address: Path(file) for address, file in self.references.items()}

    def sha256(self) -> str:
        """The hash of all settings; two reports with the same one were made alike."""
        return sha256(json.dumps(asdict(self), sort_keys=True))


def load_config(
    path: Path | None = None,
    *,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Config:
    """Read the configuration that holds in `folder` (default: the current one).

    `path` names the file instead of searching; `overrides` are arguments, of which None means not
    given, and in which `policy.NAME` reaches into the policy. Raises ConfigError.
    """
    env = os.environ if environ is None else environ
    named = path or (Path(env["GUARD_CONFIG"]) if env.get("GUARD_CONFIG") else None)
    config = Config()
    for table, where in (*_tables(named, folder or Path()), (_from_environ(env), "environment")):
        config = _merge(config, table, where)
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    config = _merge(config, _nested(given), "arguments")
    _check(config)
    return config


def parse_target(text: str | None) -> Target | None:
    """`80w`, `5s` or `200t` as a Target: words, sentences or tokens. Raises ConfigError."""
    if text is None:
        return None
    amount, unit = text[:-1].strip(), UNITS.get(text[-1:])
    if unit is None or not (amount.isascii() and amount.isdigit()) or len(amount) > 9:
        raise ConfigError(
            f"{text!r} is not a length", hint="write 80w (words), 5s (sentences) or 200t (tokens)"
        )
    if int(amount) == 0:
        raise ConfigError("a length of 0 would leave nothing", hint="ask for at least 1")
    return Target(amount=int(amount), unit=unit)


def _tables(named: Path | None, folder: Path) -> list[tuple[dict[str, Any], str]]:
    paths = [named] if named else [folder / name for name in FILES if (folder / name).is_file()]
    for path in paths:
        table = _read(path)
        if path.name == "pyproject.toml":
            table = table.get("tool", {}).get("guard", {})
        else:
            table = table.get("guard", table)
        if table:
            return [(table, str(path))]
    return []


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path, limit=1_000_000, what="configuration"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}", hint="mend the file") from error


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, value in environ.items():
        if name.startswith(PREFIX) and name not in NOT_KEYS and value:
            key = name.removeprefix(PREFIX).lower()
            nested = key.startswith("policy_")
            table["policy." + key.removeprefix("policy_") if nested else key] = value
    return _nested(table)


def _nested(table: Mapping[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in table.items() if not key.startswith("policy.")}
    policy = {k.removeprefix("policy."): v for k, v in table.items() if k.startswith("policy.")}
    return {**flat, "policy": policy} if policy else flat


def _merge(config: Config, table: Mapping[str, Any], where: str) -> Config:
    values = dict(table)
    policy = values.pop("policy", {})
    if isinstance(policy, Policy):
        values["policy"], policy = policy, {}
    if not isinstance(policy, Mapping):
        raise ConfigError(f"{where}: policy must be a table, not {policy!r}")
    typed = _typed(Config, values, where)
    if "references" in typed:  # each address by itself has its source
        typed["references"] = {**config.references, **typed["references"]}
    merged = replace(config, **typed)
    changes = _either(_typed(Policy, policy, where, "policy."), where)
    return replace(merged, policy=replace(merged.policy, **changes))


def _either(changes: dict[str, Any], where: str) -> dict[str, Any]:
    """A risk takes the place of a threshold that an earlier source set, and the other way round."""
    if "risk" in changes and "threshold" in changes:
        raise ConfigError(
            f"{where}: policy.risk and policy.threshold are both set",
            hint="keep one; with a risk, the calibration gives the threshold",
        )
    if "risk" in changes:
        return {**changes, "threshold": Policy().threshold}
    return {**changes, "risk": None} if "threshold" in changes else changes


def _typed(kind: type, values: Mapping[str, Any], where: str, prefix: str = "") -> dict[str, Any]:
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    for key in values:
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
            raise ConfigError(f"{where}: unknown key {prefix + key!r}", hint=hint)
    return {
        key: _convert(value, hints[key], f"{where}: {prefix}{key}") for key, value in values.items()
    }


def _convert(value: Any, hint: Any, where: str) -> Any:
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    for kind in kinds:
        if get_origin(kind) is Literal:
            if value in get_args(kind):
                return value
            raise ConfigError(f"{where} is {value!r}", hint=f"one of {', '.join(get_args(kind))}")
        if get_origin(kind) is Mapping:
            return _texts(value, where)
        if isinstance(value, bool):
            continue  # Python counts True as 1; no setting does
        if kind in (int, float):
            return _number(value, kind, where)
        if isinstance(value, kind):
            return value
    raise ConfigError(f"{where} is {value!r}, which is of the wrong type")


def _texts(value: Any, where: str) -> dict[str, str]:
    """A table of texts; in the environment, where all is text, a JSON object."""
    table = _json(value, where) if isinstance(value, str) else value
    if isinstance(table, Mapping) and all(isinstance(each, str) for each in table.values()):
        return dict(table)
    raise ConfigError(f"{where} is {value!r:.100}", hint=HOW_REFERENCES)


def _json(text: str, where: str) -> Any:
    try:
        return parse_json(text, where=where)
    except InputError as error:
        raise ConfigError(error.message, hint=HOW_REFERENCES) from error


def _number(value: Any, kind: type, where: str) -> int | float:
    try:
        number = kind(value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where} is {value!r}", hint="it must be a number") from error
    if kind is int and not isinstance(value, str) and number != value:
        raise ConfigError(f"{where} is {value!r}", hint="it must be a whole number")
    return int(number) if kind is int else float(number)


def _check(config: Config) -> None:
    for name in ("max_tokens", "passages", "attempts"):
        if getattr(config, name) < 1:
            raise ConfigError(f"{name} is {getattr(config, name)}", hint="it must be at least 1")
    for name in ("context", "max_characters", "max_items", "max_digits"):
        if getattr(config, name) < 0:
            raise ConfigError(f"{name} is {getattr(config, name)}", hint="it must be 0 or more")
    for name, value, most in (
        ("policy.threshold", config.policy.threshold, 1.0),
        ("policy.contradiction", config.policy.contradiction, 1.0),
        ("temperature", config.temperature, 2.0),
        ("timeout", config.timeout, 86_400.0),
    ):
        if not 0.0 <= value <= most:
            raise ConfigError(f"{name} is {value}", hint=f"it must lie between 0 and {most:g}")
    risk = config.policy.risk
    if risk is not None and not 0.0 < risk < 1.0:
        raise ConfigError(f"policy.risk is {risk}", hint="it must lie above 0 and below 1")
    parse_target(config.target)
