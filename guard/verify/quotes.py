"""Quotations: what a claim puts in quotation marks must stand in the evidence.

The title of a work stands in quotation marks too ("The Night Ferry"). Evidence may leave it out, or
give it in part, so a title that is not found weighs, but does not decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guard.types import Claim, Evidence, Finding, Span
from guard.verify.context import Context
from guard.verify.words import words

NAME = "quotes"
LEAST_WORDS = 3
TITLE = 0.6
"""The share of words with a capital from which a quotation is the title of a work."""

SAME, ALTERED = 97.0, 75.0
"""rapidfuzz partial ratios: a quotation is the same from the first on, absent below the second."""

_QUOTED = re.compile(
    r"“([^“”]{1,2000})”|\"([^\"]{1,2000})\"|«([^«»]{1,2000})»|„([^„“”]{1,2000})[“”]"
)
_ELLIPSIS = re.compile(r"\[?(?:\.\.\.|…)\]?")


def check_quotes(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Finding]:
    """Each quotation of three words or more, aligned with the evidence."""
    for quotation in quotations(claim.text):
        yield _compare(quotation, evidence.passage.text)


def quotations(text: str) -> Iterator[str]:
    """The quotations in a text, cut at ellipses, of at least three words each."""
    for match in _QUOTED.finditer(text):
        quoted = next(group for group in match.groups() if group is not None)
        for part in _ELLIPSIS.split(quoted):
            if len(words(part)) >= LEAST_WORDS:
                yield part.strip(" ,.;:!?")


def _compare(quotation: str, text: str) -> Finding:
    from rapidfuzz import fuzz

    found = fuzz.partial_ratio_alignment(_lower(quotation), _lower(text), score_cutoff=ALTERED)
    if found is None or len(quotation) > len(text):
        reason = f"The evidence does not have the words “{quotation}”."
        return _finding("not_in_knowledge", 0.9, reason, None, decisive=not _title(quotation))
    span = _whole_words(text, found.dest_start, found.dest_end)
    if found.score >= SAME or _same_words(quotation, span.of(text)):
        return _finding("supported", found.score / 100, "The evidence has these words.", span)
    reason = f"The evidence words it differently: “{span.of(text)}”."
    if _title(quotation):
        return _finding("not_in_knowledge", 1 - found.score / 100, reason, span, decisive=False)
    return _finding("contradicted", found.score / 100, reason, span)


def _title(quotation: str) -> bool:
    """Whether most words have a capital, as in the title of a work."""
    found = words(quotation)
    return sum(word.capital for word in found) >= TITLE * len(found)


def _finding(
    label: str, score: float, reason: str, quote: Span | None, *, decisive: bool = True
) -> Finding:
    if label == "supported":
        return Finding(check=NAME, label="supported", score=score, reason=reason, quote=quote)
    return Finding(
        check=NAME,
        label="contradicted" if label == "contradicted" else "not_in_knowledge",
        score=score,
        reason=reason,
        quote=quote,
        decisive=decisive,
    )


def _same_words(one: str, other: str) -> bool:
    return [word.folded for word in words(one)] == [word.folded for word in words(other)]


def _lower(text: str) -> str:
    """Lower case that keeps every character in its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _whole_words(text: str, start: int, end: int) -> Span:
    """The span widened to the words that it cuts."""
    inside = [word for word in words(text) if word.end > start and word.start < end]
    if not inside:
        return Span(start=start, end=end)
    return Span(start=inside[0].start, end=inside[-1].end)
