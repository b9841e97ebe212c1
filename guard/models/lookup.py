"""What followed the last few tokens where they stood before, in the prompt or in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

LONGEST_MATCH = 4
"""Tokens that are compared, at most; the longest match is the likeliest to go on alike."""


class Lookup:
    """An index of a growing list of tokens.

    `plain` gives for each token the one it is compared as, so that `Acme` at the start of a string
    is found where the prompt has it behind a blank.
    """

    def __init__(self, plain: Sequence[int], tokens: Sequence[int]) -> None:
        self._plain = plain
        self._tokens: list[int] = []
        self._compared: list[int] = []
        self._next: tuple[dict[tuple[int, ...], int], ...] = tuple({} for _ in range(LONGEST_MATCH))
        for token in tokens:
            self.add(token)

    def __len__(self) -> int:
        return len(self._tokens)

    def add(self, token: int) -> None:
        """Append a token; from now on it follows what stood before it."""
        tail = self._compared[-LONGEST_MATCH:]
        for size in range(1, len(tail) + 1):
            self._next[size - 1][tuple(tail[-size:])] = token
        self._tokens.append(token)
        self._compared.append(self._plain[token])

    def followers(self, ahead: Sequence[int]) -> Iterator[tuple[int, int]]:
        """What followed the last time, were `ahead` appended; with the tokens that matched.

        The longest match comes first.
        """
        tail = self._compared[-LONGEST_MATCH:]
        tail = [*tail, *(self._plain[token] for token in ahead[-LONGEST_MATCH:])][-LONGEST_MATCH:]
        for size in range(len(tail), 0, -1):
            found = self._next[size - 1].get(tuple(tail[-size:]))
            if found is not None:
                yield found, size
