from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.edits import apply_text
from guard.types import Edit, Span


def cut(text: str, part: str, **fields: str) -> Edit:
    start = text.index(part)
    span = Span(start=start, end=start + len(part))
    return Edit(action="remove", cause="contradicted", reason="wrong", span=span, **fields)


def note(text: str, part: str, cause: str = "not_in_knowledge") -> Edit:
    start = text.index(part)
    span = Span(start=start, end=start + len(part))
    return Edit(action="mark", cause=cause, reason="unknown", span=span)


REMOVALS = [
    ("One. Two. Three.", ["Two."], "One. Three."),
    ("One. Two. Three.", ["One."], "Two. Three."),
    ("One. Two. Three.", ["Three."], "One. Two."),
    ("One. Two. Three.\n", ["Three."], "One. Two.\n"),
    ("One. Two. Three.", ["One.", "Two."], "Three."),
    ("One. Two. Three.", ["One.", "Two.", "Three."], ""),
    ("One.\n\nTwo.\n\nThree.", ["Two."], "One.\n\nThree."),
    ("One. Two.\n\nThree. Four.", ["Two.", "Three."], "One.\n\nFour."),
    ("One. Two.\nThree.", ["Two."], "One.\nThree."),
    ("- One.\n- Two.\n- Three.", ["Two."], "- One.\n- Three."),
    ("- One. Two.\n- Three.", ["One."], "- Two.\n- Three."),
    ("- One. Two.\n- Three.", ["Two."], "- One.\n- Three."),
    ("- One.\n- Two.", ["One.", "Two."], ""),
    ("1. One.\n2. Two.\n3. Three.", ["Two."], "1. One.\n3. Three."),
    ("- [ ] One.\n- [x] Two.", ["Two."], "- [ ] One."),
    ("> One.\n> Two.", ["One."], "> Two."),
    (">> One.\n\nTwo.", ["One."], "Two."),
    ("1. - One.\n\nTwo.", ["One."], "Two."),
    ("1. - One.\n     Two.", ["One."], "1. - Two."),
    ("- One.\n  - Two.\n- Three.", ["One."], "-\n  - Two.\n- Three."),
    ("- One.\n  - Two.\n- Three.", ["One.", "Two."], "- Three."),
    ("# A\n\nOne.\n\n# B\n\nTwo.", ["One."], "# B\n\nTwo."),
    ("# A\n\n## B\n\nOne.\n\n# C\n\nTwo.", ["One."], "# C\n\nTwo."),
    ("# A\n\nZero.\n\n## B\n\nOne.", ["One."], "# A\n\nZero."),
    ("# A\n\n- One.\n- Two.\n", ["One.", "Two."], ""),
    ("# A\n\n# B\n\nOne. Two.", ["Two."], "# A\n\n# B\n\nOne."),
    ("```\n# A\n```\n\nOne.", ["One."], "```\n# A\n```"),
    ("The pump has 3 valves and weighs 5 kg.", [" and weighs 5 kg"], "The pump has 3 valves."),
    ("The pump has 3 valves and weighs 5 kg.", ["has 3 valves and "], "The pump weighs 5 kg."),
    ("Note that the pump leaks.", ["Note that"], "The pump leaks."),
    ("It ran. Note that the pump leaks.", ["Note that"], "It ran. The pump leaks."),
    ("Use it. Note that iPhone sells.", ["Note that"], "Use it. iPhone sells."),
    ("We saw Paris and rome.", ["Paris and"], "We saw rome."),
    ("A (so they say) B.", ["so they say"], "A () B."),
    ("| a | b |\n|---|---|\n| c | 1 |", ["1"], "| a | b |\n|---|---|\n| c | |"),
]


@pytest.mark.parametrize(("text", "parts", "left"), REMOVALS)
def test_removal_leaves_clean_text(text: str, parts: list[str], left: str) -> None:
    """Spacing, emptied bullets and emptied headings are tidied; nothing else is touched."""
    assert apply_text(text, [cut(text, part) for part in parts]) == left


