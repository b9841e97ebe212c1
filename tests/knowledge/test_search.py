from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.errors import InputError
from guard.knowledge import Encoder, Knowledge, build_index, documents_searcher, open_index
from guard.knowledge.lexical import build_lexicon, tokens
from guard.knowledge.readers import read_bytes
from guard.knowledge.search import fuse
from guard.types import Document

BIKES = Document(
    name="bikes.md",
    text="# Bicycles\n\n## Brakes\n\n"
    "Disc brakes stop well in rain. Replace pads thinner than 0.5 mm."
    "\n\n## Tyres\n\nA road tyre takes 6 to 8 bar. A mountain tyre takes 1.8 to 2.5 bar.\n",
)
BREAD = Document(
    name="bread.txt",
    title="Baking",
    text="Sourdough rises for 12 hours at 24 °C.\r\n\r\nRye flour takes up more water than wheat.",
)


@pytest.fixture(scope="module")
def searcher(encoder: Encoder) -> Knowledge:
    return documents_searcher([BIKES, BREAD], encoder=encoder)


@pytest.mark.parametrize(
    ("query", "quote"),
    [
        ("What pressure does a mountain bike tyre need?", "A mountain tyre takes 1.8 to 2.5 bar."),
        (
            "How thin may pads get before one has to replace them?",
            "Replace pads thinner than 0.5 mm.",
        ),
        ("How long is the dough left to rise?", "Sourdough rises for 12 hours at 24 °C."),
        ("hydration of rye", "Rye flour takes up more water than wheat."),
    ],
)
def test_finds(searcher: Knowledge, query: str, quote: str) -> None:
    """The passage that answers comes first, quoted at the sentence that bears on the query."""
    best = searcher.search([query], k=2)[0][0]
    assert best.quote.of(best.passage.text) == quote
    assert best.how == "document"
    assert 0.2 < best.score <= 1


def test_offsets(searcher: Knowledge) -> None:
    """Passages of documents in memory point into the text as it was passed."""
    for document in (BIKES, BREAD):
        ours = [p for p in searcher.passages if p.document == document.name]
        assert ours
        assert all(passage.span.of(document.text) == passage.text for passage in ours)
    assert {p.title for p in searcher.passages if p.document == "bread.txt"} == {"Baking"}


def test_batches(searcher: Knowledge) -> None:
    """Many queries at once give what each gives alone; a blank one finds nothing."""
    queries = ["tyre pressure", "", "rye flour", " \n", "brakes in rain"]
    together = searcher.search(queries, k=2)
    assert [len(found) for found in together] == [2, 0, 2, 0, 2]
    for query, found in zip(queries, together, strict=True):
        alone = searcher.search([query], k=2)[0]
        assert [one.passage.id for one in alone] == [one.passage.id for one in found]
        scores = [[one.score for one in some] for some in (alone, found)]
        assert np.allclose(*scores, atol=1e-4)


