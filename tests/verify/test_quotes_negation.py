from __future__ import annotations

import pytest

from guard.types import Claim, Evidence, Passage, Span
from guard.verify.checks import Check
from guard.verify.context import Context
from guard.verify.negation import check_negation
from guard.verify.quotes import check_quotes, quotations


def run(check: object, claim: str, text: str) -> list[tuple[str, str | None]]:
    passage = Passage(
        id="p", document="d", title="", text=text, span=Span(start=0, end=len(text)), sha256="0"
    )
    evidence = Evidence(passage=passage, quote=Span(start=0, end=1), score=1.0, how="given")
    findings = Check("x", check).run(  # type: ignore[arg-type]
        Claim(id="c", text=claim, kind="prose"), evidence, Context()
    )
    return [(f.label, f.quote.of(text) if f.quote else None) for f in findings]


SPEECH = (
    "The mayor said: “We will build the bridge before winter, whatever it costs.” Then she left."
)


@pytest.mark.parametrize(
    ("claim", "label", "quote"),
    [
        (
            'She said "we will build the bridge before winter".',
            "supported",
            "We will build the bridge before winter",
        ),
        ('She said "we will build the bridge … whatever it costs".', "supported", None),
        (
            'She said "we will sell the bridge before winter".',
            "contradicted",
            "We will build the bridge before winter",
        ),
        ('She said "nobody asked me about taxes".', "not_in_knowledge", None),
        ('She said "winter".', None, None),
        ("She said it.", None, None),
    ],
)
def test_quotations_are_held_against_the_words(
    claim: str, label: str | None, quote: str | None
) -> None:
    """A quotation of three words or more is the same, altered, or absent; with its span."""
    found = run(check_quotes, claim, SPEECH)
    assert {one for one, _ in found} == ({label} if label else set())
    if quote:
        assert found[0][1] == quote


def test_quotations_are_cut_at_ellipses() -> None:
    """Each side of an ellipsis is a quotation of its own."""
    assert list(quotations("“one two three … four five six” and “seven”")) == [
        "one two three",
        "four five six",
    ]


OPPOSITE = [
    ("The valve is open.", "The valve is closed."),
    ("The drive supports hot swapping.", "The drive does not support hot swapping."),
    ("The drive does not support hot swapping.", "The drive supports hot swapping."),
    ("The pump isn't covered by the warranty.", "The pump is covered by the warranty."),
    ("Sales of the pump increased in spring.", "Sales of the pump decreased in spring."),
    ("The committee approved the plan.", "The committee rejected the plan."),
    ("The site was safe for the workers.", "The site was unsafe for the workers."),
    ("The guests arrived before the storm.", "The guests arrived after the storm."),
    ("The lamp uses more power than the fan.", "The lamp uses less power than the fan."),
    ("The router always logs failures.", "The router never logs failures."),
]


@pytest.mark.parametrize(("claim", "text"), OPPOSITE)
def test_the_opposite_contradicts(claim: str, text: str) -> None:
    """One turned sign in an otherwise equal sentence contradicts, whichever side has it."""
    assert run(check_negation, claim, f"Some words first. {text}") == [("contradicted", text)]


HARMLESS = [
    ("The valve is open.", "The valve is open."),
    ("The valve is not open.", "The valve is closed."),
    ("The drive supports hot swapping.", "The drive supports hot swapping, but it does not cool."),
    ("The drive is fast.", "The drive is not only fast but quiet."),
    ("The drive is fast.", "The drive is not unfast."),
    ("The pump is covered by the warranty.", "The hose is not covered by anything here."),
    ("The plan was approved.", "The plan was not approved at first. Later the plan was approved."),
    ("The plan was approved.", "Nobody doubts that the plan was approved."),
    ("Sales rose in spring.", "In autumn costs fell."),
]


@pytest.mark.parametrize(("claim", "text"), HARMLESS)
def test_what_is_not_plainly_opposite_raises_nothing(claim: str, text: str) -> None:
    """Two signs, other words under the sign, or the claim said elsewhere: silence."""
    assert run(check_negation, claim, text) == []


@pytest.mark.parametrize(
    ("claim", "text", "against"),
    [
        ("Permit no. QT-77-12 was signed.", "Permit QT-77-12 was signed.", False),
        ("Permit QT-77-12 was signed.", "Permit No. QT-77-12 was signed.", False),
        ("Permit no. QT-77-12 was signed.", "Permit no. QT-77-12 was not signed.", True),
    ],
)
def test_the_abbreviation_of_number_is_no_negation(claim: str, text: str, against: bool) -> None:
    """ "no." before a code means "number"."""
    assert bool(run(check_negation, claim, text)) is against
