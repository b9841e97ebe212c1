"""What `guard doctor` says of the configuration, the models and the knowledge base.

Models are looked at as files: their hashes are compared and nothing is loaded.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

from guard.cli.installed import Check
from guard.config import FILES, USUAL_INDEX, Config, load_config
from guard.errors import GuardError
from guard.files import cache_dir


def found(config: Path | None) -> Iterator[Check]:
    """The configuration, and what it names. `config` is the file that was named, if any."""
    settings = Config()
    try:
        settings = load_config(config)
        yield _config_file(config)
    except GuardError as error:
        yield _problem("configuration", error)
    yield _encoder(settings)
    yield _entailment(settings)
    yield _writer(settings)
    yield _cache()
    yield _index(settings)


def _config_file(named: Path | None) -> Check:
    chosen = named or os.environ.get("GUARD_CONFIG")
    found = next((name for name in FILES if _has_settings(Path(name))), None)
    where = str(chosen or found or "none found, the defaults hold")
    variables = sorted(name for name in os.environ if name.startswith("GUARD_"))
    detail = f"{where}; {', '.join(variables)}" if variables else where
    return Check(name="configuration", status="ok", detail=detail)


def _has_settings(path: Path) -> bool:
    """Whether a file that `load_config` has accepted holds settings of guard."""
    if not path.is_file():
        return False
    table = tomllib.loads(path.read_text("utf-8"))
    return bool(table.get("tool", {}).get("guard") if path.name == "pyproject.toml" else table)


def _encoder(settings: Config) -> Check:
    try:
        detail = f"{settings.encoder}, sha256 {(_fingerprint(settings) or 'not known yet')[:12]}"
    except GuardError as error:
        return _problem("encoder", error)
    if _on_hub(settings.encoder, "minilm"):
        return _hub("encoder", settings.encoder)
    return Check(name="encoder", status="ok", detail=detail)


def _fingerprint(settings: Config) -> str | None:
    """The hash of the configured encoder's weights; None where they are not on this machine."""
    from guard.knowledge import load_encoder
    from guard.models.embedded import ENCODER, source

    if settings.encoder == "minilm":
        source(ENCODER)
        return ENCODER.sha256
    if _on_hub(settings.encoder, "minilm"):
        return None
    return load_encoder(settings.encoder).fingerprint


def _entailment(settings: Config) -> Check:
    from guard.verify.verifier import SETTINGS, SHIPPED, stored

    spec = settings.entailment
    folder = SHIPPED if spec == "verifier" else Path(spec)
    if not (folder / SETTINGS).is_file() and spec != "verifier":
        return Check(name="entailment", status="ok", detail=f"{spec} (not looked at)")
    try:
        made = stored(folder)
    except GuardError as error:
        return _problem("entailment", error)
    digest = made.sha256.get("verifier.onnx", "")[:12]
    return Check(name="entailment", status="ok", detail=f"{made.id}, sha256 {digest}")


def _writer(settings: Config) -> Check:
    name = settings.model
    if name.startswith("openai:"):
        return _server(settings)
    spec = name.removeprefix("local:")
    if _on_hub(spec, "smollm2"):
        return _hub("writer", spec)
    if spec != "smollm2":
        return Check(name="writer", status="ok", detail=f"{spec} is there")
    return _embedded_writer()


def _embedded_writer() -> Check:
    from guard.models.embedded import WRITER, intact, source

    folder = cache_dir() / "models" / f"smollm2-135m-instruct-{WRITER.sha256[:12]}"
    try:
        source(WRITER)
    except GuardError as error:
        return _problem("writer", error)
    detail = f"smollm2, sha256 {WRITER.sha256[:12]}"
    if intact(folder, WRITER.sha256):
        return Check(name="writer", status="ok", detail=f"{detail}, converted")
    fix = "python -m guard.models.embedded"
    detail += ", not converted yet: the first use takes about a minute longer"
    return Check(name="writer", status="note", detail=detail, fix=fix)


def _server(settings: Config) -> Check:
    where = settings.base_url or "the address of OpenAI"
    detail = f"{settings.model} at {where}, key from {settings.api_key_env}"
    if settings.base_url or os.environ.get(settings.api_key_env):
        return Check(name="writer", status="ok", detail=f"{detail} (not asked)")
    fix = f"export {settings.api_key_env}=..."
    return Check(name="writer", status="problem", detail=f"{detail}, which is not set", fix=fix)


def _on_hub(spec: str, embedded: str) -> bool:
    return spec != embedded and not Path(spec).expanduser().exists()


def _hub(name: str, spec: str) -> Check:
    detail = f"{spec} is no path here; the model hub is asked for it when it is used"
    return Check(name=name, status="note", detail=detail, fix="give the path of a local folder")


def _cache() -> Check:
    folder = cache_dir()
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Check(name="cache", status="ok", detail=f"{folder}, {sum(sizes) / 1e6:,.0f} MB")


def _index(settings: Config) -> Check:
    from guard.knowledge.store import read_manifest

    path = Path(settings.index or USUAL_INDEX)
    if not path.exists() and settings.index is None:
        fix = "guard index FOLDER"
        detail = f"none in {path}: claims are checked against passed documents only"
        return Check(name="knowledge", status="note", detail=detail, fix=fix)
    try:
        manifest = read_manifest(path)
        fingerprint = _fingerprint(settings)
    except GuardError as error:
        return _problem("knowledge", error)
    detail = (
        f"{path}, snapshot {manifest.snapshot[:12]}, {len(manifest.documents)} documents, "
        f"{manifest.passages} passages, made {manifest.created}"
    )
    if fingerprint in (None, manifest.fingerprint):
        return Check(name="knowledge", status="ok", detail=detail)
    detail += f", with another encoder ({manifest.encoder})"
    fix = f"guard index FOLDER --index {path}"
    return Check(name="knowledge", status="problem", detail=detail, fix=fix)


def _problem(name: str, error: GuardError) -> Check:
    return Check(name=name, status="problem", detail=error.message, fix=error.hint)
