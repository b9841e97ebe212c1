"""Words that say nothing: filler, restated questions, boilerplate before a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from guard.claims.checkable import FILLER, GREETING, OFFER, OPINION, QUESTION
from guard.claims.grammar import vocabulary
from guard.trim.units import Drop, Unit
from guard.trim.wording import content
from guard.types import Edit

_EMPTY = frozenset({FILLER, GREETING, OFFER})
_CLOSING = re.compile(
    r"(?:is\s+there\s+anything\s+else|would\s+you\s+like|do\s+you\s+(?:want|need|have\s+any)"
    r"|does\s+(?:this|that)\s+(?:help|answer|make\s+sense)|can\s+i\s+help|how\s+(?:can|may)\s+i"
    r"|anything\s+else|any\s+(?:other\s+)?questions)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:so,?\s+)?(?:you(?:'re|’re|\s+are|\s+have|'ve|’ve)?\s+"
    r"(?:asked|asking|want(?:ed)?\s+to\s+know|wonder(?:ed|ing)?)|(?:the|your)\s+question\s+(?:is|was))\b",
    re.IGNORECASE,
)
_ASKING = vocabulary("you your ask asked asking want wanted to know question about me if")


def filler(units: Sequence[Unit]) -> Iterator[Drop]:
    """Sentences that only greet, announce, praise the question or offer help."""
    for unit in units:
        if unit.reasons <= _EMPTY:
            kind = " and ".join(sorted(str(reason) for reason in unit.reasons))
            yield Drop(unit=unit, cause="filler", reason=f"{kind}: it says nothing")
        elif unit.reasons == {QUESTION} and _CLOSING.match(unit.raw):
            yield Drop(unit=unit, cause="filler", reason="an offer: it says nothing")


def restated(units: Sequence[Unit], question: str | None) -> Iterator[Drop]:
    """Sentences that repeat the question and add no word to it.

    Only what is itself a question or says "you asked": "Gold is heavier" adds no word to "Which is
    heavier, iron or gold?" either, and is the answer.
    """
    asked = set(content(question or ""))
    for unit in units if asked else ():
        asks = unit.reasons == {QUESTION} or _ASKED.match(unit.raw)
        if asks and set(content(unit.raw)) <= asked | _ASKING:
            yield Drop(unit=unit, cause="restated", reason="it only repeats the question")


def hedges(units: Sequence[Unit]) -> Iterator[Edit]:
    """Boilerplate in front of statements; the statements stay."""
    for unit in units:
        if unit.boilerplate is not None and unit.reasons & {None, OPINION}:
            yield Edit(
                action="remove",
                cause="hedging",
                reason="boilerplate in front of the statement",
                span=unit.boilerplate,
                claim=unit.claims[0].id,
            )
