"""What a local model is to write, and what it wrote."""

from __future__ import annotations

from dataclasses import dataclass

from guard.grammar import Grammar
from guard.models.profiles import THINK
from guard.models.steering import Stopped
from guard.types import Finish, Sampling, Usage


@dataclass(frozen=True, kw_only=True)
class Task:
    """A prompt to continue. `stopped` tells from the tokens so far whether a free text ends."""

    prompt: str
    grammar: Grammar | None
    sampling: Sampling
    stopped: Stopped | None = None

    @property
    def opened(self) -> bool:
        """Whether the prompt ends with the beginning of thinking."""
        return self.prompt.rstrip().endswith(THINK)

    @property
    def is_answer(self) -> bool:
        """Whether a free answer is to be written, which may have thinking before it."""
        return self.grammar is None and self.stopped is None


@dataclass(frozen=True, kw_only=True)
class Written:
    """One stretch of writing: its text, how it ended, token counts, and fields ended early.

    `thinking` is what a free answer began with.
    """

    text: str
    finish: Finish
    usage: Usage
    shortened: int = 0
    thinking: str | None = None
