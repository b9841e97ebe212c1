"""Reading dates, times, decades and durations."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.verify.quantities import Quantity, Reading, quantities
from guard.verify.quantities.days import days, year_of

EPOCH = date(1970, 1, 1)


def only(text: str) -> Quantity:
    """The one quantity of `text`."""
    found = quantities(text)
    assert len(found) == 1, [quantity.text for quantity in found]
    return found[0]


def span_of(reading: Reading) -> tuple[date, date]:
    """A reading's first and last day."""
    assert reading.low is not None
    assert reading.high is not None
    return EPOCH + timedelta(int(reading.low)), EPOCH + timedelta(int(reading.high))


@pytest.mark.parametrize(
    "text",
    [
        "3 March 1999",
        "3rd March 1999",
        "3rd of March, 1999",
        "March 3, 1999",
        "March 3rd, 1999",
        "Mar. 3, 1999",
        "3 Mar 1999",
        "3-Mar-1999",
        "1999-03-03",
        "1999/03/03",
        "3.3.1999",
        "03/03/1999",
        "March 3 , 1999",
    ],
)
def test_every_shape_of_a_date_is_one_day(text: str) -> None:
    """The usual shapes of one date read to the same day."""
    found = only(text)
    assert found.kind == "date"
    assert span_of(found.readings[0]) == (date(1999, 3, 3), date(1999, 3, 3))


def test_an_ambiguous_date_keeps_both_orders() -> None:
    """03/04/1999 is 3 April or 4 March; 25/12/1999 can only be Christmas."""
    both = {span_of(reading)[0] for reading in only("03/04/1999").readings}
    assert both == {date(1999, 4, 3), date(1999, 3, 4)}
    assert [span_of(reading)[0] for reading in only("25/12/1999").readings] == [date(1999, 12, 25)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("March 1999", date(1999, 3, 1), date(1999, 3, 31)),
        ("February 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("in 1999", date(1999, 1, 1), date(1999, 12, 31)),
        ("the 1990s", date(1990, 1, 1), date(1999, 12, 31)),
        ("the 1990's", date(1990, 1, 1), date(1999, 12, 31)),
        ("the '90s", date(1990, 1, 1), date(1999, 12, 31)),
        ("the early 1990s", date(1990, 1, 1), date(1994, 12, 31)),
        ("the late 1990s", date(1995, 1, 1), date(1999, 12, 31)),
        ("the 19th century", date(1800, 1, 1), date(1899, 12, 31)),
        ("the nineteenth century", date(1800, 1, 1), date(1899, 12, 31)),
        ("the twenty-first century", date(2000, 1, 1), date(2099, 12, 31)),
        ("Q3 2021", date(2021, 7, 1), date(2021, 9, 30)),
        ("the third quarter of 2021", date(2021, 7, 1), date(2021, 9, 30)),
        ("H1 2021", date(2021, 1, 1), date(2021, 6, 30)),
        ("1965-1972", date(1965, 1, 1), date(1972, 12, 31)),
        ("2018–19", date(2018, 1, 1), date(2019, 12, 31)),
        ("between 1990 and 1995", date(1990, 1, 1), date(1995, 12, 31)),
        ("6 - 21 August 2016", date(2016, 8, 6), date(2016, 8, 21)),
    ],
)
def test_a_period_is_the_interval_of_its_days(text: str, first: date, last: date) -> None:
    """Months, years, decades, centuries and quarters hold exactly their days."""
    assert span_of(only(text).readings[0]) == (first, last)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("before 1999", None, days(1999, 1, 1)),
        ("after 1999", days(1999, 12, 31), None),
        ("by 1999", None, days(1999, 12, 31)),
        ("44 BC", days(-43, 1, 1), days(-43, 12, 31)),
    ],
)
def test_bounds_and_eras(text: str, low: int | None, high: int | None) -> None:
    """Before, after and by make open intervals; years before Christ count backwards."""
    found = only(text)
    assert (found.readings[0].low, found.readings[0].high) == (low, high)


@pytest.mark.parametrize("text", ["31 February 1999", "1999-02-30", "30/30/1999", "99 March 2001"])
def test_an_impossible_day_is_no_date(text: str) -> None:
    """A day that the calendar does not have is never read as a date."""
    dated = [item.readings[0] for item in quantities(text) if item.unit == "date"]
    assert all(reading.low != reading.high for reading in dated)


def test_a_number_of_people_is_no_year_only() -> None:
    """2000 before a plural may be a count, and 2,000 never is a year."""
    assert None in {reading.unit for reading in only("2000 people").readings}
    assert only("2,000 people").unit is None
    assert only("founded in 2000").unit == "date"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("11:30 am", 690),
        ("3 pm", 900),
        ("3 p.m.", 900),
        ("15:00", 900),
        ("12:15 am", 15),
        ("noon", 720),
        ("midnight", 0),
    ],
)
def test_times_of_day_are_minutes(text: str, minutes: int) -> None:
    """Times of day read to minutes after midnight."""
    found = only(text)
    assert found.kind == "time"
    assert found.low == minutes


def test_ages_are_years() -> None:
    """Ages in all wordings are measured in years."""
    year = Fraction(31557600)
    for text in ("aged 47", "age 47", "47 years", "47-year-old", "forty-seven years"):
        assert only(text).low == 47 * year, text
    assert only("in her 30s").low == 30 * year


@settings(deadline=None)
@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2199, 12, 31)))
def test_any_date_reads_back_from_every_shape(day: date) -> None:
    """A random day, written in four shapes, is read back as that day."""
    month = day.strftime("%B")
    for text in (
        day.isoformat(),
        f"{day.day} {month} {day.year:04d}",
        f"{month} {day.day}, {day.year:04d}",
        f"{day.day}.{day.month}.{day.year:04d}",
    ):
        assert span_of(only(text).readings[0]) == (day, day)


@settings(deadline=None)
@given(st.dates())
def test_days_agree_with_the_calendar(day: date) -> None:
    """The count of days is the standard library's, and its year comes back."""
    count = days(day.year, day.month, day.day)
    assert count == (day - EPOCH).days
    assert year_of(count) == day.year
