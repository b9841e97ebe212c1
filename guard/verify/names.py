"""Names and identifiers: what a claim names, its evidence should name too.

Acronyms, capitalised names, e-mail addresses, URLs and codes such as part numbers are looked up in
the evidence (its title included). A sentence's first word is no name by its capital alone, and
months, weekdays and number-like words are left to the check of quantities.

An absent code or address is decisive, and so is a name in another's place. A name that is merely
absent is not, since evidence may say "it" or "the film" instead; it lowers the support.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from guard.types import Claim, Evidence, Finding, Span
from guard.verify.context import Context
from guard.verify.identifiers import Identifiers, identifiers, identifiers_of
from guard.verify.proper import Name, names
from guard.verify.quantities.identifiers import renamed
from guard.verify.roles import swapped_roles
from guard.verify.slots import taken
from guard.verify.vocabulary import ALIASES, DATES, LINKS, STOP, TITLES
from guard.verify.windows import sentence_spans
from guard.verify.words import Word, content, stem, stems, words

NAME = "names"
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,5}")
"""U.S. and U.N., which are names without their points."""
STRICT = 90.0
"""Two name words are the same from this rapidfuzz ratio on."""

ABSENT, PARTLY, SWAPPED, CODE = 0.65, 0.5, 0.8, 0.95


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a text as names are looked up in it."""

    folded: frozenset[str]
    stems: frozenset[str]
    sequence: tuple[Word, ...]
    acronyms: frozenset[str]


def check_names(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Finding]:
    """Names and identifiers of the claim that the evidence does not have, or has otherwise."""
    passage = evidence.passage
    text = f"{passage.text}\n{passage.title}"
    yield from _codes(claim.text, text, evidence)
    wanted = names(claim.text)
    if not wanted:
        return
    there = lexicon(text)
    missing = [
        (name, score)
        for name in wanted
        if not _glossing(claim.text, name) and (score := _absence(name, there))
    ]
    if len(missing) == 1 and (quote := _swap(claim.text, missing[0][0], passage.text)):
        other = quote.of(passage.text)
        reason = (
            f"The evidence names someone or something else than {missing[0][0].text}: “{other}”"
        )
        yield _against("contradicted", SWAPPED, reason, quote)
    elif missing:
        name, score = max(missing, key=lambda pair: pair[1])
        reason = f"The evidence does not mention {name.text}."
        yield replace(_against("not_in_knowledge", score, reason, evidence.quote), decisive=False)
    elif quote := swapped_roles(claim.text, _actors(claim.text, wanted, there), passage.text):
        reason = f"The evidence has the roles the other way round: “{quote.of(passage.text)}”"
        yield _against("contradicted", SWAPPED, reason, quote)
    elif place := taken(claim.text, wanted, passage.text):
        other = place[1].of(passage.text)
        reason = f"The evidence says this of another than {place[0].text}: “{other}”"
        yield _against("not_in_knowledge", SWAPPED, reason, place[1])


def _glossing(claim: str, name: Name) -> bool:
    """Whether a name stands in brackets, where it says in other words what stands before them."""
    start = name.words[0].start
    return claim.rfind("(", 0, start) > claim.rfind(")", 0, start) and ")" in claim[start:]


def _actors(claim: str, wanted: Sequence[Name], there: Lexicon) -> list[tuple[str, ...]]:
    """The folded words of each name, and the claim's first word if the evidence has it as one.

    The first word has its capital anyway, so it is a name only where the evidence, too, writes it
    with a capital.
    """
    actors = [tuple(word.folded for word in name.words) for name in wanted]
    first = next(iter(content(claim)), None)
    if (
        first
        and first.capital
        and first.folded not in DATES
        and not any(first in name.words for name in wanted)
    ):
        written = [word.capital for word in there.sequence if word.folded == first.folded]
        if written and all(written):
            actors.insert(0, (first.folded,))
    return actors


def _against(label: str, score: float, reason: str, quote: Span | None) -> Finding:
    return Finding(
        check=NAME,
        label="contradicted" if label == "contradicted" else "not_in_knowledge",
        score=score,
        reason=reason,
        quote=quote,
        decisive=True,
    )


def _codes(claim: str, text: str, evidence: Evidence) -> Iterator[Finding]:
    wanted = identifiers_of(claim)
    if not wanted:
        return
    there: Identifiers = identifiers(text)
    for written in wanted:
        if not (there.has(written) or _aliased(written, text)):
            reason = f"The evidence does not mention {written}."
            finding = _against("not_in_knowledge", CODE, reason, evidence.quote)
            yield replace(finding, decisive=not renamed(written.casefold()))
            return


