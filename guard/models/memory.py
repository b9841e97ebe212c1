"""What a model remembers of a text: the keys and values of its tokens, for each layer.

They lie in buffers that grow by halves, so that a token costs no copy of those before it, and
dropping the last tokens costs nothing. transformers' own cache joins two tensors in each layer for
every pass, which copies all that was read before; 50 MB a token for SmolLM2 after 1,000 tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

SPARE = 128
"""Tokens of room that are added, at least."""


class Memory:
    """What is remembered of one text; `length` is the number of its tokens."""

    def __init__(self) -> None:
        self.length = 0
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    def add(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Those of all tokens, the new ones, of shape (1, heads, tokens, size), behind the others.

        `length` is to be raised when all layers have theirs.
        """
        end = self.length + keys.shape[-2]
        old = self._layers.get(layer, (None, None))
        buffers = self._with_room(old[0], keys), self._with_room(old[1], values)
        self._layers[layer] = buffers
        for buffer, new in zip(buffers, (keys, values), strict=True):
            buffer[:, :, self.length : end] = new
        return buffers[0][:, :, :end], buffers[1][:, :, :end]

    def copy(self, other: Memory, count: int) -> None:
        """Remember the first `count` tokens of another text, and nothing else."""
        self.length = 0
        for layer, (keys, values) in other._layers.items():
            self.add(layer, keys[:, :, :count], values[:, :, :count])
        self.length = count

    def clear(self) -> None:
        """Forget everything."""
        self.length = 0
        self._layers.clear()

    def _with_room(self, buffer: Tensor | None, new: Tensor) -> Tensor:
        """A buffer that holds what is remembered and has room for what is new."""
        needed = self.length + new.shape[-2]
        if buffer is not None and buffer.shape[-2] >= needed:
            return buffer
        rows, heads, _, width = new.shape
        larger = new.new_empty((rows, heads, needed + max(SPARE, needed // 2), width))
        if buffer is not None:
            larger[:, :, : self.length] = buffer[:, :, : self.length]
        return larger


def is_plain(model: Any) -> bool:
    """Whether `model` remembers a row of keys and values for each token, and no less.

    Sliding windows that are wider than the model reads leave nothing out. DeepSeek and its kin
    remember something smaller, from which keys and values are made anew for each pass.
    """
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    cache: Any = DynamicCache(config=model.config)
    longest = getattr(model.config.get_text_config(), "max_position_embeddings", 0) or 0

    def is_whole(layer: Any) -> bool:
        if type(layer) is DynamicSlidingWindowLayer:
            return bool(layer.sliding_window >= longest > 0)
        return type(layer) is DynamicLayer

    is_compressed = hasattr(model.config.get_text_config(), "kv_lora_rank")
    return not is_compressed and bool(cache.layers) and all(map(is_whole, cache.layers))
