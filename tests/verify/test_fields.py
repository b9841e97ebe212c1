"""Fields of a value in the document that they were read from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.types import Claim, Evidence, Finding, Json, Passage, Span
from guard.verify.context import Context
from guard.verify.fields import ALONE, LONGEST, NAMED, check_field
from guard.verify.literal import PLACES, forms, occurrences
from guard.verify.quantities import bare_number

INVOICE = """Fjordlys Elektro AS, Straße 12, Bergen
Invoice number: FE-20417
Invoice date: 7 May 2023

Delivery note 318, route 4
Quantity of lamps: 36
Weight: 85kg
Net amount: EUR 1,482.50
VAT: 370.63 EUR
Total: € 1,853.13
Please pay within 21 days. The goods remain ours until then.
"""


def evidence_of(text: str, *, how: str = "document") -> Evidence:
    span = Span(start=0, end=len(text))
    passage = Passage(id="p1", document="d", title="Invoice", text=text, span=span, sha256="")
    return Evidence(passage=passage, quote=span, score=1.0, how=how)  # type: ignore[arg-type]


def claim_of(field: str, value: Json) -> Claim:
    text = f"The {field} is {value}."
    return Claim(id="c1", text=text, kind="value", pointer="/field", value=value)


def check(claim: Claim, text: str = INVOICE, *, how: str = "document") -> Finding | None:
    found = list(check_field(claim, evidence_of(text, how=how), Context()))
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize("how", ["search", "document", "given"])
@pytest.mark.parametrize(
    ("value", "absent"),
    [
        ("Tromsø", True),
        ("{{answer}}", True),
        ("copper wire", True),
        ("Bergen", False),
        ("delivery by boat", False),
        ("in the", False),
        ("17", False),
        (True, False),
    ],
)
def test_a_value_of_unknown_words_is_not_in_the_passage(
    value: Json, absent: bool, how: str
) -> None:
    """When none of a value's words is in the passage, nothing else can make it supported."""
    finding = check(claim_of("town", value), how=how)
    found = finding is not None and finding.label == "not_in_knowledge" and finding.decisive
    assert found == absent


def test_a_date_is_the_value_of_a_date_only() -> None:
    """A date that a model put into another field has no support from standing beside its label."""
    text = "Invoice: 2026-02-27\nOur number 5581"
    assert check(claim_of("invoice number", "2026-02-27"), text) is None
    assert check(claim_of("date", "2026-02-27"), text) is not None


def test_headings_count() -> None:
    """A name in the heading over the passage is in the document; a code stands for itself."""
    assert check(claim_of("kind of paper", "Invoice")) is None  # one common word
    passage = evidence_of("Total: 42 EUR")
    title = replace(passage.passage, title="North Light Hosting")
    (found,) = check_field(
        claim_of("seller", "North Light Hosting"), replace(passage, passage=title), Context()
    )
    assert (found.label, found.score, found.quote) == ("supported", ALONE, None)
    assert check(claim_of("currency", "EUR"), "To pay: 42 EUR") is not None


BESIDE = [
    ("invoice number", "FE-20417", "Invoice number: FE-20417"),
    ("invoice number", "fe-20417", "Invoice number: FE-20417"),
    ("invoice date", "2023-05-07", "Invoice date: 7 May 2023"),
    ("invoice date", "May 7, 2023", "Invoice date: 7 May 2023"),
    ("quantity of lamps", 36, "Quantity of lamps: 36"),
    ("quantity of lamps", "36", "Quantity of lamps: 36"),
    ("weight", 85, "Weight: 85kg"),
    ("weight", "85 kg", "Weight: 85kg"),
    ("net amount", 1482.5, "Net amount: EUR 1,482.50"),
    ("VAT", 370.63, "VAT: 370.63 EUR"),
    ("total", 1853.13, "Total: € 1,853.13"),
    ("total", "€ 1,853.13", "Total: € 1,853.13"),
]


