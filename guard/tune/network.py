"""The network: a BERT encoder, its tokens pooled, and three answers.

Pooled are the mean over all tokens, which is what sentence encoders were trained to give, and the
largest activation over the tokens of the claim, in which one word without support can show.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from guard.runtime.bert import MINILM
from guard.verify.encoding import KINDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ANSWERS = 3
DROPOUT = 0.1
"""Of the encoder and of the pooled vector."""

ATTENTION = "eager"
"""On a CPU, fused attention of these small heads takes a third of all time, this one a tenth."""


class Network(nn.Module):
    """`bert` is a transformers BertModel without pooling layer."""

    def __init__(self, bert: Any) -> None:
        super().__init__()
        self.bert = bert
        size = bert.config.hidden_size
        self.dense = nn.Linear(2 * size, size)
        self.answer = nn.Linear(size, ANSWERS)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(
        self, input_ids: torch.Tensor, token_type_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> torch.Tensor:
        """Logits of shape (pairs, 3) from three inputs of shape (pairs, tokens)."""
        states = self.bert(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        ).last_hidden_state
        there = attention_mask.unsqueeze(-1).to(states.dtype)
        claim = (attention_mask * (token_type_ids % 2)).unsqueeze(-1).to(states.dtype)
        mean = (states * there).sum(1) / there.sum(1)
        highest = (states - (1.0 - claim) * 1e4).amax(1)
        pooled = torch.cat([mean, highest], dim=-1)
        logits: torch.Tensor = self.answer(self.dropout(torch.tanh(self.dense(pooled))))
        return logits


def new_network(base: Path, *, kinds: int = KINDS) -> Network:
    """A network over the encoder in the folder `base`, whose tokens have `kinds` kinds."""
    from transformers import BertModel

    bert: Any = BertModel.from_pretrained(
        str(base),
        add_pooling_layer=False,
        use_safetensors=True,
        attn_implementation=ATTENTION,
        hidden_dropout_prob=DROPOUT,
        attention_probs_dropout_prob=DROPOUT,
    )
    old = bert.embeddings.token_type_embeddings.weight.detach()
    bert.embeddings.token_type_embeddings = nn.Embedding(kinds, old.shape[1])
    with torch.no_grad():
        bert.embeddings.token_type_embeddings.weight.copy_(old[torch.arange(kinds) % len(old)])
    bert.config.type_vocab_size = kinds
    return Network(bert)


def network_of(weights: Mapping[str, NDArray[np.float32]]) -> Network:
    """A network of MiniLM's shape with these weights."""
    from transformers import BertConfig, BertModel

    kinds, size = weights["bert.embeddings.token_type_embeddings.weight"].shape
    words = weights["bert.embeddings.word_embeddings.weight"].shape[0]
    config = BertConfig(
        vocab_size=words,
        hidden_size=size,
        num_hidden_layers=MINILM.layers,
        num_attention_heads=MINILM.heads,
        intermediate_size=weights["bert.encoder.layer.0.intermediate.dense.bias"].shape[0],
        type_vocab_size=kinds,
        hidden_dropout_prob=DROPOUT,
        attention_probs_dropout_prob=DROPOUT,
    )
    bert = BertModel(config, add_pooling_layer=False)
    bert.set_attn_implementation(ATTENTION)
    network = Network(bert)
    given = {name: torch.from_numpy(value.copy()) for name, value in weights.items()}
    network.load_state_dict(given)
    return network
