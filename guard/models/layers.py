"""Linear layers that read their weights once for a few tokens, on a CPU in float32.

Decoding is bound by how fast weights come from memory. torch's `linear` on a CPU reads them with
one thread's worth of speed for one token, and packs them anew for two to ten; the same product with
the weights on the left, or oneDNN's own kernel, takes half the time (SmolLM2, 2 cores: 33 ms
instead of 61 for one token, 45 instead of 85 for four). The sums are rounded otherwise in the last
bits, that is all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    Product = Callable[[Tensor, Tensor, Tensor | None], Tensor]
    Pack = Callable[[Tensor], Tensor]

FEW = 4
"""Tokens up to which the weights are best on the left of the product."""

MOST_PACKED = 2**30
"""Bytes of weights up to which a model's are kept in oneDNN's own order too, as it would otherwise
bring them into that order for each product (SmolLM2, 16 tokens: 35 ms instead of 42)."""


def quicken(model: Any) -> None:
    """Give `model`'s plain linear layers on a CPU in float32 the faster product, in place."""
    import torch

    layers: list[Any] = [layer for layer in model.modules() if type(layer) is torch.nn.Linear]
    fit = [layer for layer in layers if _is_fit(layer.weight)]
    packs = sum(layer.weight.nbytes for layer in fit) <= MOST_PACKED
    many, pack = _many()
    for layer in fit:
        layer.forward = _product(layer, many, _Packed(pack if packs else None))


def _is_fit(weight: Tensor) -> bool:
    import torch

    return weight.device.type == "cpu" and weight.dtype == torch.float32


class _Packed:
    """Weights as oneDNN reads them best, made when first wanted and kept until they change."""

    def __init__(self, pack: Pack | None) -> None:
        self._pack = pack
        self._of: tuple[Tensor, int] | None = None
        self._packed: Tensor | None = None

    def __call__(self, weight: Tensor) -> Tensor:
        """The weights to multiply with."""
        if self._pack is None or weight.is_inference():
            return weight  # such weights do not say whether they changed
        if self._packed is None or self._of is None or self._is_other(*self._of, weight):
            self._packed = self._pack(weight.detach())
            self._of = weight, weight._version
        return self._packed

    @staticmethod
    def _is_other(packed: Tensor, version: int, weight: Tensor) -> bool:
        return packed is not weight or version != weight._version


def _product(layer: Any, many: Product, packed: _Packed) -> Callable[[Tensor], Tensor]:
    """What replaces the layer's `forward`; weights are looked up late, for they may be replaced."""
    import torch

    linear = torch.nn.functional.linear

    def forward(input: Tensor) -> Tensor:
        rows = input.numel() // input.shape[-1]
        if rows == 0 or torch.is_grad_enabled():
            return linear(input, layer.weight, layer.bias)
        if rows > FEW:
            return many(input, packed(layer.weight), layer.bias)
        found = _few(input.reshape(rows, -1), layer.weight)
        if layer.bias is not None:
            found = found + layer.bias
        return found.view(*input.shape[:-1], -1)

    return forward


def _few(rows: Tensor, weight: Tensor) -> Tensor:
    """`rows @ weight.T`; a single row goes in twice, as only a matrix is read by all threads."""
    if len(rows) == 1:
        return (weight @ rows.expand(2, -1).contiguous().t())[:, :1].t().contiguous()
    return (weight @ rows.t()).t().contiguous()


def _many() -> tuple[Product, Pack | None]:
    """oneDNN's product and how it packs weights, where torch has it; elsewhere torch's own."""
    import torch

    try:
        kernel: Any = torch.ops.mkldnn._linear_pointwise.default
        pack: Any = torch.ops.mkldnn._reorder_linear_weight.default
        kernel(torch.ones(8, 8), pack(torch.ones(8, 8)), None, "none", [], "")
    except (AttributeError, RuntimeError, NotImplementedError):
        return torch.nn.functional.linear, None

    def product(rows: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        found: Tensor = kernel(rows, weight, bias, "none", [], "")
        return found

    return product, pack