@pytest.mark.parametrize(("field", "value", "line"), BESIDE)
def test_a_value_beside_its_label_is_supported(field: str, value: Json, line: str) -> None:
    """A value whose field's words all stand beside it has the most support, and its line."""
    found = check(claim_of(field, value))
    assert found is not None
    assert (found.label, found.score) == ("supported", pytest.approx(NAMED))
    assert found.quote is not None
    assert found.quote.of(INVOICE) == line
    assert "beside the field" in found.reason
    assert "not beside" not in found.reason


ALONE_THERE = [
    ("customer reference", "FE-20417"),
    ("seller", "Fjordlys Elektro AS"),
    ("seller", "FJORDLYS  ELEKTRO as"),
    ("street", "Strasse 12"),
]


@pytest.mark.parametrize(("field", "value"), ALONE_THERE)
def test_a_value_like_no_other_needs_no_label(field: str, value: str) -> None:
    """Two words, or letters with digits, hardly stand in a document by chance."""
    found = check(claim_of(field, value))
    assert found is not None
    assert found.score == ALONE
    assert "not beside" in found.reason


def test_some_words_of_the_field_count_in_part() -> None:
    """With half of the field's words beside it, a value has support between the two."""
    found = check(claim_of("lamps count", 36))
    assert found is not None
    assert ALONE < found.score < NAMED


def test_the_best_of_many_places_counts() -> None:
    """A value that stands at several places is quoted where its label is."""
    text = "Items: 9\nRoom: 9\nFloor: 9\n"
    found = check(claim_of("floor", 9), text)
    assert found is not None
    assert found.quote is not None
    assert found.quote.of(text) == "Floor: 9"


def test_a_label_may_stand_above_its_value() -> None:
    """The line before counts as beside, also with an empty line between, in any line ending."""
    for gap in ("\n", "\n\n", "\r\n"):
        text = f"Order{gap}Berths{gap}14{gap}Deck"
        found = check(claim_of("berths", 14), text)
        assert found is not None
        assert found.score == pytest.approx(NAMED)
        assert found.quote is not None
        assert found.quote.of(text) == "14"


def test_a_label_far_away_on_a_long_line_is_not_beside() -> None:
    """Where a document has no line breaks, only what is near to a value is beside it."""
    text = "Berths are painted white. " + "The sea is calm here today. " * 30 + "Room 14 is free."
    assert check(claim_of("berths", 14), text) is None


