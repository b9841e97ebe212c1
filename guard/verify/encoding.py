"""A pair of texts as a cross-encoder reads it: token ids, and what kind of token each one is.

The kinds tell the two sides apart and also which words stand on both. A small model learns only
slowly to look up every word of a claim in long evidence; told which words it need not look for, it
can spend its layers on the rest.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from guard.verify.words import fold_case, stem

if TYPE_CHECKING:
    from tokenizers import Encoding

KINDS = 4
"""Evidence, claim, evidence whose word the claim has too, claim whose word the evidence has too."""

SHARED = 2
"""What a token's kind goes up by where its word stands on both sides."""

LONGEST_CLAIM = 128
"""Tokens of a claim that are read."""

CHARACTERS = 8
"""No token is read from beyond this many characters for each token there is room for."""


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids and their kinds, of the same length."""

    ids: list[int]
    kinds: list[int]


@dataclass(frozen=True)
class PairEncoder:
    """Encodes (evidence, claim) pairs with a fast tokenizer, at most `longest` tokens a pair."""

    tokenizer: Any
    longest: int
    # Fast tokenizers raise "Already borrowed" when two threads use one.
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def encode(self, evidence: str, claim: str) -> Encoded:
        """`[CLS] evidence [SEP] claim [SEP]`; evidence that does not fit is cut at its end."""
        claim = _readable(claim, LONGEST_CLAIM)
        evidence = _readable(evidence, self.longest)
        with self._lock:
            said = self.tokenizer.encode(claim, add_special_tokens=False)
            given = self.tokenizer.encode(evidence, add_special_tokens=False)
        claimed = said.ids[:LONGEST_CLAIM]
        room = max(0, self.longest - len(claimed) - 3)
        start, end = self._special()
        words, others = _words(given, evidence), _words(said, claim)
        both = set(words) & set(others) - {""}
        return Encoded(
            ids=[start, *given.ids[:room], end, *claimed, end],
            kinds=[
                *(0, *(SHARED * (word in both) for word in words[:room]), 0),
                *(1 + SHARED * (word in both) for word in others[:LONGEST_CLAIM]),
                1,
            ],
        )

    def fits(self, evidence: str, claim: str) -> bool:
        """Whether the pair is read whole."""
        if len(evidence) > self.longest * CHARACTERS:
            return False
        with self._lock:
            both = (_readable(text, self.longest) for text in (evidence, claim))
            counts = [len(self.tokenizer.encode(t, add_special_tokens=False)) for t in both]
        return sum(counts) + 3 <= self.longest

    def tokens(self, claim: str) -> int:
        """How many tokens a claim has, all of them counted."""
        with self._lock:
            plain = claim.encode("utf-8", "replace").decode("utf-8")
            return len(self.tokenizer.encode(_THOUSANDS.sub("", plain), add_special_tokens=False))

    def _special(self) -> tuple[int, int]:
        return self.tokenizer.token_to_id("[CLS]"), self.tokenizer.token_to_id("[SEP]")


def _readable(text: str, tokens: int) -> str:
    """What is read of a text: without the commas in thousands, which would make another word of a
    number; lone surrogates, which no tokenizer takes, become ?."""
    plain = text[: tokens * CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return _THOUSANDS.sub("", plain)


def _words(encoding: Encoding, text: str) -> list[str]:
    """The stemmed word that each token belongs to, empty for punctuation."""
    found: list[str] = []
    of: dict[int | None, str] = {}
    spans = _spans(encoding.word_ids, encoding.offsets)
    for index in encoding.word_ids:
        if index not in of:
            start, end = spans[index]
            of[index] = _key(text[start:end])
        found.append(of[index])
    return found


def _spans(
    indices: Sequence[int | None], offsets: Sequence[tuple[int, int]]
) -> dict[int | None, tuple[int, int]]:
    spans: dict[int | None, tuple[int, int]] = {}
    for index, (start, end) in zip(indices, offsets, strict=True):
        spans[index] = (min(start, spans.get(index, (start, end))[0]), end)
    return spans


def _key(word: str) -> str:
    return stem(fold_case(word)) if word[:1].isalnum() else ""
