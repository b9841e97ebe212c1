"""What a model remembers of a text, in memory that grows by halves, so that a token costs no copy.

transformers' own cache joins two tensors in each layer for every pass, which copies all that was
read before; 50 MB a token for SmolLM2 after 1,000 tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

SPARE = 128
"""Tokens of room that are added, at least."""


def open_cache(model: Any) -> tuple[Any, bool]:
    """An empty cache for `model`, and whether its last tokens can be dropped again.

    Layers that remember in another way than by a row for each token (sliding windows, states) are
    left as transformers makes them, and then nothing is ever dropped.
    """
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer

    cache: Any = DynamicCache(config=model.config)
    plain = bool(cache.layers) and all(type(layer) is DynamicLayer for layer in cache.layers)
    if plain:
        kind = _layer()
        cache.layers = [kind() for _ in cache.layers]
    return cache, plain


def _layer() -> Any:
    """The class of a layer, made here because transformers is not imported before it is used."""
    from transformers.cache_utils import DynamicLayer

    base: Any = DynamicLayer  # untyped

    class Layer(base):  # type: ignore[misc]
        """Keys and values of shape (rows, heads, tokens, size), as views of a larger buffer."""

        keys: Tensor | None
        values: Tensor | None

        def update(
            self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any
        ) -> tuple[Tensor, Tensor]:
            """Add the new tokens behind those that are kept; all of them."""
            if not self.is_initialized:
                self.lazy_initialization(key_states, value_states)
                self._buffers: Any = (None, None)
            self._buffers = (
                _with_room(self._buffers[0], self.keys, key_states),
                _with_room(self._buffers[1], self.values, value_states),
            )
            start = self.get_seq_length()
            end = start + key_states.shape[-2]
            self._buffers[0][:, :, start:end] = key_states
            self._buffers[1][:, :, start:end] = value_states
            self.keys = self._buffers[0][:, :, :end]
            self.values = self._buffers[1][:, :, :end]
            return self.keys, self.values

        def batch_select_indices(self, indices: Tensor) -> None:
            """Keep these rows."""
            super().batch_select_indices(indices)
            self._buffers = (None, None)

    return Layer


def _with_room(buffer: Tensor | None, kept: Tensor | None, new: Tensor) -> Tensor:
    """A buffer that holds what is kept and has room for what is new."""
    size = 0 if kept is None or not kept.numel() else kept.shape[-2]
    needed = size + new.shape[-2]
    if buffer is not None and buffer.shape[-2] >= needed:
        return buffer
    rows, heads, _, width = new.shape
    larger = new.new_empty((rows, heads, needed + max(SPARE, needed // 2), width))
    if size and kept is not None:
        larger[:, :, :size] = kept
    return larger
