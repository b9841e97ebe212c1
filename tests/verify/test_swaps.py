"""One fact swapped: the exact checks alone, behind an entailment that believes everything."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from guard.verify.pairs import Pair, judge

LEAST, LEAST_FAMILY = 0.97, 0.9


@pytest.fixture(scope="module")
def swaps() -> ModuleType:
    folder = str(Path(__file__).parent)
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("swaps")
    finally:
        sys.path.remove(folder)


def test_the_suite_is_balanced_and_always_the_same(swaps: ModuleType) -> None:
    """At least 1,600 distinct pairs, half of them true in every family, the same on each call."""
    pairs = swaps.suite()
    assert len(pairs) >= 1600
    assert pairs == swaps.suite()
    assert len({(pair.claim, pair.evidence, pair.supported) for pair in pairs}) == len(pairs)
    for family in swaps.FAMILIES:
        halves = [pair.supported for pair in pairs if pair.family == family]
        assert sum(halves) * 2 == len(halves)


def test_true_claims_are_mostly_restated(swaps: ModuleType) -> None:
    """In at least half of the true pairs the claim does not stand in the evidence as it is."""
    true = [pair for pair in swaps.suite() if pair.supported]
    assert sum(pair.claim in pair.evidence for pair in true) <= len(true) / 2


def test_swapped_facts_are_stopped_and_true_ones_pass(swaps: ModuleType) -> None:
    """Nearly every false pair is stopped by the exact layer, and nearly no true one is blocked."""
    lines = swaps.run(swaps.Credulous())
    pairs = sum(line.pairs for line in lines)
    right = sum(line.kept + line.stopped for line in lines)
    assert right >= LEAST * pairs, swaps.table(lines)
    assert all(line.right >= LEAST_FAMILY for line in lines), swaps.table(lines)


LIGHT = "The speed of light is 299,792 km/s in vacuum and about 225,000 km/s in water."
SMTP = "RFC 821 was the first SMTP standard. RFC 5321 is the current SMTP standard."
USB = "USB4 reaches 40 Gbit/s, USB4 version 2.0 80 Gbit/s."
LAMPS = "Arlo has 12 lamps, whereas Benz has 34 lamps."
ROWS = "| Line | Length (km) | Fare (€) |\n|---|---|---|\n| Arlo | 12 | 3 |\n| Benz | 40 | 5 |"
CASES = [
    ("The current SMTP standard is RFC 5321.", SMTP, True),
    ("The current SMTP standard is RFC 821.", SMTP, False),
    ("USB4 version 2.0 reaches 80 Gbit/s.", USB, True),
    ("USB4 version 2.0 reaches 40 Gbit/s.", USB, False),
    ("The speed of light is 299,792 km/s.", LIGHT, True),
    ("The speed of light is 225,000 km/s.", LIGHT, False),
    ("There are 34 lamps in Benz.", LAMPS, True),
    ("There are 34 lamps in Arlo.", LAMPS, False),
    ("The Arlo line is 12 km long.", ROWS, True),
    ("The Arlo line is 12,000 m long.", ROWS, True),
    ("The Arlo line is 40 km long.", ROWS, False),
    ("The Arlo line is 3 km long.", ROWS, False),
    ("Masks help against COVID-19.", "Masks help against the novel coronavirus.", True),
    ("The World Trade Organization (WTO) met.", "The WTO met.", True),
    ("In Arlo, one in five shops is shut.", "In Arlo, 20 % of the shops are shut.", True),
    ("In Arlo, one in five shops is shut.", "In Arlo, 25 % of the shops are shut.", False),
    ("More than £800,000 was raised.", "More than £835,462 was raised.", True),
    ("Fewer than 90 people came.", "Fewer than 40 people came.", False),
    ("Not one of the boats sank.", "None of the boats sank.", True),
    ("All of the boats sank.", "Some of the boats sank.", False),
]


@pytest.mark.parametrize(("claim", "evidence", "supported"), CASES)
def test_a_value_counts_only_where_it_belongs(
    swaps: ModuleType, claim: str, evidence: str, supported: bool
) -> None:
    """Values are taken from the claim's own name, code, circumstance, row and column."""
    (judged,) = judge([Pair(id="p", claim=claim, evidence=evidence)], entailment=swaps.Credulous())
    assert (judged.label == "supported") == supported


def test_hostile_evidence_is_read_in_reasonable_time(swaps: ModuleType) -> None:
    """Thousands of names, values and records are no reason to hang."""
    pieces = (
        "Arlo has 12 lamps. ",
        "Name: Arlo; Staff: 12; ",
        "- Arlo: 12\n",
        "12 in 20, ",
        "( 12 ",
    )
    pairs = [Pair(id=piece, claim="Benz has 12 lamps.", evidence=piece * 2_000) for piece in pieces]
    assert len(judge(pairs, entailment=swaps.Credulous())) == len(pieces)
