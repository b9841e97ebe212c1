"""Steering one text to its end: what the grammar forces, what is chosen, and when it is over.

outlines' own llguidance processor compiles the masking kernel, keeps one matcher for all callers,
and leaves the drawing to a generator shared by the process. Here each text has its own matcher and
its own random numbers.

A text under a grammar ends inside its budget wherever an ending can be found. One that fits is kept
at hand (`guard.models.closing`); where the text has gone on for so long that nothing shorter would
fit, it is taken, from the last place where it still fitted. Strings, numbers and lists have limits
of their own (`guard.models.shortening`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from guard.models.choosing import raise_if_failed
from guard.models.matching import FREE
from guard.models.shortening import Shortener, longest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.models.choosing import Chooser
    from guard.models.closing import Closer, Ending
    from guard.models.matching import Ready
    from guard.types import FieldLimits

STRIDE = 8
"""An ending is looked for after so many tokens at most; less where the budget is nearly spent."""

Stopped = Callable[[Sequence[int]], bool]


class Steering:
    """Settles every token of one text, and keeps them.

    `ends` are the ids that end a turn; at most `budget` tokens are written, and of each field as
    many as `limits` allow. `ready` is the grammar at its start, and `closer` finds endings; it is
    None for free text. `stopped` tells from the tokens so far whether a free text is to end.
    """

    def __init__(
        self,
        *,
        chooser: Chooser,
        ends: Sequence[int],
        budget: int,
        limits: FieldLimits,
        ready: Ready = FREE,
        closer: Closer | None = None,
        stopped: Stopped | None = None,
    ) -> None:
        self.tokens: list[int] = []
        self.closed = False
        """Whether the text was ended for its budget."""
        self.matcher = ready.matcher
        self._chooser = chooser
        self._ends = tuple(ends)
        self._budget = budget
        self._closer = closer
        self._samples = ready.samples
        self._stopped = stopped
        self._kept = None if ready.ending is None else (0, ready.ending)
        self._due = self._next_look(ready.ending)
        self._shortener: Shortener | None = None
        if closer is not None:
            most = longest(limits, ready.sizes)
            self._shortener = Shortener(
                closer=closer, samples=ready.samples, ends=self._ends, limits=most
            )

    @property
    def complete(self) -> bool:
        """Whether the text has come to its end, not to the end of its budget."""
        ended = bool(self.tokens) and self.tokens[-1] in self._ends
        return ended or self.closed or (self.matcher is not None and _closed(self.matcher))

    @property
    def content(self) -> list[int]:
        """The tokens without the one that ends the turn."""
        ended = bool(self.tokens) and self.tokens[-1] in self._ends
        return self.tokens[:-1] if ended else self.tokens

    @property
    def room(self) -> int:
        """How many tokens may still be written."""
        return self._budget - len(self.tokens)

    @property
    def settled(self) -> int:
        """How many of the tokens will stay, were the text ended for its budget later on."""
        if self._closer is None or self.complete:
            return len(self.content)
        return self._kept[0] if self._kept else 0

    @property
    def shortened(self) -> int:
        """How many strings, numbers and lists of the text were ended early."""
        if self._shortener is None:
            return 0
        kept = self._kept[0] if self.closed and self._kept else len(self.tokens)
        return self._shortener.count(kept)

    def finished(self) -> bool:
        """Whether nothing more is to be written; an unfinished value is ended when time is up."""
        if self.complete:
            return True
        if self._stopped is not None and self._stopped(self.tokens):
            return True
        if self._closer is not None and (self._is_late() or self.room <= 0):
            return self._close()
        return self.room <= 0

    def forced(self) -> list[int]:
        """The tokens that the grammar leaves no choice about, taken."""
        if self.matcher is None:
            return []
        forced = list(self.matcher.compute_ff_tokens())[: self.room]
        for token in forced:
            self._take(token)
        return forced

    def choose(self, scores: NDArray[np.float32]) -> int:
        """The next token, given the model's `scores`, of shape (rows,)."""
        token = self._chooser.choose(scores, at=len(self.tokens))
        shortener = self._shortener
        if shortener is not None and shortener.is_due(self.tokens):
            ends = shortener.likeliest(scores)
            token = shortener.instead(token, self.tokens, ends, self.matcher, self.room)
        self._take(token)
        return token

    def _take(self, token: int) -> None:
        self.tokens.append(token)
        if self.matcher is not None and token not in self._ends:
            self.matcher.consume_token(token)
            raise_if_failed(self.matcher)
            if self._shortener is not None:
                self._shortener.take(token)

    def _is_late(self) -> bool:
        """Look for an ending now and then; whether the one found only just fits."""
        left = self.room
        if len(self.tokens) < self._due or left <= 0:
            return False
        ending = self._rest_of_kept(left) or self._ending(left, left // 2)
        if ending is not None:
            self._kept = (len(self.tokens), ending)
        self._due = self._next_look(ending)
        return ending is not None and len(ending) >= left - 1

    def _rest_of_kept(self, left: int) -> Ending | None:
        """The last tokens of the ending that is kept, where they still end the text.

        They mostly do, inside a long string or some fields later, and trying takes less than
        looking for another one.
        """
        if self._kept is None or self._closer is None:
            return None
        tokens = self._kept[1][-left:]
        tails = (tokens[at:] for at in range(len(tokens) - 1, -1, -1))
        return next((tail for tail in tails if self._closer.ends(self.matcher, tail)), None)

    def _next_look(self, ending: Ending | None) -> int:
        """After how many tokens to look for an ending again, given the one that was found."""
        spare = self.room - len(ending or ())
        return len(self.tokens) + min(STRIDE, max(1, spare // 2))

    def _ending(self, limit: int, enough: int) -> Ending | None:
        if self._closer is None:
            return None
        return self._closer.ending(self.matcher, limit, enough=enough, samples=self._samples)

    def _close(self) -> bool:
        """Take the ending that is kept, from where it was found; True, as nothing can follow."""
        if self._kept is not None:
            start, ending = self._kept
            self.tokens[start:] = ending
            self.closed = True
        return True


def _closed(matcher: Any) -> bool:
    """Whether the grammar allows nothing more, because the value is whole."""
    return bool(matcher.is_stopped() and matcher.is_accepting() and not matcher.is_error())
