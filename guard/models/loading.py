"""Reading a transformers model from a folder, a GGUF file or a hub, and nothing that runs code."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from guard.errors import ModelError

FLOAT32_SHARE = 0.6  # of the memory that float32 weights may take on a CPU


def load(source: str) -> tuple[Any, Any]:
    """The model, ready to write, and its tokenizer.

    Only safetensors and GGUF are read, pickles and code from model folders are not. Raises
    ModelError.
    """
    from safetensors import SafetensorError

    where = _where(source)
    failures = (OSError, ValueError, KeyError, RuntimeError, ImportError, TypeError)
    try:
        with quiet():
            return _load(where)
    except (*failures, AttributeError, SafetensorError) as error:
        reason = next((line for line in str(error).splitlines() if line.strip()), repr(error))
        raise ModelError(
            f"cannot load the model {source}: {reason[:300]}",
            hint="pass a folder with config.json, tokenizer.json and .safetensors, or a .gguf file",
        ) from error


def _where(source: str) -> dict[str, Any]:
    """Arguments of `from_pretrained` that say what to load."""
    path = Path(source).expanduser()
    if path.is_file() and path.suffix == ".gguf":
        return {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    if path.is_dir() and not (path / "config.json").is_file():
        raise ModelError(
            f"{source} is not a model: it has no config.json", hint="pass a transformers folder"
        )
    if path.is_file() or (not path.exists() and _looks_like_a_path(source)):
        raise ModelError(
            f"there is no model at {source}", hint="pass a folder, a .gguf file or a hub id"
        )
    return {"pretrained_model_name_or_path": str(path) if path.is_dir() else source}


def _looks_like_a_path(source: str) -> bool:
    return source.endswith(".gguf") or source[:1] in ("/", ".", "~") or source.count("/") != 1


def _load(where: dict[str, Any]) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = "auto" if device == "cuda" or not _fits_float32(where) else torch.float32
    weights = {} if "gguf_file" in where else {"use_safetensors": True}
    tokenizer = AutoTokenizer.from_pretrained(**where)
    options: dict[str, Any] = {**where, **weights, "dtype": dtype}
    model: Any = AutoModelForCausalLM.from_pretrained(**options)
    return model.to(device).eval(), tokenizer


def _fits_float32(where: dict[str, Any]) -> bool:
    """Whether the weights fit into memory in float32, which a CPU computes fastest.

    Weights are mostly stored in half precision, so they grow to twice their size on disk.
    """
    folder = Path(where["pretrained_model_name_or_path"])
    stored = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    if not hasattr(os, "sysconf"):
        return True
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 2 * stored <= FLOAT32_SHARE * memory


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No progress bars from transformers: stderr is for guard's own narration."""
    from transformers import utils

    logging: Any = utils.logging  # its stub has no types
    shown, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()