MARKED = [
    ("One. Two.", ["One."], "One. [unverified] Two."),
    ("One. Two.", ["One. "], "One. [unverified] Two."),
    ("One. Two.", ["Two."], "One. Two. [unverified]"),
    ("One. [unverified] Two.", ["One."], "One. [unverified] Two."),
    ("One. [unverified] Two.", ["One. [unverified]"], "One. [unverified] Two."),
]


@pytest.mark.parametrize(("text", "parts", "left"), MARKED)
def test_mark_is_a_note_behind_the_words(text: str, parts: list[str], left: str) -> None:
    """A mark is put behind its span, and never a second time."""
    assert apply_text(text, [note(text, part) for part in parts]) == left


def test_mark_inside_a_removal_goes_with_it() -> None:
    """A note on words that are removed is not written."""
    text = "One. Two. Three."
    assert apply_text(text, [note(text, "Two."), cut(text, "Two. Three.")]) == "One."


def test_replacement_is_put_exactly() -> None:
    """A replacement changes its span and no whitespace; a removal around it swallows it."""
    text = "It weighs 5 kg. It is red."
    new = Edit(
        action="replace", cause="x", reason="y", span=Span(start=10, end=11), replacement="7"
    )
    assert apply_text(text, [new]) == "It weighs 7 kg. It is red."
    assert apply_text(text, [new, cut(text, "It weighs 5 kg.")]) == "It is red."


def test_span_beyond_the_text_is_refused() -> None:
    """An edit that points past the end is an error, not a silent no-op."""
    with pytest.raises(ValueError, match="ends at 9"):
        apply_text("One.", [cut("One. Two.", "One. Two.")])


def test_edits_with_a_pointer_are_not_for_the_text() -> None:
    """What is meant for a value leaves the text alone."""
    assert apply_text("One. Two.", [cut("One. Two.", "Two.", pointer="/a")]) == "One. Two."


TEXTS = st.text(alphabet="abC .!\n-#1|>*(,", max_size=60)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(TEXTS)
    places = st.integers(0, len(text))
    edits = []
    for action in draw(st.lists(st.sampled_from(["remove", "mark", "replace"]), max_size=6)):
        low, high = sorted((draw(places), draw(places)))
        new = draw(st.text(alphabet="xy", max_size=3)) if action == "replace" else None
        edits.append(
            Edit(
                action=action,  # type: ignore[arg-type]
                cause="c",
                reason="r",
                span=Span(start=low, end=high),
                replacement=new,
            )
        )
    return text, edits


@settings(deadline=None)
@given(edited(), st.randoms())
def test_order_and_repetition_do_not_matter(
    case: tuple[str, list[Edit]], rng: random.Random
) -> None:
    """Any order of the same edits, each any number of times, gives the same text."""
    text, edits = case
    shuffled = [*edits, *edits[:2]]
    rng.shuffle(shuffled)
    assert apply_text(text, shuffled) == apply_text(text, edits)


@settings(deadline=None)
@given(TEXTS)
def test_no_edits_change_nothing(text: str) -> None:
    """Without edits the text is returned as it is."""
    assert apply_text(text, []) == text


@settings(deadline=None)
@given(edited())
def test_only_the_spans_go(case: tuple[str, list[Edit]]) -> None:
    """Outside the removed spans, every letter and digit stays, in order, but for its case."""
    text, edits = case
    edits = [edit for edit in edits if edit.action == "remove" and "#" not in text]
    gone = {i for edit in edits if edit.span for i in range(edit.span.start, edit.span.end)}
    kept = [c for i, c in enumerate(text) if i not in gone and c in "abC"]
    left = [c for c in apply_text(text, edits) if c in "abCAB"]
    assert "".join(left).lower() == "".join(kept).lower()


@settings(deadline=None)
@given(edited())
def test_marks_only_add(case: tuple[str, list[Edit]]) -> None:
    """With the notes taken out again, a marked text is the text."""
    text, edits = case
    marks = [edit for edit in edits if edit.action == "mark"]
    assert apply_text(text, marks).replace(" [marked]", "") == text
