"""Finding passages by their words: BM25 (by bm25s), which sees the names and numbers that
vectors blur.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, in
Lucene's variant, k1 1.5, b 0.75.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Scripts without blanks between words are taken character by character.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
MAX_CHARACTERS = 20_000


def tokens(text: str) -> list[str]:
    """The words of a text as they are compared: case folded, plural endings cut off."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [_singular(word) for word in _TOKEN.findall(folded)]


def _singular(word: str) -> str:
    """The S-stemmer: Harman, "How Effective Is Suffixing?", 1991."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us")):
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else word[:-3] + "y"
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    return word[:-1]


@dataclass(frozen=True, kw_only=True, eq=False)
class Lexicon:
    """Precomputed BM25 scores of `count` texts, as a sparse matrix by word (CSC).

    `vocabulary` gives a word's column; the scores in `data[indptr[c] : indptr[c + 1]]` belong to
    the rows in `indices` at the same places.
    """

    count: int
    vocabulary: Mapping[str, int]
    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int64]

    def weight(self, token: str) -> float:
        """The inverse document frequency of a word; a word of no text weighs nothing."""
        import numpy as np

        column = self.vocabulary.get(token)
        if column is None:
            return 0.0
        having = int(self.indptr[column + 1] - self.indptr[column])
        return float(np.log1p((self.count - having + 0.5) / (having + 0.5)))

    def best(self, query: str, *, limit: int) -> list[int]:
        """The rows that share words with `query`, best first, at most `limit` of them."""
        import numpy as np

        known = dict.fromkeys(tokens(query[:MAX_CHARACTERS]))
        columns = [self.vocabulary[token] for token in known if token in self.vocabulary]
        if not columns:
            return []
        scores = self._bm25.get_scores_from_ids(columns)
        rows = np.flatnonzero(scores > 0)
        if len(rows) > limit:
            least = np.partition(scores[rows], -limit)[-limit]
            rows = rows[scores[rows] >= least]
        order = np.argsort(-scores[rows], kind="stable")
        return [int(row) for row in rows[order][:limit]]

    @cached_property
    def _bm25(self) -> Any:
        import bm25s

        ranker = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        ranker.vocab_dict = self.vocabulary
        ranker.nonoccurrence_array = None
        ranker.scores = {
            "data": self.data,
            "indices": self.indices,
            "indptr": self.indptr,
            "num_docs": self.count,
        }
        return ranker


def build_lexicon(texts: Sequence[str]) -> Lexicon:
    """The lexicon of `texts`; the same texts give the same bytes."""
    import bm25s
    import numpy as np

    vocabulary: dict[str, int] = {}
    rows = [
        [vocabulary.setdefault(token, len(vocabulary)) for token in tokens(text)] for text in texts
    ]
    if not vocabulary:
        return Lexicon(
            count=len(texts),
            vocabulary={},
            data=np.zeros(0, dtype=np.float32),
            indices=np.zeros(0, dtype=np.int32),
            indptr=np.zeros(1, dtype=np.int64),
        )
    ranker = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    ranker.index((rows, vocabulary), create_empty_token=False, show_progress=False)
    return Lexicon(
        count=len(texts),
        vocabulary=vocabulary,
        data=np.asarray(ranker.scores["data"], dtype=np.float32),
        indices=np.asarray(ranker.scores["indices"], dtype=np.int32),
        indptr=np.asarray(ranker.scores["indptr"], dtype=np.int64),
    )
