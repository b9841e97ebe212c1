"""The loop that runs a local model: one forward pass for each token that has to be chosen.

transformers' `generate` hands its prompt over to it (`custom_generate`). Stretches that a grammar
determines are appended without asking the model, and read by it together with what comes next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from guard.models.steering import Steering


def loop(steering: Steering) -> Callable[..., Tensor]:
    """The decoding loop of one text, as `generate(custom_generate=...)` calls it."""

    def run(model: Any, input_ids: Tensor, generation_config: Any, **model_kwargs: Any) -> Tensor:
        import torch

        del generation_config  # the steering knows the budget, and draws
        cache = model_kwargs.get("past_key_values")
        unread = input_ids
        with torch.inference_mode():
            while not steering.finished():
                forced = steering.forced()
                if not forced:
                    read = model(
                        input_ids=unread, past_key_values=cache, use_cache=True, logits_to_keep=1
                    )
                    cache = read.past_key_values
                    forced, unread = [steering.choose(read.logits[0, -1])], unread[:, :0]
                more = torch.tensor([forced], device=input_ids.device)
                unread = torch.cat([unread, more], dim=1)
        ids = torch.tensor([steering.tokens], device=input_ids.device, dtype=input_ids.dtype)
        return torch.cat([input_ids, ids], dim=1)

    return run
