"""The blend of network and findings, fitted with the shipped verifier on rows of our own."""

from __future__ import annotations

import pytest

from guard.tune.blend import HARD, UNFITTED, fitted, hard_rows, measured
from guard.tune.rows import Answer, Row
from guard.verify.settings import FEATURES
from guard.verify.signals import AGAINST, PIECES, SIGNALS
from guard.verify.verifier import load_verifier

TOWNS = ("Alvik", "Borre", "Dalen", "Eidet", "Fosnes", "Gran", "Halsa", "Inset")


def rows() -> list[Row]:
    """Bridges of made-up towns: their year and length, true and false."""
    found = []
    for number, town in enumerate(TOWNS):
        year, length = 1900 + 7 * number, 100 + 13 * number
        evidence = (
            f"The old bridge of {town} was opened in {year}. It is {length} metres long. "
            f"The narrow road to {town} was paved by Ada Lind."
        )
        claims: tuple[tuple[str, Answer], ...] = (
            (f"The bridge of {town} was opened in {year}.", "supported"),
            (f"The bridge of {town} is {length} metres long.", "supported"),
            (f"The narrow road to {town} was paved by Ada Lind.", "supported"),
            (f"The bridge of {town} was opened in {year + 31}.", "contradicted"),
            (f"The bridge of {town} is {length + 400} metres long.", "contradicted"),
            (f"The bridge of {town} is closed in winter.", "neutral"),
        )
        found += [Row(evidence=evidence, claim=c, label=label) for c, label in claims]
    return found


def test_hard_rows_are_half_true() -> None:
    made = hard_rows({"own": rows()})
    assert set(made) <= set(HARD)
    assert {"renamed", "changed figure", "deleted"} <= set(made)
    for some in made.values():
        assert any(row.label == "supported" for row in some)
        assert any(row.label != "supported" for row in some)


def test_no_hard_rows_are_made_of_a_few() -> None:
    assert hard_rows({"own": rows()[:5]}) == {}


@pytest.mark.slow
def test_the_blend_never_counts_a_finding_the_wrong_way() -> None:
    blend = fitted(load_verifier(), {"own": rows()})
    assert len(blend.weights) == len(FEATURES)
    assert set(blend.findings) == set(SIGNALS)
    assert all(blend.findings[name] <= 0.0 for name in AGAINST)
    assert blend.findings["quantities supported"] >= 0.0
    assert blend.findings["quantities contradicted"] < 0.0


def test_without_rows_the_network_speaks_alone() -> None:
    assert fitted(load_verifier(), {}) == UNFITTED


def test_what_is_measured_is_of_the_best_piece() -> None:
    """Of long evidence several pieces are looked at, and how many is part of what is measured."""
    row = rows()[0]
    padding = " ".join(f"The ferry number {n} is painted blue by its crew." for n in range(80))
    long = Row(evidence=f"{padding} {row.evidence} {padding}", claim=row.claim, label=row.label)
    short, far = (measured(load_verifier(), one) for one in (row, long))
    place = len(FEATURES) + SIGNALS.index(PIECES)
    assert short[place] == 0.0
    assert far[place] > 0.0
    carried = len(FEATURES) + SIGNALS.index("quantities supported")
    assert short[carried] == far[carried] == 1.0
