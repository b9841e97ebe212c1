"""Only pairs that can change a verdict are asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from guard.types import Claim, Evidence, Passage, Policy, Span
from guard.verify import Scores, verify
from guard.verify.verifier import Verifier, load_verifier

PUMP = "The Halden pump moves 30 litres of water per minute. It weighs 12 kg."
HOSE = "The Halden hose is 4 m long. It is made of rubber."
LAMP = "The Sund lamp uses 8 W and was built in Oslo."
DENIED = "The Halden pump weighs 12 kg? No, the Halden pump does not weigh 12 kg."


@dataclass(frozen=True)
class Counted:
    """The shipped verifier, with the evidence that it was asked about."""

    verifier: Verifier
    asked: list[str] = field(default_factory=list)
    id: str = "counted"

    @property
    def findings(self) -> Mapping[str, float]:
        return self.verifier.findings

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        self.asked.extend(evidence for evidence, _ in pairs)
        return self.verifier.score(pairs)


@dataclass(frozen=True)
class Shelf:
    """A searcher that returns its texts in order."""

    texts: tuple[str, ...]
    snapshot: str | None = None

    def search(self, queries: Sequence[str], *, k: int) -> list[tuple[Evidence, ...]]:
        return [tuple(_piece(text) for text in self.texts[:k]) for _ in queries]


def _piece(text: str) -> Evidence:
    span = Span(start=0, end=len(text))
    passage = Passage(id=text, document="d", title="", text=text, span=span, sha256=text)
    return Evidence(passage=passage, quote=span, score=0.7, how="search")


@pytest.fixture
def counted() -> Counted:
    return Counted(load_verifier())


def label(text: str, entailment: Counted, *texts: str) -> str:
    (verdict,) = verify(
        [Claim(id="c", text=text, kind="prose")],
        searchers=[Shelf(texts)],
        entailment=entailment,
        policy=Policy(),
    )
    return verdict.label


def test_a_claim_that_its_best_passage_supports_needs_no_others(counted: Counted) -> None:
    assert label("The Halden pump weighs 12 kg.", counted, PUMP, HOSE, LAMP) == "supported"
    assert counted.asked == [PUMP]


def test_what_could_object_is_read_all_the_same(counted: Counted) -> None:
    label("The Halden pump weighs 12 kg.", counted, PUMP, LAMP, DENIED)
    assert counted.asked == [PUMP, DENIED]


def test_a_claim_that_none_supports_is_held_against_all_and_the_best_two(counted: Counted) -> None:
    assert label("The Halden pump was sold to Denmark.", counted, PUMP, HOSE, LAMP) != "supported"
    assert counted.asked[:3] == [PUMP, HOSE, LAMP]
    assert len(counted.asked) == 4
