"""The check of wording: a claim near a sentence, with a word put for another."""

from __future__ import annotations

import pytest

from guard.types import Claim, Evidence, Finding, Passage, Span
from guard.verify.context import Context
from guard.verify.wording import check_wording

PUMP = "The station is old. Each spring the long cable of the crane is oiled by two divers."


def found(claim: str, text: str) -> list[Finding]:
    passage = Passage(
        id="p", document="d", title="", text=text, span=Span(start=0, end=len(text)), sha256="0"
    )
    evidence = Evidence(passage=passage, quote=Span(start=0, end=1), score=1.0, how="given")
    return list(check_wording(Claim(id="c", text=claim, kind="prose"), evidence, Context()))


@pytest.mark.parametrize(
    ("claim", "mine", "theirs"),
    [
        ("Each spring the short cable of the crane is oiled by two divers.", "short", "long"),
        ("The long cable of the ferry is oiled by two divers each spring.", "ferry", "crane"),
    ],
)
def test_a_changed_word_is_found_and_quoted(claim: str, mine: str, theirs: str) -> None:
    (finding,) = found(claim, PUMP)
    assert finding.label == "not_in_knowledge"
    assert not finding.decisive
    assert f"“{theirs}” where the claim says “{mine}”" in finding.reason
    assert finding.quote is not None
    assert finding.quote.of(PUMP).startswith("Each spring")


@pytest.mark.parametrize(
    "claim",
    [
        "Each spring the long cable of the crane is oiled by two divers.",
        "Every spring, two divers oil the long cable.",
        "The long cables of the crane are oiled each spring by two divers.",
        "Each spring the long cable of the crane is oiled by 9 divers.",
        "The station is young.",
        "Gulls nest on the roof of the harbour office in most years.",
        "",
    ],
)
def test_nothing_is_said_of_other_differences(claim: str) -> None:
    """The same, other forms, another order, numbers, too few words, another subject."""
    assert found(claim, PUMP) == []
