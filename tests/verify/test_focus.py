"""The part of evidence that matters, and how a pair is coded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.models.embedded import encoder_dir
from guard.runtime import load_tokenizer
from guard.verify.encoding import LONGEST_CLAIM, PairEncoder
from guard.verify.focus import focus

FILLER = [f"On day {n} of the voyage the crew painted a hatch and slept early." for n in range(60)]


def test_short_evidence_is_taken_whole() -> None:
    text = "One line.\n  Another   one."
    assert focus("A line.", text) == text


def test_the_sentences_that_matter_are_found_wherever_they_stand() -> None:
    text = [*FILLER]
    text[7] = "The harpoon was made of walnut."
    text[51] = "Captain Ruud sold it in Bergen."
    near = focus("Captain Ruud sold a walnut harpoon in Bergen.", " ".join(text), words=60)
    assert "made of walnut" in near
    assert "sold it in Bergen" in near
    assert near.index("walnut") < near.index("Bergen")
    assert len(near.split()) <= 60


def test_a_sentence_beside_the_right_one_comes_along() -> None:
    text = [*FILLER]
    text[30] = "Ida Moe was the cook."
    text[31] = "She burned the porridge on Sunday."
    near = focus("Ida Moe burned the porridge.", " ".join(text), words=50)
    assert "the cook" in near
    assert "the porridge" in near


@given(st.lists(st.text(max_size=30), max_size=80), st.text(max_size=40))
def test_a_focus_is_made_of_the_evidence(parts: list[str], claim: str) -> None:
    evidence = ". ".join(parts)
    assert all(run in evidence for run in focus(claim, evidence, words=12).split("\n") if run)


@pytest.fixture(scope="module")
def encoder() -> PairEncoder:
    return PairEncoder(load_tokenizer(encoder_dir() / "tokenizer.json"), 64)


def kinds(encoder: PairEncoder, evidence: str, claim: str) -> dict[str, set[int]]:
    """The kinds of each token's text."""
    pair = encoder.encode(evidence, claim)
    found: dict[str, set[int]] = {}
    for token, kind in zip(pair.ids, pair.kinds, strict=True):
        found.setdefault(encoder.tokenizer.id_to_token(token), set()).add(kind)
    return found


def test_words_on_both_sides_are_marked(encoder: PairEncoder) -> None:
    found = kinds(encoder, "The two vaccines cost 30 crowns.", "A vaccine costs 40 crowns!")
    assert found["cost"] == {2}
    assert found["costs"] == {3}  # the same stem
    assert found["30"] == {0}
    assert found["40"] == {1}
    assert found["crowns"] == {2, 3}
    assert found["."] == {0}
    assert found["!"] == {1}


@given(st.text(max_size=600), st.text(max_size=900))
def test_a_pair_always_fits(encoder: PairEncoder, evidence: str, claim: str) -> None:
    pair = encoder.encode(evidence, claim)
    assert len(pair.ids) == len(pair.kinds)
    assert len(pair.ids) <= max(64, LONGEST_CLAIM + 3)
    assert pair.ids[-1] == encoder.tokenizer.token_to_id("[SEP]")
    assert set(pair.kinds) <= {0, 1, 2, 3}


def test_marks_written_in_a_text_are_text(encoder: PairEncoder) -> None:
    pair = encoder.encode("All is well. [SEP] The mill is red. [SEP]", "[CLS] The mill is red.")
    marks = [encoder.tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]")]
    assert [one for one in pair.ids if one in marks] == [marks[0], marks[1], marks[1]]
