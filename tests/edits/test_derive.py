from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.edits import apply_value, canonical, certify, derive, policy_edits
from guard.types import Claim, Edit, Json, Label, Policy, Provenance, Report, Span, Verdict

TEXT = "The pump has 3 valves and weighs 5 kg. It is red."


def verdict(number: int, part: str, label: Label, **fields: Json) -> Verdict:
    start = TEXT.index(part)
    claim = Claim(
        id=f"c{number}",
        text=part,
        kind="prose",
        span=Span(start=start, end=start + len(part)),
        **fields,
    )
    return Verdict(claim=claim, label=label, score=0.5, reason="because")


def pump(first: Label, second: Label, third: Label) -> list[Verdict]:
    whole = Span(start=0, end=38)
    bodies = [Span(start=9, end=21), Span(start=26, end=37)]
    return [
        verdict(1, "The pump has 3 valves", first, sentence=whole, body=bodies[0]),
        verdict(2, "and weighs 5 kg.", second, sentence=whole, body=bodies[1]),
        verdict(3, "It is red.", third),
    ]


def report(verdicts: list[Verdict], **fields: Json) -> Report:
    made = Provenance(guard="0", created="2026-01-01T00:00:00Z")
    fields = {"text": TEXT, "answer": TEXT, **fields}
    return Report(source="prompt", provenance=made, verdicts=tuple(verdicts), **fields)


S, C, N, U = "supported", "contradicted", "not_checked", "not_in_knowledge"
CASES = [
    (S, S, S, TEXT),
    (C, S, S, "The pump weighs 5 kg. It is red."),
    (S, C, S, "The pump has 3 valves. It is red."),
    (C, C, S, "It is red."),
    (C, C, C, ""),
    (S, U, S, "The pump has 3 valves and weighs 5 kg. [unverified] It is red."),
    (U, S, S, "The pump has 3 valves [unverified] and weighs 5 kg. It is red."),
    (S, S, N, TEXT + " [not checked]"),
    (C, U, S, "The pump weighs 5 kg. [unverified] It is red."),
]


@pytest.mark.parametrize(("first", "second", "third", "answer"), CASES)
def test_policy_becomes_text(first: Label, second: Label, third: Label, answer: str) -> None:
    """Contradicted claims go, unknown and unchecked ones are marked, clauses leave a sentence."""
    assert derive(report(pump(first, second, third))).answer == answer


def test_derive_again_changes_nothing() -> None:
    """Deriving is a function of verdicts, policy and trimming edits: a second time is the first."""
    once = derive(report(pump(C, U, S)))
    assert derive(once) == once


def test_trimming_edits_stay_and_policy_edits_are_made_anew() -> None:
    """A milder policy brings back what only the policy had removed."""
    trimmed = Edit(action="remove", cause="repeated", reason="r", span=Span(start=39, end=49))
    start = derive(report(pump(C, S, S), edits=(trimmed,)))
    assert start.answer == "The pump weighs 5 kg."
    again = derive(replace(start, policy=Policy(contradicted="keep")))
    assert again.answer == "The pump has 3 valves and weighs 5 kg."
    assert again.edits == (trimmed,)


def test_certificate_names_kept_and_lost() -> None:
    """Supported claims are listed by what became of them, with lengths before and after."""
    trimmed = Edit(action="remove", cause="repeated", reason="r", span=Span(start=39, end=49))
    made = derive(report(pump(C, S, S), edits=(trimmed,))).certificate
    assert made is not None
    assert (made.kept, made.lost) == (("c2",), ("c3",))
    assert (made.before.words, made.after.words) == (12, 5)
    assert (made.before.sentences, made.after.sentences) == (2, 1)


