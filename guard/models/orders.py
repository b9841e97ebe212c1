"""Which tokens to try first where a value is to be ended, inside strings and outside of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guard.models.streaming import PART

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STARTERS = (", ", ",", ": ", ":", *"1023456789", "null", "true", "false")
"""What goes on to a short value; 1 before 0, which is no month, day or year."""

BRACKETS = ("{", "[")
"""What begins a value that has to be closed again."""

JOINTS = "@.-:/_+TZ"
"""Characters that formats need, likelier drawn than others."""

LETTERS = "kqxz"
"""Letters that may come wherever any may, in strings."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    """Ids of tokens, the best ones first.

    `outside` of strings what closes comes first, then whole values; `inside` the quote, then
    `letters`. `known` has all tokens, `drawn` those that chance draws from, some of them several
    times. `digits` have one digit each, and `ends` are what may follow a number.
    """

    outside: NDArray[np.int64]
    inside: NDArray[np.int64]
    known: NDArray[np.int64]
    letters: NDArray[np.int64]
    drawn: NDArray[np.int64]
    digits: tuple[int, ...]
    ends: tuple[int, ...]


def orders(texts: Sequence[str], *, eos: int) -> Orders:
    """The orders for tokens with these texts by id, "" for what is never used."""
    import numpy as np

    known = [token for token, text in enumerate(texts) if text]
    # Tokens with a part of a character are taken only where none else fits.
    known.sort(key=lambda token: (PART in texts[token], len(texts[token]), token))
    closing = [token for token in reversed(known) if set(texts[token]) <= set('"}]')]
    even = [token for token in closing if texts[token].count('"') % 2 == 0]
    opening = [token for token in closing if texts[token].count('"') % 2]
    quotes = [token for token in closing if texts[token].startswith('"')]
    starting = [token for token in known if texts[token] in STARTERS]
    starting.sort(key=lambda token: STARTERS.index(texts[token]))
    brackets = [token for token in known if texts[token] in BRACKETS]
    single = [token for token in known if len(texts[token]) == 1 and texts[token] != PART]
    letters = [token for token in single if texts[token] in LETTERS]
    joints = [token for token in single if texts[token] in JOINTS]
    return Orders(
        outside=np.array([*even, *starting, *opening, *brackets], dtype=np.int64),
        inside=np.array([*quotes, *letters], dtype=np.int64),
        known=np.array(known, dtype=np.int64),
        letters=np.array(letters, dtype=np.int64),
        drawn=np.array([*single, *joints * 4], dtype=np.int64),
        digits=tuple(token for token in starting if texts[token].isdigit()),
        ends=(*(token for token in single if texts[token] in ',]}"'), eos),
    )
