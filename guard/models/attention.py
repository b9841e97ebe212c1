"""Attention over several texts of any lengths that are read in one row, each seeing itself alone.

transformers lets a function of one's own take the place of its attention
(https://huggingface.co/docs/transformers/attention_interface). The linear layers, which take most
of the time, see one long row without holes; only here is it cut into the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from guard.models.memory import Memory

NAME = "guard_texts"
"""What transformers calls this attention."""


@dataclass(kw_only=True, eq=False)
class Part:
    """`[start, end)` of the row are the next tokens of the text that `memory` remembers."""

    memory: Memory
    start: int
    end: int
    _masks: dict[int, Tensor | None] = field(default_factory=dict)

    def mask(self, groups: int, like: Tensor) -> Tensor | None:
        """Who sees whom, `groups` times below one another; None where each sees all before it.

        It is the same for all layers, and made once.
        """
        if groups not in self._masks:
            self._masks[groups] = self._made(groups, like)
        return self._masks[groups]

    def _made(self, groups: int, like: Tensor) -> Tensor | None:
        import torch

        count, before = self.end - self.start, self.memory.length
        if count == 1 or before == 0:
            return None
        seen = torch.ones((count, before + count), dtype=torch.bool, device=like.device)
        return seen.tril(before).repeat(groups, 1)[None, None]


@dataclass(kw_only=True, eq=False)
class Pass:
    """One pass of the model. `seen` are the keys and values of each part in the layer at hand."""

    parts: Sequence[Part]
    seen: list[tuple[Tensor, Tensor]] = field(default_factory=list)

    def remember(self, layer: int, keys: Tensor, values: Tensor) -> None:
        """Keep the keys and values of the row's tokens, each with its text."""
        self.seen = [
            part.memory.add(layer, keys[:, :, at], values[:, :, at])
            for part in self.parts
            for at in [slice(part.start, part.end)]
        ]


_current: ContextVar[Pass] = ContextVar("pass")


@contextmanager
def reading(model: Any, going: Pass) -> Iterator[None]:
    """What `model` reads meanwhile are the parts of this pass, with this attention."""
    _register()
    before = model.config._attn_implementation
    token = _current.set(going)
    model.config._attn_implementation = NAME
    try:
        yield
    finally:
        model.config._attn_implementation = before
        _current.reset(token)


def _going() -> Pass:
    going = _current.get(None)
    if going is None:
        raise RuntimeError(
            "a model that guard is reading with must not be used elsewhere meanwhile"
        )
    return going


def can_attend(model: Any) -> bool:
    """Whether this attention does what the one does that `model` uses."""
    able = getattr(model, "_supports_attention_backend", False)
    return bool(able) and model.config._attn_implementation == "sdpa"


@cache
def open_cache() -> Callable[[Any], Any]:
    """The class of what is given to a model as its cache; its memories are those of the pass."""
    from transformers import DynamicCache

    base: Any = DynamicCache  # untyped

    class PassCache(base):  # type: ignore[misc]
        """Hands keys and values over to the pass."""

        def update(
            self, key_states: Tensor, value_states: Tensor, layer_idx: int, *_: Any, **__: Any
        ) -> tuple[Tensor, Tensor]:
            """Keep them; the attention takes what belongs to each text from the pass."""
            _going().remember(layer_idx, key_states, value_states)
            return key_states, value_states

    return lambda config: PassCache(config=config)


@cache
def _register() -> None:
    from transformers import AttentionInterface

    register: Any = AttentionInterface.register
    register(NAME, _attend)


def _attend(  # noqa: PLR0917 - the signature is transformers'
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """The attention of a row, of shape (1, tokens, heads, size)."""
    import torch

    del module, key, value, attention_mask, dropout  # models are read, not trained
    going = _going()
    found = [
        _attended(query[:, :, part.start : part.end], *seen, part, scaling)
        for part, seen in zip(going.parts, going.seen, strict=True)
    ]
    return (found[0] if len(found) == 1 else torch.cat(found, dim=1)), None


def _attended(
    query: Tensor, keys: Tensor, values: Tensor, part: Part, scaling: float | None
) -> Tensor:
    """The attention of one text's new tokens.

    Heads that share keys are laid below one another, as though they were more tokens, so that keys
    need not be repeated for them.
    """
    from torch.nn.functional import scaled_dot_product_attention as attention

    _, heads, count, size = query.shape
    groups = heads // keys.shape[1]
    mask = part.mask(groups, query)
    if mask is None and count > 1:
        found = attention(query, keys, values, is_causal=True, scale=scaling, enable_gqa=groups > 1)
    else:
        packed = query.reshape(1, keys.shape[1], groups * count, size)
        found = attention(packed, keys, values, attn_mask=mask, scale=scaling)
        found = found.reshape(1, heads, count, values.shape[-1])
    return found.transpose(1, 2)