def _aliased(written: str, text: str) -> bool:
    """Whether a code goes by another name: COVID-19 and SARS-CoV-2."""
    there = lexicon(text).folded
    letters = {part for part in re.split(r"[\W\d_]+", written.casefold()) if part}
    return any(letters <= row | {"cov"} and letters & row and row & there for row in ALIASES)


@lru_cache(maxsize=2048)
def lexicon(text: str) -> Lexicon:
    """`text` as names are looked up in it."""
    found = words(text)
    dotted = (short.replace(".", "").casefold() for short in _DOTTED.findall(text))
    return Lexicon(
        folded=frozenset(word.folded for word in found).union(dotted),
        stems=frozenset(word.stem for word in found),
        sequence=found,
        acronyms=frozenset(_initials(found)),
    )


def _initials(found: Sequence[Word]) -> Iterator[str]:
    """The initials of every run of two to six capitalised words, linking words skipped."""
    capitals = [
        (index, word.folded[0])
        for index, word in enumerate(word for word in found if word.folded not in LINKS | STOP)
        if word.capital
    ]
    for start in range(len(capitals)):
        letters = capitals[start][1]
        for step in range(start + 1, min(start + 6, len(capitals))):
            if capitals[step][0] != capitals[step - 1][0] + 1:
                break
            letters += capitals[step][1]
            yield letters


def _absence(name: Name, there: Lexicon) -> float:
    """How sure it is that the evidence does not have the name; 0 when it does."""
    absent = [word for word in name.words if not _present(word, there)]
    if not absent:
        return 0.0
    initials = "".join(word.folded[0] for word in name.words)
    if len(initials) > 1 and initials in there.folded:
        return 0.0
    if len(absent) == len(name.words):
        return ABSENT
    if absent[-1] is not name.words[-1]:
        return PARTLY if _other_first_name(name, there) else 0.0
    return PARTLY


def _present(word: Word, there: Lexicon) -> bool:
    folded = word.folded
    if folded in there.folded or stem(folded) in there.stems:
        return True
    if len(folded) == 1:
        return any(other.capital and other.folded[0] == folded for other in there.sequence)
    if word.text.isupper() and (folded in there.acronyms or _part_of(word, there)):
        return True
    if any(folded in row and row & there.folded for row in ALIASES):
        return True
    return len(folded) > 3 and _spelled_alike(folded, there.folded)


def _part_of(word: Word, there: Lexicon) -> bool:
    """Whether an acronym is part of a longer one, as RNA is of mRNA."""
    return len(word.text) > 2 and any(
        word.text in other.text and not other.text.isupper() for other in there.sequence
    )


@lru_cache(maxsize=65536)
def _spelled_alike(folded: str, there: frozenset[str]) -> bool:
    """Another spelling (ratio), or a form of the word: America, American; Italy, Italian."""
    from rapidfuzz import fuzz, process

    if len(folded) >= 5 and process.extractOne(
        folded, there, scorer=fuzz.ratio, score_cutoff=STRICT
    ):
        return True
    root = folded[: max(4, len(folded) - 2)]
    return any(
        other.startswith(root) and abs(len(other) - len(folded)) <= 3 and other[-1] in "nsehiy"
        for other in there
        if len(other) > 3
    )


def _other_first_name(name: Name, there: Lexicon) -> bool:
    """Whether the evidence has the last name, but always with another first name before it."""
    last = name.words[-1].folded
    first = {word.folded for word in name.words[:-1]}
    initials = {word[0] for word in first}
    before = [
        there.sequence[index - 1]
        for index, word in enumerate(there.sequence)
        if index and word.folded == last
    ]
    return bool(before) and all(
        word.capital
        and word.folded not in TITLES | STOP
        and not (word.folded[0] in initials and (len(word.folded) == 1 or first <= initials))
        for word in before
    )


def _swap(claim: str, name: Name, text: str) -> Span | None:
    """The sentence that says all the rest of the claim, of one other name; else None."""
    inside = {word.start for word in name.words}
    rest = [word for word in content(claim) if word.start not in inside]
    if len(rest) < 3:
        return None
    own = {word.folded for word in words(claim)}
    for span in sentence_spans(text):
        there = stems(span.of(text))
        if all(word.stem in there for word in rest):
            others = [
                other
                for other in names(span.of(text))
                if not any(word.folded in own for word in other.words)
            ]
            if len(others) == 1 and len(others[0].words) == len(name.words):
                return span
    return None
