"""How to end a value that a grammar describes, in few tokens, from wherever it stands.

The grammar's matcher is copied and led to the end by taking, at each step, the allowed token that
closes most: quotes and brackets first, then what begins a short value. That can go round in circles
(`a*b`, were `a` taken first), so chance is given a try as well, and the shortest way wins.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from guard.models.orders import Orders, orders

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHANCES = (0.1, 1.0, 0.3, 1.0, 0.1, 1.0)
"""How often a token is drawn instead of the one that closes most, for each time chance is tried."""

FAR = 2_000
"""Tokens within which the way that closes most mostly comes to an end, or goes in circles."""

FARTHEST = 400
"""Tokens that chance may take; what it has not ended by then it hardly ever will."""

SPARE = 1.3
"""How much longer an ending may be before it is spelled in as few tokens as it takes."""

CLOSING = frozenset('"}],:')
"""What the tokens begin with that are taken as soon as they may be."""

MOST_NUMBERS = 120
"""Numbers whose last digit is looked for."""

RUNAWAY = 12
"""Digits in a row that are taken for a number that cannot end so."""

SOON = 40
"""Tokens after which no sample is tried any more."""

Ending = tuple[int, ...]
"""Tokens that complete a value."""

Samples = Sequence[Sequence[int]]
"""Texts in tokens, each with the quote behind it."""


class _Way:
    """How to choose: `counts` looks for the last digits of numbers, and so `often` chance draws."""

    def __init__(self, *, often: float = 0.0, seed: int = 0, counts: bool = False) -> None:
        self.counts = counts
        self.is_first = not counts
        self._often = often
        self._random = random.Random(seed)  # noqa: S311 - no secret

    def draws(self) -> bool:
        """Whether to draw this time; it is another answer each time."""
        return self._often > 0 and self._random.random() < self._often

    def one_of(self, tokens: NDArray[np.int64]) -> int:
        """One of the tokens."""
        return int(tokens[self._random.randrange(len(tokens))])


@dataclass(frozen=True)
class Closer:
    """Finds short endings.

    `texts` are the texts of the tokens by id, "" for what is never used; `tokenizer` is
    llguidance's.

    Safe to share between threads.
    """

    texts: Sequence[str]
    tokenizer: Any

    @cached_property
    def _orders(self) -> Orders:
        return orders(self.texts, eos=self.tokenizer.eos_token)

    @cached_property
    def single(self) -> Mapping[str, tuple[int, ...]]:
        """For each character that may end a string, number or list the tokens that say only it."""
        found: dict[str, list[int]] = {char: [] for char in '",]}'}
        for token, text in enumerate(self.texts):
            if text in found:
                found[text].append(token)
        return {char: tuple(tokens) for char, tokens in found.items()}

    def ending(
        self, matcher: Any, limit: int, *, enough: int = 0, samples: Samples = ()
    ) -> Ending | None:
        """At most `limit` tokens that complete the text of `matcher`, which stays as it is.

        Nothing shorter is looked for than `enough`. `samples` are texts, in tokens, that strings
        may have to end with. None if none was found; there may be some all the same.
        """
        found = self._found(matcher, limit * SPARE, enough, samples)
        best = None if found is None else self._respelled(matcher, found)
        return best if best is not None and len(best) <= limit else None

    def _found(self, matcher: Any, limit: float, enough: int, samples: Samples) -> Ending | None:
        near = min(limit, FAR)
        best = self._follow(matcher.deep_copy(), near, _Way(), samples)
        best = best or self._follow(matcher.deep_copy(), near, _Way(counts=True), samples)
        for seed, often in enumerate(CHANCES if best is None else ()):
            if best is not None and len(best) <= enough:
                break
            way = _Way(often=often, seed=seed, counts=True)
            found = self._follow(matcher.deep_copy(), min(limit, FARTHEST), way, samples)
            if found is not None:
                best, limit = found, len(found) - 1
        if best is None and limit > FAR:
            best = self._follow(matcher.deep_copy(), limit, _Way(counts=True), samples)
        return best

    def _respelled(self, matcher: Any, ending: Ending) -> Ending:
        """The same text in the tokens that the tokenizer would cut it into, mostly fewer."""
        tokens = self.tokenizer.tokenize_bytes(self.tokenizer.decode_bytes(list(ending)))
        fits = len(tokens) < len(ending) and matcher.validate_tokens(tokens) == len(tokens)
        return tuple(tokens) if fits else ending

    def ends(self, matcher: Any, tokens: Ending) -> bool:
        """Whether the tokens complete the text of `matcher`, which stays as it is."""
        whole = [*tokens, self.tokenizer.eos_token]
        return bool(matcher.validate_tokens(whole) == len(whole))

    def are_digits(self, tokens: Sequence[int]) -> bool:
        """Whether the tokens say digits and nothing else."""
        return all(self.texts[token].isdigit() for token in tokens)

    def _follow(self, matcher: Any, limit: float, way: _Way, samples: Samples) -> Ending | None:
        """The tokens to the end when the first allowed one is taken, but for what `way` chooses."""
        taken: list[int] = []
        while not matcher.is_accepting():
            tried = samples if len(taken) < SOON else ()
            forced = matcher.compute_ff_tokens() or self._next(matcher, way, tried)
            taken += forced
            if not forced or len(taken) > limit or (way.is_first and self._runs_away(taken)):
                return None
            if not matcher.consume_tokens(forced) or matcher.is_error():
                return None
        return tuple(taken)

    def _runs_away(self, taken: list[int]) -> bool:
        return len(taken) >= RUNAWAY and self.are_digits(taken[-RUNAWAY:])

    def _next(self, matcher: Any, way: _Way, samples: Samples) -> list[int]:
        """One token that is allowed here, or those of a sample; none where there is none."""
        allowed = _allowed(matcher)
        in_string = allowed[self._orders.letters].any()
        order = self._orders.inside if in_string else self._orders.outside
        if not allowed[order].any():
            order = self._orders.known  # all of them, which takes long
        first = int(order[allowed[order].argmax()])
        if not allowed[first]:
            return []
        if self.texts[first][0] in CLOSING:
            return [first]
        fitting = [each for each in samples if matcher.validate_tokens(list(each)) == len(each)]
        if fitting:
            return min((list(each) for each in fitting), key=len)
        if way.draws():
            drawn = self._orders.drawn[allowed[self._orders.drawn]]
            return [way.one_of(drawn) if len(drawn) else first]
        is_number = way.counts and first in self._orders.digits and not in_string
        return list(self._number(matcher, way) if is_number else ()) or [first]

    def _number(self, matcher: Any, way: _Way) -> Ending:
        """The fewest digits after which a number may end, as it may be held to be a multiple."""
        waiting = deque[Ending]([()])
        for _ in range(MOST_NUMBERS):
            if not waiting:
                break
            digits = waiting.popleft()
            for digit in self._orders.digits:
                longer = (*digits, digit)
                if matcher.validate_tokens([*longer]) < len(longer):
                    continue
                if any(
                    matcher.validate_tokens([*longer, end]) > len(longer)
                    for end in self._orders.ends
                ):
                    return longer
                waiting.append(longer)
        way.counts = False  # looking takes long
        return ()


def _allowed(matcher: Any) -> NDArray[np.bool_]:
    """Of each token whether it may come next."""
    import numpy as np

    mask = np.frombuffer(matcher.compute_bitmask(), np.uint8)
    return np.unpackbits(mask, bitorder="little").astype(bool)
