from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from guard.errors import InputError, KnowledgeError, RunError
from guard.files import sha256
from guard.knowledge import Encoder, IndexReport, Knowledge, build_index, open_index, store


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def snapshot(index: Path) -> Path:
    return index / "snapshots" / (index / "CURRENT").read_text().split()[0]


def documents(knowledge: Knowledge) -> set[str]:
    return {passage.document for passage in knowledge.passages}


def test_first_build(folder: Path, index: Path, words: Encoder) -> None:
    """A first build adds every document, and the index holds their passages and where they are."""
    report = build_index(folder, index, encoder=words)
    assert report.added == ("kettle.md", "parts.csv", "toaster.txt")
    assert (report.passages, report.embedded, report.rebuilt) == (5, 5, None)
    knowledge = open_index(index, encoder=words)
    assert knowledge.snapshot == report.snapshot
    for passage in knowledge.passages:
        if passage.document == "kettle.md":
            assert passage.span.of((folder / "kettle.md").read_text()) == passage.text
    assert knowledge.manifest is not None
    source = knowledge.manifest.documents["kettle.md"]
    assert source.sha256 == sha256((folder / "kettle.md").read_bytes())


def test_nothing_changed(folder: Path, index: Path, words: Encoder) -> None:
    """Building again encodes nothing, writes nothing, and keeps the snapshot."""
    first = build_index(folder, index, encoder=words)
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*")}
    second = build_index(folder, index, encoder=words)
    assert (second.embedded, second.snapshot) == (0, first.snapshot)
    assert second.unchanged == first.added
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*")} == before


def test_refresh(folder: Path, index: Path, words: Encoder) -> None:
    """A refresh encodes only new passages, and forgets what is gone."""
    build_index(folder, index, encoder=words)
    kettle = folder / "kettle.md"
    kettle.write_text(kettle.read_text().replace("50 g", "60 g"))
    (folder / "toaster.txt").unlink()
    (folder / "iron.md").write_text("# Iron\n\nFill it with distilled water.")
    report = build_index(folder, index, encoder=words)
    assert (report.added, report.changed) == (("iron.md",), ("kettle.md",))
    assert (report.removed, report.unchanged) == (("toaster.txt",), ("parts.csv",))
    assert report.embedded == 2  # one of the kettle's two passages, and the iron's
    knowledge = open_index(index, encoder=words)
    assert documents(knowledge) == {"iron.md", "kettle.md", "parts.csv"}
    texts = " ".join(passage.text for passage in knowledge.passages)
    assert "60 g" in texts
    assert "50 g" not in texts
    assert len(list((index / "snapshots").iterdir())) == 1


def test_refreshed_like_new(folder: Path, tmp_path: Path, words: Encoder) -> None:
    """A refreshed index has the same identity, vectors and words as one built anew."""
    build_index(folder, tmp_path / "a", encoder=words)
    (folder / "iron.md").write_text("Fill it with distilled water.")
    one = build_index(folder, tmp_path / "a", encoder=words)
    two = build_index(folder, tmp_path / "b", encoder=words)
    assert one.snapshot == two.snapshot
    names = sorted(path.name for path in snapshot(tmp_path / "a").iterdir())
    for name in names:
        if name != "manifest.json":
            ours, theirs = snapshot(tmp_path / "a") / name, snapshot(tmp_path / "b") / name
            assert ours.read_bytes() == theirs.read_bytes()


def test_moved_document(folder: Path, index: Path, words: Encoder) -> None:
    """A document that moved is not encoded again."""
    build_index(folder, index, encoder=words)
    (folder / "sub").mkdir()
    (folder / "kettle.md").rename(folder / "sub" / "kettle.md")
    report = build_index(folder, index, encoder=words)
    assert (report.added, report.removed) == (("sub/kettle.md",), ("kettle.md",))
    assert report.embedded == 0


