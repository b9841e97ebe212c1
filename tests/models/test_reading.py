"""Texts that are read in one row give what each would give alone in transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from guard.models.loans import LEAST_LOAN, loans
from guard.models.local import LocalModel
from guard.models.reading import LoneReader, Turn, open_reader, reads_many
from guard.models.vocabulary import steady


def expected(model: Any, tokens: Sequence[int]) -> torch.Tensor:
    """The scores after each token, without any memory."""
    with torch.inference_mode():
        logits: torch.Tensor = model(input_ids=torch.tensor([list(tokens)])).logits[0]
    return logits


def test_texts_of_any_lengths_share_a_pass(phi_4: LocalModel) -> None:
    """Over many passes: parts of several lengths, tokens dropped, a beginning taken over."""
    model = phi_4._model
    before = model.config._attn_implementation
    made = torch.Generator().manual_seed(7)
    texts: list[list[int]] = [[], [], []]
    reader = open_reader(model, len(texts))
    with torch.inference_mode():
        for step in range(40):
            going = [at for at in range(3) if (step + at) % 4]
            parts = {
                at: torch.randint(5, 300, (1 + (step * (at + 2)) % 7,), generator=made).tolist()
                for at in going
            }
            turns = [
                Turn(text=at, tokens=part, wanted=sorted({0, len(part) - 1}))
                for at, part in parts.items()
            ]
            for turn, rows in zip(turns, reader.read(turns), strict=True):
                texts[turn.text] += turn.tokens
                start = len(texts[turn.text]) - len(turn.tokens)
                places = [start + at for at in turn.wanted]
                wanted = expected(model, texts[turn.text])[places]
                assert torch.allclose(torch.tensor(rows[0]), wanted[0], atol=1e-4)
                assert torch.allclose(torch.tensor(rows[-1]), wanted[-1], atol=1e-4)
                dropped = step % min(3, len(turn.tokens))
                reader.forget(turn.text, dropped)
                texts[turn.text] = texts[turn.text][: len(texts[turn.text]) - dropped]
            if step == 20:
                reader.free(1)
                reader.copy(0, 1, 9)
                texts[1] = texts[0][:9]
        assert [reader.length(at) for at in range(3)] == [len(text) for text in texts]
    assert model.config._attn_implementation == before


def test_memory_grows_past_its_room(phi_4: LocalModel) -> None:
    """What was remembered is still there when the buffers were made larger."""
    tokens = [5 + (7 * at) % 290 for at in range(400)]
    reader = open_reader(phi_4._model, 1)
    with torch.inference_mode():
        for start in range(0, 400, 50):
            part = tokens[start : start + 50]
            ((rows,),) = reader.read([Turn(text=0, tokens=part, wanted=[49])])
    assert torch.allclose(torch.tensor(rows), expected(phi_4._model, tokens)[-1], atol=1e-4)


def test_models_that_remember_in_another_way_read_alone(phi_4: LocalModel) -> None:
    """A narrow sliding window is left to transformers, a wide one leaves nothing out."""
    import copy

    from transformers import Phi3ForCausalLM

    config = copy.deepcopy(phi_4._model.config)
    config.sliding_window = 2 * config.max_position_embeddings
    assert reads_many(Phi3ForCausalLM(config))
    config.sliding_window = 16
    torch.manual_seed(3)
    model: Any = Phi3ForCausalLM(config).eval()
    assert not reads_many(model)
    tokens = [5 + (11 * at) % 290 for at in range(40)]
    reader = open_reader(model, 1)
    with torch.inference_mode():
        assert isinstance(reader, LoneReader)
        for part in (tokens[:30], tokens[30:]):
            wanted = [len(part) - 2, len(part) - 1]
            (rows,) = reader.read([Turn(text=0, tokens=part, wanted=wanted)])
        assert reader.length(0) == 40
        with pytest.raises(RuntimeError, match="cannot drop"):
            reader.forget(0, 1)
    assert torch.allclose(torch.tensor(rows[1]), expected(model, tokens)[-1], atol=1e-4)


def test_models_that_remember_compressed_keys_read_alone() -> None:
    """DeepSeek keeps no keys and values, and reads with the cache that transformers has for it."""
    from transformers import DeepseekV3Config, DeepseekV3ForCausalLM

    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "vocab_size": 300}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 4, "v_head_dim": 8}
    latent = {"kv_lora_rank": 8, "q_lora_rank": 8, "qk_rope_head_dim": 8, "qk_nope_head_dim": 8}
    torch.manual_seed(3)
    model: Any = DeepseekV3ForCausalLM(DeepseekV3Config(**sizes, **heads, **latent)).eval()
    tokens = [5 + (11 * at) % 290 for at in range(40)]
    reader = open_reader(model, 1)
    with torch.inference_mode():
        for part in (tokens[:30], tokens[30:]):
            ((row,),) = reader.read([Turn(text=0, tokens=part, wanted=[len(part) - 1])])
    assert torch.allclose(torch.tensor(row), expected(model, tokens)[-1], atol=1e-4)


def test_texts_that_would_change_each_other_are_read_alone(phi_4: LocalModel) -> None:
    """Positions of some kinds are measured anew for a whole pass when one of its texts is long."""
    import copy

    model = copy.deepcopy(phi_4._model)
    assert steady(model) == phi_4.window
    model.config.rope_parameters = {
        **model.config.rope_parameters,
        "rope_type": "longrope",
        "original_max_position_embeddings": 100,
    }
    assert steady(model) == 100


PROMPTS = st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=40), max_size=5)


@given(PROMPTS, st.lists(st.integers(0, 1), min_size=10, max_size=30))
def test_only_what_is_alike_is_taken_over(ends: list[list[int]], start: list[int]) -> None:
    """From an earlier prompt, as much as any of them has; and a token is always left."""
    prompts = [start + end for end in ends]
    found = loans(prompts)
    for at, prompt in enumerate(prompts):
        alike = [
            max(n for n in range(len(prompt)) if prompt[:n] == earlier[:n])
            for earlier in prompts[:at]
        ]
        lender, count = found.get(at, (0, 0))
        if max(alike, default=0) < LEAST_LOAN:
            assert at not in found
        else:
            assert (count, prompt[:count]) == (max(alike), prompts[lender][:count])
            assert lender < at
