"""The loop that runs a local model: one forward pass for all texts, for several tokens of each.

transformers' `generate` hands its prompts over to it (`custom_generate`). Stretches that a grammar
determines are appended without asking the model, and read by it together with what comes next. For
one text alone, drafts of what may follow are read along and confirmed or dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from guard.errors import GuardError
from guard.models.reading import Reader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from guard.models.drafts import Drafts
    from guard.models.steering import Steering

    Scores = Mapping[int, NDArray[np.float32]]


@dataclass(kw_only=True, eq=False)
class Line:
    """One text of a batch as it is written.

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
        self._guess()

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
        self._guess()
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

    def _guess(self) -> None:
        steering = self.steering
        self.draft = []
        if self.drafts is not None and not self.done:
            self.draft = self.drafts.propose(
                steering.tokens, steering.matcher, unread=len(self.unread), room=steering.room
            )


def loop(lines: Sequence[Line], *, share: float) -> Callable[..., Tensor]:
    """The decoding loop of some texts, as `generate(custom_generate=...)` calls it.

    A pass over `share` more tokens costs as much again as a pass over one.
    """

    def run(
        model: Any,
        input_ids: Tensor,
        generation_config: Any,
        **model_kwargs: Any,
    ) -> Tensor:
        import torch

        del generation_config  # the steering knows the budget, and draws
        prompts = _prompts(input_ids, model_kwargs.get("attention_mask"))
        reader = Reader(model)
        alone = len(lines) == 1
        with torch.inference_mode():
            for line, prompt in zip(lines, prompts, strict=True):
                # A pass over many texts is busy enough, and its rows cannot be cut one by one.
                line.drafts = line.drafts if alone and reader.forgets else None
                line.begin(prompt)
            if alone:
                _alone(lines[0], reader)
            else:
                _together(list(lines), reader, share)
        return input_ids  # the texts are kept by their steerings

    return run


def _prompts(input_ids: Tensor, attention_mask: Tensor | None) -> list[list[int]]:
    """The prompts without what fills them up to the same length."""
    rows: list[list[int]] = input_ids.tolist()
    if attention_mask is None:
        return rows
    masks = attention_mask.tolist()
    return [
        [token for token, real in zip(row, mask, strict=True) if real]
        for row, mask in zip(rows, masks, strict=True)
    ]


def _alone(line: Line, reader: Reader) -> None:
    """Write one text, with drafts."""
    while not line.done:
        wanted = line.wanted
        scores = reader.read([*line.unread, *line.draft], [at - len(line.draft) for at in wanted])
        reader.forget(line.after(dict(zip(wanted, scores, strict=True))))


def _together(lines: list[Line], reader: Reader, share: float) -> None:
    """Write texts of which each pass reads at most so many tokens as are worth their time."""
    started = False
    while True:
        going = [place for place, line in enumerate(lines) if not line.done]
        if not going:
            return
        if len(going) < len(lines):
            if started:
                reader.keep(going)
            lines = [lines[place] for place in going]
        width = _width([len(line.unread) for line in lines], share) if started else None
        started = True
        parts = [line.unread[:width] for line in lines]
        for line, part, scores in zip(lines, parts, reader.read_rows(parts), strict=True):
            line.unread = line.unread[len(part) :]
            if not line.unread:
                line.after({0: scores})


def _width(lengths: Sequence[int], share: float) -> int:
    """How many tokens of each text to read at once: the shorter ones are filled up with holes."""

    def rate(width: int) -> float:
        read = sum(min(length, width) for length in lengths)
        return read / (share + len(lengths) * width)

    return max(range(1, max(lengths) + 1), key=rate)


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two lists begin with alike."""
    pairs = zip(first, second, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))
