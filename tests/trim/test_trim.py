from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.claims import claims_from_text
from guard.edits import apply_text, derive
from guard.errors import UsageError
from guard.trim import trim
from guard.types import (
    Certificate,
    Label,
    Policy,
    Provenance,
    Report,
    Target,
    Unit,
    Verdict,
)

if TYPE_CHECKING:
    from guard.knowledge import Encoder

QUESTION = "What is the capital of Australia?"


def trimmed(
    text: str,
    *,
    question: str | None = None,
    target: Target | None = None,
    encoder: Encoder | None = None,
    verdicts: Sequence[Verdict] = (),
) -> tuple[str, Certificate]:
    edits, certificate = trim(
        text,
        verdicts=verdicts,
        policy=Policy(),
        question=question,
        target=target,
        encoder=encoder,
        count_tokens=len,
    )
    return apply_text(text, edits), certificate


WORDY = [
    ("Sure! The capital is Canberra.", "The capital is Canberra."),
    ("Great question! It is 5 kg. I hope this helps!", "It is 5 kg."),
    ("The capital is Canberra. Is there anything else?", "The capital is Canberra."),
    ("The capital is Canberra. Let me know if you need more.", "The capital is Canberra."),
    ("It is important to note that the pump weighs 5 kg.", "The pump weighs 5 kg."),
    ("In summary, overall, note that the pump weighs 5 kg.", "The pump weighs 5 kg."),
    ("As an AI language model, I have no feelings. Rome is old.", "Rome is old."),
    ("What is the capital of Australia? It is Canberra.", "It is Canberra."),
    ("You asked what the capital of Australia is. It is Canberra.", "It is Canberra."),
    ("Here are the facts:\n\n- Rome is old.\n- Oslo is new.", "- Rome is old.\n- Oslo is new."),
    ("The pump weighs 5 kg. It is red. The pump weighs 5 kg.", "The pump weighs 5 kg. It is red."),
    ("The pump weighs five kg. The pump weighs 5 kg.", "The pump weighs five kg."),
    ("The capital is Canberra. Canberra is the capital.", "The capital is Canberra."),
    ("The pump has 3 valves and weighs 5 kg. The pump weighs 5 kg.",
     "The pump has 3 valves and weighs 5 kg."),
    ("The pump weighs 5 kg, not 6 kg. The pump weighs 5 kg.", "The pump weighs 5 kg, not 6 kg."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), WORDY)
def test_words_that_say_nothing_go(text: str, left: str) -> None:
    """Filler, offers, restated questions, boilerplate and repeats go; statements stay."""
    assert trimmed(text, question=QUESTION)[0] == left


KEPT = [
    "Hello! How can I help?",
    "I don't know.",
    "The pump weighs 5 kg. The pump weighs 6 kg.",
    "The pump weighs 5 kg. The pump weighs 5 g.",
    "The pump is red. The pump is not red.",
    "Ada built the pump. Ida built the pump.",
    "Dogs chase cats. Cats chase dogs.",
    "Rome is larger than Oslo. Oslo is larger than Rome.",
    "The valve opens at high pressure. The valve closes at high pressure.",
    "The pump weighs 5 kg less than the fan. The pump weighs 5 kg.",
    "All birds can fly. Birds can fly.",
    "1. Press the reset button.\n2. Wait.\n3. Press the reset button.",
    "# Pump A\n\nThe weight is 5 kg.\n\n# Pump B\n\nThe weight is 5 kg.",
    "# Pump A\n\n- Weight: 5 kg\n\n# Pump B\n\n- Weight: 5 kg",
    "Gold is heavier.",
    "```\nSure! x = 1\nSure! x = 1\n```\n\nRome is old.",
    "| a | b |\n|---|---|\n| Sure! | Sure! |\n\nRome is old.",
    "$$\nx = 1\n$$\n\nRome is old.\n\n$$\nx = 1\n$$",
    '{"note": "Sure!",\n "again": "Sure!"}\n\nRome is old.',
]


@pytest.mark.parametrize("text", KEPT)
def test_what_says_something_stays(text: str, encoder: Encoder) -> None:
    """Differing numbers, names, negations, order or headings are no repeats; code is left alone."""
    question = "Is gold heavier, or iron?"
    assert trimmed(text, question=question, encoder=encoder)[0] == text


def test_off_topic_sentences_go(encoder: Encoder) -> None:
    """A sentence far from the question goes, with a noun for the pronoun that leaned on it."""
    text = (
        "The capital of Australia is Canberra. Canberra lies in the Australian Capital Territory. "
        "Mozzarella is made from the milk of buffaloes."
    )
    left, certificate = trimmed(text, question=QUESTION, encoder=encoder)
    assert left == text.removesuffix(" Mozzarella is made from the milk of buffaloes.")
    assert certificate.after.sentences == 2


