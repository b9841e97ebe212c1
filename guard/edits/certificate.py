"""What edits did: which claims survive, how long the text is, whether a target was met."""

from __future__ import annotations

from collections.abc import Sequence

from guard.edits.cuts import Cut, cuts_of, touching
from guard.edits.policy import by_sentence
from guard.types import Certificate, Claim, Edit, Length, Target, Verdict


def surviving(claims: Sequence[Claim], text: str, edits: Sequence[Edit]) -> set[str]:
    """The ids of the claims whose statement no removal and no replacement touches."""
    named = {(claim.pointer, claim.pronoun) for claim in claims if claim.pronoun}
    changes = [
        edit
        for edit in edits
        if edit.action == "remove"
        or (edit.action == "replace" and (edit.pointer, edit.span) not in named)
    ]
    whole = {edit.pointer for edit in changes if edit.pointer is not None and edit.span is None}
    cuts: dict[str | None, list[Cut]] = {}
    left = set()
    for claim in claims:
        place = claim.pointer
        if place not in cuts:
            own = [edit for edit in changes if edit.pointer == place and edit.span is not None]
            cuts[place] = cuts_of(_text_at(claim, text), own)
        if whole.isdisjoint(_prefixes(place)) and not _hit(claim, text, cuts[place]):
            left.add(claim.id)
    return left


def _text_at(claim: Claim, text: str) -> str:
    """The text that the claim's span counts in."""
    return text if claim.pointer is None else str(claim.value)


def _prefixes(pointer: str | None) -> list[str]:
    """A pointer and those of everything that holds it."""
    if pointer is None:
        return []
    return [pointer, *(pointer[:at] for at, letter in enumerate(pointer) if letter == "/")]


def _hit(claim: Claim, text: str, cuts: Sequence[Cut]) -> bool:
    span = claim.body or claim.span
    if span is None:
        return False
    text = _text_at(claim, text)
    return any(
        text[max(cut.start, span.start) : min(cut.end, span.end)].strip()
        for cut in touching(cuts, span.start, span.end)
    )


def word_count(text: str) -> int:
    """The words of a text: what stands between whitespace and has a letter or a digit in it."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def certify(
    text: str,
    answer: str,
    *,
    verdicts: Sequence[Verdict],
    edits: Sequence[Edit],
    target: Target | None = None,
    target_met: bool | None = None,
) -> Certificate:
    """What the way from `text` to `answer` did to its length and to its supported claims."""
    left = surviving([verdict.claim for verdict in verdicts], text, edits)
    supported = [v.claim.id for v in verdicts if v.label == "supported"]
    groups = by_sentence([verdict.claim for verdict in verdicts])
    standing = sum(any(claim.id in left for claim in group) for group in groups.values())
    return Certificate(
        before=_length(text, len(groups)),
        after=_length(answer, standing),
        kept=tuple(claim for claim in supported if claim in left),
        lost=tuple(claim for claim in supported if claim not in left),
        target=target,
        target_met=target_met,
    )


def _length(text: str, sentences: int) -> Length:
    return Length(characters=len(text), words=word_count(text), sentences=sentences)
