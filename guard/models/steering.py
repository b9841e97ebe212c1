"""Choosing the next token: the grammar's mask, then the most likely or a seeded draw.

outlines takes this in place of its own llguidance processor, which compiles the masking kernel,
keeps one matcher for all callers, and leaves the drawing to a generator shared by the process.
Here each text has its own matcher and its own random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from guard.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


class Steering:
    """Chooses every token of one text, and keeps them.

    `entries` says of each id whether the tokenizer has it: a model may have rows beyond, as Phi-4
    has. `ends` are the ids that end a turn; `matcher` is llguidance's, at its start, or None for
    free text; `stopped` tells from the tokens so far whether a free text is to end.
    """

    def __init__(
        self,
        *,
        entries: NDArray[np.bool_],
        ends: Sequence[int],
        temperature: float,
        seed: int,
        matcher: Any = None,
        stopped: Callable[[Sequence[int]], bool] | None = None,
    ) -> None:
        import torch

        self.tokens: list[int] = []
        self._entries = entries
        self._ends = tuple(ends)
        self._temperature = temperature
        self._random = torch.Generator().manual_seed(seed)
        self._matcher = matcher
        self._stopped = stopped

    def reset(self) -> None:
        """Called by outlines before a text; each text has a Steering of its own."""

    @property
    def complete(self) -> bool:
        """Whether the text has come to its end, not to the end of its budget."""
        ended = bool(self.tokens) and self.tokens[-1] in self._ends
        return ended or (self._matcher is not None and _closed(self._matcher))

    @property
    def content(self) -> list[int]:
        """The tokens without the one that ends the turn."""
        ended = bool(self.tokens) and self.tokens[-1] in self._ends
        return self.tokens[:-1] if ended else self.tokens

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Leave one token possible in `scores` of shape (1, vocabulary)."""
        token = self._choose(scores[0])
        self.tokens.append(token)
        chosen = scores.new_full(scores.shape, float("-inf"))
        chosen[0, token] = 0.0
        return chosen

    def _choose(self, scores: Tensor) -> int:
        if self._matcher is not None and self._matcher.is_stopped():
            _raise_if_failed(self._matcher)
            return self._ends[0]
        if self._stopped is not None and self._stopped(self.tokens):
            return self._ends[0]
        token = self._pick(self._masked(scores))
        if not bool(scores[token].isfinite()):
            raise ModelError(
                "the model can write nothing that the schema allows here",
                hint="its tokenizer may lack a character, or its weights may be damaged",
            )
        if self._matcher is not None and token not in self._ends:
            self._matcher.consume_token(token)
            _raise_if_failed(self._matcher)
        return token

    def _masked(self, scores: Tensor) -> Tensor:
        """The scores with what cannot be written here at minus infinity."""
        import numpy as np
        import torch

        allowed = np.zeros(scores.shape[0], dtype=bool)
        width = min(len(self._entries), len(allowed))
        allowed[:width] = self._entries[:width]
        if self._matcher is not None:
            mask = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
            allowed[:width] &= np.unpackbits(mask, count=width, bitorder="little").astype(bool)
        forbidden = torch.from_numpy(~allowed).to(scores.device)
        return scores.masked_fill(forbidden, float("-inf"))

    def _pick(self, scores: Tensor) -> int:
        import torch

        if self._temperature <= 0:
            return int(scores.argmax())
        chances = torch.softmax(scores.double().cpu() / self._temperature, dim=-1)
        if not bool(chances.isfinite().all()):
            return int(scores.argmax())
        return int(torch.multinomial(chances, 1, generator=self._random))


def _closed(matcher: Any) -> bool:
    """Whether the grammar allows nothing more, because the value is whole."""
    return bool(matcher.is_stopped() and matcher.is_accepting() and not matcher.is_error())


def _raise_if_failed(matcher: Any) -> None:
    if matcher.is_error():
        raise ModelError(
            f"the grammar engine gave up: {matcher.get_error().splitlines()[0][:200]}",
            hint="simplify the schema",
        )
