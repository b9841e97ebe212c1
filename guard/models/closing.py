"""How to end a value that a grammar describes, in few tokens, from wherever it stands.

The grammar's matcher is copied and led to the end by taking, at each step, the allowed token that
closes most: quotes and brackets first, then what begins a short value. That can go round in circles
(`a*b`, were `a` taken first), so chance is given a try as well, and the shortest way wins.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from guard.models.streaming import PART

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STARTERS = (", ", ",", ": ", ":", *"1023456789", "null", "true", "false", "{", "[")
"""What goes on to a short value; 1 before 0, which is no month, day or year."""

JOINTS = "@.-:/_+TZ"
"""Characters that formats need, likelier drawn than others."""

DRAWS = 6
"""How often chance is tried."""

FARTHEST = 400
"""Tokens that chance may take; what it has not ended by then it hardly ever will."""

SOON = 40
"""Tokens after which no sample is tried any more."""

Samples = Sequence[Sequence[int]]
"""Texts in tokens, each with the quote behind it."""


@dataclass(frozen=True)
class Closer:
    """Finds short endings. `texts` are the texts of the tokens by id, "" for what is never used.

    Safe to share between threads.
    """

    texts: Sequence[str]
    _outside: NDArray[np.int64] = field(init=False, repr=False, compare=False)
    _inside: NDArray[np.int64] = field(init=False, repr=False, compare=False)
    _known: NDArray[np.int64] = field(init=False, repr=False, compare=False)
    _letters: NDArray[np.int64] = field(init=False, repr=False, compare=False)
    _drawn: NDArray[np.int64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        import numpy as np

        texts = self.texts
        known = [token for token, text in enumerate(texts) if text]
        # Tokens with a part of a character are taken only where none else fits.
        known.sort(key=lambda token: (PART in texts[token], len(texts[token]), token))
        closing = [token for token in reversed(known) if set(texts[token]) <= set('"}]')]
        quotes = [token for token in closing if texts[token].startswith('"')]
        rank = {text: place for place, text in enumerate(STARTERS)}
        starting = [token for token in known if texts[token] in rank]
        starting.sort(key=lambda token: rank[texts[token]])
        single = [token for token in known if len(texts[token]) == 1 and texts[token] != PART]
        letters = [token for token in single if texts[token] in "kqxz"]
        joints = [token for token in single if texts[token] in JOINTS]
        for name, found in {
            "_outside": [*closing, *starting],
            "_inside": [*quotes, *letters],
            "_known": known,
            "_letters": letters,
            "_drawn": [*single, *joints * 4],
        }.items():
            object.__setattr__(self, name, np.array(found, dtype=np.int64))

    def ending(
        self, matcher: Any, limit: int, *, enough: int = 0, samples: Samples = ()
    ) -> tuple[int, ...] | None:
        """At most `limit` tokens that complete the text of `matcher`, which stays as it is.

        Nothing shorter is looked for than `enough`. `samples` are texts, in tokens, that strings
        may have to end with. None if none was found; there may be some all the same.
        """
        best = self._follow(matcher.deep_copy(), limit, None, samples)
        for seed in range(0 if best is not None else DRAWS):
            if best is not None and len(best) <= enough:
                break
            chance = random.Random(seed)  # noqa: S311 - no secret
            found = self._follow(matcher.deep_copy(), min(limit, FARTHEST), chance, samples)
            if found is not None:
                best, limit = found, len(found) - 1
        return best

    def in_string(self, matcher: Any) -> bool:
        """Whether `matcher` stands inside a string, most likely: any letter may come."""
        return bool(_allowed(matcher)[self._letters].any())

    def _follow(
        self, matcher: Any, limit: int, chance: random.Random | None, samples: Samples
    ) -> tuple[int, ...] | None:
        """The tokens to the end when the first allowed one is taken, or one drawn by `chance`."""
        taken: list[int] = []
        while not matcher.is_accepting():
            tried = samples if len(taken) < SOON else ()
            forced = matcher.compute_ff_tokens() or self._next(matcher, chance, tried)
            taken += forced
            if not forced or len(taken) > limit:
                return None
            if not matcher.consume_tokens(forced) or matcher.is_error():
                return None
        return tuple(taken)

    def _next(self, matcher: Any, chance: random.Random | None, samples: Samples) -> list[int]:
        """One token that is allowed here, or those of a sample; none where there is none."""
        allowed = _allowed(matcher)
        in_string = allowed[self._letters].any()
        order = self._inside if in_string else self._outside
        if not allowed[order].any():
            order = self._known  # all of them, which takes long
        first = order[allowed[order].argmax()]
        if not allowed[first]:
            return []
        if self.texts[first].startswith('"'):
            return [int(first)]
        fitting = [each for each in samples if matcher.validate_tokens(list(each)) == len(each)]
        if fitting:
            return min((list(each) for each in fitting), key=len)
        drawn = self._drawn[allowed[self._drawn]]
        if chance is not None and len(drawn):
            first = drawn[chance.randrange(len(drawn))]
        return [int(first)]


def _allowed(matcher: Any) -> NDArray[np.bool_]:
    """Of each token whether it may come next."""
    import numpy as np

    mask = np.frombuffer(matcher.compute_bitmask(), np.uint8)
    return np.unpackbits(mask, bitorder="little").astype(bool)
