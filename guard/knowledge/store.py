"""An index on disk: snapshots that are written aside and switched to in one step.

    INDEX/CURRENT                        name of the snapshot in use, sha256 of its manifest
    INDEX/lock                           held by the one process that writes
    INDEX/snapshots/NAME/manifest.json   what it is made of, and the sha256 of every data file
    INDEX/snapshots/NAME/...             passages, vectors, words

`CURRENT` is renamed into place after everything else is on disk, so a crash at any moment leaves
the last good index. Arrays are stored as bare little-endian numbers, not as .npy or FAISS files:
their shape is known from the manifest, so there is no header that could lie and nothing to
unpickle, and adding 100,000 vectors to a flat FAISS index takes less time than checking their hash.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guard.errors import InputError, KnowledgeError, RunError
from guard.files import parse_json, sha256, sync_dir, write_atomic
from guard.knowledge.encoder import Encoder
from guard.knowledge.lexical import Lexicon
from guard.types import Json, Passage, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 1
MAX_FILE = 16 * 1024**3
MAX_MANIFEST = 256 * 1024**2
_POINTER = re.compile(r"([0-9a-f]{16}-[0-9a-f]{8}) ([0-9a-f]{64})\n")
_FILES = (
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


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A manifest with its data in memory."""

    manifest: Manifest
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    lexicon: Lexicon


def snapshot_id(encoder: Encoder, documents: Mapping[str, Source]) -> str:
    """The identity of an index's contents."""
    contents = [[path, source.sha256, *source.passages] for path, source in documents.items()]
    return sha256(json.dumps([FORMAT, encoder.fingerprint, sorted(contents)]))


def write(
    index: Path,
    *,
    encoder: Encoder,
    documents: Mapping[str, Source],
    passages: tuple[Passage, ...],
    vectors: NDArray[np.float32],
    lexicon: Lexicon,
) -> Manifest:
    """Write a snapshot, switch to it, and remove the others. Raises RunError."""
    snapshot = snapshot_id(encoder, documents)
    name = f"{snapshot[:16]}-{secrets.token_hex(4)}"
    folder = index / "snapshots" / name
    data = _pack(passages, vectors, lexicon)
    manifest = Manifest(
        format=FORMAT,
        snapshot=snapshot,
        encoder=encoder.id,
        fingerprint=encoder.fingerprint,
        dimension=int(vectors.shape[1]),
        documents=documents,
        passages=len(passages),
        files={file: (sha256(raw), len(raw)) for file, raw in data.items()},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    for file, raw in data.items():
        write_atomic(folder / file, raw)
    text = json.dumps(_manifest_to_json(manifest), indent=1)
    write_atomic(folder / "manifest.json", text)
    sync_dir(folder.parent)
    write_atomic(index / "CURRENT", f"{name} {sha256(text)}\n")
    _remove_others(index, name)
    return manifest


def read(index: Path) -> Snapshot:
    """The current snapshot, every file checked against its hash.

    Raises KnowledgeError when there is none, when it is damaged, or of another format version.
    """
    before = _pointer(index)
    try:
        return _read(index, *before)
    except KnowledgeError:
        after = _pointer(index)
        if after == before:
            raise
        return _read(index, *after)  # another process switched, and removed what we read


def manifest_of(index: Path) -> Manifest:
    """The manifest of the current snapshot, without its data. Raises as `read`."""
    name, digest = _pointer(index)
    return _manifest(index, index / "snapshots" / name, digest)


@contextlib.contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the lock of an index; the system lets go of it when the process ends, however it ends.

    Raises KnowledgeError when another process holds it.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        handle = os.open(index / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise RunError(
            f"cannot write the index {index}: {error.strerror}", hint="check its permissions"
        ) from error
    try:
        _lock(handle)
        yield
    except BlockingIOError as error:
        raise KnowledgeError(
            f"another process is writing the index {index}",
            hint="wait until it is done",
            retryable=True,
        ) from error
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError as error:
            raise BlockingIOError from error
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_others(index: Path, name: str) -> None:
    for folder in (index / "snapshots").iterdir():
        if folder.name != name:
            shutil.rmtree(folder, ignore_errors=True)


def _pointer(index: Path) -> tuple[str, str]:
    path = index / "CURRENT"
    if not path.is_file():
        raise KnowledgeError(
            f"there is no index in {index}",
            hint=f"make one with: guard index FOLDER --index {index}",
        )
    match = _POINTER.fullmatch(_bytes(index, path, 200).decode("ascii", "replace"))
    if match is None:
        raise damaged(index, "CURRENT names no snapshot")
    return match[1], match[2]


def damaged(index: Path, what: str) -> KnowledgeError:
    """The error for an index that is not as it was written."""
    return KnowledgeError(
        f"the index {index} is damaged: {what}",
        hint=f"build it again with: guard index FOLDER --index {index}",
    )


def _bytes(index: Path, path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise damaged(index, f"{path.name} cannot be read ({error.strerror})") from error
    if len(raw) > limit:
        raise damaged(index, f"{path.name} is longer than it was")
    return raw


def _read(index: Path, name: str, digest: str) -> Snapshot:
    folder = index / "snapshots" / name
    manifest = _manifest(index, folder, digest)
    data = {file: _data(index, folder / file, *manifest.files[file]) for file in _FILES}
    try:
        return _unpack(manifest, data)
    except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise damaged(index, f"its contents do not fit together ({error})") from error


def _data(index: Path, path: Path, digest: str, size: int) -> bytes:
    raw = _bytes(index, path, size)
    if len(raw) < size:
        raise damaged(index, f"{path.name} is cut off: {len(raw):,} of {size:,} bytes")
    if sha256(raw) != digest:
        raise damaged(index, f"{path.name} does not have the sha256 in the manifest")
    return raw


def _manifest(index: Path, folder: Path, digest: str) -> Manifest:
    raw = _bytes(index, folder / "manifest.json", MAX_MANIFEST)
    if sha256(raw) != digest:
        raise damaged(index, "manifest.json does not have the sha256 in CURRENT")
    try:
        return _manifest_from_json(index, parse_json(raw.decode("utf-8"), where="manifest.json"))
    except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise damaged(index, f"manifest.json is not a manifest ({error})") from error


def _manifest_to_json(manifest: Manifest) -> Json:
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


def _manifest_from_json(index: Path, value: Json) -> Manifest:
    if value["format"] != FORMAT:
        raise KnowledgeError(
            f"the index {index} has format {value['format']!r}, and this guard reads {FORMAT}",
            hint=f"build it again with: guard index FOLDER --index {index}",
        )
    # The names are ours, never the manifest's: it cannot point outside its folder.
    if set(value["files"]) != set(_FILES):
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


def _pack(
    passages: tuple[Passage, ...], vectors: NDArray[np.float32], lexicon: Lexicon
) -> dict[str, bytes]:
    lines = [json.dumps(_passage_to_json(passage)) + "\n" for passage in passages]
    return {
        "passages.jsonl": "".join(lines).encode("ascii"),
        "vectors.f32": vectors.astype("<f4").tobytes(),
        "vocabulary.json": json.dumps(list(lexicon.vocabulary)).encode("ascii"),
        "bm25-data.f32": lexicon.data.astype("<f4").tobytes(),
        "bm25-indices.i32": lexicon.indices.astype("<i4").tobytes(),
        "bm25-indptr.i64": lexicon.indptr.astype("<i8").tobytes(),
    }


def _unpack(manifest: Manifest, data: Mapping[str, bytes]) -> Snapshot:
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