def test_supported_sentences_are_not_off_topic(encoder: Encoder) -> None:
    """What evidence supports is never removed for being off the question."""
    text = "The capital is Canberra. Mozzarella is made from milk."
    verdicts = labelled(text, ["supported", "supported"])
    left, certificate = trimmed(text, question=QUESTION, encoder=encoder, verdicts=verdicts)
    assert left == text
    assert (certificate.kept, certificate.lost) == (("c1", "c2"), ())


def labelled(text: str, labels: Sequence[Label]) -> list[Verdict]:
    claims = claims_from_text(text)
    return [
        Verdict(claim=claim, label=label, score=0.5, reason="because")
        for claim, label in zip(claims, labels, strict=True)
    ]


FIVE = "Rome is old. Oslo is cold. Bern is calm. Lima is large. Cairo is hot."
MIXED: list[Label] = [
    "supported",
    "not_in_knowledge",
    "supported",
    "not_in_knowledge",
    "conflicting",
]


@pytest.mark.parametrize(
    ("target", "left", "met"),
    [
        (Target(amount=50), FIVE, True),
        (Target(amount=9), "Rome is old. Oslo is cold. Bern is calm.", True),
        (Target(amount=1, unit="sentences"), "Rome is old.", True),
        (Target(amount=2, unit="sentences"), "Rome is old. Bern is calm.", True),
        (Target(amount=30, unit="tokens"), "Rome is old. Bern is calm.", True),
        (Target(amount=2), "Rome is old.", False),
    ],
)
def test_length_takes_the_least_valuable_first(target: Target, left: str, met: bool) -> None:
    """Whole sentences go, unsupported before supported and late before early; one stays."""
    verdicts = [
        Verdict(claim=v.claim, label=v.label, score=0.5, reason="r") for v in labelled(FIVE, MIXED)
    ]
    policy = Policy(not_in_knowledge="keep", conflicting="keep")
    edits, certificate = trim(
        FIVE, verdicts=verdicts, policy=policy, target=target, count_tokens=len
    )
    assert apply_text(FIVE, edits) == left
    assert certificate.target_met is met
    assert certificate.target == target


def test_lost_claims_are_named() -> None:
    """A supported claim that the length costs is in the certificate, and its edit says why."""
    verdicts = labelled(FIVE, ["supported"] * 5)
    edits, certificate = trim(
        FIVE, verdicts=verdicts, policy=Policy(), target=Target(amount=3, unit="sentences")
    )
    assert (certificate.kept, certificate.lost) == (("c1", "c2", "c3"), ("c4", "c5"))
    assert {edit.reason for edit in edits} == {"to reach 3 sentences"}


def test_policy_is_applied_with_trimming() -> None:
    """Contradicted claims go and unknown ones are marked, together with the filler."""
    text = "Sure! Rome is in France. Rome is old. Oslo is cold."
    verdicts = labelled(text, ["not_checkable", "contradicted", "supported", "not_in_knowledge"])
    assert trimmed(text, verdicts=verdicts)[0] == "Rome is old. Oslo is cold. [unverified]"


def test_leaning_sentences_go_with_what_they_lean_on() -> None:
    """A length target does not leave "This ..." behind without the sentence before."""
    text = "Rome is old. Wine grows there, and people like it. This makes it loud."
    verdicts = labelled(text, ["supported", "not_in_knowledge", "supported"])
    policy = Policy(not_in_knowledge="keep")
    edits, _ = trim(text, verdicts=verdicts, policy=policy, target=Target(amount=5))
    assert apply_text(text, edits) == "Rome is old."


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (Target(amount=0), "a target of 0 words"),
        (Target(amount=5, unit="tokens"), "needs a tokenizer"),
    ],
)
def test_targets_that_cannot_be_counted_are_refused(target: Target, message: str) -> None:
    """A target of nothing, or in tokens without a tokenizer, is the caller's mistake."""
    with pytest.raises(UsageError, match=message) as caught:
        trim(FIVE, policy=Policy(), target=target)
    assert caught.value.exit_code == 2


def test_empty_text_stays_empty() -> None:
    """Nothing to trim is no error."""
    assert trimmed("", target=Target(amount=5))[0] == ""


PIECES = """Sure! ~Great question! ~The pump weighs 5 kg. ~The pump weighs five kg. ~It is red. ~
This is new. ~Note that ~In summary, ~the pump has 3 valves and weighs 5 kg. ~\n\n~\n- ~# Pump\n\n~
I hope this helps! ~What is the pump? ~Rome is in Italy. ~Italy is where Rome is. ~```\nx\n```\n~
| a | b |\n|--|--|\n| c | 5 |\n\n~Restart it. ~I think that ~Overall, ~Rome is old, not new. ~
You asked what the pump is. ~Here are the facts:\n\n~I don't know, but ~Rome is old. ~1. ~> ~
They are lovely. ~**The pump is red.** ~Its motor weighs 2 kg. ~sure. ~$$\nx\n$$\n\n"""
TEXTS = st.lists(st.sampled_from(re.split(r"~\n?", PIECES)), max_size=14).map("".join)
UNITS: list[Unit] = ["words", "sentences", "tokens"]
TARGETS = st.none() | st.builds(Target, amount=st.integers(1, 40), unit=st.sampled_from(UNITS))


