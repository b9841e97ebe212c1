"""Repeated content. Two sentences that differ in a number, a name or a negation never repeat."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from guard.claims.checkable import INSTRUCTION
from guard.trim.units import Drop, Unit
from guard.trim.wording import content, names, same_facts

SIMILAR = 0.9
ALIKE = 85.0
_COPULA = re.compile(r"\s(?:is|are|was|were)\s")
_FEWEST = 2
_MOST = 500


@dataclass(frozen=True, slots=True)
class _Said:
    unit: Unit
    content: tuple[str, ...]


Cosine = Callable[[Unit, Unit], float]


def repeated(units: Sequence[Unit], cosine: Cosine | None) -> Iterator[Drop]:
    """The later one of two sentences that say the same; `cosine` compares two by their meaning."""
    kept: list[_Said] = []
    by_word: dict[str, list[int]] = {}
    for unit in units:
        said = _Said(unit, content(unit.text))
        if not _comparable(said):
            continue
        near = _near(said, by_word)
        first = next((kept[at] for at in near if _repeats(said, kept[at], cosine)), None)
        if first is not None:
            start = first.unit.raw if len(first.unit.raw) <= 60 else first.unit.raw[:57] + "..."
            yield Drop(unit=unit, cause="repeated", reason=f"said before: {start}")
            continue
        for word in set(said.content):
            by_word.setdefault(word, []).append(len(kept))
        kept.append(said)


def _near(said: _Said, by_word: dict[str, list[int]]) -> list[int]:
    """Earlier sentences that share half of the words: the only ones worth comparing."""
    words = set(said.content)
    shared = Counter(at for word in words for at in by_word.get(word, [])[-_MOST:])
    return sorted(at for at, count in shared.items() if count * 2 >= len(words))


def _comparable(said: _Said) -> bool:
    return len(said.content) >= _FEWEST and INSTRUCTION not in said.unit.reasons


def _repeats(later: _Said, first: _Said, cosine: Cosine | None) -> bool:
    """Whether `later` adds nothing to `first`."""
    if later.unit.leaning or later.unit.worth > first.unit.worth:
        return False
    if later.unit.section != first.unit.section and not names(later.unit.text):
        return False  # "The weight is 5 kg" under two headings speaks of two things
    if any(_same(later.unit.text, text) for text in _statements(first.unit)):
        return True
    return cosine is not None and _similar(later, first, cosine)


def _statements(unit: Unit) -> Iterator[str]:
    """What a unit states: itself, its claims, and of "this, not that" the first part."""
    yield unit.text
    for claim in unit.claims:
        yield claim.text
        yield claim.text.partition(", not ")[0]


def _same(one: str, other: str) -> bool:
    """Whether two texts have the same words in the same order, or around an "is" turned round."""
    return (content(one) == content(other) or _turned(one, other)) and same_facts(one, other)


def _turned(one: str, other: str) -> bool:
    """ "Rome is the capital" and "The capital is Rome"."""
    (one, _, denied), (other, _, also) = (text.partition(", not ") for text in (one, other))
    sides = [_COPULA.split(text.rstrip(".!"), maxsplit=1) for text in (one, other)]
    if any(len(pair) != 2 for pair in sides) or content(denied) != content(also):
        return False
    (left, right), (first, last) = ([content(side) for side in pair] for pair in sides)
    return left == last and right == first and "than" not in left + right


def _similar(later: _Said, first: _Said, cosine: Cosine) -> bool:
    """Whether encoder and spelling agree that it is one statement in two wordings.

    A word that only `later` has may carry a new fact ("opens" for "closes"), and so may another
    order ("dogs chase cats"): only changes of form and a word or two less are let through.
    """
    from rapidfuzz import fuzz

    if not same_facts(later.unit.text, first.unit.text):
        return False
    old = iter(first.content)
    if not all(any(fuzz.ratio(word, other) >= ALIKE for other in old) for word in later.content):
        return False
    spelled = fuzz.ratio(" ".join(later.content), " ".join(first.content))
    return spelled >= ALIKE and cosine(later.unit, first.unit) >= SIMILAR
