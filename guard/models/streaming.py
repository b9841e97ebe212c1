"""Showing a text while it is written: only what will stay, and never a part of a character."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guard.models.base import Watch
from guard.models.thinking import CLOSE, split_thinking

PART = "\ufffd"
"""What stands in a text for a character of which only a part is there."""


class Stream:
    """Calls `watch` with the text, grown or not; `shown` is what it was given last."""

    def __init__(self, watch: Watch, text: Callable[[], str]) -> None:
        self.shown = ""
        self._watch = watch
        self._text = text

    def __call__(self) -> bool:
        """Show what there is by now; whether to go on."""
        return self.show(self._text())

    def show(self, text: str) -> bool:
        """Show `text` if it goes on from what was shown; whether to go on."""
        if text.startswith(self.shown):
            self.shown = text
        return self._watch(self.shown)


def certain(text: str, *, stops: Sequence[str], thinks: bool) -> str:
    """The part of an unfinished free text that will be in the answer, whatever comes next.

    Where a model thinks, nothing is certain before its thinking has ended.
    """
    if thinks and CLOSE not in text:
        return ""
    text = whole(split_thinking(text)[1] if thinks else text)
    cut = first_stop(text, stops)
    return text[: len(text) - _begun(text, stops)] if cut is None else text[:cut]


def whole(text: str) -> str:
    """`text` without a character at its end of which parts may be missing."""
    return text.rstrip(PART)


def first_stop(text: str, stops: Sequence[str]) -> int | None:
    """Where the first of the stop strings begins in `text`."""
    found = [text.find(stop) for stop in stops if stop and stop in text]
    return min(found) if found else None


def _begun(text: str, stops: Sequence[str]) -> int:
    """How many characters at the end of `text` may be the beginning of a stop string."""
    sizes = (size for stop in stops for size in range(len(stop) - 1, 0, -1))
    ends = {stop[:size] for stop in stops for size in range(1, len(stop))}
    return max((size for size in sizes if text[-size:] in ends), default=0)
