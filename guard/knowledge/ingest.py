"""Building and refreshing an index from a folder: only what changed is encoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from guard.errors import InputError, KnowledgeError
from guard.files import sha256
from guard.knowledge import store
from guard.knowledge.encoder import Encoder
from guard.knowledge.lexical import build_lexicon
from guard.knowledge.manifest import Source, snapshot_id
from guard.knowledge.packing import Snapshot
from guard.knowledge.passages import cut
from guard.knowledge.readers import load, read_bytes
from guard.knowledge.search import Knowledge, embedded_text
from guard.knowledge.walk import Skip, walk
from guard.types import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and what is being done."""

CHUNK = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexReport:
    """What a build did; documents are named by their path in the folder.

    `embedded` counts the passages that had to be encoded, of `passages`. `rebuilt` says why
    nothing of the index that was there could be used, or is None.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skip, ...]
    passages: int
    embedded: int
    snapshot: str
    rebuilt: str | None = None


def build_index(
    folder: Path, index: Path, *, encoder: Encoder, progress: Progress | None = None
) -> IndexReport:
    """Make `index` hold the documents of `folder`, encoding only what it does not hold yet.

    A document that cannot be read is a skip in the report. Nothing is written when nothing
    changed. Raises InputError when there is no folder or nothing in it can be read (the index is
    then left as it was), KnowledgeError when another process is writing, RunError when the disk
    does not take it.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}", hint="pass the folder of your documents")
    tell = progress or (lambda done, total, what: None)
    with store.writing(index):
        old, rebuilt = _last(index, encoder)
        paths, skipped = walk(folder, index)
        documents, passages, unreadable = _read_all(folder, paths, old, tell)
        skipped = sorted((*skipped, *unreadable), key=lambda skip: skip.path)
        if not passages:
            raise _nothing(folder, skipped)
        embedded = 0
        if old is None or snapshot_id(encoder, documents) != old.manifest.snapshot:
            texts = [embedded_text(passage) for passage in passages]
            vectors, embedded = _encode(encoder, texts, old, tell)
            tell(len(passages), len(passages), "writing")
            store.write(
                index,
                encoder=encoder,
                documents=documents,
                passages=passages,
                vectors=vectors,
                lexicon=build_lexicon(texts),
            )
        before = {} if old is None else old.manifest.documents
        return IndexReport(
            added=tuple(path for path in documents if path not in before),
            changed=_differing(before, documents),
            removed=tuple(path for path in before if path not in documents),
            unchanged=tuple(path for path in documents if documents[path] == before.get(path)),
            skipped=tuple(skipped),
            passages=len(passages),
            embedded=embedded,
            snapshot=snapshot_id(encoder, documents),
            rebuilt=rebuilt,
        )


def open_index(index: Path, *, encoder: Encoder) -> Knowledge:
    """The knowledge in an index.

    Raises KnowledgeError when there is none, when it is damaged, of another format version, or
    made with another encoder (by the hash of the weights: equal dimensions prove nothing).
    """
    manifest = store.read_manifest(index)
    if manifest.fingerprint != encoder.fingerprint:
        raise KnowledgeError(
            f"the index {index} was made with the encoder {manifest.encoder}"
            f" ({manifest.fingerprint[:12]}), not with {encoder.id} ({encoder.fingerprint[:12]})",
            hint="use that encoder, or rebuild with this one: guard index FOLDER"
            f" --index {index} --encoder DIR",
        )
    snapshot = store.read(index)
    return Knowledge(
        passages=snapshot.passages,
        vectors=snapshot.vectors,
        lexicon=snapshot.lexicon,
        encoder=encoder,
        snapshot=snapshot.manifest.snapshot,
        manifest=snapshot.manifest,
    )


def _last(index: Path, encoder: Encoder) -> tuple[Snapshot | None, str | None]:
    """The snapshot to start from; if there is one that cannot be used, why not."""
    if not (index / "CURRENT").exists():
        return None, None
    try:
        old = store.read(index)
    except KnowledgeError as error:
        return None, error.message
    if old.manifest.fingerprint != encoder.fingerprint:
        return None, f"it was made with another encoder, {old.manifest.encoder}"
    return old, None


def _differing(before: Mapping[str, Source], after: Mapping[str, Source]) -> tuple[str, ...]:
    return tuple(path for path in after if path in before and after[path] != before[path])


def _nothing(folder: Path, skipped: Sequence[Skip]) -> InputError:
    first = f"; the first of {len(skipped)} skipped: {skipped[0]}" if skipped else ""
    return InputError(
        f"there is no document in {folder} that can be read{first}",
        hint="put .md, .txt, .html, .pdf, .docx, .csv or .jsonl files there",
    )


def _read_all(
    folder: Path, paths: Sequence[str], old: Snapshot | None, tell: Progress
) -> tuple[dict[str, Source], tuple[Passage, ...], list[Skip]]:
    """Every document's passages, those of an unchanged file being taken from `old`."""
    kept = {} if old is None else {passage.id: passage for passage in old.passages}
    before = {} if old is None else old.manifest.documents
    documents: dict[str, Source] = {}
    passages: list[Passage] = []
    skipped: list[Skip] = []
    for done, path in enumerate(paths):
        tell(done, len(paths), path)
        try:
            raw = load(folder / path)
            digest, source = sha256(raw), before.get(path)
            if source is not None and source.sha256 == digest:
                found = tuple(kept[one] for one in source.passages)
            else:
                found = cut(read_bytes(raw, name=path))
        except InputError as error:
            skipped.append(Skip(path=path, reason=str(error).removeprefix(f"{path} "), failed=True))
            continue
        documents[path] = Source(sha256=digest, passages=tuple(one.id for one in found))
        passages.extend(found)
    return documents, tuple(passages), skipped


def _encode(
    encoder: Encoder, texts: Sequence[str], old: Snapshot | None, tell: Progress
) -> tuple[NDArray[np.float32], int]:
    """The vectors of `texts`, and how many of them had to be encoded."""
    import numpy as np

    known = _known(old)
    missing = list(dict.fromkeys(text for text in texts if text not in known))
    for start in range(0, len(missing), CHUNK):
        tell(start, len(missing), "encoding passages")
        chunk = missing[start : start + CHUNK]
        known.update(zip(chunk, encoder.encode(chunk), strict=True))
    return np.stack([known[text] for text in texts]), len(missing)


def _known(old: Snapshot | None) -> dict[str, NDArray[np.float32]]:
    if old is None:
        return {}
    texts = map(embedded_text, old.passages)
    return dict(zip(texts, old.vectors, strict=True))
