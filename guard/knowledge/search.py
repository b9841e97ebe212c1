"""Finding the passages that bear on a query: dense and lexical rankings, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol

from guard.errors import InputError, KnowledgeError
from guard.knowledge.encoder import Encoder
from guard.knowledge.lexical import MAX_CHARACTERS, Lexicon, build_lexicon, tokens
from guard.knowledge.manifest import Manifest
from guard.knowledge.passages import cut, sentences
from guard.knowledge.readers.markdown import read_text
from guard.knowledge.reading import Reading
from guard.types import Document, Evidence, Passage, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONSTANT = 60
"""The k of reciprocal rank fusion, as its authors set it."""
DEPTH = 50
"""How far down each ranking the fusion looks."""


class Searcher(Protocol):
    """Whatever finds evidence. `snapshot` identifies its contents, or is None without an index."""

    @property
    def snapshot(self) -> str | None:
        """The identity of what is searched."""

    def search(self, queries: Sequence[str], *, k: int) -> list[tuple[Evidence, ...]]:
        """At most `k` pieces of evidence for each query, best first."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Knowledge:
    """Passages that can be searched; everything it needs is in memory.

    Row i of `vectors`, shape (passages, dimension), and of `lexicon` belongs to `passages[i]`.
    """

    passages: tuple[Passage, ...] = field(repr=False)
    vectors: NDArray[np.float32] = field(repr=False)
    lexicon: Lexicon = field(repr=False)
    encoder: Encoder
    snapshot: str | None = None
    how: Literal["search", "document"] = "search"
    manifest: Manifest | None = field(default=None, repr=False)

    def search(self, queries: Sequence[str], *, k: int) -> list[tuple[Evidence, ...]]:
        """At most `k` passages for each query, best first; none for a blank query.

        The order is that of the fused rankings; `Evidence.score` is the cosine similarity of query
        and passage, cut to [0, 1], so scores need not fall steadily. Raises InputError when k is
        not positive, KnowledgeError when the encoder's vectors do not fit the index.
        """
        if k < 1:
            raise InputError(f"k is {k}, but at least one passage must be asked for", hint="k=5")
        asked = [query[:MAX_CHARACTERS] for query in queries if query.strip()]
        if not asked or not self.passages:
            return [() for _ in queries]
        encoded = self._encode(asked)
        _, nearest = self._dense.search(encoded, min(max(DEPTH, k), len(self.passages)))
        found = iter(
            [
                self._fuse(query, vector, [int(row) for row in rows], k)
                for query, vector, rows in zip(asked, encoded, nearest, strict=True)
            ]
        )
        return [next(found) if query.strip() else () for query in queries]

    def _encode(self, queries: Sequence[str]) -> NDArray[np.float32]:
        vectors = self.encoder.encode(queries)
        if vectors.shape[1] != self.vectors.shape[1]:
            raise KnowledgeError(
                f"the encoder {self.encoder.id} gives {vectors.shape[1]} numbers a text, and the"
                f" index holds {self.vectors.shape[1]}",
                hint="use the encoder that the index was made with, or rebuild it: guard index",
            )
        return vectors

    def _fuse(
        self, query: str, vector: NDArray[np.float32], dense: list[int], k: int
    ) -> tuple[Evidence, ...]:
        lexical = self.lexicon.best(query, limit=max(DEPTH, k))
        fused = fuse([dense, lexical])[:k]
        wanted = set(tokens(query))
        return tuple(
            Evidence(
                passage=self.passages[row],
                quote=self._quote(self.passages[row].text, wanted),
                score=min(1.0, max(0.0, float(self.vectors[row] @ vector))),
                how=self.how,
            )
            for row in fused
        )

    def _quote(self, text: str, wanted: set[str]) -> Span:
        """The sentence that shares the weightiest words with the query; without any, all of it."""
        whole = Span(start=0, end=len(text))
        best, most = whole, 0.0
        for sentence in sentences(text, whole):
            shared = wanted.intersection(tokens(sentence.of(text)))
            weight = sum(map(self.lexicon.weight, sorted(shared)))
            if weight > most:
                best, most = sentence, weight
        return best

    @cached_property
    def _dense(self) -> Any:
        import faiss

        index = faiss.IndexFlatIP(self.vectors.shape[1])
        index.add(self.vectors)
        return index


def fuse(rankings: Sequence[Sequence[int]]) -> list[int]:
    """One ranking out of several, by the sum of 1 / (60 + rank), ranks from 1.

    Reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009. Of rows with equal sums the
    one that is higher in the first ranking that has it goes first.
    """
    sums: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            sums[row] = sums.get(row, 0.0) + 1 / (CONSTANT + rank)
    return sorted(sums, key=lambda row: -sums[row])


def embedded_text(passage: Passage) -> str:
    """What is encoded and indexed of a passage: its headings say what the text takes as known."""
    return f"{passage.title}\n{passage.text}"


def documents_searcher(documents: Sequence[Document], *, encoder: Encoder) -> Knowledge:
    """A searcher over documents in memory, cut and ranked as an index would.

    Offsets point into each document's text as it was passed. Raises InputError when two documents
    have one name, since a report could not tell them apart.
    """
    names = [document.name for document in documents]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"two documents are called {twice!r}", hint="give each its own name")
    passages = tuple(passage for document in documents for passage in cut(_reading(document)))
    texts = [embedded_text(passage) for passage in passages]
    return Knowledge(
        passages=passages,
        vectors=encoder.encode(texts),
        lexicon=build_lexicon(texts),
        encoder=encoder,
        how="document",
    )


def _reading(document: Document) -> Reading:
    if isinstance(document, Reading):
        return document
    return read_text(document.text, name=document.name, title=document.title)
