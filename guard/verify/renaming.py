"""A claim that repeats a sentence with another name in it.

"Ann Lee built the mill" is not what "Bo Ray built the mill" says, however much is the same, and
though the evidence may name Ann Lee for something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guard.verify.proper import names
from guard.verify.windows import sentence_spans
from guard.verify.words import Word, content, stems

LONGEST = 4
"""Words of a name."""

ALIKE = 80.0
"""From this rapidfuzz ratio on, two words are one in two spellings."""

SOME = 0.5
"""The share of a claim's other words that a sentence has that may say the claim in other words."""

Change = tuple[tuple[Word, ...], tuple[Word, ...]]
"""Words of the claim, and those that the sentence has in their place."""


def renamed(
    claim: str, said: Sequence[Word], changes: Iterable[Change], text: str
) -> Change | None:
    """The first change that puts one name for another, unless another sentence of the text may say
    the claim of the name that it has."""
    named = {word.start for name in names(claim) for word in name.words}
    named |= {word.start for word in said[:1] if word.capital}
    for mine, theirs in changes:
        alone = all(word.start in named for word in mine)  # else it may be what the other name is
        if alone and _other_name(mine, theirs) and not _said_elsewhere(claim, mine, text):
            return mine, theirs
    return None


def _other_name(own: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Whether another name stands where the claim has its own, and not the same one, spelled
    otherwise or cut to its initials."""
    others = [word for word in theirs if word.capital]
    if not others or max(len(own), len(theirs)) > LONGEST:
        return False
    if _initials(own) == _initials(others) and min(map(len, _texts(own) + _texts(others))) == 1:
        return False
    return not any(_alike(word, other) for word in own for other in others)


def _alike(word: Word, other: Word) -> bool:
    from rapidfuzz import fuzz

    return fuzz.ratio(word.folded, other.folded) >= ALIKE or _short(word, other)


def _short(word: Word, other: Word) -> bool:
    """Whether one is made of letters of the other, in order, from the same first one: Ltd, Dept."""
    short, long = sorted((word.folded, other.folded), key=len)
    if short[:1] != long[:1] or not (word.text.isupper() or other.text.isupper()):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _texts(found: Sequence[Word]) -> list[str]:
    return [word.text for word in found]


def _initials(found: Sequence[Word]) -> str:
    return "".join(word.folded[0] for word in found)


def _said_elsewhere(claim: str, own: Sequence[Word], text: str) -> bool:
    """Whether a sentence has all of the name and enough of the rest of the claim."""
    name = {word.stem for word in own}
    rest = {word.stem for word in content(claim)} - name
    return any(
        name <= there and len(rest & there) >= SOME * len(rest)
        for there in (stems(span.of(text)) for span in sentence_spans(text))
    )
