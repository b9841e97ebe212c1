from __future__ import annotations

import pytest

from guard.types import Claim, Evidence, Finding, Passage, Policy, Span
from guard.verify.context import Context
from guard.verify.names import check_names
from guard.verify.pairs import Pair, judge
from guard.verify.proper import names
from guard.verify.verifier import load_verifier


def found(claim: str, text: str, title: str = "") -> list[Finding]:
    passage = Passage(
        id="p", document="d", title=title, text=text, span=Span(start=0, end=len(text)), sha256="0"
    )
    evidence = Evidence(passage=passage, quote=Span(start=0, end=1), score=1.0, how="given")
    return list(check_names(Claim(id="c", text=claim, kind="prose"), evidence, Context()))


PRESENT = [
    ("The bridge is in Oslo.", "Oslo has many bridges."),
    ("The bridge is in Zürich.", "It spans the river in Zurich."),
    ("The report is by John Smith.", "J. Smith wrote the report."),
    ("The report is by J. Smith.", "John Smith wrote the report."),
    ("The report is by Smith John.", "John Smith wrote the report."),
    ("The prize went to Ada Lovelace.", "Lovelace's prize was announced."),
    ("It was set up by the WHO.", "The World Health Organization set it up."),
    ("It was set up by the World Health Organization.", "The WHO set it up."),
    ("The ship is American.", "The ship sails for America."),
    ("The ship is from Germany.", "A German ship."),
    ("The ship is from France.", "A French ship."),
    ("The author is Dr Maria Keller.", "Maria Keller is the author."),
    ("Engines need oil.", "They need oil."),
    ("In March the shop closed.", "The shop closed."),
    ("Ask at help@example.org for it.", "Write to Help@example.org."),
    ("It is on https://example.org/a for all.", "See www.example.org/a."),
    ("The light is by Tungsram.", "The light is by Tungsramm."),
]


@pytest.mark.parametrize(("claim", "text"), PRESENT)
def test_names_that_the_evidence_has_raise_nothing(claim: str, text: str) -> None:
    """Accents, possessives, initials, acronyms, forms and order of a name are no difference."""
    assert found(claim, text) == []


ABSENT = [
    ("The bridge is in Oslo.", "The bridge is in the north.", "Oslo"),
    ("The prize went to Ada Lovelace.", "The prize went to a mathematician.", "Ada Lovelace"),
    ("The report is by John Smith.", "The report is by Peter Smith.", "John Smith"),
    ("The report is by John Smith.", "The report is by Jane Smith.", "John Smith"),
    ("She studied at Bergen University there.", "She studied in Bergen.", "Bergen University"),
    ("It runs on the NVMe bus.", "It runs on a bus.", "NVMe"),
    ("Ask at help@example.org for it.", "Write to sales@example.org.", "help@example.org"),
    ("See https://example.org/a for it.", "See https://example.org/b.", "https://example.org/a"),
    ("The flight is to Austria.", "The flight is to Australia.", "Austria"),
]


@pytest.mark.parametrize(("claim", "text", "name"), ABSENT)
def test_an_absent_name_is_not_in_the_knowledge(claim: str, text: str, name: str) -> None:
    """A name that the evidence lacks is found, and the reason says which. An address or code is
    decisive; a name may go by another word ("it"), so it weighs, and the verifier decides."""
    (finding,) = found(claim, text)
    assert finding.label == "not_in_knowledge"
    assert finding.decisive == ("@" in name or "/" in name)
    assert name in finding.reason


@pytest.mark.parametrize(
    ("claim", "text", "name"), [case for case in ABSENT if case[2] != "Bergen University"]
)
def test_no_claim_with_an_absent_name_passes(claim: str, text: str, name: str) -> None:
    """A name of which the evidence has a part (Bergen) is near the threshold, on either side."""
    (judged,) = judge(
        [Pair(id="1", claim=claim, evidence=text)], entailment=load_verifier(), policy=Policy()
    )
    assert judged.label != "supported", name


def test_a_title_counts_as_evidence() -> None:
    """What the passage's document is about need not be said in every passage."""
    assert found("The fan of the Halden pump is loud.", "The fan is loud.", "Halden pump") == []


def test_another_name_in_the_same_place_contradicts() -> None:
    """All else being said of one other name, the claim is contradicted, with the sentence."""
    text = "Nothing else. The vaccine trial of 1988 was led by Erik Holm. More text."
    (finding,) = found("The vaccine trial of 1988 was led by Nils Berg.", text)
    assert finding.label == "contradicted"
    assert finding.quote is not None
    assert finding.quote.of(text) == "The vaccine trial of 1988 was led by Erik Holm."


ROLES = [
    ("In 2003 Norsk acquired Baltika.", "In 2003 Baltika acquired Norsk.", True),
    ("In 2003 Norsk acquired Baltika.", "Norsk was acquired by Baltika.", True),
    ("In 2003 Norsk acquired Baltika.", "Baltika was acquired by Norsk.", False),
    ("In 2003 Norsk was acquired by Baltika.", "Baltika acquired Norsk.", False),
    ("In 2003 Norsk acquired Baltika.", "Baltika and Norsk acquired a third firm.", False),
    ("In 1990 Anna married Peter.", "Peter married Anna.", False),
    ("Norsk acquired Baltika.", "Baltika acquired Norsk.", True),
]


@pytest.mark.parametrize(("claim", "text", "swapped"), ROLES)
def test_roles_that_changed_places_contradict(claim: str, text: str, swapped: bool) -> None:
    """Who did it to whom counts; a passive turns it, and verbs that go both ways do not count."""
    assert [finding.label for finding in found(claim, text)] == ["contradicted"] * swapped


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        ("Engines need oil.", []),
        ("Former President Vigdis spoke.", ["Vigdis"]),
        ("The Bank of England raised it.", ["Bank of England"]),
        ("We met Anna and Peter in Oslo on Monday.", ["Anna", "Peter", "Oslo"]),
        ("ACME sells iPhones.", ["ACME"]),
        ("How To Build Your Own Wooden Garden Shed", []),
    ],
)
def test_names_are_read_from_capitals(claim: str, wanted: list[str]) -> None:
    """Runs of capitalised words are names; a sentence's first word and headlines are not."""
    assert [name.text for name in names(claim)] == wanted
