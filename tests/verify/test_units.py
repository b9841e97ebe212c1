"""The table of unit factors against pint, and that every unit in it can be read."""

from __future__ import annotations

import json
import runpy
from fractions import Fraction
from pathlib import Path

import pint
import pytest

from guard.verify.quantities import quantities
from guard.verify.quantities.units import SCALES, ZEROS, atoms, scale


def test_the_factors_are_pints() -> None:
    made = runpy.run_path(str(Path(__file__).parent / "scales.py"))["table"]()
    kept = json.loads(SCALES.read_text(encoding="utf-8"))
    assert kept == {name: list(row) for name, row in made.items()}


@pytest.mark.parametrize("name", sorted(ZEROS))
def test_temperature_scales_have_pints_zero(name: str) -> None:
    registry = pint.UnitRegistry(non_int_type=Fraction)
    zero = registry.Quantity(Fraction(0), name).to_base_units().magnitude
    assert scale(name).offset == zero
    one = registry.Quantity(Fraction(1), name).to_base_units().magnitude
    assert scale(name).factor == one - zero


def test_every_name_has_a_scale() -> None:
    """None is missing: a text with such a unit could not be checked at all."""
    for name in atoms():
        assert scale(name).factor > 0


def test_revolutions_per_minute_are_one_unit_however_written() -> None:
    (one,), (other,) = quantities("3,000 rpm"), quantities("3000 revolutions per minute")
    assert one.readings[0].low == other.readings[0].low
    assert one.unit == other.unit