def test_skips(folder: Path, index: Path, words: Encoder, tmp_path: Path) -> None:
    """Whatever is left out is listed with a reason; what could not be read counts as failed."""
    (tmp_path / "outside.md").write_text("secret")
    (folder / "out.md").symlink_to(tmp_path / "outside.md")
    (folder / "loop").symlink_to(folder)
    (folder / "gone.md").symlink_to(folder / "nowhere")
    (folder / "alias.md").symlink_to(folder / "toaster.txt")
    (folder / ".hidden.md").write_text("x")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("x")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "Makefile").write_text("all:")
    (folder / "bad.txt").write_bytes(b"\xff\xfe\x00")
    (folder / "empty.md").write_text("")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    os.mkfifo(folder / "pipe.md")
    report = build_index(folder, index, encoder=words)
    assert {skip.path: (skip.failed, skip.reason.split(" (")[0]) for skip in report.skipped} == {
        ".git": (False, "hidden"),
        ".hidden.md": (False, "hidden"),
        "Makefile": (False, "no reader for files without a suffix"),
        "photo.png": (False, "no reader for .png"),
        "gone.md": (False, "a link to nothing"),
        "loop": (False, "a link to a folder"),
        "out.md": (False, "a link that leads out of the folder"),
        "pipe.md": (False, "not a file"),
        "bad.txt": (True, "is binary, not text"),
        "empty.md": (True, "has no text in it"),
        "broken.pdf": (True, report_of(report, "broken.pdf")),
    }
    assert "alias.md" in report.added
    assert "damaged" in report_of(report, "broken.pdf")
    assert report.skipped == tuple(sorted(report.skipped, key=lambda skip: skip.path))


def report_of(report: IndexReport, path: str) -> str:
    return next(skip.reason.split(" (")[0] for skip in report.skipped if skip.path == path)


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system wants Unicode names")
def test_a_name_that_is_no_text(folder: Path, index: Path, words: Encoder) -> None:
    """A file whose name is not valid Unicode is a listed skip that can be printed."""
    (folder / "bad\udcff.md").write_text("x")
    (skip,) = build_index(folder, index, encoder=words).skipped
    assert (skip.path, skip.reason) == ("bad?.md", "its name is not valid Unicode")


def test_index_inside_the_folder(folder: Path, words: Encoder) -> None:
    """An index that lies in the folder does not index itself."""
    for _ in range(2):
        report = build_index(folder, folder / "idx", encoder=words)
    assert report.unchanged == ("kettle.md", "parts.csv", "toaster.txt")
    assert report.skipped == ()


def test_nothing_to_index(folder: Path, index: Path, words: Encoder, tmp_path: Path) -> None:
    """An empty or missing folder is an error, and leaves the last good index."""
    kept = build_index(folder, index, encoder=words).snapshot
    (tmp_path / "empty").mkdir()
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "x.txt").write_bytes(b"\0")
    for name, says in [
        ("empty", "no document in"),
        ("junk", r"skipped: x\.txt: is binary"),
        ("nowhere", "there is no folder"),
        ("handbook/kettle.md", "there is no folder"),
    ]:
        with pytest.raises(InputError, match=says):
            build_index(tmp_path / name, index, encoder=words)
    assert open_index(index, encoder=words).snapshot == kept


def test_progress(folder: Path, index: Path, words: Encoder) -> None:
    """Progress names what is read and counts what is encoded, never past the total."""
    calls: list[tuple[int, int, str]] = []
    build_index(folder, index, encoder=words, progress=lambda *call: calls.append(call))
    assert (0, 3, "kettle.md") in calls
    assert (0, 5, "encoding passages") in calls
    assert all(done <= total for done, total, _ in calls)


def test_missing_index(index: Path, words: Encoder) -> None:
    """Opening what is not there says which command makes it."""
    with pytest.raises(KnowledgeError, match="there is no index") as caught:
        open_index(index, encoder=words)
    assert caught.value.hint == f"make one with: guard index FOLDER --index {index}"


