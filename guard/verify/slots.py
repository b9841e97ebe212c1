"""Names in each other's place: the evidence has both, but says the claim of the other one.

"Ann built the mill, Bo the bridge" has Bo and the mill, and yet gives no mill by Bo. That is told
by where the rest of the claim stands: in a sentence that names another, and in none that names this
one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guard.types import Span
from guard.verify.proper import Name, names
from guard.verify.vocabulary import STOP, listed
from guard.verify.windows import sentence_spans
from guard.verify.words import Word, content, words

ALL = 0.8
"""The share of a claim's words that a sentence has that says it, where no other name ties them."""

SOME = 0.5
"""The same where the claim's other names stand in the sentence too."""

LEAST = 2
"""Words of a claim, beside the name in question, without which nothing is told."""

LONGEST, MOST_NAMES = 12, 3
"""Words that carry meaning, and names, of a claim that states one fact."""

MAX_SENTENCES = 200
PRONOUNS = listed("it they he she this these its their his her both who which there")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with its stems, those it takes over from the one before, and its capitals."""

    span: Span
    own: frozenset[str]
    stems: frozenset[str]
    capitals: tuple[Word, ...]


def taken(claim: str, wanted: Sequence[Name], text: str) -> tuple[Name, Span] | None:
    """A name of the claim whose place another has, and the sentence that says so; else None."""
    found = content(claim)
    if len(found) > LONGEST or len(wanted) > MOST_NAMES:
        return None  # a claim of several facts takes its names from several sentences
    sentences = _sentences(text)
    said = {word.folded for word in words(claim)}
    for name in wanted:
        others = [other for other in wanted if other is not name]
        rest = _rest(claim, wanted)
        if len(rest) + len(others) < LEAST:
            continue
        sentence = _elsewhere(name, others, rest, said, sentences)
        if sentence:
            return name, sentence
    return None


def _rest(claim: str, wanted: Sequence[Name]) -> list[Word]:
    """The words of a claim that carry meaning and are of no name."""
    named = {word.start for name in wanted for word in name.words}
    return [word for word in content(claim) if word.start not in named and not word.numeric]


def _elsewhere(
    name: Name,
    others: Sequence[Name],
    rest: Sequence[Word],
    said: set[str],
    sentences: Sequence[_Sentence],
) -> Span | None:
    own = [one for one in sentences if _has(one.own, name)]
    if not own:
        return None
    linked = {word.folded for one in own for word in one.capitals}
    about = [one for one in sentences if all(_has(one.stems, other) for other in others)]
    best: _Sentence | None = None
    for one in about:
        share = _share(rest, one.stems)
        if _has(one.stems, name):
            if others or share >= SOME:
                return None  # the claim's names stand together, so they may well belong together
            continue
        rivals = _rivals(one, said)
        # A rival that stands beside the name, too, may be the link between the two.
        parted = bool(rivals) and not rivals & linked and (bool(others) or share >= ALL)
        if parted and any(_alike(one, another) for another in own):
            best = best or one
    return best.span if best else None


def _alike(one: _Sentence, other: _Sentence) -> bool:
    """Whether two sentences say the same of different names."""
    plain = [item.own - {word.stem for word in item.capitals} - STOP for item in (one, other)]
    return 2 * len(plain[0] & plain[1]) > max(map(len, plain))


def _share(rest: Sequence[Word], there: frozenset[str]) -> float:
    if not rest:
        return 1.0
    return sum(word.stem in there for word in rest) / len(rest)


def _has(there: frozenset[str], name: Name) -> bool:
    """Whether a sentence has a word of the name; a part of a name is taken for all of it."""
    return any(word.stem in there for word in name.words)


def _rivals(one: _Sentence, said: set[str]) -> set[str]:
    """What a sentence names that the claim does not."""
    return {word.folded for word in one.capitals} - said


@lru_cache(maxsize=512)
def _sentences(text: str) -> tuple[_Sentence, ...]:
    return tuple(_read(text))


def _read(text: str) -> Iterator[_Sentence]:
    lower = {word.folded for word in words(text) if not word.capital}
    before: frozenset[str] = frozenset()
    for span in sentence_spans(text)[:MAX_SENTENCES]:
        sentence = span.of(text)
        found = words(sentence)
        own = frozenset(word.stem for word in found)
        opens = found[0].folded if found else ""
        named = {word.start for name in names(sentence) for word in name.words}
        capitals = tuple(
            word
            for place, word in enumerate(found)
            if word.start in named
            or (place == 0 and word.capital and word.folded not in lower | STOP)
        )
        goes_on = opens in PRONOUNS or not capitals
        yield _Sentence(span, own, own | before if goes_on else own, capitals)
        before = own | before if goes_on else own
