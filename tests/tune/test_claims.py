"""Claims turned into their opposites, names put in the wrong place."""

import random

import pytest

from guard.tune.persons import exchanged, names_in, renamed
from guard.tune.polarity import negated, opposed


@pytest.mark.parametrize(
    ("claim", "opposite"),
    [
        ("The mill was sold.", "The mill was not sold."),
        ("The mill was not sold.", "The mill was sold."),
        ("Owls can turn their heads.", "Owls can not turn their heads."),
        ("Nobody was hurt.", None),
        ("It was never sold.", None),
        ("Owls sleep by day.", None),
        ("Dogs are to be leashed.", None),
    ],
)
def test_negation(claim: str, opposite: str | None) -> None:
    assert negated(claim) == opposite


def test_an_opposite_word() -> None:
    assert opposed("Prices increased in May.", random.Random(0)) == "Prices decreased in May."
    assert opposed("Prices did not increase.", random.Random(0)) is None
    assert opposed("Bread is baked.", random.Random(0)) is None


def test_names_are_read_without_the_words_before_them() -> None:
    assert names_in("The Bank of Norrby hired Ada Lind. She left.") == [
        "Bank of Norrby",
        "Ada Lind",
    ]


def test_a_name_is_replaced_by_another_of_the_evidence() -> None:
    evidence = "Ada Lind met Otto Berg in Norrby."
    made = {renamed("Ada Lind lives there.", evidence, (), random.Random(s)) for s in range(20)}
    assert made == {"Otto Berg lives there.", "Norrby lives there."}


def test_a_name_that_the_evidence_lacks_is_left_alone() -> None:
    assert renamed("Eva Holm lives there.", "Ada Lind lives there.", (), random.Random(0)) is None


def test_two_names_change_places() -> None:
    assert exchanged("Norrby beat Sunne by two goals.") == "Sunne beat Norrby by two goals."
    assert exchanged("Norrby and Sunne are towns.") is None
    assert exchanged("Norrby is a town.") is None
