from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.claims import claims_from_value
from guard.claims.checkable import NO_VALUE, UNKNOWING
from guard.edits import apply_value
from guard.types import Edit, Json

INVOICE = {
    "supplier": {"name": "Acme", "vatNumber": "X1"},
    "paid": True,
    "lines": [{"name": "Hose", "price": 5}, {"qty": 3}],
    "tags": ["new", "red"],
}
WORDED = [
    ({"capital": "Paris"}, "/capital", "The capital is Paris."),
    (INVOICE, "/supplier/name", "The supplier's name is Acme."),
    (INVOICE, "/supplier/vatNumber", "The supplier's vat number is X1."),
    (INVOICE, "/paid", "The paid: yes."),
    (INVOICE, "/lines/0/name", "The lines include Hose."),
    (INVOICE, "/lines/0/price", "The price of Hose is 5."),
    (INVOICE, "/lines/1/qty", "The qty of item 2 of the lines is 3."),
    (INVOICE, "/tags/1", "The tags include red."),
    ([1.5, 2], "/0", "The items include 1.5."),
    ("Paris", "", "The value is Paris."),
    ({"a/b": {"~": 1}}, "/a~1b/~0", "The a/b's ~ is 1."),
    ({"text": "Rome is in Italy."}, "/text", "Rome is in Italy."),
    ({"note": "No. 5"}, "/note", "The note is No. 5."),
    ({"steps": ["The winch lifts anchors by 3 m"]}, "/steps/0", "The winch lifts anchors by 3 m"),
    ({"steps": ["The winch lifts anchors."]}, "/steps/0", "The winch lifts anchors."),
    ({"parts": ["The red hose"]}, "/parts/0", "The parts include the red hose."),
    ({"cities": ["The Hague"]}, "/cities/0", "The cities include The Hague."),
    ({"cities": ["Bergen port"]}, "/cities/0", "The cities include Bergen port."),
    ({"films": ["Rome Is Near"]}, "/films/0", "The films include Rome Is Near."),
    ({"place": "The north gate"}, "/place", "The place is the north gate."),
    ({"unit": 1}, "/unit", "The unit is 1."),
]


@pytest.mark.parametrize(("value", "pointer", "text"), WORDED)
def test_leaves_are_worded(value: Json, pointer: str, text: str) -> None:
    """A leaf's claim names its field, its owners, or the item it belongs to."""
    found = {claim.pointer: claim for claim in claims_from_value(value)}
    assert found[pointer].text == text
    assert found[pointer].not_checkable is None


def test_titles_name_the_fields() -> None:
    """A schema's titles are used where they are given."""
    titles = {"/w": ("Weight in kilograms",)}
    found = claims_from_value({"w": 5}, titles=lambda pointer: titles[pointer])
    assert found[0].text == "The weight in kilograms is 5."


ASKED = [
    ({"answer": "Paris"}, "What is the capital of France?", "The capital of France is Paris."),
    ({"capital": "Paris"}, "What is the capital of France?", "The capital of France is Paris."),
    ({"weight": 5}, "What is the capital of France?", "The weight is 5."),
    (42, "How many moons does Saturn have?", "Saturn has 42 moons."),
    ({"plug": "SD-4"}, "How long is the cable, and which plug does it have?", "The plug is SD-4."),
    ({"depth": "4 m"}, "What is the depth? Who dug it?", "The depth is 4 m."),
    ({"answer": "4 m"}, "What is the depth? Who dug it?", "What is the depth? Who dug it? 4 m."),
]


@pytest.mark.parametrize(("value", "question", "text"), ASKED)
def test_answers_are_worded_with_the_question(value: Json, question: str, text: str) -> None:
    """A value that answers the question says so; another keeps its field's words."""
    assert claims_from_value(value, question=question)[0].text == text


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, NO_VALUE),
        ("", NO_VALUE),
        (" ", NO_VALUE),
        ("-", NO_VALUE),
        ([], NO_VALUE),
        ({}, NO_VALUE),
        ("N/A", UNKNOWING),
        ("Unknown", UNKNOWING),
        ("not stated", UNKNOWING),
        (0, None),
        (False, None),
        ("ok", None),
        ("Best Western", None),
    ],
)
def test_leaves_without_a_value_are_no_claims(value: Json, reason: str | None) -> None:
    """Nothing, and words for nothing, are not checkable; zero and false are values."""
    (claim,) = claims_from_value({"field": value})
    assert claim.not_checkable == reason


def test_prose_in_a_value_keeps_pointer_and_span() -> None:
    """Sentences inside a string are claims of their own, with spans into that string."""
    text = "The pump is red. It weighs 5 kg."
    first, second = claims_from_value({"summary": text})
    assert (first.pointer, second.pointer) == ("/summary", "/summary")
    assert second.text == "The pump weighs 5 kg."
    assert second.span is not None
    assert second.span.of(text) == "It weighs 5 kg."
    assert second.value == text


def test_required_leaves_are_not_removable() -> None:
    """What validity needs stays, also where only the last of several is needed."""

    def is_valid(value: Json) -> bool:
        return "name" in value and len(value.get("tags", [])) >= 1

    found = claims_from_value({"name": "a", "size": 1, "tags": ["x", "y"]}, is_valid=is_valid)
    assert {claim.pointer for claim in found if claim.removable} == {"/size", "/tags/0"}


def test_root_is_not_removable() -> None:
    """A value that is one leaf cannot lose it."""
    assert not claims_from_value(5)[0].removable


def test_many_leaves_are_all_there() -> None:
    """A large value gives a claim for every leaf."""
    assert len(claims_from_value(list(range(20_000)))) == 20_000


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=30)
KEYS = st.text(max_size=4)
JSON = st.recursive(
    LEAVES | st.just(-1.5e300) | st.just("It is red. It is old."),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


def count(value: Json) -> int:
    if isinstance(value, dict | list) and value:
        return sum(count(item) for item in (value.values() if isinstance(value, dict) else value))
    return 1


@settings(deadline=None)
@given(JSON)
def test_every_leaf_has_a_claim(value: Json) -> None:
    """As many pointers as leaves, each of them pointing into the value."""
    found = claims_from_value(value)
    pointers = {claim.pointer for claim in found}
    assert len(pointers) == count(value)
    marks = [Edit(action="mark", cause="c", reason="r", pointer=claim.pointer) for claim in found]
    assert apply_value(value, marks) == value
