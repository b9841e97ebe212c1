"""Faster products give what torch gives."""

from __future__ import annotations

import pytest
import torch

from guard.models import layers
from guard.models.layers import quicken


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("tokens", [0, 1, 2, 4, 5, 40])
def test_products_are_the_same(tokens: int, bias: bool) -> None:
    """For no token, one, a few and many; with weights that were replaced afterwards."""
    layer = torch.nn.Linear(24, 40, bias=bias)
    plain = torch.nn.Linear(24, 40, bias=bias)
    quicken(layer)
    plain.load_state_dict(layer.state_dict())
    layer.weight = torch.nn.Parameter(layer.weight * 2)
    plain.weight = torch.nn.Parameter(plain.weight * 2)
    given = torch.randn(1, tokens, 24)
    with torch.inference_mode():
        assert layer(given).shape == (1, tokens, 40)
        assert torch.allclose(layer(given), plain(given), atol=1e-5)


def test_layers_still_learn() -> None:
    """Where gradients are wanted, torch's own product gives them."""
    layer = torch.nn.Linear(8, 8)
    quicken(layer)
    layer(torch.randn(2, 8)).sum().backward()  # type: ignore[no-untyped-call]
    assert layer.weight.grad is not None


def test_other_precisions_are_left_alone() -> None:
    """Half precision keeps torch's product."""
    layer = torch.nn.Linear(8, 8).to(torch.bfloat16)
    quicken(layer)
    assert "forward" not in vars(layer)


@pytest.mark.parametrize("most", [0, layers.MOST_PACKED])
def test_packed_weights_follow_the_layer(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Weights that are changed in place or replaced after a product count for the next one."""
    monkeypatch.setattr(layers, "MOST_PACKED", most)
    layer = torch.nn.Linear(24, 40)
    quicken(layer)
    given = torch.randn(9, 24)

    def found() -> list[torch.Tensor]:
        with torch.inference_mode():
            return [layer(given), torch.nn.functional.linear(given, layer.weight, layer.bias)]

    assert torch.allclose(*found(), atol=1e-5)
    with torch.no_grad():
        layer.weight.mul_(3)
    assert torch.allclose(*found(), atol=1e-5)
    layer.weight = torch.nn.Parameter(layer.weight + 1)
    assert torch.allclose(*found(), atol=1e-5)
