"""Weights of a BERT as guard's ONNX graphs name and shape them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PARTS = ("query", "key", "value")
UNUSED = ("pooler.dense.weight", "pooler.dense.bias", "embeddings.position_ids")
"""What files of sentence encoders also hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The sizes of a BERT that its weights alone do not tell."""

    layers: int
    heads: int
    size: int

    @property
    def scale(self) -> float:
        """What queries are multiplied by."""
        return 1.0 / math.sqrt(self.size / self.heads)


MINILM = Shape(layers=6, heads=12, size=384)


def prepared(weights: Mapping[str, NDArray[np.float32]], shape: Shape) -> dict[str, Any]:
    """PyTorch's weights as a graph takes them.

    Matrices of linear layers are transposed, and query, key and value of a layer are one matrix,
    into which the scale of attention is multiplied.
    """
    import numpy as np

    found: dict[str, Any] = {}
    for layer in range(shape.layers):
        start = f"encoder.layer.{layer}.attention.self"
        for kind, axis in (("weight", 1), ("bias", 0)):
            query, *others = (weights[f"{start}.{part}.{kind}"].T for part in PARTS)
            joined = np.concatenate([query * shape.scale, *others], axis=axis)
            found[f"{start}.{kind}"] = np.ascontiguousarray(joined, dtype=np.float32)
    for name, value in weights.items():
        plain = name.endswith("embeddings.weight") or value.ndim < 2
        if ".attention.self." not in name and name not in UNUSED:
            found[name] = np.ascontiguousarray(value if plain else value.T, dtype=np.float32)
    return found


def restored(weights: Mapping[str, NDArray[np.float32]], shape: Shape) -> dict[str, Any]:
    """The opposite of `prepared`."""
    import numpy as np

    found: dict[str, Any] = {}
    for name, value in weights.items():
        if ".attention.self." in name:
            start, kind = name.rsplit(".", 1)
            query, *others = np.split(value, 3, axis=-1)
            parts = zip(PARTS, (query / shape.scale, *others), strict=True)
            found |= {f"{start}.{part}.{kind}": one.T.copy() for part, one in parts}
        else:
            plain = name.endswith("embeddings.weight") or value.ndim < 2
            found[name] = value if plain else value.T.copy()
    return found
