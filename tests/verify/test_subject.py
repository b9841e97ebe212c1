"""Whose value it is: numbered names, bounds, and sentences about something else."""

from __future__ import annotations

import pytest

from guard.types import Claim, Evidence, Finding, Passage, Span
from guard.verify.context import Context
from guard.verify.quantities import check_quantities
from guard.verify.quantities.subject import series
from guard.verify.topic import RESTRICTED, weigh

ENGINES = (
    "Falcon 1 was shown in March 2004. It gives 30 kW. Falcon 2 was shown in May 2008 and gives "
    "45 kW. Falcon 3 gives 70 kW."
)
TABLE = "Bus 1.0 | 5 MB/s\nBus 2.0 | 40 MB/s\nBus 2.1 | 90 MB/s"


def evidence_of(text: str) -> Evidence:
    span = Span(start=0, end=len(text))
    passage = Passage(id="p1", document="d", title="", text=text, span=span, sha256="")
    return Evidence(passage=passage, quote=span, score=1.0, how="given")


def check(claim: str, text: str) -> Finding | None:
    """The finding of the check, as sure as its sentence is on topic."""
    value = Claim(id="c1", text=claim, kind="prose")
    evidence = evidence_of(text)
    found = [weigh(one, value, evidence) for one in check_quantities(value, evidence, Context())]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("claim", "text", "label"),
    [
        ("Falcon 2 was shown in May 2008.", ENGINES, "supported"),
        ("Falcon 2 was shown in March 2004.", ENGINES, "contradicted"),
        ("Falcon 3 gives 70 kW.", ENGINES, "supported"),
        ("Falcon 3 gives 30 kW.", ENGINES, "contradicted"),
        ("Falcon 1 gives 30 kW.", ENGINES, "supported"),
        ("Falcon 1 gives 45 kW.", ENGINES, "contradicted"),
        (
            "An old Falcon 1 tows a Falcon 9.",
            "An old Falcon 1 tows a Falcon 2.",
            "not_in_knowledge",
        ),
        ("The KX-12 gives 8 kW.", "The engine of the yard gives 5 kW.", "not_in_knowledge"),
        ("Falcon 4 gives 70 kW.", ENGINES, "not_in_knowledge"),
        ("Bus 1.0 carries 5 MB/s.", TABLE, "supported"),
        ("Bus 1.0 carries 40 MB/s.", TABLE, "not_in_knowledge"),
        ("Bus 2.0 carries 90 MB/s.", TABLE, "not_in_knowledge"),
        ("Mark III gives 6 kW.", "Mark I gives 2 kW, Mark II 4 kW and Mark III 6 kW.", "supported"),
        (
            "Mark III gives 4 kW.",
            "Mark I gives 2 kW, Mark II 4 kW and Mark III 6 kW.",
            "not_in_knowledge",
        ),
        ("Falcon 3 gives 20 kW.", "Falcon 3 is light. It gives 70 kW.", "contradicted"),
        ("Falcon 3 gives 20 kW.", "Other engines give 70 kW.", "not_in_knowledge"),
        ("Sol-Ray 4 gives 8 kW.", "Sol-Ray 4 and Sol-Ray 5 both give 8 kW.", "supported"),
        ("Sol-Ray 4 gives 8 kW.", "Sol-Ray 5 gives 8 kW.", "not_in_knowledge"),
        ("Falcon 2 gives 45 kW.", "Falcon 1, 2 and 3 all give 45 kW.", "supported"),
    ],
)
def test_a_value_of_another_number_of_the_name_is_no_evidence(
    claim: str, text: str, label: str
) -> None:
    """What is said of Falcon 1 neither carries nor contradicts a claim about Falcon 2."""
    finding = check(claim, text)
    assert finding is not None
    assert finding.label == label


@pytest.mark.parametrize(
    ("claim", "text", "label"),
    [
        (
            "The relay takes letters of at most 70 kg.",
            "The relay takes letters of at most 20 kg. A crate of 18 kg needs two carriers.",
            "not_in_knowledge",
        ),
        (
            "The relay takes letters of at most 20 kg.",
            "The relay takes letters of at most 20 kg. A crate of 18 kg needs two carriers.",
            "supported",
        ),
        (
            "Swell waves run at 5 to 25 km/h near the coast.",
            "Swell waves run at 5 to 9 km/h near the coast. Ferries sail at 20 km/h.",
            "not_in_knowledge",
        ),
        (
            "Up to eleven lamps can be joined.",
            "Up to five lamps can be joined. The lead is 2 metres long, and 3 colours are sold.",
            "not_in_knowledge",
        ),
        (
            "The top speed of the sledge is 31 km/h.",
            "The top speed of the sledge is 54 km/h. The usual speed of a full sledge is 31 km/h.",
            "not_in_knowledge",
        ),
        (
            "The usual speed of a full sledge is 31 km/h.",
            "The top speed of the sledge is 54 km/h. The usual speed of a full sledge is 31 km/h.",
            "supported",
        ),
        (
            "The hall costs 90 euros in winter.",
            "The hall costs 60 euros in summer. In winter it costs 90 euros.",
            "supported",
        ),
    ],
)
def test_a_value_counts_where_the_claim_is_said(claim: str, text: str, label: str) -> None:
    """A value that fits but belongs to another statement does not carry the claim."""
    finding = check(claim, text)
    assert finding is not None
    assert finding.label == label


def test_a_circumstance_the_claim_leaves_out_weakens_a_contradiction() -> None:
    """ "In syrup" restricts what a sentence says, so that it speaks less against the claim."""
    plain = check("The marble falls at 9 m/s.", "The marble falls at 4 m/s.")
    bound = check("The marble falls at 9 m/s.", "In syrup the marble falls at 4 m/s.")
    assert plain is not None
    assert bound is not None
    assert bound.label == plain.label == "contradicted"
    assert bound.score == pytest.approx(RESTRICTED * plain.score)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Falcon 5 flew.", {"falcon": {"5"}}),
        ("Falcon 1, 2 and 3 flew.", {"falcon": {"1", "2", "3"}}),
        ("BUS4 is not Bus 2.1.", {"bus": {"4", "2.1"}}),
        ("About 5 of them flew in May 2008.", {}),
        ("Exactly 12 kg, see Table 3 and RFC 9999.", {}),
        ("Only 40% came, and It 5km.", {}),
    ],
)
def test_series_are_names_with_numbers(text: str, found: dict[str, set[str]]) -> None:
    """A capitalised word before a number is a name; adverbs, months and references are not."""
    assert series(text) == found


def test_reasons_are_whole_sentences() -> None:
    """A reason starts with a capital, ends with a full stop and counts its values rightly."""
    claims = ("It has 4 keys.", "It has 4 keys and 2 locks.", "It has 9 keys.", "It is 5 m wide.")
    for claim in claims:
        finding = check(claim, "It has 4 keys and 2 locks.")
        assert finding is not None
        assert finding.reason[0].isupper()
        assert finding.reason.endswith((".", ".”"))
        assert "1 values" not in finding.reason


def test_the_result_of_a_right_equation_needs_no_evidence() -> None:
    """What follows from numbers of the evidence may be missing from it; the numbers may not."""
    text = "Each of the 6 vans carries 15 crates."
    right = check("The 6 vans carry 15 crates each: 6 × 15 = 90.", text)
    assert right is None
    wrong = check("The 7 vans carry 15 crates each: 7 × 15 = 105.", text)
    assert wrong is not None
    assert wrong.label != "supported"
