"""Choosing one token from a model's scores: the likeliest that the grammar allows, or a draw.

Mostly what is likeliest of all, or drawn from all, is allowed, and then it is the only token that
the grammar is asked about. Otherwise its mask tells, which has a bit for each token and is packed;
what has no bit in it is forbidden, rows of the model beyond the tokenizer's entries among it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import blake2b
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from guard.errors import ModelError
from guard.models.chances import Chances, room_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TRIES = 4
"""Tokens that are drawn from all of them, at most, before the grammar's mask is made."""

UNSPELLABLE = ("forced bytes", "NoExtensionBias")
"""What the engine speaks of when no token fits the text that has to follow."""


class Chooser:
    """Chooses the tokens of one text.

    `entries` are the tokens that the tokenizer has, packed (`packed_entries`); `matcher` is
    llguidance's, or None for free text. The numbers that draws take follow from the seed and from
    where in the text the token stands, and from nothing else.
    """

    def __init__(
        self, *, entries: NDArray[np.int32], matcher: Any, temperature: float, seed: int
    ) -> None:
        self._entries = entries
        self._matcher = matcher
        self._temperature = temperature
        self._seed = seed
        self._mask = entries[None].copy()
        self._size = _highest(entries) + 1
        self._room = room_for(self._size if temperature > 0 else 0)

    def choose(self, scores: NDArray[np.float32], *, at: int) -> int:
        """The token after `at` others, given a score for each row of the model.

        Where the grammar forces tokens they are to be taken before: its mask leaves only them, but
        asked about one token it also allows other ways of cutting the same bytes.
        """
        if self._temperature <= 0:
            token = int(scores.argmax())
            if isfinite(scores[token]) and self._allows(token):
                return token
            return self._from_mask(scores, ())
        numbers = _numbers(self._seed, at)
        found = self._from_all(scores[: self._size], numbers[:TRIES])
        return self._from_mask(scores, numbers[TRIES:]) if found is None else found

    def _from_all(self, scores: NDArray[np.float32], numbers: Sequence[float]) -> int | None:
        """A token drawn from all, and again without those that turned out to be forbidden.

        What is left has every allowed token in it, with chances as the scores say. So whichever
        draw it is that finds an allowed one, the first or one from the mask, each of them is found
        as often as its share of the allowed tokens' chances.
        """
        best = float(scores.max())
        if not isfinite(best):
            return None  # it may be forbidden; else it is an error
        chances = self._chances(scores, best)
        for number in numbers:
            token = chances.draw(number)
            if token is None or self._allows(token):
                return token
            chances.drop(token)
        return None

    def _from_mask(self, scores: NDArray[np.float32], numbers: Sequence[float]) -> int:
        """The likeliest of the allowed tokens, or one that is drawn, if there is a number."""
        tokens = self._allowed(len(scores))
        found = scores[tokens]
        best = float(found.max()) if len(tokens) else nan
        if not isfinite(best):
            raise ModelError(
                "the model can write nothing that the schema allows here",
                hint="its tokenizer may lack a character, or its weights may be damaged",
            )
        place = None
        if numbers:
            place = self._chances(found, best).draw(numbers[0])
        return int(tokens[found.argmax() if place is None else place])

    def _chances(self, scores: NDArray[np.float32], best: float) -> Chances:
        return Chances(scores, best=best, temperature=self._temperature, room=self._room)

    def _allows(self, token: int) -> bool:
        """Whether one token may come next, which takes less than the mask of them all."""
        if not _has(self._entries, token):
            return False
        return self._matcher is None or self._matcher.validate_tokens([token]) == 1

    def _allowed(self, rows: int) -> NDArray[np.int64]:
        """All tokens that may come next, of so many."""
        import numpy as np

        mask = self._entries
        if self._matcher is not None:
            from llguidance.numpy import fill_next_token_bitmask

            fill_next_token_bitmask(self._matcher, self._mask)
            raise_if_failed(self._matcher)
            mask = self._mask[0] & self._entries
        count = min(rows, 32 * len(mask))
        bits = np.unpackbits(mask.view(np.uint8), count=count, bitorder="little")
        return np.flatnonzero(bits.view(bool))


def _numbers(seed: int, at: int) -> tuple[float, ...]:
    """The random numbers from 0 to 1 (which is left out) for the token after `at` others.

    A stream would do as well but for draws that take more numbers than others do.
    """
    words = struct.unpack("<8Q", blake2b(f"{seed}:{at}".encode()).digest())
    return tuple((word >> 11) / 2**53 for word in words[: TRIES + 1])


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


def _highest(mask: NDArray[np.int32]) -> int:
    """The highest token with a bit in the mask; -1 without any."""
    words = mask.nonzero()[0]
    last = int(words[-1]) if len(words) else 0
    return 32 * last + (int(mask[last]) & 0xFFFFFFFF).bit_length() - 1
