"""Values of a claim against values of the evidence: carried, contradicted, absent."""

from __future__ import annotations

import pytest

from guard.types import Claim, Evidence, Finding, Passage, Span
from guard.verify.context import Context
from guard.verify.quantities import check_quantities, restated


def evidence_of(text: str, title: str = "") -> Evidence:
    """A passage as the only evidence."""
    span = Span(start=0, end=len(text))
    passage = Passage(id="p1", document="d", title=title, text=text, span=span, sha256="")
    return Evidence(passage=passage, quote=span, score=1.0, how="given")


def check(claim: str, evidence: str, title: str = "") -> Finding | None:
    """The finding of the check, None when there is none."""
    value = Claim(id="c1", text=claim, kind="prose")
    found = list(check_quantities(value, evidence_of(evidence, title), Context()))
    assert len(found) <= 1
    return found[0] if found else None


CARRIED = [
    ("The firm hired 34 engineers.", "Last year the firm hired thirty-four engineers."),
    ("The firm hired 34 engineers.", "The firm hired 12 technicians and 34 engineers."),
    ("The firm employs 2,000 people.", "The workforce of the firm is 2,000."),
    ("Sales rose to 2.4 million.", "Sales rose to 2,400,000."),
    ("The race is 5 km long.", "The race is 5,000 m long."),
    ("The race is about 8 km long.", "The race is 5 miles long."),
    ("The lake is 8 km long.", "The lake is 5 miles long."),
    ("The oven is at 30 °C.", "The oven is at 86 °F."),
    ("She was born on 3 March 1999.", "Born: 1999-03-03"),
    ("She was born in 1999.", "She was born on 3 March 1999."),
    ("She was born in the 1990s.", "She was born on 3 March 1999."),
    ("It was built in the 19th century.", "It was built in 1843."),
    ("The bridge opened in March 1999.", "The bridge opened on 03/03/1999."),
    ("The meeting is on March 3.", "The meeting is on 3 March 1999."),
    ("The meeting is on 3 March 1999.", "In 1999, the meeting is on 3 March."),
    ("It uses 25 % of the power.", "It uses a quarter of the power."),
    ("Half of the staff left.", "50 % of the staff left."),
    ("The fee is $2.4 million.", "The fee is 2,400,000 dollars."),
    ("More than 300 people came.", "412 people came."),
    ("At least 300 people came.", "300 people came."),
    ("Fewer than 300 people came.", "Some 210 people came, police said; 210 people in all."),
    ("Between 3 and 5 pumps failed.", "4 pumps failed."),
    ("About 400 people came.", "412 people came."),
    ("About 400 people came.", "Around 400 people came."),
    ("Pi is 3.14.", "Pi is 3.14159."),
    ("Inflation was 57 %.", "Inflation was 57.3 %."),
    ("The city has 1.2 million inhabitants.", "The city has 1,234,567 inhabitants."),
    ("The pump AX-200 is new.", "The AX-200 pump is new."),
    ("The pump AX-200 is new.", "The AX200 pump is new."),
    ("It runs version 2.4.1.", "It runs v2.4.1."),
    ("It is his third novel.", "It is his 3rd novel."),
    ("The talk starts at 3 pm.", "The talk starts at 15:00."),
    ("He worked there from 1965 to 1972.", "He worked there 1965-1972."),
    ("He worked there in 1970.", "He worked there 1965-1972."),
    ("It lasts 90 minutes.", "It lasts an hour and a half, that is 1.5 hours."),
    ("It weighs 150 lb.", "It weighs 68 kg."),
    ("Two men in Japan were ill.", "One man in Spain and two men in Japan were ill."),
    ("The shop has 3 doors.", "Shop\nDoors: 3\nWindows: 12"),
    ("The film Apollo 13 lasts 140 minutes.", "It lasts 140 minutes.", "Apollo 13"),
]
CONTRADICTED = [
    ("The firm hired 34 engineers.", "The firm hired 12 engineers and 34 technicians."),
    ("The firm hired 34 engineers.", "The firm hired 43 engineers."),
    ("The firm hired thirty engineers.", "The firm hired 34 engineers."),
    ("The tower is 300 m tall.", "The tower is 320 m tall."),
    ("The race is 5 km long.", "The race is 5 miles long."),
    ("The fee is $5 million.", "The fee is $6 million."),
    ("The bridge opened in 1999.", "The bridge opened in 1998."),
    ("The bridge opened on 3 March 1999.", "The bridge opened on 4 March 1999."),
    ("The bridge opened in the 1980s.", "The bridge opened in 1991."),
    ("The bridge opened before 1990.", "The bridge opened in 1991."),
    ("The pump draws 25 % of the power.", "The pump draws a third of the power."),
    ("The rate rose by 2 percentage points.", "The rate rose by 3 percentage points."),
    ("More than 500 people came.", "412 people came."),
    ("At most 300 people came.", "412 people came."),
    ("Between 5 and 9 pumps failed.", "4 pumps failed."),
    ("The city has 1.3 million inhabitants.", "The city has 1,234,567 inhabitants."),
    ("The store has 1,200 seats.", "The store has 1,234 seats."),
    ("The pump AX-200 is new.", "The pump AX-300 is new."),
    ("The server runs version 2.4.1.", "The server runs version 2.4.2."),
    ("It is his fourth book for children.", "It is his third book for children."),
    ("The talk starts at 4 pm.", "The talk starts at 15:00."),
    ("The oven was set to 200 °C.", "The oven was set to 180 °C."),
    ("Three men in Japan were ill.", "Two men in Japan were ill."),
    ("The disk stores 500 GB.", "The disk stores 250 GB."),
]
ABSENT = [
    ("There are 300 shops.", "The mall opened in 1999."),
    ("There are 300 shops.", "There are many shops."),
    ("The firm hired 34 engineers.", "The firm hired engineers."),
    ("The bridge opened in 1999.", "The bridge is 300 m long."),
    ("The bridge opened on 3 March 1999.", "The bridge opened in March 1999."),
    ("The bridge opened in May 1999.", "The bridge opened in 1999."),
    ("Pi is 3.14159.", "Pi is 3.14."),
    ("Exactly 412 people came.", "About 400 people came."),
    ("300 people came.", "More than 200 people came."),
    ("The fee is €5.", "The fee is $5."),
    ("The rate rose by 2 %.", "The rate rose by 2 percentage points."),
    ("The device uses version 2.4.1.", "The device is new."),
    ("London has 9 million inhabitants.", "Paris has 2 million inhabitants."),
    ("The disk stores 500 GB.", "See page 500. [500]"),
]


