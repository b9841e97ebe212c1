"""The encoder port: texts to vectors, and the one adapter there is (sentence-transformers)."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from guard.errors import ModelError
from guard.files import sha256, sha256_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 32
# Encoders read a few hundred tokens; this keeps a huge text from being tokenised in full first.
MAX_CHARACTERS = 20_000
_HINT = "pass the folder of a sentence-transformers model"
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
# Folders are called `model` or `snapshot`; known weights get the name that they were published by.
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_KNOWN = {MINILM_SHA256: "all-MiniLM-L6-v2"}


class Encoder(Protocol):
    """Turns texts into vectors whose inner product is their cosine similarity.

    `id` is a name for people; `fingerprint` is the sha256 of the weights, and decides whether two
    encoders are the same; `dimension` is the length of a vector.
    """

    @property
    def id(self) -> str:
        """What reports call the encoder."""

    @property
    def fingerprint(self) -> str:
        """The sha256 of the weights."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimension), each of length 1.

        A text has the same vector alone and in any batch, up to rounding.
        """


@dataclass(frozen=True, kw_only=True)
class SentenceEncoder:
    """A sentence-transformers model on the CPU, safe to share between threads.

    The weights are read at the first use of `dimension` or `encode`, so that a command that turns
    out to have nothing to encode does not wait for them. Texts are cut where the model stops
    reading (256 tokens for MiniLM).
    """

    id: str
    fingerprint: str
    folder: Path
    # Fast tokenizers raise "Already borrowed" when two threads use one.
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        model = self._model()
        dimension: int | None = model.get_embedding_dimension()
        return dimension or int(self.encode(["?"]).shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, one a text, in order. Raises ModelError."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        given = [readable(text) for text in texts]
        with self._lock:
            # It sorts by length itself, so that a batch holds little padding.
            vectors = self._model().encode(
                given,
                batch_size=BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
        if not np.isfinite(vectors).all():
            raise ModelError(
                f"the encoder {self.id} gave vectors that are not numbers",
                hint="its weights are damaged: install it again",
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _model(self) -> Any:
        with self._lock:
            return _load(self.folder)


def load_encoder(directory_or_id: str | Path) -> Encoder:
    """The encoder in a folder, or of that name on the model hub, as safetensors only.

    Raises ModelError when there is none, or when its weights could run code (pickle).
    """
    folder = Path(directory_or_id).expanduser()
    name = folder.resolve().name if folder.is_dir() else str(directory_or_id)
    if not folder.is_dir():
        folder = _download(str(directory_or_id))
    weights = _weights(folder)
    stamps = tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in weights)
    fingerprint = _fingerprint(folder, stamps)
    return SentenceEncoder(
        id=_KNOWN.get(fingerprint, name), fingerprint=fingerprint, folder=folder.resolve()
    )


def _weights(folder: Path) -> list[Path]:
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise ModelError(
            f"{folder} holds no encoder: it has neither modules.json nor config.json",
            hint=_HINT,
        )
    weights = sorted(folder.rglob("*.safetensors"))
    safe = {path.parent for path in weights}
    used = {folder, *(path.parent for path in folder.glob("*/config.json"))}
    pickled = [path for path in folder.rglob("*") if path.suffix in _PICKLES]
    unsafe = [path for path in pickled if path.parent in used - safe]
    if unsafe or not weights:
        only = f", only {unsafe[0].relative_to(folder)}" if unsafe else ""
        raise ModelError(
            f"the encoder in {folder} has no safetensors weights{only}",
            hint="convert it with model.save_pretrained(folder, safe_serialization=True)",
        )
    return weights


@functools.lru_cache(maxsize=8)
def _fingerprint(folder: Path, stamps: tuple[tuple[Path, int, int], ...]) -> str:
    """The sha256 of the weights file; of several, that of the list of their names and hashes."""
    try:
        hashes = [(path.relative_to(folder).as_posix(), sha256_file(path)) for path, *_ in stamps]
    except OSError as error:
        raise ModelError(
            f"cannot read the encoder in {folder}: {error.strerror}", hint="check its permissions"
        ) from error
    if len(hashes) == 1:
        return hashes[0][1]
    return sha256("".join(f"{name} {digest}\n" for name, digest in hashes))


@functools.lru_cache(maxsize=2)
def _load(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    quiet: Any = logging
    quiet.disable_progress_bar()  # the command has a bar of its own
    try:
        return SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # the library raises whatever its parts raise
        raise ModelError(
            f"the encoder in {folder} does not load: {_first_line(error)}",
            hint=_HINT,
        ) from error


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download

    if Path(name).is_absolute() or name.startswith((".", "~")):
        raise ModelError(f"there is no folder {name}", hint=_HINT)
    patterns = ["*.json", "*.safetensors", "*.txt", "*.model"]
    try:
        return Path(snapshot_download(name, allow_patterns=patterns))
    except Exception as error:  # bad name, no network, not found, no access
        raise ModelError(
            f"no encoder {name!r}: it is no folder, and the model hub does not give it"
            f" ({_first_line(error)})",
            hint=_HINT,
            retryable=True,
        ) from error


def readable(text: str) -> str:
    """The part of `text` that is encoded; lone surrogates, which no tokenizer takes, become ?."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