def test_like_an_index(searcher: Knowledge, encoder: Encoder, tmp_path: Path) -> None:
    """An index over the same files finds the same passages in the same order."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "bikes.md").write_text(BIKES.text)
    (folder / "Baking.txt").write_bytes(BREAD.text.encode())
    build_index(folder, tmp_path / "index", encoder=encoder)
    indexed = open_index(tmp_path / "index", encoder=encoder)
    for query in ("tyre pressure", "rye flour", "brakes in rain"):
        ours, theirs = (one.search([query], k=3)[0] for one in (searcher, indexed))
        assert [e.passage.text for e in ours] == [e.passage.text for e in theirs]
        assert {e.how for e in theirs} == {"search"}


@pytest.mark.parametrize("query", ["?!", "\0", "\ud800", "zzzyyy qqxx", "word " * 100_000, "東京"])
def test_odd_queries(searcher: Knowledge, query: str) -> None:
    """A query of no words, unknown words or a million characters is answered all the same."""
    found = searcher.search([query], k=3)[0]
    assert len(found) == 3
    assert all(0 <= one.score <= 1 for one in found)


def test_no_shared_words(searcher: Knowledge) -> None:
    """Where passage and query share no word, the whole passage is the quote."""
    best = searcher.search(["zzzyyy"], k=1)[0][0]
    assert best.quote.of(best.passage.text) == best.passage.text


def test_bad_k(searcher: Knowledge) -> None:
    """Asking for no passages is a mistake, and said to be one."""
    with pytest.raises(InputError, match="k is 0"):
        searcher.search(["x"], k=0)


def test_more_than_there_is(searcher: Knowledge) -> None:
    """Asking for more passages than there are gives all of them, once each."""
    found = searcher.search(["bread"], k=500)[0]
    assert len(found) == len({one.passage.id for one in found}) == len(searcher.passages)


@pytest.mark.parametrize("texts", [[], [""], [" \n "]])
def test_no_documents(words: Encoder, texts: list[str]) -> None:
    """Without documents, or with empty ones, every query finds nothing."""
    documents = [Document(name=str(i), text=text) for i, text in enumerate(texts)]
    assert documents_searcher(documents, encoder=words).search(["x", "y"], k=2) == [(), ()]


def test_same_name(words: Encoder) -> None:
    """Two documents of one name are refused: a report could not tell them apart."""
    twice = [Document(name="a", text="x"), Document(name="a", text="y")]
    with pytest.raises(InputError, match="two documents are called 'a'"):
        documents_searcher(twice, encoder=words)


def test_a_read_document_keeps_its_structure(words: Encoder) -> None:
    """A table passed with a call is cut by rows, as in an index."""
    table = read_bytes(b"part,price\nlid,4\nfilter,7\n", name="parts.csv")
    found = documents_searcher([table], encoder=words)
    assert [p.text for p in found.passages] == ["part: lid; price: 4", "part: filter; price: 7"]


@given(st.lists(st.text(max_size=60), max_size=4), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text(texts: list[str], query: str) -> None:
    """Whatever the documents and the query hold, quotes lie in passages and scores in [0, 1]."""

    class Flat:
        id, fingerprint, dimension = "flat", "f", 2

        def encode(self, texts: list[str]) -> np.ndarray:
            return np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (len(texts), 1))

    documents = [Document(name=str(i), text=text) for i, text in enumerate(texts)]
    for evidence in documents_searcher(documents, encoder=Flat()).search([query], k=3)[0]:  # type: ignore[arg-type]
        assert evidence.quote.end <= len(evidence.passage.text)
        assert 0 <= evidence.score <= 1


@pytest.mark.parametrize(
    ("rankings", "fused"),
    [
        ([[1, 2, 3], [3, 2, 1]], [1, 3, 2]),
        ([[1, 2], [2, 3]], [2, 1, 3]),
        ([[5, 6], []], [5, 6]),
        ([[], []], []),
    ],
)
def test_fusion(rankings: list[list[int]], fused: list[int]) -> None:
    """Reciprocal ranks are summed; equal sums keep the order of the first ranking."""
    assert fuse(rankings) == fused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Routers’ batteries", ["the", "router", "battery"]),
        ("USB-C 3.2 glass is", ["usb", "c", "3", "2", "glass", "is"]),
        ("ＦＵＬＬ ﬁx Straße", ["full", "fix", "strasse"]),
        ("東京 x", ["東", "京", "x"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    """Words are compared folded, without plural endings, and one by one where no blanks are."""
    assert tokens(text) == expected


def test_words_rank_rare_ones_first() -> None:
    """A text with the rare word of the query ranks above those with the common one."""
    lexicon = build_lexicon(["a port", "a port 993", "a port", "none"])
    assert lexicon.best("port 993", limit=3) == [1, 0, 2]
    assert lexicon.best("993", limit=3) == [1]
    assert lexicon.best("", limit=3) == []
    assert lexicon.weight("993") > lexicon.weight("port") > lexicon.weight("absent") == 0
