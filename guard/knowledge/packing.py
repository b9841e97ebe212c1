"""An index's data as bytes and back.

Arrays are bare little-endian numbers, not .npy or FAISS files: their shape is known from the
manifest, so there is no header that could lie and nothing to unpickle, and adding 100,000 vectors
to a flat FAISS index takes less time than checking their hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guard.files import sha256
from guard.knowledge.lexical import Lexicon
from guard.knowledge.manifest import Manifest
from guard.types import Json, Passage, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """A manifest with its data in memory."""

    manifest: Manifest
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    lexicon: Lexicon


def pack(
    passages: tuple[Passage, ...], vectors: NDArray[np.float32], lexicon: Lexicon
) -> dict[str, bytes]:
    """The data of an index by file name."""
    lines = [json.dumps(_passage_to_json(passage)) + "\n" for passage in passages]
    return {
        "passages.jsonl": "".join(lines).encode("ascii"),
        "vectors.f32": vectors.astype("<f4").tobytes(),
        "vocabulary.json": json.dumps(list(lexicon.vocabulary)).encode("ascii"),
        "bm25-data.f32": lexicon.data.astype("<f4").tobytes(),
        "bm25-indices.i32": lexicon.indices.astype("<i4").tobytes(),
        "bm25-indptr.i64": lexicon.indptr.astype("<i8").tobytes(),
    }


def unpack(manifest: Manifest, data: Mapping[str, bytes]) -> Snapshot:
    """The data as values. Raises ValueError and its like when they do not fit the manifest."""
    import numpy as np

    lines = data["passages.jsonl"].decode("ascii").splitlines()
    passages = tuple(_passage_from_json(json.loads(line)) for line in lines)
    listed = [one for source in manifest.documents.values() for one in source.passages]
    if [passage.id for passage in passages] != listed or len(listed) != manifest.passages:
        raise ValueError("the passages are not those in the manifest")
    vectors = np.frombuffer(data["vectors.f32"], dtype="<f4")
    vectors = vectors.reshape(manifest.passages, manifest.dimension)
    if not np.isfinite(vectors).all():
        raise ValueError("a vector is not made of numbers")
    return Snapshot(
        manifest=manifest,
        passages=passages,
        vectors=vectors.astype(np.float32, copy=False),
        lexicon=_unpack_lexicon(manifest.passages, data),
    )


def _unpack_lexicon(count: int, data: Mapping[str, bytes]) -> Lexicon:
    import numpy as np

    words = json.loads(data["vocabulary.json"])
    scores = np.frombuffer(data["bm25-data.f32"], dtype="<f4")
    indices = np.frombuffer(data["bm25-indices.i32"], dtype="<i4")
    indptr = np.frombuffer(data["bm25-indptr.i64"], dtype="<i8")
    fits = (
        len(indptr) == len(words) + 1
        and len(scores) == len(indices) == indptr[-1]
        and indptr[0] == 0
        and bool((np.diff(indptr) >= 0).all())
        and bool(((indices >= 0) & (indices < count)).all())
    )
    if not fits:
        raise ValueError("the word index points outside itself")
    vocabulary = {str(word): column for column, word in enumerate(words)}
    return Lexicon(count=count, vocabulary=vocabulary, data=scores, indices=indices, indptr=indptr)


def _passage_to_json(passage: Passage) -> Json:
    return {
        "id": passage.id,
        "document": passage.document,
        "title": passage.title,
        "start": passage.span.start,
        "end": passage.span.end,
        "page": passage.page,
        "text": passage.text,
    }


def _passage_from_json(value: Json) -> Passage:
    page = value["page"]
    return Passage(
        id=str(value["id"]),
        document=str(value["document"]),
        title=str(value["title"]),
        text=str(value["text"]),
        span=Span(start=int(value["start"]), end=int(value["end"])),
        page=None if page is None else int(page),
        sha256=sha256(str(value["text"])),
    )
