"""Which files of a folder are documents, and why the others are not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from guard.knowledge.readers import READERS


@dataclass(frozen=True, kw_only=True, slots=True)
class Skip:
    """A file or folder that was left out, and why.

    `failed` is set for a document that should have been read and could not be, in contrast to
    what is no document to begin with.
    """

    path: str
    reason: str
    failed: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def walk(folder: Path, index: Path) -> tuple[list[str], list[Skip]]:
    """The documents under `folder` as sorted relative paths, and what is skipped.

    Hidden files, links that lead out of the folder, links to folders, the index itself and
    formats without a reader are skipped.
    """
    root = folder.resolve()
    found: list[str] = []
    skipped: list[Skip] = []
    for path in _entries(root, index.resolve(), skipped):
        name = path.relative_to(root).as_posix()
        reason = _reason(path, root)
        if reason is None:
            found.append(name)
        else:
            skipped.append(Skip(path=_shown(name), reason=reason))
    return sorted(found), skipped


def _entries(root: Path, index: Path, skipped: list[Skip]) -> Iterator[Path]:
    """Every file, and every folder that is not entered."""

    def unreadable(error: OSError) -> None:
        path = _shown(Path(error.filename).relative_to(root).as_posix())
        reason = f"the folder cannot be read ({error.strerror})"
        skipped.append(Skip(path=path, reason=reason, failed=True))

    for parent, folders, files in os.walk(root, onerror=unreadable):
        here = Path(parent)
        inside = [name for name in folders if here / name != index]
        closed = [name for name in inside if name[0] == "." or (here / name).is_symlink()]
        folders[:] = [name for name in inside if name not in closed]
        yield from (here / name for name in (*closed, *files))


def _reason(path: Path, root: Path) -> str | None:
    """Why a path is not a document, or None when it is one."""
    reason = None
    if path.name.startswith("."):
        reason = "hidden"
    elif path.is_symlink() and not path.exists():
        reason = "a link to nothing"
    elif path.is_symlink() and not path.resolve().is_relative_to(root):
        reason = "a link that leads out of the folder"
    elif path.is_symlink() and path.is_dir():
        reason = "a link to a folder"
    elif not path.is_file():
        reason = "not a file"
    elif path.suffix.lower() not in READERS:
        reason = f"no reader for {path.suffix or 'files without a suffix'}"
    elif _shown(path.name) != path.name:
        reason = "its name is not valid Unicode"
    return reason


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")
