"""The part of an answer in which a reasoning model thinks, set aside before anything is checked."""

from __future__ import annotations

OPEN, CLOSE = "<think>", "</think>"


def split_thinking(text: str, *, opened: bool = False) -> tuple[str | None, str]:
    """`text` as (thinking, answer); thinking is None where there is no thinking section.

    A section stands at the start. It may be cut off unclosed, and then there is no answer; and its
    opening tag may be missing, where the chat template writes it into the prompt: `opened` says
    that it did.
    """
    start = text.lstrip()
    opened = opened or start.startswith(OPEN)
    if not opened and CLOSE not in text:
        return None, text
    thinking, closed, answer = start.removeprefix(OPEN).partition(CLOSE)
    return thinking.strip(), answer.lstrip() if closed else ""
