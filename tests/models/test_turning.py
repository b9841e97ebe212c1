"""Models with other positions for long texts (Phi-4-mini) write what they do in transformers."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from guard.models import decoding
from guard.models.local import LocalModel, open_local
from guard.models.prompting import render
from guard.models.streaming import whole
from guard.types import Message, Sampling

TURNING = 256
TOKENS = 60
TEXT = "The pump weighs 42 kg. "


@pytest.fixture(scope="module")
def mini(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """A tiny Phi-4-mini whose positions are other ones after `TURNING` tokens."""
    from transformers import Phi3Config, Phi3ForCausalLM

    folder: Path = tiny.phi_4_mini(tmp_path_factory.mktemp("mini"))
    half = tiny.SIZE["hidden_size"] // tiny.SIZE["num_attention_heads"] // 2
    positions = {
        "rope_type": "longrope",
        "rope_theta": 10_000.0,
        "partial_rotary_factor": 1.0,
        "short_factor": [1.0] * half,
        "long_factor": [4.0] * half,
        "original_max_position_embeddings": TURNING,
    }
    ids = {"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 0}
    long = {"original_max_position_embeddings": TURNING, "rope_parameters": positions}
    torch.manual_seed(5)
    model = Phi3ForCausalLM(Phi3Config(**tiny.SIZE, **ids, **long))
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(6 if weight.dim() > 1 else 1)  # so that positions make a difference
        model.get_output_embeddings().weight[300:] *= 0
    model.save_pretrained(folder)
    return open_local(str(folder))


def in_transformers(local: LocalModel, ask: tuple[Message, ...]) -> tuple[int, str]:
    """The length of the prompt, and what `generate` writes with a key-value cache of its own."""
    from transformers import GenerationConfig

    prompt = render(local._tokenizer, ask, local.profile)
    given = local._tokenizer(prompt, return_tensors="pt")
    settings: Any = GenerationConfig
    config = settings(max_new_tokens=TOKENS, eos_token_id=list(local.ends), pad_token_id=0)
    found = local._model.generate(**given, generation_config=config)
    size = given.input_ids.shape[1]
    return size, whole(local._text(found[0, size:].tolist()))


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("chunk", [100, 2_048])
def test_long_texts_are_read_as_transformers_does(
    mini: LocalModel, monkeypatch: pytest.MonkeyPatch, attention: str, chunk: int
) -> None:
    """Prompts before and beyond the turning point, and texts that grow over it, with drafts."""
    monkeypatch.setattr(decoding, "CHUNK", chunk)
    mini._model.set_attn_implementation(attention)
    sizes = []
    for times in (5, 20, 30, 60):
        ask = (Message(role="user", content=TEXT * times),)
        size, text = in_transformers(mini, ask)
        sampling = Sampling(max_tokens=TOKENS)
        assert whole(mini.write(ask, schema=None, sampling=sampling).text) == text
        sizes.append(size)
    assert sizes[0] + TOKENS < TURNING
    assert TURNING - TOKENS < sizes[1] < TURNING < sizes[2]
