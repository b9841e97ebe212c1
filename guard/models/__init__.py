"""Models that write: local ones and servers. Nothing heavy is imported before one is loaded."""

from __future__ import annotations

from pathlib import Path

from guard.errors import ConfigError
from guard.models.base import Model

__all__ = ["Model", "load_model"]

EMBEDDED = "smollm2"
KINDS = '"smollm2", "local:FOLDER", "local:FILE.gguf", "local:HUB_ID" or "openai:NAME"'


def load_model(
    spec: str, *, base_url: str | None = None, api_key: str | None = None, timeout: float = 60.0
) -> Model:
    """The model that `spec` names.

    `smollm2` is the embedded default; `local:` takes a folder, a GGUF file or a hub id for
    transformers, and so does the path of something that exists; `openai:NAME` is a model on an
    OpenAI-compatible server (`base_url`, `api_key`, `timeout` in seconds are for these only).
    Raises ConfigError for a spec that is none of these, ModelError when loading fails.
    """
    kind, _, rest = spec.partition(":")
    if kind == "openai" and rest:
        from guard.models.openai import open_server

        return open_server(rest, base_url=base_url, api_key=api_key, timeout=timeout)
    if base_url is not None:
        raise ConfigError(
            f"the model {spec!r} is not on a server, but a base URL is given",
            hint="name the server's model as openai:NAME",
        )
    from guard.models.local import open_local

    if spec == EMBEDDED:
        from guard.models.embedded import writer_dir

        return open_local(str(writer_dir()), name=EMBEDDED)
    if kind == "local" and rest:
        return open_local(rest)
    if spec and Path(spec).exists():
        return open_local(spec)
    raise ConfigError(f"{spec!r} is not a model", hint=f"use {KINDS}")