SILENT = [
    ("doors", 36),
    ("discount", "21"),
    ("delivery note", 31),
    ("route", 5),
    ("total", 853.13),
    ("VAT", 370.6),
    ("total", 1853),
    ("city", "Oslo"),
    ("city", "Berg"),
    ("paid", True),
    ("paid", None),
    ("city", " "),
    ("terms", ["21"]),
    ("note", "The goods remain ours. " * (LONGEST // 20)),
]


@pytest.mark.parametrize(("field", "value"), SILENT)
def test_nothing_is_said_without_a_sign(field: str, value: Json) -> None:
    """A common value without its label, a value that is not there, and prose give no support."""
    finding = check(claim_of(field, value))
    assert finding is None or finding.label == "not_in_knowledge"


def test_only_documents_of_the_call_count() -> None:
    """A field's value in a passage that a search found says nothing about the field."""
    claim = claim_of("invoice number", "FE-20417")
    assert check(claim, how="search") is None
    assert check(claim) is not None


def test_prose_is_no_field() -> None:
    """A claim from prose is never looked up as a field."""
    assert check(Claim(id="c1", text="The total is € 1,853.13.", kind="prose")) is None


FORMS = [
    ("  Hook ", ["Hook"]),
    (" ", []),
    (None, []),
    (True, []),
    ([1], []),
    (7, ["7", "7.00"]),
    (-7, ["-7", "-7.00"]),
    (12000, ["12000", "12,000", "12000.00", "12,000.00"]),
    (7.0, ["7.0", "7", "7.00"]),
    (7.5, ["7.5", "7.50"]),
    (2345.5, ["2345.5", "2,345.5", "2345.50", "2,345.50"]),
    (2.71828, ["2.71828"]),
    (1e-7, ["1e-07"]),
]


@pytest.mark.parametrize(("value", "expected"), FORMS)
def test_forms_are_exact(value: Json, expected: list[str]) -> None:
    """A number is written with or without groups and cents, and never rounded."""
    assert forms(value) == expected


# «» mark the places where the form is found.
PLACED = [
    ("17", "«17» of 117, 170, 17.5, 3.17, 17,000, 1,017 and «17»."),
    ("17", "«17»kg, «17» kg, «17»%, €«17», 17k, 17M, 17th, x17"),
    ("17", "-17, (-17), −17, 9-«17», FE-«17», .17, No.«17», ....«17»"),
    ("17", "17\u00a0000, 9\u202f17, 17'000, «17» 000"),
    ("17", "17⁵ is a power"),
    ("175", "17⁵ is a power"),
    ("-17", "«-17» and «−17» but not 9-17"),
    ("17.50", "EUR «17.50», 17.505, 117.50"),
    ("hook", "«Hook», hooks, «HOOK»! unhook"),
    ("Hook", "«Hook»,17,4.50"),
    ("red hook", "a «red\n   hook» and a «Red\u00a0Hook»"),
    ("O'Dea", "«O’Dea» and «O'Dea»"),
    ("groß", "ß «GROSS» ß «groß» İ «Groß»"),
    ("gross", "ßß «groß» İİ größer"),
    ("izmir", "ß İ «İzmir» «IZMIR» «İZMİR»"),
    ("s", "ß «s»"),
    ("Noël", "ß «Noe\u0308l» «NOËL» e\u0308 «noel»"),
    ("fine", "ß «ﬁne» ﬁner"),
    ("", "nothing"),
    (" ", "a b"),
]


@pytest.mark.parametrize(("form", "marked"), PLACED)
def test_occurrences_are_whole_and_exact(form: str, marked: str) -> None:
    """A form stands by itself, and its offsets count in the text as it is written."""
    text, expected = "", []
    for part in marked.replace("«", "»«").split("»"):
        if part.startswith("«"):
            expected.append((len(text), len(text) + len(part) - 1))
        text += part.removeprefix("«")
    assert [(place.start, place.end) for place in occurrences(form, text)] == expected


def test_many_places_inside_of_others_hide_none() -> None:
    """The limit counts whole places; what is a part of something longer does not use it up."""
    assert [place.start for place in occurrences("4", "44 " * 50 + "4")] == [150]
    assert len(list(occurrences("4", "4 " * 50))) == PLACES


@given(st.text(alphabet="aAsSßİié\u0308ﬁ 5.,-\n", max_size=30), st.text(max_size=5))
@settings(max_examples=100, deadline=None)
def test_a_word_between_blanks_is_always_found(before: str, after: str) -> None:
    """Whatever stands around it, a word between blanks is found where it is."""
    text = f"{before}. Quay {after}"
    start = len(before) + 2
    assert Span(start=start, end=start + 4) in list(occurrences("quay", text))


BARE = [
    (36, "Quantity: 36", "36"),
    (36, "Quantity: 36 pieces", "36"),
    (36, "Quantity: 36pieces", None),
    (85, "Weight: 85kg", "85"),
    (1482.5, "Net: EUR 1,482.50", "1482.5"),
    (1482, "Net: EUR 1,482.00", "1482"),
    (1482, "Net: EUR 1,482.50", None),
    (18, "Net: EUR 18,000", None),
    (3.14159, "Pi: 3.14", None),
    (-6, "Low: −6 °C", "-6"),
    (6, "Low: −6 °C", None),
    ("36", "Quantity: 36", None),
    (True, "Quantity: 1", None),
    (None, "Quantity: 36", None),
]


@pytest.mark.parametrize(("value", "text", "expected"), BARE)
def test_a_bare_number_may_stand_with_any_unit(
    value: Json, text: str, expected: str | None
) -> None:
    """A field's number counts as given in any unit, but only as the same number."""
    assert bare_number(claim_of("quantity", value), text) == expected


def test_prose_has_no_bare_number() -> None:
    """A sentence names its units, so its numbers are compared with them."""
    assert bare_number(Claim(id="c1", text="It is 36.", kind="prose"), "36 kg") is None
