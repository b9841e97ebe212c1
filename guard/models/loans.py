"""Prompts that begin alike: the beginning is read for one of them, and the others take it over."""

from __future__ import annotations

from collections.abc import Sequence

LEAST_LOAN = 16
"""Tokens that two prompts have to begin with alike for one to take them over from the other."""


def loans(prompts: Sequence[Sequence[int]]) -> dict[int, tuple[int, int]]:
    """For each prompt that begins like an earlier one: which, and how many tokens long.

    The last token of a prompt is never borrowed, as what follows it is what is asked for.
    """
    found = {}
    for at, prompt in enumerate(prompts):
        most = len(prompt) - 1
        alike = [min(_alike(prompt, earlier), most) for earlier in prompts[:at]]
        longest = max(alike, default=0)
        if longest >= LEAST_LOAN:
            found[at] = (alike.index(longest), longest)
    return found


def _alike(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two prompts begin with alike; slices are compared in C."""
    least, most = 0, min(len(first), len(second))
    while least < most:
        middle = (least + most + 1) // 2
        if first[least:middle] == second[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least
