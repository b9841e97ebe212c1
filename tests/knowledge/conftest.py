"""A second encoder: the port is small, and crash tests cannot wait for a neural network."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class WordEncoder:
    """Hashes words into `dimension` buckets; `fingerprint` tells two of them apart."""

    id: str = "words"
    fingerprint: str = "0" * 64
    dimension: int = 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                bucket = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                vectors[row, bucket % self.dimension] += 1
            vectors[row, 0] += 1e-3
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def other_words() -> WordEncoder:
    """Vectors of the same length that mean something else."""
    return WordEncoder(id="other", fingerprint="1" * 64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small documents."""
    folder = tmp_path / "handbook"
    folder.mkdir()
    (folder / "kettle.md").write_text(
        "# Kettle\n\nThe kettle switches off at 100 °C.\n\n## Descaling\n\n"
        "Use 50 g of citric acid in one litre of water. Leave it for 20 minutes.\n",
        encoding="utf-8",
    )
    (folder / "toaster.txt").write_text("The toaster has six levels of browning.\n")
    (folder / "parts.csv").write_text("part,price\nlid,4.50\nfilter,7.25\n")
    return folder
