"""Forward passes of a model over one text or several, each continuing what was read before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from guard.models.cache import open_cache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


class Reader:
    """Reads on where it stopped. One text or several, not both with the same reader."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._cache, self.forgets = open_cache(model)
        """`forgets`: whether the last tokens can be dropped again."""
        self._mask: Tensor | None = None
        self._counts: list[int] = []

    def read(self, tokens: Sequence[int], wanted: Sequence[int]) -> list[NDArray[np.float32]]:
        """The scores after some of `tokens`, read in one pass.

        `wanted` counts from the last token, which is 0, backwards: -1 is the one before. Each has
        one score for each row of the model, and may be overwritten.
        """
        import torch

        device = self._model.device
        places = [len(tokens) - 1 + at for at in wanted]
        found = self._model(
            input_ids=torch.tensor([tokens], device=device),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=torch.tensor(places, device=device),
        )
        return list(_numbers(found.logits[0]))

    def forget(self, count: int) -> None:
        """Drop the last `count` tokens of the only text."""
        if count:
            self._cache.crop(-count)

    def read_rows(self, parts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """The scores after the last token of each text's part, in one pass.

        The shorter parts are filled up in front; what fills them is masked for good.
        """
        import torch

        width = max(len(part) for part in parts)
        ids = torch.zeros((len(parts), width), dtype=torch.long)
        real = torch.zeros((len(parts), width), dtype=torch.long)
        counts = self._counts or [0] * len(parts)
        for row, part in enumerate(parts):
            ids[row, width - len(part) :] = torch.tensor(part)
            real[row, width - len(part) :] = 1
        before = torch.tensor(counts)[:, None]
        positions = (before + real.cumsum(dim=1) - 1).clamp(min=0)
        mask = real if self._mask is None else torch.cat([self._mask, real], dim=1)
        device = self._model.device
        found = self._model(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            position_ids=positions.to(device),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self._mask = mask
        self._counts = [count + len(part) for count, part in zip(counts, parts, strict=True)]
        return list(_numbers(found.logits[:, -1]))

    def keep(self, rows: Sequence[int]) -> None:
        """Let go of the texts that are not in `rows`."""
        import torch

        chosen = torch.tensor(rows)
        self._cache.batch_select_indices(chosen.to(self._model.device))
        self._counts = [self._counts[row] for row in rows]
        if self._mask is not None:
            self._mask = self._mask[chosen]


def _numbers(logits: Tensor) -> NDArray[np.float32]:
    """Scores where numpy reaches them."""
    numbers: NDArray[np.float32] = logits.float().cpu().numpy()
    return numbers