@pytest.mark.parametrize("case", CARRIED, ids=lambda case: case[0])
def test_a_carried_value_is_supported_but_not_decisive(case: tuple[str, ...]) -> None:
    """A value that the evidence has, in whatever form, speaks for the claim and decides nothing."""
    finding = check(*case)
    assert finding is not None
    assert (finding.label, finding.decisive) == ("supported", False), finding.reason


@pytest.mark.parametrize(("claim", "evidence"), CONTRADICTED)
def test_another_value_of_the_same_thing_contradicts(claim: str, evidence: str) -> None:
    """An aligned value that differs contradicts, decisively, and its words are quoted."""
    finding = check(claim, evidence)
    assert finding is not None
    assert (finding.label, finding.decisive) == ("contradicted", True), finding.reason
    assert finding.quote is not None
    assert f"“{finding.quote.of(evidence)}”" in finding.reason


@pytest.mark.parametrize(("claim", "evidence"), ABSENT)
def test_a_value_that_is_not_there_is_not_in_knowledge(claim: str, evidence: str) -> None:
    """A value that the evidence does not give, or not as exactly, is not in it, decisively."""
    finding = check(claim, evidence)
    assert finding is not None
    assert (finding.label, finding.decisive) == ("not_in_knowledge", True), finding.reason


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The pump is loud.", "The pump draws 5 A."),
        ("One of the pumps is loud.", "The pump draws 5 A."),
        ("He was 17 when he began.", "Born: 1962-10-16\nYears active: 1979 - 1999"),
        ("The band was active for 20 years.", "Years active: 1979 - 1999"),
        ("The firm has three owners.", "Owners: Ann Lee | Bo Ek | Cy Day"),
        ("The 1984 film is about Texas.", "The film is about Texas."),
    ],
)
def test_what_cannot_be_decided_gives_nothing(claim: str, evidence: str) -> None:
    """No value, a figure of speech, a derived value or an identifying year yields no finding."""
    assert check(claim, evidence) is None


def test_one_wrong_value_among_right_ones_decides() -> None:
    """A claim of several values is contradicted by the one that differs."""
    evidence = "In 1998 the firm hired 34 engineers and 12 technicians."
    right = check("In 1998 the firm hired 34 engineers and 12 technicians.", evidence)
    wrong = check("In 1998 the firm hired 34 engineers and 21 technicians.", evidence)
    assert right is not None
    assert right.label == "supported"
    assert wrong is not None
    assert wrong.label == "contradicted"
    assert "21" in wrong.reason


def test_a_denial_is_not_contradicted_by_another_value() -> None:
    """A negated claim is left to the negation check: a different value does not deny it."""
    finding = check("The bridge did not open in 1999.", "The bridge opened in 1998.")
    assert finding is not None
    assert finding.label == "not_in_knowledge"


