"""Words as the checks compare them: folded, stemmed a little, with what carries meaning kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from guard.types import Span
from guard.verify.vocabulary import STOP
from guard.verify.windows import sentence_spans

_TOKEN = re.compile(r"\d[\d.,]*\d|[^\W_]+")
FUZZY = 86.0
"""Two words of five or more letters are the same from this rapidfuzz ratio on."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: as written, folded (case, accents), and stemmed."""

    text: str
    folded: str
    stem: str
    start: int
    end: int

    @property
    def numeric(self) -> bool:
        """Whether it has a digit."""
        return any(character.isdigit() for character in self.text)

    @property
    def capital(self) -> bool:
        """Whether it is written with a capital first."""
        return self.text[0].isupper()


def fold_case(text: str) -> str:
    """`text` without case and accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A light stem of a folded word: plural and verb endings go, nothing else."""
    if len(word) < 4 or any(c.isdigit() for c in word):
        return word
    for ending, put in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + put
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiousl":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[Word, ...]:
    """The words of `text`, possessive endings left out."""
    return tuple(
        _word(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)
    )


def _word(text: str, start: int, end: int) -> Word:
    folded = fold_case(text)
    if text[0].isdigit():
        folded = folded.replace(",", "")
    return Word(text=text, folded=folded, stem=stem(folded), start=start, end=end)


@lru_cache(maxsize=8192)
def content(text: str) -> tuple[Word, ...]:
    """The words of `text` that carry meaning."""
    return tuple(word for word in words(text) if word.folded not in STOP)


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    """The stems of the words of `text` that carry meaning."""
    return frozenset(word.stem for word in content(text))


def weight(word: Word, *, initial: bool) -> float:
    """How much a claim's word counts: numbers and names double."""
    return 2.0 if word.numeric or (word.capital and not initial) else 1.0


def coverage(claim: str, evidence: frozenset[str]) -> float:
    """The weighted share of the claim's content words among the stems `evidence`, in [0, 1]."""
    total = found = 0.0
    for position, word in enumerate(content(claim)):
        worth = weight(word, initial=position == 0)
        total += worth
        found += worth * has(word, evidence)
    return found / total if total else 0.0


def nearest(claim: str, texts: Sequence[str], most: int) -> list[int]:
    """The indices of the `most` texts that have most of the claim's words, the best one first."""
    shares = [coverage(claim, stems(text)) for text in texts]
    return sorted(range(len(texts)), key=lambda i: -shares[i])[:most]


def has(word: Word, evidence: frozenset[str]) -> float:
    """1 when the word is among the stems, less when only something spelled alike is, else 0."""
    if word.stem in evidence:
        return 1.0
    if len(word.stem) < 5 or word.numeric:
        return 0.0
    return _closest(word.stem, evidence)


@lru_cache(maxsize=65536)
def _closest(stem_: str, evidence: frozenset[str]) -> float:
    from rapidfuzz import fuzz, process

    best = process.extractOne(stem_, evidence, scorer=fuzz.ratio, score_cutoff=FUZZY)
    return 0.0 if best is None else float(best[1]) / 100.0


def best_sentence(claim: str, text: str) -> Span:
    """The sentence of `text` that shares most with the claim (the first one if none does)."""
    spans = sentence_spans(text)
    if not spans:
        return Span(start=0, end=len(text))
    return max(spans, key=lambda span: _shared(claim, span.of(text)))


def _shared(claim: str, sentence: str) -> float:
    there = stems(sentence)
    # A little off for length, so that a row which says only this wins over a paragraph.
    return coverage(claim, there) - 0.002 * len(there)