@settings(deadline=None)
@given(TEXTS, TARGETS)
def test_trimming_twice_changes_nothing(text: str, target: Target | None) -> None:
    """What has been trimmed has nothing left to trim."""
    once, certificate = trimmed(text, question="What is the pump?", target=target)
    twice, again = trimmed(once, question="What is the pump?", target=target)
    assert twice == once
    assert again.target_met is certificate.target_met
    assert again.before.words == certificate.after.words


@settings(deadline=None)
@given(TEXTS, TARGETS)
def test_targets_are_met_or_said_not_to_be(text: str, target: Target | None) -> None:
    """`target_met` tells the truth about the text that comes out."""
    left, certificate = trimmed(text, target=target)
    if target is None:
        assert certificate.target_met is None
        return
    after = certificate.after
    amounts = {"words": after.words, "sentences": after.sentences, "tokens": len(left)}
    assert certificate.target_met is (amounts[target.unit] <= target.amount)
    assert after.words <= certificate.before.words


REAL = [
    "Sure! The capital of Australia is Canberra, not Sydney. It is important to note that Sydney "
    "is the largest city. In summary, Canberra is the capital of Australia. I hope this helps!",
    "To reset the router:\n\n1. Hold **Reset** for 10 seconds.\n2. Wait until the LED is green.\n"
    "3. Open `192.168.0.1`.\n\nMozzarella is made from milk. It tastes mild. If the LED is red, "
    "contact support. Let me know if that works!",
    "# Ohm's law\n\nOhm's law states that $U = R I$. Note that U is the voltage.\n\n"
    "$$\nU = R I\n$$\n\nFor R = 10 Ω and I = 2 A, U is 20 V. So U is 20 V. As an AI, I can't "
    "measure it for you.",
]


@pytest.mark.parametrize("text", REAL)
@pytest.mark.parametrize("amount", [None, 30, 12])
def test_real_answers_are_stable(text: str, amount: int | None, encoder: Encoder) -> None:
    """With the real encoder too, a trimmed answer stays as it is."""
    target = Target(amount=amount) if amount else None
    once, _ = trimmed(text, question=QUESTION, target=target, encoder=encoder)
    assert trimmed(once, question=QUESTION, target=target, encoder=encoder)[0] == once
    assert len(once) < len(text)


@st.composite
def checked(draw: st.DrawFn) -> tuple[str, list[Verdict]]:
    text = draw(TEXTS)
    labels = st.sampled_from(["supported", "contradicted", "not_in_knowledge", "conflicting"])
    return text, [
        Verdict(
            claim=claim,
            label="not_checkable" if claim.not_checkable else draw(labels),
            score=0.5,
            reason="r",
        )
        for claim in claims_from_text(text)
    ]


@settings(deadline=None)
@given(checked(), TARGETS)
def test_supported_claims_are_only_lost_to_repeats_and_length(
    case: tuple[str, list[Verdict]], target: Target | None
) -> None:
    """Every lost supported claim has an edit that says it was said before, or names the length."""
    text, verdicts = case
    edits, certificate = trim(
        text, verdicts=verdicts, policy=Policy(), target=target, count_tokens=len
    )
    causes = {edit.claim: edit.cause for edit in edits if edit.action == "remove"}
    assert {causes[claim] for claim in certificate.lost} <= {"repeated", "length"}
    supported = {verdict.claim.id for verdict in verdicts if verdict.label == "supported"}
    assert {*certificate.kept, *certificate.lost} == supported


@settings(deadline=None)
@given(checked(), TARGETS)
def test_a_report_derives_the_same_answer(
    case: tuple[str, list[Verdict]], target: Target | None
) -> None:
    """`derive` on the edits of a trimming gives the trimmed text and its certificate."""
    text, verdicts = case
    policy = Policy()
    edits, certificate = trim(
        text, verdicts=verdicts, policy=policy, target=target, count_tokens=len
    )
    answer = apply_text(text, edits)
    report = Report(
        source="text",
        text=text,
        answer=answer,
        verdicts=tuple(verdicts),
        edits=edits,
        certificate=certificate,
        policy=policy,
        provenance=Provenance(guard="0", created="2026-01-01T00:00:00Z"),
    )
    made = derive(report)
    assert made.answer == answer
    assert made.certificate == certificate
