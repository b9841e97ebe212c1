"""Numbers of claims written otherwise, or made wrong."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.tune.figures import changed, has_figure, restated


def many(make, times: int = 60) -> set[str]:
    """What `make` gives with many seeds."""
    return {made for seed in range(times) if (made := make(random.Random(seed))) is not None}


def test_a_changed_number_is_another_number() -> None:
    claim = "The bridge has 12 arches."
    for made in many(lambda chance: changed(claim, "", chance)):
        assert made.startswith("The bridge has ")
        assert made.endswith(" arches.")
        assert made != claim


def test_a_changed_number_is_often_another_one_of_the_evidence() -> None:
    evidence = "The bridge of 1841 has 12 arches and 37 lamps."
    made = many(lambda chance: changed("The bridge has 12 arches.", evidence, chance))
    assert "The bridge has 37 arches." in made
    assert "The bridge has 1841 arches." not in made


def test_a_year_becomes_a_year() -> None:
    for made in many(lambda chance: changed("It opened in 1841.", "", chance)):
        assert 1700 < int(made.split()[-1].rstrip(".")) < 2000


def test_a_claim_without_figures_is_left_alone() -> None:
    assert changed("The bridge is old.", "", random.Random(0)) is None
    assert restated("The bridge is old.", random.Random(0)) is None
    assert not has_figure("The bridge is old.")


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        ("It opened on 3 March 1999.", "It opened on 1999-03-03."),
        ("It opened on March 3, 1999.", "It opened on 3 March 1999."),
        ("It opened in 1999.", "It opened in the 1990s."),
        ("It opened in 1900.", "It opened in the 19th century."),
        ("It cost 2400000 crowns.", "It cost 2.4 million crowns."),
        ("It cost 2,400,000 crowns.", "It cost 2400000 crowns."),
        ("It has seven doors.", "It has 7 doors."),
        ("It has 7 doors.", "It has seven doors."),
        ("It lost 12 % of its staff.", "It lost 12 percent of its staff."),
        ("It has 1980 seats on 12 May 1990.", "It has 1980 seats on May 1990."),
    ],
)
def test_the_same_said_otherwise(claim: str, wanted: str) -> None:
    assert wanted in many(lambda chance: restated(claim, chance), 200)


@given(st.integers(20, 10**7), st.integers(0, 1000))
def test_restated_bounds_hold(value: int, seed: int) -> None:
    """Whatever bound is written for a number holds for it."""
    made = restated(f"There are {value:,} birds.", random.Random(seed))
    if made is None:
        return
    words = made.split()
    if "more" in words:
        assert float(words[4].replace(",", "")) < value
    if "fewer" in words:
        assert float(words[4].replace(",", "")) > value
