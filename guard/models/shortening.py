"""Ending a string, number or list that has gone on for too long or repeats itself.

The model is asked all the same: where its own token ends the field, that is what happens. Else the
likeliest token that only ends the field takes its place, where the grammar allows one, and else the
tokens of a short ending of the whole value, for as long as the field is open. So nothing is written
that the grammar forbids, and what follows the field is the model's again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from guard.grammar.sizes import Sizes
from guard.models.fields import Fields
from guard.types import FieldLimits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.models.closing import Closer, Ending, Samples

SPAN = 24
"""A tail of so many tokens that repeats itself is a loop, if it does so three times or more."""

LONGEST_PERIOD = 40
"""Tokens that are repeated, at most."""

LEAST = 8
"""Tokens that the ending of a value may take in any case."""


@dataclass(frozen=True, kw_only=True)
class Longest:
    """Where fields are ended: characters of strings and of names, items of lists, digits."""

    string: float
    name: float
    items: float
    digits: float


def longest(limits: FieldLimits, own: Sizes) -> Longest:
    """The limits of a call, raised to what the schema itself speaks of."""
    no_limit = float("inf")
    string = no_limit if limits.string is None else limits.string
    return Longest(
        string=max(string, own.string),
        name=max(string, own.name),
        items=no_limit if limits.items is None else max(limits.items, own.items),
        digits=no_limit if limits.digits is None else max(limits.digits, own.digits),
    )


class Shortener:
    """Watches over the fields of one text. `ends` are the ids that end a turn."""

    def __init__(
        self, *, closer: Closer, samples: Samples, ends: Sequence[int], limits: Longest
    ) -> None:
        self._closer = closer
        self._samples = samples
        self._ends = ends
        self._limits = limits
        self._fields = Fields()
        self._cuts: list[int] = []
        self._last_cut = self._looping = 0
        self._following: tuple[int, Ending] = (0, ())
        self._due = 0

    def count(self, size: int) -> int:
        """How many fields were ended early within the first `size` tokens."""
        return sum(cut < size for cut in self._cuts)

    def take(self, token: int) -> None:
        """Go on by a token."""
        self._fields.take(self._closer.texts[token])

    def is_due(self, tokens: Sequence[int]) -> bool:
        """Whether the next token has to be looked at (`instead`), after all those so far."""
        most = self._limits.items
        return self._is_scalar_due(tokens) or any(each >= most for each in self._fields.open)

    def likeliest(self, scores: NDArray[np.float32]) -> list[int]:
        """The tokens that only end a field, the likeliest first, by the model's `scores`."""
        texts = self._closer.single
        if self._fields.in_string:
            ending: list[int] = [*texts['"']]
        else:
            ending = [*texts[","], *texts["]"], *texts["}"], *self._ends]
        return sorted(
            (token for token in ending if token < len(scores)),
            key=lambda token: -float(scores[token]),
        )

    def instead(
        self, token: int, tokens: Sequence[int], ends: Sequence[int], matcher: Any, room: int
    ) -> int:
        """`token`, which is the model's, or what ends a field in its place.

        `tokens` are those so far, `ends` what `likeliest` gave; `room` tokens may be written.
        """
        if token in self._ends:
            return token
        if self._is_scalar_due(tokens) and not self._fields.ends_scalar(self._text(token)):
            ending = self._end_of_scalar(tokens, ends, matcher, room)
            if ending is not None:
                self._note_scalar(len(tokens))
                return ending
        return self._within_lists(token, len(tokens), matcher)

    def _is_scalar_due(self, tokens: Sequence[int]) -> bool:
        fields, limits = self._fields, self._limits
        if not (fields.in_string or fields.in_number) or len(tokens) < self._due:
            return False
        if fields.scalars == self._looping:
            return True
        if fields.in_number:
            is_long = fields.digits >= limits.digits
        else:
            is_long = fields.characters >= (limits.name if fields.in_name else limits.string)
        return is_long or self._loops(tokens)

    def _loops(self, tokens: Sequence[int]) -> bool:
        """Whether the end of the string or number repeats itself; a list may well do so."""
        if self._fields.pieces < SPAN:
            return False
        if repeats(tokens[-min(self._fields.pieces, 3 * LONGEST_PERIOD) :]):
            self._looping = self._fields.scalars
            return True
        return False

    def _end_of_scalar(
        self, tokens: Sequence[int], ends: Sequence[int], matcher: Any, room: int
    ) -> int | None:
        """What the string or number is ended with, or None where nothing was found."""
        for token in ends:
            text = self._text(token)
            fits = token in self._ends or (
                self._fields.ends_scalar(text) and self._room(text) == len(text)
            )
            if fits and matcher.validate_tokens([token]) == 1:
                return token
        return self._next_of_ending(tokens, matcher, room)

    def _next_of_ending(self, tokens: Sequence[int], matcher: Any, room: int) -> int | None:
        """The next token of a short ending of the value; the last one found is gone on with."""
        start, ending = self._following
        done = tuple(tokens[start:])
        if len(done) < len(ending) and ending[: len(done)] == done:
            return ending[len(done)]
        limit = max(LEAST, room)
        found = self._closer.ending(matcher, limit, enough=limit, samples=self._samples)
        if found is None:
            self._due = len(tokens) + LONGEST_PERIOD  # looking takes long
            return None
        self._following = (len(tokens), found)
        return found[0] if found else self._ends[0]

    def _within_lists(self, token: int, at: int, matcher: Any) -> int:
        """The token without the comma that a list with all its items must not get any more.

        What stands before it comes first. A list that may not end here takes another item.
        """
        text = self._text(token)
        before = text[: self._room(text)]
        if before == text:
            return token
        ends: Sequence[int] = self._closer.single["]"]
        if before.strip():
            ends = self._closer.tokenizer.tokenize_str(before)[:1]
        ending = next((each for each in ends if matcher.validate_tokens([each]) == 1), None)
        if ending is None:
            return token
        if not before.strip():
            self._cuts.append(at)
        return ending

    def _room(self, text: str) -> int:
        return self._fields.room(text, self._limits.items)

    def _note_scalar(self, at: int) -> None:
        """Count the string or number, once."""
        if self._last_cut != self._fields.scalars:
            self._last_cut = self._fields.scalars
            self._cuts.append(at)

    def _text(self, token: int) -> str:
        return self._closer.texts[token]


def repeats(tail: Sequence[int]) -> bool:
    """Whether a tail ends in one stretch of tokens again and again; few periods need a look."""
    nearest = reversed(tail[-1 - LONGEST_PERIOD : -1])
    periods = [period for period, token in enumerate(nearest, 1) if token == tail[-1]]
    return any(_repeats(tail, period) for period in periods)


def _repeats(tokens: Sequence[int], period: int) -> bool:
    """Whether the tail repeats its last `period` tokens, three times and over `SPAN` tokens."""
    size = max(SPAN, 3 * period)
    tail = tokens[-size:]
    return len(tail) == size and tail[period:] == tail[:-period]
