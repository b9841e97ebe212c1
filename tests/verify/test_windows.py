from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.verify.windows import sentence_spans, windows
from guard.verify.words import best_sentence, coverage, stem, stems, words

TEXT = st.text(alphabet=st.sampled_from("ab .!?\n\"'é1-"), max_size=400)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One. Two!", ["One.", "Two!"]),
        ("Dr. Lund met J. Berg. They left.", ["Dr. Lund met J. Berg.", "They left."]),
        ("It costs 3.5 EUR e.g. here.", ["It costs 3.5 EUR e.g. here."]),
        ("Name: Oslo\nArea: 454", ["Name: Oslo", "Area: 454"]),
        ("He said “stop.” Then", ["He said “stop.”", "Then"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_of_evidence(text: str, wanted: list[str]) -> None:
    """Sentences end at full stops that are none of an abbreviation, and at line breaks."""
    assert [span.of(text) for span in sentence_spans(text)] == wanted


@given(TEXT)
def test_sentences_cover_all_that_is_no_blank(text: str) -> None:
    """Sentences are in order, do not overlap, and leave out nothing but blanks."""
    spans = sentence_spans(text)
    place = 0
    for span in spans:
        assert span.start >= place
        assert not text[place : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        place = span.end
    assert not text[place:].strip()


@given(TEXT, st.integers(1, 9), st.integers(0, 9))
def test_windows_cover_every_word(text: str, size: int, overlap: int) -> None:
    """Windows go on until every word was in one, and none is longer than asked for."""
    found = windows(text, words=size, overlap=overlap)
    covered: set[int] = set()
    for span in found:
        assert len(span.of(text).split()) <= size
        covered.update(range(span.start, span.end))
    assert all(i in covered for i, c in enumerate(text) if not c.isspace())


def test_windows_overlap() -> None:
    """Neighbouring windows share whole sentences."""
    text = " ".join(f"Word{i} is here." for i in range(100))
    found = windows(text, words=30, overlap=9)
    assert len(found) > 5
    for one, other in pairwise(found):
        assert one.start < other.start < one.end


def test_short_evidence_is_one_window() -> None:
    """Evidence below the window's size is not cut."""
    assert len(windows("One. Two. Three.")) == 1


def test_words_are_folded_and_stemmed() -> None:
    """Case, accents, thousands separators and plain endings are no difference."""
    assert [word.folded for word in words("Élan 2,400 Pumps")] == ["elan", "2400", "pumps"]
    assert {stem("pumps"), stem("pumped"), stem("pumping"), stem("pump")} == {"pump"}
    assert stem("city") == stem("cities")


def test_coverage_weighs_numbers_and_names() -> None:
    """A missing number costs more than a missing word."""
    there = stems("The red pump runs.")
    assert coverage("The red pump runs.", there) == 1.0
    assert coverage("The red pump 7 runs.", there) < coverage("The red pump really runs.", there)
    assert coverage("", there) == 0.0


def test_the_best_sentence_shares_most() -> None:
    """The sentence to quote is the one with most of the claim's words."""
    text = "It is blue. The pump weighs 12 kg. Pumps are sold in Oslo."
    assert (
        best_sentence("The pump has a weight of 12 kg.", text).of(text) == "The pump weighs 12 kg."
    )
