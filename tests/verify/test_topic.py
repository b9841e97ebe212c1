"""Which sentences speak of a circumstance that a claim leaves out."""

from __future__ import annotations

import pytest

from guard.verify.topic import restricted

CLAIM = "The lift carries 400 kg."


@pytest.mark.parametrize(
    ("claim", "sentence", "limits"),
    [
        (CLAIM, "The lift carries 350 kg.", False),
        (CLAIM, "In tunnels the lift carries 350 kg.", True),
        (CLAIM, "In fact the lift carries 350 kg.", False),
        (CLAIM, "In practice the lift carries 350 kg.", True),
        (CLAIM, "The lift carries about 350 kg in practice.", True),
        ("In practice the lift carries 400 kg.", "The lift carries 350 kg in practice.", False),
        ("On average it carries 400 kg.", "It carries 350 kg in practice.", True),
    ],
)
def test_a_circumstance_restricts(claim: str, sentence: str, limits: bool) -> None:
    assert restricted(claim, sentence) is limits
