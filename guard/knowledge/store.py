"""An index on disk: snapshots that are written aside and switched to in one step.

    INDEX/CURRENT                        name of the snapshot in use, sha256 of its manifest
    INDEX/lock                           held by the one process that writes
    INDEX/snapshots/NAME/manifest.json   what it is made of, and the sha256 of every data file
    INDEX/snapshots/NAME/...             passages, vectors, words

`CURRENT` is renamed into place after everything else is on disk, so a crash at any moment leaves
the last good index. What a crash leaves behind is removed by the next write.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guard.errors import InputError, KnowledgeError, RunError
from guard.files import parse_json, sha256, sync_dir, write_atomic
from guard.knowledge import manifest as manifests
from guard.knowledge.encoder import Encoder
from guard.knowledge.lexical import Lexicon
from guard.knowledge.manifest import FILES, FORMAT, Manifest, Source
from guard.knowledge.packing import Snapshot, pack, unpack
from guard.types import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_MANIFEST = 256 * 1024**2
_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{8}")
_POINTER = re.compile(rf"({_NAME.pattern}) ([0-9a-f]{{64}})\n")
# What reading a well-hashed file of another shape than ours can raise.
_MISFITS = (ValueError, KeyError, TypeError, AttributeError, RecursionError, InputError)


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
    snapshot = manifests.snapshot_id(encoder, documents)
    data = pack(passages, vectors, lexicon)
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
    text = json.dumps(manifests.to_json(manifest), indent=1)
    _switch(index, f"{snapshot[:16]}-{secrets.token_hex(4)}", {**data, "manifest.json": text})
    return manifest


def _switch(index: Path, name: str, files: Mapping[str, bytes | str]) -> None:
    folder = index / "snapshots" / name
    for file, content in files.items():
        write_atomic(folder / file, content)
    sync_dir(folder.parent)
    write_atomic(index / "CURRENT", f"{name} {sha256(files['manifest.json'])}\n")
    for other in folder.parent.iterdir():
        if other.name != name and _NAME.fullmatch(other.name):
            shutil.rmtree(other, ignore_errors=True)


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


def read_manifest(index: Path) -> Manifest:
    """The manifest of the current snapshot, without its data. Raises as `read`."""
    name, digest = _pointer(index)
    return _manifest(index, index / "snapshots" / name, digest)


@contextlib.contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the lock of an index; the system lets go of it when the process ends, however it ends.

    Raises KnowledgeError when another process holds it, RunError when the folder is not writable.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        handle = os.open(index / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise RunError(
            f"cannot write the index {index}: {error.strerror}", hint="check its permissions"
        ) from error
    try:
        if not _locked(handle):
            raise KnowledgeError(
                f"another process is writing the index {index}",
                hint="wait until it is done",
                retryable=True,
            )
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def damaged(index: Path, what: str) -> KnowledgeError:
    """The error for an index that is not as it was written."""
    return KnowledgeError(f"the index {index} is damaged: {what}", hint=_again(index))


def _again(index: Path) -> str:
    return f"build it again with: guard index FOLDER --index {index}"


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


def _bytes(index: Path, path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise damaged(index, f"{path.name} cannot be read ({error.strerror})") from error
    if len(raw) > limit:
        raise damaged(index, f"{path.name} is longer than {limit:,} bytes")
    return raw


def _read(index: Path, name: str, digest: str) -> Snapshot:
    folder = index / "snapshots" / name
    manifest = _manifest(index, folder, digest)
    data = {file: _data(index, folder / file, *manifest.files[file]) for file in FILES}
    try:
        return unpack(manifest, data)
    except _MISFITS as error:
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
        value = parse_json(raw.decode("utf-8"), where="manifest.json")
        version = value["format"]
        manifest = manifests.from_json(value) if version == FORMAT else None
    except _MISFITS as error:
        raise damaged(index, f"manifest.json is not a manifest ({error})") from error
    if manifest is None:
        raise KnowledgeError(
            f"the index {index} has format {version!r}, and this guard reads format {FORMAT}",
            hint=_again(index),
        )
    return manifest
