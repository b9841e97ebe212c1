"""What a job was run with, kept beside its output so that it cannot go on as another job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from guard.errors import InputError, UsageError
from guard.files import parse_json, read_text, write_atomic
from guard.types import Json

FORMAT = 1
IDENTITY = ("format", "guard", "schema", "seed", "model", "knowledge", "instructions")
"""The entries that must be the same when a job goes on, and so must every setting."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What made an output.

    `schema` is a sha256 hash, `config` every other setting that can change an answer, `knowledge`
    the snapshot of the index, `versions` those of the libraries that matter, and `inputs` maps
    each input file to its sha256.
    """

    guard: str
    schema: str
    config: Mapping[str, Json]
    seed: int
    model: str
    knowledge: str | None = None
    instructions: str | None = None
    created: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


def require_same(path: Path, manifest: Manifest, *, output: Path) -> None:
    """Make sure that `output` is the output of this very job.

    Raises UsageError when it is another job's or no job's at all, InputError when the manifest in
    `path` cannot be read.
    """
    if not path.exists():
        raise UsageError(
            f"{output} exists and is no output of guard extract: there is no {path.name}",
            hint="write to another file, or overwrite it with --restart",
        )
    old, new = _identity(_load(path)), _identity(asdict(manifest))
    changed = _changed(old, new)
    if changed:
        key = changed[0]
        raise UsageError(
            f"{output} was begun with another {', '.join(changed)} "
            f"({key} {_short(old.get(key))}, now {_short(new.get(key))})",
            hint="go on as before, write to another file, or start anew with --restart",
        )


def is_same(path: Path, manifest: Manifest) -> bool:
    """Whether `path` holds the manifest of this very job. Raises InputError."""
    return path.exists() and not _changed(_identity(_load(path)), _identity(asdict(manifest)))


def write_manifest(path: Path, manifest: Manifest, *, resumed: bool) -> None:
    """Write the manifest; the inputs of the runs before are kept when the job is `resumed`."""
    wanted = asdict(manifest)
    if resumed:
        old = _load(path)
        wanted["created"] = old.get("created", manifest.created)
        wanted["inputs"] = {**_table(old.get("inputs")), **manifest.inputs}
    write_atomic(path, json.dumps(wanted, indent=2, ensure_ascii=False) + "\n")


def _load(path: Path) -> dict[str, Json]:
    value = parse_json(read_text(path, what="manifest"), where=str(path))
    if not isinstance(value, dict):
        raise InputError(f"{path} is no manifest", hint="start anew with --restart")
    return value


def _identity(table: Mapping[str, Json]) -> dict[str, Json]:
    """What must stay the same, each setting by itself."""
    settings = {f"config.{key}": value for key, value in _table(table.get("config")).items()}
    return {**{key: table.get(key) for key in IDENTITY}, **settings}


def _changed(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[str]:
    return [key for key in {**new, **old} if old.get(key) != new.get(key)]


def _table(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _short(value: Json) -> str:
    text = str(value)
    return text if len(text) <= 24 else text[:12] + "…"
