"""Tiny, randomly initialised models in the layouts of the Phi family, built on the spot.

They write nonsense, which is what a grammar has to be held against, and they load in a second. The
rows of the model beyond the tokenizer's entries are made the likeliest of all, so that a mask that
does not cover them shows at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from guard.models.profiles import PHI_4_MINI_TEMPLATE, PHI_4_TEMPLATE

ROWS = 512  # of the model; the tokenizer has fewer entries
WINDOW = 1024
PHI_4_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_sep|>", "<|im_end|>"]
MINI_TOKENS = ["<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
CORPUS = [
    'The pump weighs 42 kg. {"name": "pump", "weight": 42, "unit": "kg", "date": "2024-05-17"}',
    "Which unit is it in, and when was it made? true, false, null, 3.14, -7",
]


def tokenizer(specials: list[str], template: str | None, end: str) -> Any:
    """A byte-level BPE tokenizer with these control tokens; `end` is its end-of-sequence token."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=specials, initial_alphabet=alphabet, show_progress=False
    )
    core.train_from_iterator(CORPUS, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=core, eos_token=end, pad_token="<|endoftext|>")
    fast.add_special_tokens({"additional_special_tokens": specials})
    fast.chat_template = template
    return fast


def _save(model: Any, fast: Any, folder: Path) -> Path:
    import torch

    with torch.no_grad():
        model.get_output_embeddings().weight[len(fast) :] *= 100
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


SIZE = {
    "vocab_size": ROWS,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": WINDOW,
    "tie_word_embeddings": False,
}


def phi_4(
    folder: Path, *, extra: tuple[str, ...] = (), template: str | None = PHI_4_TEMPLATE
) -> Path:
    """A Phi3ForCausalLM with Phi-4's tokens; its config ends on `<|endoftext|>` alone."""
    import torch
    from transformers import Phi3Config, Phi3ForCausalLM

    torch.manual_seed(4)
    fast = tokenizer([*PHI_4_TOKENS, *extra], template, "<|endoftext|>")
    config = Phi3Config(**SIZE, pad_token_id=0, bos_token_id=0, eos_token_id=0)
    return _save(Phi3ForCausalLM(config), fast, folder)


def phi_4_mini(folder: Path) -> Path:
    """A Phi3ForCausalLM with Phi-4-mini's tokens and template."""
    import torch
    from transformers import Phi3Config, Phi3ForCausalLM

    torch.manual_seed(5)
    fast = tokenizer(MINI_TOKENS, PHI_4_MINI_TEMPLATE, "<|endoftext|>")
    config = Phi3Config(**SIZE, pad_token_id=0, bos_token_id=0, eos_token_id=0)
    return _save(Phi3ForCausalLM(config), fast, folder)


def phi(folder: Path, *, template: str | None = None) -> Path:
    """A PhiForCausalLM, the older architecture, with Phi-4's tokens."""
    import torch
    from transformers import PhiConfig, PhiForCausalLM

    torch.manual_seed(6)
    fast = tokenizer(PHI_4_TOKENS, template, "<|endoftext|>")
    config = PhiConfig(**SIZE, pad_token_id=0, bos_token_id=0, eos_token_id=0)
    return _save(PhiForCausalLM(config), fast, folder)
