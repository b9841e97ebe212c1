"""What an index says of itself: the manifest, as a value and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from guard.files import sha256
from guard.knowledge.encoder import Encoder
from guard.types import Json

FORMAT = 1
MAX_FILE = 16 * 1024**3
FILES = (
    "passages.jsonl",
    "vectors.f32",
    "vocabulary.json",
    "bm25-data.f32",
    "bm25-indices.i32",
    "bm25-indptr.i64",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """An indexed document: the sha256 of its file, and the ids of its passages in order."""

    sha256: str
    passages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What an index is made of.

    `snapshot` is a hash over the contents (documents, passages, encoder), independent of when and
    where it was made. `files` gives sha256 and size in bytes of each data file.
    """

    format: int
    snapshot: str
    encoder: str
    fingerprint: str
    dimension: int
    documents: Mapping[str, Source]
    passages: int
    files: Mapping[str, tuple[str, int]]
    created: str


def snapshot_id(encoder: Encoder, documents: Mapping[str, Source]) -> str:
    """The identity of an index's contents."""
    contents = [[path, source.sha256, *source.passages] for path, source in documents.items()]
    return sha256(json.dumps([FORMAT, encoder.fingerprint, sorted(contents)]))


def to_json(manifest: Manifest) -> Json:
    """A manifest as JSON."""
    return {
        "format": manifest.format,
        "snapshot": manifest.snapshot,
        "encoder": {
            "id": manifest.encoder,
            "sha256": manifest.fingerprint,
            "dimension": manifest.dimension,
        },
        "documents": {
            path: {"sha256": source.sha256, "passages": list(source.passages)}
            for path, source in manifest.documents.items()
        },
        "passages": manifest.passages,
        "files": {
            file: {"sha256": digest, "bytes": size}
            for file, (digest, size) in manifest.files.items()
        },
        "created": manifest.created,
    }


def from_json(value: Json) -> Manifest:
    """A manifest from JSON. Raises ValueError, KeyError and TypeError on any other shape."""
    # The names are ours, never the manifest's: it cannot point outside its folder.
    if set(value["files"]) != set(FILES):
        raise ValueError("it lists other files than an index has")
    files = {
        name: (str(file["sha256"]), int(file["bytes"])) for name, file in value["files"].items()
    }
    if not all(0 <= size <= MAX_FILE for _, size in files.values()):
        raise ValueError("it lists a file of an impossible size")
    return Manifest(
        format=FORMAT,
        snapshot=str(value["snapshot"]),
        encoder=str(value["encoder"]["id"]),
        fingerprint=str(value["encoder"]["sha256"]),
        dimension=int(value["encoder"]["dimension"]),
        documents={
            path: Source(sha256=str(source["sha256"]), passages=tuple(source["passages"]))
            for path, source in value["documents"].items()
        },
        passages=int(value["passages"]),
        files=files,
        created=str(value["created"]),
    )
