"""Forward passes of a model over the next tokens of one text or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from guard.models.attention import Part, Pass, can_attend, open_cache, reading
from guard.models.memory import Memory, is_plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Rows = list[NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The next `tokens` of one text; scores are `wanted` after those at these places."""

    text: int
    tokens: Sequence[int]
    wanted: Sequence[int]


def reads_many(model: Any) -> bool:
    """Whether `model` can read several texts at once, and drop the last tokens of each again."""
    return can_attend(model) and is_plain(model)


def open_reader(model: Any, texts: int) -> Reader | LoneReader:
    """What reads so many texts; one, where `model` does not read many."""
    return Reader(model, texts) if reads_many(model) else LoneReader(model)


class Reader:
    """Reads several texts, each from where it stopped."""

    forgets = True

    def __init__(self, model: Any, texts: int) -> None:
        self._model = model
        self._cache = open_cache()(model.config)
        self._texts = [Memory() for _ in range(texts)]

    def read(self, turns: Sequence[Turn]) -> list[Rows]:
        """The scores that each turn wants, read in one pass; they may be overwritten.

        Each has one score for each row of the model.
        """
        import torch

        going = self._pass(turns)
        places = [part.memory.length + at for part in going.parts for at in range(_size(part))]
        wanted = [
            part.start + at
            for part, turn in zip(going.parts, turns, strict=True)
            for at in turn.wanted
        ]
        device = self._model.device
        with reading(self._model, going):
            found = self._model(
                input_ids=torch.tensor([[t for turn in turns for t in turn.tokens]], device=device),
                position_ids=torch.tensor([places], device=device),
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=torch.tensor(wanted or [0], device=device),
            )
        for part in going.parts:
            part.memory.length += _size(part)
        rows = iter(_numbers(found.logits[0]))
        return [[next(rows) for _ in turn.wanted] for turn in turns]

    def _pass(self, turns: Sequence[Turn]) -> Pass:
        ends = accumulate((len(turn.tokens) for turn in turns), initial=0)
        parts = [
            Part(memory=self._texts[turn.text], start=start, end=end)
            for turn, (start, end) in zip(turns, pairwise(ends), strict=True)
        ]
        return Pass(parts=parts)

    def length(self, text: int) -> int:
        """How many tokens of a text were read."""
        return self._texts[text].length

    def forget(self, text: int, count: int) -> None:
        """Drop the last `count` tokens of a text."""
        self._texts[text].length -= count

    def copy(self, source: int, text: int, count: int) -> None:
        """Take the first `count` tokens of another text for read."""
        self._texts[text].copy(self._texts[source], count)

    def free(self, text: int) -> None:
        """Let go of a text."""
        self._texts[text].clear()


class LoneReader:
    """Reads the only text, with the cache that transformers has for its model."""

    forgets = False

    def __init__(self, model: Any) -> None:
        self._model = model
        self._cache: Any = None
        self._length = 0

    def read(self, turns: Sequence[Turn]) -> list[Rows]:
        """See `Reader.read`."""
        import torch
        from transformers import DynamicCache

        (turn,) = turns
        if self._cache is None:
            self._cache = DynamicCache(config=self._model.config)
        device = self._model.device
        found = self._model(
            input_ids=torch.tensor([turn.tokens], device=device),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=torch.tensor(turn.wanted or [0], device=device),
        )
        self._length += len(turn.tokens)
        return [list(_numbers(found.logits[0]))[: len(turn.wanted)]]

    def length(self, text: int) -> int:
        """See `Reader.length`."""
        del text
        return self._length

    def forget(self, text: int, count: int) -> None:
        """Nothing can be dropped."""
        if count:
            raise RuntimeError(f"text {text} cannot drop {count} tokens")

    def copy(self, source: int, text: int, count: int) -> None:
        """There is no other text."""
        raise RuntimeError(f"text {text} cannot take {count} tokens of text {source}")

    def free(self, text: int) -> None:
        """Let go of what was read of the text."""
        del text
        self._cache, self._length = None, 0


def _size(part: Part) -> int:
    return part.end - part.start


def _numbers(logits: Tensor) -> NDArray[np.float32]:
    """Scores where numpy reaches them."""
    numbers: NDArray[np.float32] = logits.float().cpu().numpy()
    return numbers
