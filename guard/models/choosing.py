"""Choosing one token from a model's scores: the grammar's mask, then the likeliest or a draw.

Mostly the likeliest token of all is allowed, and then it is the only one that the grammar is asked
about. The mask has a bit for each token and is packed; what has no bit in it is forbidden, rows of
the model beyond the tokenizer's entries among it.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from guard.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEGLIGIBLE = 30.0
"""Tokens are not drawn whose chance is below exp(-30) of the likeliest one's."""


UNSPELLABLE = ("forced bytes", "NoExtensionBias")
"""What the engine speaks of when no token fits the text that has to follow."""


class Chooser:
    """Chooses the tokens of one text.

    `entries` are the tokens that the tokenizer has, packed (`packed_entries`); `matcher` is
    llguidance's, or None for free text. A draw takes one number from the seed's own stream where
    there is more than one token to choose from, and none elsewhere.
    """

    def __init__(
        self, *, entries: NDArray[np.int32], matcher: Any, temperature: float, seed: int
    ) -> None:
        self._entries = entries
        self._matcher = matcher
        self._temperature = temperature
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._mask = entries[None].copy()

    def choose(self, scores: NDArray[np.float32]) -> int:
        """The next token, given a score for each row of the model; the scores are overwritten."""
        if self._temperature <= 0:
            token = int(scores.argmax())
            if _is_finite(scores[token]) and self._allows(token):
                return token
        mask = self._allowed()
        count = _forbid(scores, mask)
        token = int(scores.argmax())
        if not _is_finite(scores[token]) or not _has(mask, token):
            raise ModelError(
                "the model can write nothing that the schema allows here",
                hint="its tokenizer may lack a character, or its weights may be damaged",
            )
        if self._temperature <= 0 or count == 1:
            return token
        return self._draw(scores, float(scores[token]))

    def _allows(self, token: int) -> bool:
        """Whether one token may come next, which takes less than the mask of them all."""
        if not _has(self._entries, token):
            return False
        return self._matcher is None or self._matcher.validate_tokens([token]) == 1

    def _allowed(self) -> NDArray[np.int32]:
        """The packed mask of what may come next."""
        if self._matcher is None:
            return self._entries
        from llguidance.numpy import fill_next_token_bitmask

        fill_next_token_bitmask(self._matcher, self._mask)
        raise_if_failed(self._matcher)
        mask: NDArray[np.int32] = self._mask[0]
        mask &= self._entries
        return mask

    def _draw(self, scores: NDArray[np.float32], best: float) -> int:
        """A token by its chance; what is forbidden has minus infinity."""
        import numpy as np

        likely = np.flatnonzero(scores > best - NEGLIGIBLE * self._temperature)
        chances = np.exp((scores[likely].astype(np.float64) - best) / self._temperature)
        sums = chances.cumsum()
        place = int(sums.searchsorted(self._random.random() * sums[-1], side="right"))
        return int(likely[min(place, len(likely) - 1)])


def packed_entries(entries: NDArray[np.bool_], rows: int) -> NDArray[np.int32]:
    """Which of the model's `rows` the tokenizer has an entry for, a bit each, 32 in a word."""
    import numpy as np

    bits = np.zeros(-(-rows // 32) * 32, dtype=bool)
    bits[: len(entries)] = entries
    return np.packbits(bits, bitorder="little").view(np.int32)


def raise_if_failed(matcher: Any) -> None:
    """Raise ModelError when the grammar's engine has given up, for its masks mean nothing then."""
    if not matcher.is_error():
        return
    why = matcher.get_error().splitlines()[0][:200]
    if any(each in why for each in UNSPELLABLE):
        raise ModelError(
            f"the model's tokenizer cannot spell what the schema asks for here: {why}",
            hint="use a model whose tokenizer has every character that the schema needs",
        )
    raise ModelError(f"the grammar engine gave up: {why}", hint="simplify the schema")


def _has(mask: NDArray[np.int32], token: int) -> bool:
    word = token >> 5
    return word < len(mask) and bool(int(mask[word]) >> (token & 31) & 1)


def _forbid(scores: NDArray[np.float32], mask: NDArray[np.int32]) -> int:
    """Put minus infinity where the mask has no bit; how many tokens are left."""
    import numpy as np

    width = min(len(scores), 32 * len(mask))
    allowed = np.unpackbits(mask.view(np.uint8), count=width, bitorder="little").view(bool)
    np.copyto(scores[:width], -np.inf, where=~allowed)
    scores[width:] = -np.inf
    return int(np.count_nonzero(allowed))


def _is_finite(score: Any) -> bool:
    return float("-inf") < float(score) < float("inf")
