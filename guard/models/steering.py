"""Choosing the tokens of one text: the grammar's mask, then the most likely or a seeded draw.

outlines' own llguidance processor compiles the masking kernel, keeps one matcher for all callers,
and leaves the drawing to a generator shared by the process. Here each text has its own matcher and
its own random numbers.

A text under a grammar ends inside its budget wherever an ending can be found. One that fits is kept
at hand (`guard.models.closing`); where the text has gone on for so long that nothing shorter would
fit, it is taken, from the last place where it still fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from guard.errors import InputError, ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from guard.models.closing import Closer

STRIDE = 16
"""An ending is looked for after so many tokens at most; less where the budget is nearly spent."""

SPAN = 24
"""A tail of so many tokens that repeats itself is a loop, if it does so three times or more."""

LONGEST_PERIOD = 40
"""Tokens that are repeated, at most."""

LONGEST = 4_096
"""Tokens of an ending that is looked for regardless of the budget."""

Stopped = Callable[[Sequence[int]], bool]


class Steering:
    """Chooses every token of one text, and keeps them.

    `entries` says of each id whether the tokenizer has it: a model may have rows beyond, as Phi-4
    has. `ends` are the ids that end a turn; at most `budget` tokens are written. `matcher` is
    llguidance's, at its start, and `closer` finds its endings; both are None for free text.
    `stopped` tells from the tokens so far whether a free text is to end.
    """

    def __init__(
        self,
        *,
        entries: NDArray[np.bool_],
        ends: Sequence[int],
        budget: int,
        temperature: float,
        seed: int,
        matcher: Any = None,
        closer: Closer | None = None,
        stopped: Stopped | None = None,
    ) -> None:
        import torch

        self.tokens: list[int] = []
        self.closed = False
        """Whether the text was ended for its budget."""
        self._entries = entries
        self._ends = tuple(ends)
        self._budget = budget
        self._temperature = temperature
        self._random = torch.Generator().manual_seed(seed)
        self._matcher = matcher
        self._closer = closer
        self._stopped = stopped
        self._kept: tuple[int, tuple[int, ...]] | None = None
        self._due = 0

    @property
    def complete(self) -> bool:
        """Whether the text has come to its end, not to the end of its budget."""
        ended = bool(self.tokens) and self.tokens[-1] in self._ends
        return ended or self.closed or (self._matcher is not None and _closed(self._matcher))

    @property
    def content(self) -> list[int]:
        """The tokens without the one that ends the turn."""
        ended = bool(self.tokens) and self.tokens[-1] in self._ends
        return self.tokens[:-1] if ended else self.tokens

    def finished(self) -> bool:
        """Whether nothing more is to be written; an unfinished value is ended when time is up."""
        if self.complete:
            return True
        if self._stopped is not None and self._stopped(self.tokens):
            return True
        if self._closer is not None and (self._is_late() or len(self.tokens) >= self._budget):
            return self._close()
        return len(self.tokens) >= self._budget

    def forced(self) -> list[int]:
        """The tokens that the grammar leaves no choice about, taken."""
        if self._matcher is None:
            return []
        room = self._budget - len(self.tokens)
        forced = list(self._matcher.compute_ff_tokens())[:room]
        for token in forced:
            self._take(token)
        return forced

    def choose(self, scores: Tensor) -> int:
        """The next token, given the model's `scores`, of shape (vocabulary,)."""
        token = self._ending_token() if self._loops() else None
        if token is None:
            token = self._pick(self._masked(scores))
            if not bool(scores[token].isfinite()):
                raise ModelError(
                    "the model can write nothing that the schema allows here",
                    hint="its tokenizer may lack a character, or its weights may be damaged",
                )
        self._take(token)
        return token

    def _take(self, token: int) -> None:
        self.tokens.append(token)
        if self._matcher is not None and token not in self._ends:
            self._matcher.consume_token(token)
            if self._matcher.is_error():
                why = self._matcher.get_error().splitlines()[0][:200]
                raise ModelError(f"the grammar engine gave up: {why}", hint="simplify the schema")

    def _is_late(self) -> bool:
        """Look for an ending now and then; whether the one found only just fits."""
        left = self._budget - len(self.tokens)
        if len(self.tokens) < self._due or left <= 0:
            return False
        ending = self._ending(left if self.tokens else LONGEST)
        if not self.tokens and ending is not None and len(ending) > left:
            raise InputError(
                f"there is room for {self._budget:,} tokens, and the shortest value found for this"
                f" schema takes {len(ending):,}",
                hint="raise max_tokens, or shorten the prompt if it fills the model's window",
            )
        if ending is not None:
            self._kept = (len(self.tokens), ending)
        spare = left - len(ending or ())
        self._due = len(self.tokens) + min(STRIDE, max(1, spare // 2))
        return ending is not None and spare <= 1

    def _ending(self, limit: int) -> tuple[int, ...] | None:
        return self._closer.ending(self._matcher, limit) if self._closer else None

    def _close(self) -> bool:
        """Take the ending that is kept, from where it was found; True, as nothing can follow."""
        if self._kept is not None:
            start, ending = self._kept
            self.tokens[start:] = ending
            self.closed = True
        return True

    def _ending_token(self) -> int | None:
        """The token that an ending would begin with."""
        ending = self._ending(LONGEST)
        if ending is None:
            return None
        return ending[0] if ending else self._ends[0]

    def _loops(self) -> bool:
        """Whether a string's last tokens say the same again and again; a list may well do so."""
        if self._closer is None or len(self.tokens) < SPAN:
            return False
        repeats = any(_repeats(self.tokens, period) for period in range(1, LONGEST_PERIOD + 1))
        return repeats and self._closer.in_string(self._matcher)

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


def _repeats(tokens: Sequence[int], period: int) -> bool:
    """Whether the tail repeats its last `period` tokens, three times and over `SPAN` tokens."""
    size = max(SPAN, 3 * period)
    tail = tokens[-size:]
    return len(tail) == size and tail[period:] == tail[:-period]


def _closed(matcher: Any) -> bool:
    """Whether the grammar allows nothing more, because the value is whole."""
    return bool(matcher.is_stopped() and matcher.is_accepting() and not matcher.is_error())
