"""How much a sentence has to do with the question, and which have nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from guard.claims.checkable import OPINION
from guard.claims.grammar import has_verb
from guard.trim.units import Drop, Unit
from guard.trim.wording import content

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from guard.knowledge import Encoder

OFF = 0.12
OFF_OF_BEST = 0.3
ON = 0.35


class Meaning:
    """Cosines between the question and the units; a text is encoded once, when it is needed."""

    def __init__(self, encoder: Encoder, question: str | None) -> None:
        self._encoder = encoder
        self._question = question
        self._known: dict[str, NDArray[np.float32]] = {}

    def learn(self, texts: Sequence[str]) -> None:
        """Encode what is new of `texts`, together."""
        new = sorted(set(texts) - set(self._known))
        self._known.update(zip(new, self._encoder.encode(new) if new else (), strict=True))

    def cosine(self, one: Unit, other: Unit) -> float:
        """The cosine of two units."""
        self.learn([one.text, other.text])
        return float(self._known[one.text] @ self._known[other.text])

    def relevances(self, units: Sequence[Unit]) -> dict[int, float]:
        """The cosine of each unit with the question; 0 without a question."""
        if not self._question:
            return {unit.number: 0.0 for unit in units}
        self.learn([self._question, *(unit.text for unit in units)])
        asked = self._known[self._question]
        return {unit.number: float(self._known[unit.text] @ asked) for unit in units}


def relevances(
    units: Sequence[Unit], question: str | None, meaning: Meaning | None
) -> dict[int, float]:
    """How near each unit is to the question; by shared words where there is no encoder."""
    if meaning is not None:
        return meaning.relevances(units)
    asked = set(content(question or ""))
    shared = {unit.number: len(asked & set(content(unit.text))) for unit in units}
    return {number: count / max(len(asked), 1) for number, count in shared.items()}


def off_question(
    units: Sequence[Unit], question: str, relevance: Mapping[int, float]
) -> Iterator[Drop]:
    """Unsupported sentences that share neither words nor meaning with the question.

    Conservative: something is near it (ON), and these are absolutely far (OFF), far below the
    nearest one, and whole sentences (of a fragment the encoder knows too little).
    """
    best = max((relevance[unit.number] for unit in units), default=0.0)
    asked = set(content(question))
    for unit in units if best >= ON else ():
        near = relevance[unit.number]
        plain = unit.reasons <= {None, OPINION} and not unit.supported and has_verb(unit.raw)
        if not plain or near >= OFF or near >= OFF_OF_BEST * best:
            continue
        if not unit.leaning and not asked & set(content(unit.text)):
            yield Drop(
                unit=unit, cause="off-topic", reason="it has nothing to do with the question"
            )
