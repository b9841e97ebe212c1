"""Values belong to the key before them, and to the name that their sentence opens with."""

from __future__ import annotations

import pytest

from guard.types import Claim, Evidence, Passage, Span
from guard.verify.context import Context
from guard.verify.quantities import check_quantities

ROW = "symbol: Fz; element: ferrizium; shell count: 4; shell weight: 51.3; period: 9"
LINES = ROW.replace("; ", "\n")
PROTOCOLS = (
    "QLP keeps letters on the shelf; it knocks at door 143. "
    "ZAP2 fetches letters and burns them; it knocks at door 110."
)


def label(claim: str, text: str) -> str | None:
    span = Span(start=0, end=len(text))
    passage = Passage(id="p", document="d", title="Notes", text=text, span=span, sha256="")
    evidence = Evidence(passage=passage, quote=span, score=1.0, how="given")
    findings = list(check_quantities(Claim(id="c", text=claim, kind="prose"), evidence, Context()))
    return findings[0].label if findings else None


@pytest.mark.parametrize("text", [ROW, LINES])
@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("The shell count of ferrizium is 4.", True),
        ("The shell weight of ferrizium is 51.3.", True),
        ("The shell count of ferrizium is 51.3.", False),
        ("The shell weight of ferrizium is 9.", False),
        ("Ferrizium has 4 shells.", True),  # names no key: any may be meant
    ],
)
def test_a_key_binds_its_value(text: str, claim: str, supported: bool) -> None:
    """A value under another key than the claim's is not given for it."""
    assert (label(claim, text) == "supported") == supported


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("QLP knocks at door 143.", True),
        ("ZAP2 knocks at door 110.", True),
        ("QLP knocks at door 110.", False),
        ("The service knocks at door 110.", True),
    ],
)
def test_a_name_binds_its_sentence(claim: str, supported: bool) -> None:
    """A value in a sentence that opens with another name is not given for the claim's."""
    assert (label(claim, PROTOCOLS) == "supported") == supported


def test_hostile_texts_are_read_in_linear_time() -> None:
    """Nothing blows up on thousands of keys or acronyms."""
    for piece in ("a: 1; ", "AB ", ": ", "k\n", "A1: "):
        label("The AB a is 1.", piece * 4_000)
