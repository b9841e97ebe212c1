"""A pair as a transformers model reads it: token ids, in windows where the evidence is long.

Neighbouring windows overlap, and together they hold every token of the evidence, unless it makes
more than `MAX_WINDOWS` of them: then those with most of the claim's words are kept. What looks like
a control token in evidence or claim (`[SEP]`, `</s>`) is read as plain text: nobody who writes
evidence may end it where he likes and put words into the claim's place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from guard.errors import ModelError
from guard.types import Span
from guard.verify.words import nearest

OVERLAP = 64
"""Tokens that neighbouring windows share, where the window is long enough."""

LEAST_EVIDENCE = 32
"""A claim must leave room for so many tokens of evidence, or half the window if that is less."""

MAX_WINDOWS = 16
"""Windows of one pair that are read."""

MAX_CHARACTERS = 5_000_000
"""Of evidence; the encoding of more than that would take minutes and gigabytes."""

CHARACTERS = 64
"""A claim with more characters than this for each token of the window leaves no room anyway."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Inputs of the model, by name, and the part of the evidence that they hold."""

    inputs: Mapping[str, Sequence[int]]
    span: Span


class Cutter(Protocol):
    """Turns a pair into windows."""

    @property
    def longest(self) -> int:
        """Tokens of a window at most."""

    def cut(self, evidence: str, claim: str) -> list[Window]:
        """At least one window, in the order of the text. Raises ModelError without room."""


@dataclass(frozen=True, kw_only=True)
class PairCutter:
    """Pairs as the tokenizer itself joins two texts: `[CLS] evidence [SEP] claim [SEP]` and so on.

    The tokenizer must be a fast one.
    """

    tokenizer: Any
    longest: int

    def cut(self, evidence: str, claim: str) -> list[Window]:
        """See `Cutter.cut`."""
        special = self.tokenizer.num_special_tokens_to_add(pair=True)
        room = _room(self, claim, special, evidence)
        coded = self.tokenizer(
            evidence,
            claim,
            truncation="only_first",
            max_length=self.longest,
            stride=_overlap(room),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            split_special_tokens=True,
        )
        return [self._window(coded, row) for row in range(len(coded["input_ids"]))]

    def _window(self, coded: Any, row: int) -> Window:
        sides = coded.sequence_ids(row)  # None for the control tokens that belong there
        tokens = coded["input_ids"][row]
        plain = without_controls(self.tokenizer, tokens)
        ids = [b if c is not None else a for a, b, c in zip(tokens, plain, sides, strict=True)]
        names = [name for name in self.tokenizer.model_input_names if name in coded]
        return Window(
            inputs={**{name: coded[name][row] for name in names}, "input_ids": ids},
            span=_span(_of_first(coded["offset_mapping"][row], sides)),
        )


@dataclass(frozen=True, kw_only=True)
class PromptCutter:
    """Pairs inside a fixed prompt, given as the token ids around evidence and claim."""

    tokenizer: Any
    longest: int
    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]

    def cut(self, evidence: str, claim: str) -> list[Window]:
        """See `Cutter.cut`."""
        fixed = len(self.before) + len(self.between) + len(self.after)
        room = _room(self, claim, fixed, evidence)
        end = (*self.between, *token_ids(self.tokenizer, claim), *self.after)
        coded = _encode(self.tokenizer, evidence, offsets=True)
        ids = without_controls(self.tokenizer, coded["input_ids"])
        offsets = coded["offset_mapping"]
        return [
            Window(
                inputs={"input_ids": (*self.before, *ids[start : start + room], *end)},
                span=_span(offsets[start : start + room]),
            )
            for start in _starts(len(ids), room)
        ]


def token_ids(tokenizer: Any, text: str) -> list[int]:
    """The ids of a text alone, nothing in it being a control token."""
    return without_controls(tokenizer, _encode(tokenizer, text, offsets=False)["input_ids"])


def without_controls(tokenizer: Any, ids: Sequence[int]) -> list[int]:
    """The ids of a text, with a question mark for each that is a control token all the same.

    Unigram tokenizers (T5, DeBERTa-v3) have control tokens among the pieces that text is cut into.
    """
    controls = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    if controls.isdisjoint(ids):
        return list(ids)
    mark = _encode(tokenizer, "?", offsets=False)["input_ids"][-1]
    return [mark if token in controls else token for token in ids]


def _encode(tokenizer: Any, text: str, *, offsets: bool) -> Any:
    return tokenizer(
        text,
        add_special_tokens=False,
        split_special_tokens=True,
        return_offsets_mapping=offsets,
        verbose=False,  # that the text is longer than the model's window is expected here
    )


def _room(cutter: PairCutter | PromptCutter, claim: str, fixed: int, evidence: str) -> int:
    """The tokens of evidence that fit beside the claim. Raises ModelError if they are too few."""
    if len(evidence) > MAX_CHARACTERS:
        raise ModelError(
            f"the evidence has {len(evidence):,} characters, more than {MAX_CHARACTERS:,}",
            hint="cut it into documents, or index it as a knowledge base",
        )
    long = len(claim) > CHARACTERS * cutter.longest
    tokens = cutter.longest if long else len(token_ids(cutter.tokenizer, claim))
    room = cutter.longest - tokens - fixed
    if room < min(LEAST_EVIDENCE, cutter.longest // 2):
        counted = f"{len(claim):,} characters" if long else f"{tokens:,} tokens"
        raise ModelError(
            f"the claim has {counted}, which leaves no room for evidence in the"
            f" {cutter.longest:,} tokens that the model reads",
            hint="split the claim, or take a model with a longer input",
        )
    return room


def _overlap(room: int) -> int:
    return min(OVERLAP, room // 2)


def _starts(tokens: int, room: int) -> Iterator[int]:
    """Where windows of `room` tokens begin, so that together they hold all of the tokens."""
    start = 0
    yield start
    while start + room < tokens:
        start += room - _overlap(room)
        yield start


def _of_first(
    offsets: Sequence[tuple[int, int]], sides: Sequence[int | None]
) -> list[tuple[int, int]]:
    """The offsets of the tokens that belong to the first text of a pair."""
    return [offset for offset, side in zip(offsets, sides, strict=True) if side == 0]


def _span(offsets: Sequence[tuple[int, int]]) -> Span:
    return Span(start=offsets[0][0], end=offsets[-1][1]) if offsets else Span(start=0, end=0)


def best(windows: Sequence[Window], evidence: str, claim: str) -> list[Window]:
    """The windows to read: all, or where they are too many those nearest to the claim's words."""
    if len(windows) <= MAX_WINDOWS:
        return list(windows)
    texts = [window.span.of(evidence) for window in windows]
    return [windows[i] for i in sorted(nearest(claim, texts, MAX_WINDOWS))]
