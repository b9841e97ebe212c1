"""One text as it is written, from the scores of each pass of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guard.errors import GuardError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.models.drafts import Drafts
    from guard.models.steering import Steering

    Scores = Mapping[int, NDArray[np.float32]]


@dataclass(kw_only=True, eq=False)
class Line:
    """One text as it is written.

    `seen` is called after each pass and tells whether to go on. `error` is what ended this text
    where something did. `unread` are the tokens that the model has not read, and `draft` a guess of
    what follows them.
    """

    steering: Steering
    drafts: Drafts | None = None
    seen: Callable[[], bool] | None = None
    error: GuardError | None = None
    prompt_tokens: int = 0
    cancelled: bool = False
    over: bool = False
    unread: list[int] = field(default_factory=list)
    draft: list[int] = field(default_factory=list)

    def begin(self, prompt: list[int]) -> None:
        """Take what needs no pass of the model."""
        self.unread = list(prompt)
        self.unread += self._advanced({})

    def after(self, scores: Scores) -> int:
        """Go on after a pass; how many tokens of the draft turned out wrong.

        `scores` has those after so many tokens of the draft, for each number that is `wanted`.
        """
        written = self._advanced(scores)
        right = _common(written, self.draft)
        if self.drafts is not None and self.draft:
            self.drafts.learn(right, wrong=right < min(len(written), len(self.draft)))
        wrong = len(self.draft) - right
        self.unread = written[right:]
        return wrong

    @property
    def wanted(self) -> list[int]:
        """After how many tokens of the draft a token is to be chosen, were it right so far."""
        forced = self.drafts.forced() if self.drafts is not None else ()
        return [at for at in range(len(self.draft) + 1) if at not in forced]

    @property
    def done(self) -> bool:
        """Whether nothing more is to be written."""
        return self.cancelled or self.error is not None or self.over

    def look(self) -> None:
        """Ask whether to go on where nothing was written."""
        if self.seen is not None and not self.done:
            self.cancelled = not self.seen()

    def _advanced(self, scores: Scores) -> list[int]:
        """The tokens that are settled by `scores`, as far as the draft went along."""
        written: list[int] = []
        try:
            while not (over := self.steering.finished()):
                more = self.steering.forced()
                if not more:
                    at = len(written)
                    if at not in scores or written != self.draft[:at]:
                        break
                    more = [self.steering.choose(scores[at])]
                written += more
            self.over = over
        except GuardError as error:
            self.error = error
        if self.seen is not None and self.error is None:
            self.cancelled = not self.seen()
        return written

    def guess(self, share: float, *, most: int) -> None:
        """Make a new draft of `most` tokens, where `share` more cost a pass as much again."""
        steering = self.steering
        if self.drafts is not None:
            self.draft = self.drafts.propose(
                steering.tokens,
                steering.matcher,
                unread=len(self.unread),
                room=min(steering.room, most),
                share=share,
            )


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two lists begin with alike."""
    pairs = zip(first, second, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))