def test_a_noun_for_a_pronoun_loses_no_claim() -> None:
    """A claim survives when its pronoun gets the noun it was checked with."""
    text = "The pump is red. It hums."
    spans = [Span(start=0, end=16), Span(start=17, end=25)]
    first = Claim(id="c1", text="The pump is red.", kind="prose", span=spans[0])
    second = Claim(
        id="c2",
        text="The pump hums.",
        kind="prose",
        span=spans[1],
        pronoun=Span(start=17, end=19),
        noun="The pump",
    )
    verdicts = [
        Verdict(claim=first, label="contradicted", score=0.0, reason="r"),
        Verdict(claim=second, label="supported", score=1.0, reason="r"),
    ]
    made = derive(report(verdicts, text=text))
    assert made.answer == "The pump hums."
    assert made.certificate is not None
    assert made.certificate.kept == ("c2",)


VALUE = {"name": "pump", "parts": ["a", "b", "c"], "size": {"kg": 5, "a/b": 1}}


def gone(pointer: str) -> Edit:
    return Edit(action="remove", cause="contradicted", reason="r", pointer=pointer)


@pytest.mark.parametrize(
    ("pointers", "left"),
    [
        ((), VALUE),
        (("/name",), {"parts": ["a", "b", "c"], "size": {"kg": 5, "a/b": 1}}),
        (("/parts/0", "/parts/1"), {**VALUE, "parts": ["c"]}),
        (("/parts/2", "/parts/0"), {**VALUE, "parts": ["b"]}),
        (("/size/a~1b",), {**VALUE, "size": {"kg": 5}}),
        (("/size", "/size/kg"), {"name": "pump", "parts": ["a", "b", "c"]}),
        (("",), None),
    ],
)
def test_values_lose_leaves(pointers: tuple[str, ...], left: Json) -> None:
    """Pointers are the original value's: removals in an array do not shift each other."""
    assert apply_value(VALUE, [gone(pointer) for pointer in pointers]) == left


def test_values_are_not_changed_in_place() -> None:
    """Editing gives a new value."""
    value = {"parts": ["a", "b"]}
    apply_value(value, [gone("/parts/0")])
    assert value == {"parts": ["a", "b"]}


def test_prose_inside_a_value() -> None:
    """An edit with pointer and span works in the string there; marks change no value."""
    value = {"summary": "It runs. It leaks."}
    span = Span(start=9, end=18)
    edit = replace(gone("/summary"), span=span)
    assert apply_value(value, [edit]) == {"summary": "It runs."}
    assert apply_value(value, [replace(edit, action="mark")]) == value


def test_pointer_to_nothing_is_refused() -> None:
    """An edit of a missing leaf is an error."""
    with pytest.raises(ValueError, match="/parts/9"):
        apply_value(VALUE, [gone("/parts/9")])


def leaf(pointer: str, label: Label, **fields: Json) -> Verdict:
    claim = Claim(id=pointer, text=pointer, kind="value", pointer=pointer, **fields)
    return Verdict(claim=claim, label=label, score=0.1, reason="because")


def test_what_cannot_be_removed_is_marked() -> None:
    """A required leaf stays, is marked, and the edit says why."""
    verdicts = [leaf("/name", C, removable=False), leaf("/parts/1", C)]
    edits = policy_edits(verdicts, Policy())
    assert [edit.action for edit in edits] == ["mark", "remove"]
    assert "schema" in edits[0].reason
    made = derive(report(verdicts, value=VALUE, text=canonical(VALUE)))
    assert made.answer_value == {**VALUE, "parts": ["a", "c"]}
    assert made.answer == canonical(made.answer_value)


def test_lost_with_what_holds_it() -> None:
    """A supported leaf is lost when the object around it goes."""
    made = certify("", "", verdicts=[leaf("/size/kg", S)], edits=[gone("/size")])
    assert made.lost == ("/size/kg",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(JSON)
def test_canonical_keeps_values_and_no_edits_keep_all(value: Json) -> None:
    """Canonical text parses back, and no edits give an equal value."""
    import json

    assert json.loads(canonical(value)) == value
    assert apply_value(value, []) == value
