"""A claim that repeats a sentence with another name in it is not supported by that sentence."""

from __future__ import annotations

import pytest

from guard.types import Claim, Evidence, Finding, Passage, Span
from guard.verify.context import Context
from guard.verify.wording import check_wording

MILL = (
    "Ingrid Holm drew the first plans of the mill in 1871. The stones came from Umbria. Later"
    " Otto Brandt bought the mill and a weir on the river Ems."
)


def found(claim: str, text: str = MILL) -> list[Finding]:
    passage = Passage(
        id="p", document="d", title="", text=text, span=Span(start=0, end=len(text)), sha256="0"
    )
    evidence = Evidence(passage=passage, quote=Span(start=0, end=1), score=1.0, how="given")
    return list(check_wording(Claim(id="c", text=claim, kind="prose"), evidence, Context()))


@pytest.mark.parametrize(
    ("claim", "theirs"),
    [
        ("Otto Brandt drew the first plans of the mill in 1871.", "Ingrid Holm"),
        ("Brandt drew the first plans of the mill in 1871.", "Ingrid Holm"),
        ("Later Ingrid Holm bought the mill and a weir on the river Ems.", "Otto Brandt"),
        ("Later Otto Brandt bought the mill and a weir on the river Umbria.", "Ems"),
    ],
)
def test_another_name_in_its_place_decides(claim: str, theirs: str) -> None:
    (finding,) = found(claim)
    assert finding.decisive
    assert finding.label == "not_in_knowledge"
    assert f"“{theirs}” where the claim says" in finding.reason


@pytest.mark.parametrize(
    "claim",
    [
        "Ingrid Holm drew the first plans of the mill in 1871.",
        "Ingrid Holme drew the first plans of the mill in 1871.",
        "I. H. drew the first plans of the mill in 1871.",
        "An engineer drew the first plans of the mill in 1871.",
        "Later Otto Brandt bought the mill and a weir on a Saxon river.",
        "The plans were drawn by Otto Brandt.",
    ],
)
def test_other_differences_do_not_decide(claim: str) -> None:
    """The same, another spelling, initials, what someone is, another wording."""
    assert not any(finding.decisive for finding in found(claim))


def test_a_name_that_another_sentence_gives_is_left_alone() -> None:
    text = "The mill was built by Ingrid Holm in 1871. In 1871 Otto Brandt also built the mill."
    assert not any(
        one.decisive for one in found("The mill was built by Otto Brandt in 1871.", text)
    )
