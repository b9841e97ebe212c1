"""The embedded encoder run by onnxruntime: the same vectors, without seconds of imports.

The graph is shipped with guard and holds no weights; those are read from the encoder's own
safetensors file, so that both ways of running it share one set of weights.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guard.errors import ModelError
from guard.knowledge.encoder import MINILM_SHA256, Encoder, SentenceEncoder, readable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRAPH = Path(__file__).with_name("minilm.onnx")
LONGEST = 256
"""Tokens that the encoder reads of a text, its two marks included."""

DIMENSION = 384


@dataclass(frozen=True, kw_only=True)
class QuickEncoder:
    """all-MiniLM-L6-v2 in `folder`, safe to share between threads."""

    id: str
    fingerprint: str
    folder: Path

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return DIMENSION

    def ready(self) -> None:
        """Open the model's files now, not with the first text. Raises ModelError."""
        _parts(self.folder)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, one a text, in order. Raises ModelError."""
        import numpy as np

        from guard.runtime import each

        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        session, tokenizer = _parts(self.folder)

        def vector(ids: list[int]) -> Any:
            tokens = np.array(ids, dtype=np.int64)
            return session.run(None, {"ids": tokens, "kinds": np.zeros_like(tokens)})[0]

        coded = [_ids(tokenizer, text) for text in texts]
        vectors = np.stack(each(vector, coded)).astype(np.float32, copy=False)
        if not np.isfinite(vectors).all():
            raise ModelError(
                f"the encoder {self.id} gave vectors that are not numbers",
                hint="its weights are damaged: install it again",
            )
        return vectors


def _ids(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(readable(text)).ids
    return ids if len(ids) <= LONGEST else [*ids[: LONGEST - 1], ids[-1]]


@functools.lru_cache(maxsize=1)
def _parts(folder: Path) -> tuple[Any, Any]:
    from safetensors.numpy import load_file

    from guard.runtime import load_tokenizer, open_session
    from guard.runtime.bert import MINILM, prepared

    weights = prepared(load_file(folder / "model.safetensors"), MINILM)
    return open_session(GRAPH, weights), load_tokenizer(folder / "tokenizer.json")


def quick(encoder: Encoder) -> Encoder:
    """The same encoder run by onnxruntime if it is the embedded one, else `encoder` itself."""
    if not isinstance(encoder, SentenceEncoder) or encoder.fingerprint != MINILM_SHA256:
        return encoder
    return QuickEncoder(id=encoder.id, fingerprint=encoder.fingerprint, folder=encoder.folder)
