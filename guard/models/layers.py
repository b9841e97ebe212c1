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

FEW = 4
"""Tokens up to which the weights are best on the left of the product."""


def quicken(model: Any) -> None:
    """Give `model`'s plain linear layers on a CPU in float32 the faster product, in place."""
    import torch

    many = _many()
    layers: list[Any] = [layer for layer in model.modules() if type(layer) is torch.nn.Linear]
    for layer in layers:
        if _is_fit(layer.weight):
            layer.forward = _product(layer, many)


def _is_fit(weight: Tensor) -> bool:
    import torch

    return weight.device.type == "cpu" and weight.dtype == torch.float32


def _product(layer: Any, many: Product) -> Callable[[Tensor], Tensor]:
    """What replaces the layer's `forward`; weights are looked up late, for they may be replaced."""
    import torch

    def forward(input: Tensor) -> Tensor:
        rows = input.numel() // input.shape[-1]
        if rows > FEW or rows == 0 or torch.is_grad_enabled():
            return many(input, layer.weight, layer.bias)
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


def _many() -> Product:
    """oneDNN's product where torch has it, for gradients and elsewhere torch's own."""
    import torch

    linear = torch.nn.functional.linear
    try:
        kernel: Any = torch.ops.mkldnn._linear_pointwise.default
        kernel(torch.ones(8, 8), torch.ones(8, 8), None, "none", [], "")
    except (AttributeError, RuntimeError, NotImplementedError):
        return linear

    def product(rows: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if torch.is_grad_enabled() or not rows.numel():
            return linear(rows, weight, bias)
        found: Tensor = kernel(rows, weight, bias, "none", [], "")
        return found

    return product