def test_one_of_two_alternatives_is_not_enough() -> None:
    """ "1912 or 1915" is neither carried nor contradicted by evidence of one of them."""
    finding = check("The school opened in 1912 or 1915.", "The school opened in 1915.")
    assert finding is not None
    assert finding.label == "not_in_knowledge"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The kit is sold with 60 W or 727 W.", "The kit is sold with 60 W or 100 W."),
        ("The drip gives 6 to 37 litres a day.", "The drip gives 6 to 8 litres a day."),
        (
            "The lamp goes out within 30 to 157 seconds.",
            "The lamp goes out within 30 to 60 seconds.",
        ),
        ("Fewer than 90 people came.", "Fewer than 40 people came."),
    ],
)
def test_the_ends_of_a_range_are_values_too(claim: str, evidence: str) -> None:
    """A range that is wider than the one given has ends which the evidence does not give."""
    finding = check(claim, evidence)
    assert finding is not None
    assert finding.label != "supported"


def test_the_passage_is_named() -> None:
    """A finding names its passage, and its score is certain."""
    finding = check("34 people came.", "34 people came.")
    assert finding is not None
    assert finding.passages == ("p1",)
    assert finding.score == 1.0
    assert finding.check == "quantities"


TABLE = """Cities of the region

| City | Inhabitants | Founded | Area |
|------|------------:|---------|------|
| Arlo | 120,000     | 1703    | 52 km² |
| Benz | 45,000      | 1850    | 80 km² |
"""


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        ("Arlo has 120,000 inhabitants.", "supported"),
        ("Benz has 45,000 inhabitants.", "supported"),
        ("Benz was founded in 1850.", "supported"),
        ("The area of Arlo is 52 square kilometres.", "supported"),
        ("Arlo has 45,000 inhabitants.", "contradicted"),
        ("Benz was founded in 1703.", "contradicted"),
        ("The area of Arlo is 80 km².", "contradicted"),
        ("Benz has 46,000 inhabitants.", "contradicted"),
        ("Benz has 12 schools.", "not_in_knowledge"),
    ],
)
def test_a_cell_belongs_to_its_row_and_its_header(claim: str, label: str) -> None:
    """In a table, a value speaks of its column's header and its row's first cell."""
    finding = check(claim, TABLE)
    assert finding is not None
    assert finding.label == label, finding.reason


def test_a_line_with_a_key_counts_what_the_key_names() -> None:
    """ "Doors: 3" says how many doors there are."""
    finding = check("The shop has 4 doors.", "Shop\nDoors: 3\nWindows: 12")
    assert finding is not None
    assert finding.label == "contradicted"


@pytest.mark.parametrize("text", ["", "   ", "🚀 2 🚀", "\x00 5 \x07", "if (x > 5) { y = 3; }"])
def test_odd_evidence_and_claims_are_no_error(text: str) -> None:
    """Empty, odd and code texts on either side give a finding or nothing, never an error."""
    check(text, "The pump draws 5 A.")
    check("The pump draws 5 A.", text)


@pytest.mark.parametrize(
    ("claim", "text", "read"),
    [
        ("It sold 2.4 million.", "It sold 2,400,000 in all.", "It sold 2,400,000."),
        ("It is 5 km long.", "The length is 5,000 m.", "It is 5,000 m long."),
        ("It opened on 3 March 1999.", "Opened: 1999-03-03", "It opened on 1999-03-03."),
        ("It is 30 °C warm.", "A warm 86 °F was measured.", "It is 86 °F warm."),
        ("It sold 7 and 8.", "It sold 7.", "It sold 7 and 8."),
        ("It sold 9.", "It sold 7.", "It sold 9."),
        ("It is red.", "It is blue.", "It is red."),
    ],
)
def test_carried_values_are_read_as_the_evidence_writes_them(
    claim: str, text: str, read: str
) -> None:
    assert restated(Claim(id="c", text=claim, kind="prose"), evidence_of(text)) == read


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Invoice 4711 was paid in full.", "It was paid in full."),
        ("Harbour Lights 2 was shown in Bergen.", "The film was shown in Bergen."),
        ("The mill was built in the early 1930s.", "The mill was built in the 1930s."),
    ],
)
def test_a_value_that_is_not_given_stays_absent(claim: str, text: str) -> None:
    """Whatever the evidence calls the thing, and however near it comes."""
    (finding,) = check_quantities(
        Claim(id="c", text=claim, kind="prose"), evidence_of(text), Context()
    )
    assert finding.label == "not_in_knowledge"
    assert finding.decisive