def test_other_encoder(folder: Path, index: Path, words: Encoder, other_words: Encoder) -> None:
    """An index of another encoder is refused although the dimension is equal, and rebuilt whole."""
    build_index(folder, index, encoder=words)
    assert words.dimension == other_words.dimension
    with pytest.raises(KnowledgeError, match=r"encoder words .* not with other"):
        open_index(index, encoder=other_words)
    report = build_index(folder, index, encoder=other_words)
    assert report.embedded == report.passages
    assert report.rebuilt == "it was made with another encoder, words"


def test_encoder_that_lies(folder: Path, index: Path, words: Encoder) -> None:
    """An encoder with the right hash and the wrong dimension is found out at the first query."""
    build_index(folder, index, encoder=words)
    liar = replace(words, dimension=32)  # type: ignore[type-var]
    with pytest.raises(KnowledgeError, match="gives 32 numbers a text, and the index holds 64"):
        open_index(index, encoder=liar).search(["kettle"], k=1)


FILES = ["manifest.json", "passages.jsonl", "vectors.f32", "vocabulary.json", "bm25-data.f32"]
FILES += ["bm25-indices.i32", "bm25-indptr.i64"]


def flip(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("harm", ["flip", "cut", "longer", "remove"])
def test_damage(folder: Path, index: Path, words: Encoder, file: str, harm: str) -> None:
    """A file that is changed, cut off, longer or gone is a clear error, and a rebuild mends it."""
    build_index(folder, index, encoder=words)
    path = snapshot(index) / file
    raw = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes({"flip": flip(raw), "cut": raw[:-3], "longer": raw + b"x"}[harm])
    with pytest.raises(KnowledgeError, match=f"is damaged: .*{file}") as caught:
        open_index(index, encoder=words)
    assert "guard index" in str(caught.value.hint)
    report = build_index(folder, index, encoder=words)
    assert "damaged" in str(report.rebuilt)
    assert len(open_index(index, encoder=words).passages) == 5


@pytest.mark.parametrize("text", ["", "x", "../../etc " + "0" * 64 + "\n", "0" * 10_000, "\0\n"])
def test_damaged_pointer(folder: Path, index: Path, words: Encoder, text: str) -> None:
    """A CURRENT that names no snapshot of ours is refused."""
    build_index(folder, index, encoder=words)
    (index / "CURRENT").write_text(text)
    with pytest.raises(KnowledgeError, match="CURRENT"):
        open_index(index, encoder=words)


def forge(index: Path, change: dict[str, Any], files: dict[str, bytes] | None = None) -> None:
    """Change an index as somebody would who knows how the hashes are made."""
    manifest = json.loads((snapshot(index) / "manifest.json").read_text())
    for name, raw in (files or {}).items():
        (snapshot(index) / name).write_bytes(raw)
        manifest["files"][name] = {"sha256": sha256(raw), "bytes": len(raw)}
    manifest |= change
    text = json.dumps(manifest)
    (snapshot(index) / "manifest.json").write_text(text)
    name = snapshot(index).name
    (index / "CURRENT").write_text(f"{name} {sha256(text)}\n")


@pytest.mark.parametrize(
    ("change", "files", "says"),
    [
        ({"format": 99}, {}, "has format 99, and this guard reads format 1"),
        ({"files": {"../../x": {"sha256": "0", "bytes": 1}}}, {}, "other files than an index has"),
        ({"files": []}, {}, "other files"),
        ({"files": None}, {}, "not a manifest"),
        ({"passages": 10**12}, {}, "not those in the manifest"),
        ({"documents": []}, {}, "not a manifest"),
        ({"documents": {}}, {}, "not those in the manifest"),
        ({}, {"vectors.f32": b"\0" * 64}, "do not fit together"),
        ({}, {"vectors.f32": b"\xff" * 4 * 64 * 5}, "not made of numbers"),
        ({}, {"bm25-indptr.i64": b"\xff" * 8}, "points outside itself"),
        ({}, {"vocabulary.json": b"{}"}, "points outside itself"),
        ({}, {"vocabulary.json": b"[" * 100_000}, "do not fit together"),
        ({}, {"passages.jsonl": b"[]\n" * 5}, "do not fit together"),
        ({}, {"passages.jsonl": b"\xff"}, "do not fit together"),
    ],
)
def test_forged(
    folder: Path,
    index: Path,
    words: Encoder,
    change: dict[str, Any],
    files: dict[str, bytes],
    says: str,
) -> None:
    """An index whose hashes are right and whose contents are hostile is refused all the same."""
    build_index(folder, index, encoder=words)
    forge(index, change, files)
    with pytest.raises(KnowledgeError, match=says):
        open_index(index, encoder=words)


def test_forged_rows(folder: Path, index: Path, words: Encoder) -> None:
    """Word scores of passages that do not exist are refused."""
    build_index(folder, index, encoder=words)
    raw = (snapshot(index) / "bm25-indices.i32").read_bytes()
    forge(index, {}, {"bm25-indices.i32": b"\xff\xff\xff\x7f" + raw[4:]})
    with pytest.raises(KnowledgeError, match="points outside itself"):
        open_index(index, encoder=words)


def test_two_writers(folder: Path, index: Path, words: Encoder) -> None:
    """A second writer is told to wait, and the lock goes with the first."""
    with store.writing(index), pytest.raises(KnowledgeError, match="another process") as caught:
        build_index(folder, index, encoder=words)
    assert caught.value.retryable
    assert build_index(folder, index, encoder=words).passages == 5


def test_a_switch_while_reading(
    folder: Path, index: Path, words: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader whose snapshot is replaced under it reads the new one."""
    build_index(folder, index, encoder=words)
    real, switched = store.unpack, []

    def unpack(*arguments: Any) -> Any:
        if not switched:
            switched.append(True)
            (folder / "iron.md").write_text("Fill it.")
            build_index(folder, index, encoder=words)
            raise ValueError("as if a file had vanished")
        return real(*arguments)

    monkeypatch.setattr(store, "unpack", unpack)
    (index / "CURRENT").read_text()
    assert "iron.md" in documents(open_index(index, encoder=words))


def test_foreign_folders_are_left_alone(folder: Path, tmp_path: Path, words: Encoder) -> None:
    """Only snapshots are removed: a folder of somebody else's beside them stays."""
    mine = tmp_path / "snapshots" / "holiday"
    mine.mkdir(parents=True)
    build_index(folder, tmp_path, encoder=words)
    assert mine.is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_unwritable(folder: Path, tmp_path: Path, words: Encoder) -> None:
    """An index that cannot be written is an error that says so."""
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(RunError, match="cannot write the index"):
        build_index(folder, tmp_path / "locked" / "index", encoder=words)


def test_a_file_in_the_way(folder: Path, tmp_path: Path, words: Encoder) -> None:
    """A file where the index should be is an error, not an overwritten file."""
    (tmp_path / "index").write_text("mine")
    with pytest.raises(RunError, match="cannot write the index"):
        build_index(folder, tmp_path / "index", encoder=words)
    assert (tmp_path / "index").read_text() == "mine"


def test_no_pickle(folder: Path, index: Path, words: Encoder) -> None:
    """Nothing in an index is a pickle or an array file with a header."""
    build_index(folder, index, encoder=words)
    for path in snapshot(index).iterdir():
        assert path.suffix in {".json", ".jsonl", ".f32", ".i32", ".i64"}


def test_copied_index(folder: Path, index: Path, words: Encoder, tmp_path: Path) -> None:
    """An index can be copied elsewhere: it holds no path of the machine that made it."""
    build_index(folder, index, encoder=words)
    shutil.copytree(index, tmp_path / "elsewhere")
    assert open_index(tmp_path / "elsewhere", encoder=words).snapshot
    for path in index.rglob("*"):
        assert path.is_dir() or str(tmp_path).encode() not in path.read_bytes()
