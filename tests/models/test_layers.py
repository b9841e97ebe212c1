"""Faster products and a cache that does not copy give what torch and transformers give."""

from __future__ import annotations

import pytest
import torch

from guard.models.cache import open_cache
from guard.models.layers import quicken
from guard.models.local import LocalModel


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


def test_a_cache_remembers_what_transformers_remembers(phi_4: LocalModel) -> None:
    """Over many passes, with tokens dropped in between and rows let go."""
    from transformers import DynamicCache

    model = phi_4._model
    ours, forgets = open_cache(model)
    theirs = DynamicCache(config=model.config)
    assert forgets
    rows = 3
    for step in range(60):
        ids = torch.randint(5, 300, (rows, 1 + step % 7))
        with torch.inference_mode():
            found = model(input_ids=ids, past_key_values=ours, use_cache=True).logits
            expected = model(input_ids=ids, past_key_values=theirs, use_cache=True).logits
        assert torch.allclose(found, expected, atol=1e-4)
        for cache in (ours, theirs):
            cache.crop(-(step % 3))
        if step == 40:
            rows = 2
            for cache in (ours, theirs):
                cache.batch_select_indices(torch.tensor([0, 2]))
    assert ours.get_seq_length() == theirs.get_seq_length()
