"""The loop that runs a local model: one forward pass for all texts, for several tokens of each.

transformers' `generate` hands its prompts over to it (`custom_generate`). Stretches that a grammar
determines are appended without asking the model, and read by it together with what comes next.
Drafts of what may follow are read along and confirmed or dropped. What prompts begin with alike is
read once. Where there are more texts than are written at a time, the next one begins as soon as one
has ended.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from guard.models.loans import loans
from guard.models.reading import LoneReader, Reader, Turn, open_reader
from guard.models.refusing import without_memory
from guard.models.vocabulary import turning

if TYPE_CHECKING:
    from torch import Tensor

    from guard.errors import GuardError
    from guard.models.lines import Line
    from guard.models.reading import Rows

CHUNK = 2_048
"""Tokens of a pass, about, at most."""

AT_A_TIME = 16
"""Texts of a pass, at most."""


@dataclass(frozen=True, kw_only=True)
class Shares:
    """How many more tokens cost a pass as much again: with one text, and with several."""

    one: float
    many: float

    def of(self, texts: int) -> float:
        """What that comes to for each of so many texts."""
        return self.one if texts == 1 else self.many / max(1, texts)


def loop(lines: Sequence[Line], *, shares: Shares) -> Callable[..., Tensor]:
    """The decoding loop of some texts, as `generate(custom_generate=...)` calls it."""

    def run(
        model: Any,
        input_ids: Tensor,
        generation_config: Any,
        **model_kwargs: Any,
    ) -> Tensor:
        import torch

        del generation_config  # the steering knows the budget, and draws
        prompts = _prompts(input_ids, model_kwargs.get("attention_mask"))
        with torch.inference_mode():
            reader = open_reader(model, len(lines))
            _Writing(lines, prompts, reader, shares, turning(model)).run()
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


class _Writing:
    """Some texts that are written in the same passes."""

    def __init__(
        self,
        lines: Sequence[Line],
        prompts: Sequence[list[int]],
        reader: Reader | LoneReader,
        shares: Shares,
        turning: int,
    ) -> None:
        self._lines = lines
        self._prompts = prompts
        self._turning = turning
        self._reader = reader
        self._shares = shares
        self._loans = loans(prompts)
        self._waiting = deque(range(len(lines)))
        self._going: list[int] = []

    def run(self) -> None:
        """Write until nothing is left to be written."""
        while True:
            self._admit()
            self._borrow()
            turns = self._turns()
            if not turns:
                return
            try:
                read = self._reader.read(turns)
            except (RuntimeError, MemoryError) as error:
                self._give_up(turns, without_memory(error))
                continue
            for turn, scores in zip(turns, read, strict=True):
                self._go_on(turn, scores)
            self._look(turns)

    def _give_up(self, turns: Sequence[Turn], error: GuardError) -> None:
        """End the texts of a pass with an error."""
        for turn in turns:
            self._lines[turn.text].error = error
            self._reader.free(turn.text)

    def _admit(self) -> None:
        """Let texts begin that have waited for others to end."""
        self._going = self._still(self._going)
        while self._waiting and len(self._going) < AT_A_TIME:
            at = self._waiting.popleft()
            line = self._lines[at]
            line.drafts = line.drafts if self._reader.forgets else None
            line.begin(self._prompts[at])
            self._going += self._still([at])

    def _still(self, texts: Sequence[int]) -> list[int]:
        """Those of which more is to be written; the others borrow nothing any more."""
        for at in texts:
            if self._lines[at].done:
                self._loans.pop(at, None)
        return [at for at in texts if not self._lines[at].done]

    def _turns(self) -> list[Turn]:
        """What the next pass reads: long prompts in parts, so that memory is bounded."""
        share = self._shares.of(len(self._going))
        turns: list[Turn] = []
        room = CHUNK
        for at in self._going:
            if room > 0 and at not in self._loans:
                turns.append(self._turn(at, room, share))
                room -= len(turns[-1].tokens)
        return turns

    def _turn(self, at: int, room: int, share: float) -> Turn:
        line = self._lines[at]
        room = max(room, self._turned(at))
        unread = line.unread
        if len(unread) > room:
            return Turn(text=at, tokens=unread[:room], wanted=())
        rest = self._turning - self._reader.length(at) - len(unread)
        line.guess(share, most=rest if rest >= 0 else line.steering.room)
        wanted = [len(unread) - 1 + place for place in line.wanted]
        return Turn(text=at, tokens=[*unread, *line.draft], wanted=wanted)

    def _turned(self, at: int) -> int:
        """How much of a text has to be read at once, as it grows over the turning point.

        What was read of it before is read anew: as a whole, it has other positions.
        """
        line, read = self._lines[at], self._reader.length(at)
        if not read <= self._turning < read + len(line.unread):
            return 0
        if read:
            self._reader.free(at)
            line.unread = [*self._prompts[at], *line.steering.tokens]
        return self._turning + 1

    def _go_on(self, turn: Turn, scores: Rows) -> None:
        line = self._lines[turn.text]
        if turn.wanted:
            found = dict(zip(line.wanted, scores, strict=True))
            self._reader.forget(turn.text, line.after(found))
        else:
            line.unread = line.unread[len(turn.tokens) :]

    def _look(self, turns: Sequence[Turn]) -> None:
        """Ask about the texts of which nothing was written: prompts take many passes."""
        written = {turn.text for turn in turns if turn.wanted}
        for at in self._going:
            if at not in written:
                self._lines[at].look()

    def _borrow(self) -> None:
        """Take over what another text has read of the same beginning; let go of finished texts."""
        for at in self._going:
            if at in self._loans:
                self._borrow_for(at)
        lenders = {lender for lender, _ in self._loans.values()}
        for at, line in enumerate(self._lines):
            if line.done and at not in lenders:
                self._reader.free(at)

    def _borrow_for(self, at: int) -> None:
        lender, count = self._loans[at]
        read = self._reader.length(lender)
        if read >= count or self._lines[lender].done:
            self._reader.copy(lender, at, min(read, count))
            self._lines[at].unread = self._lines[at].unread[min(read, count) :]
            del self._loans[at]
