from __future__ import annotations

import itertools
import random
import runpy
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from guard.knowledge import Encoder, build_index, open_index, store

# Builds over and over, with other contents each time, until it is killed.
FOREVER = """
import itertools, runpy, sys
from pathlib import Path
from guard.knowledge import build_index
folder, index, conftest = map(Path, sys.argv[1:])
encoder = runpy.run_path(str(conftest))["WordEncoder"]()
for number in itertools.count():
    (folder / "count.md").write_text(f"Build {number}. " + "word " * 20_000)
    build_index(folder, index, encoder=encoder)
    print(number, flush=True)
"""


class Crash(BaseException):
    """Stands for a process that ends here."""


def test_killed_at_any_moment(folder: Path, tmp_path: Path, words: Encoder) -> None:
    """However often a build is killed, the index opens, is whole, and can be built on."""
    index = tmp_path / "index"
    build_index(folder, index, encoder=words)
    dice = random.Random(5)
    conftest = Path(__file__).with_name("conftest.py")
    command = [sys.executable, "-c", FOREVER, str(folder), str(index), str(conftest)]
    for _ in range(6):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()  # it is at work from here on
            time.sleep(dice.uniform(0, 0.4))
            process.kill()
        knowledge = open_index(index, encoder=words)
        assert knowledge.search(["citric acid"], k=1)[0][0].passage.document == "kettle.md"
    (folder / "count.md").unlink()
    assert build_index(folder, index, encoder=words).passages == 5
    assert len(list((index / "snapshots").iterdir())) == 1


@pytest.mark.parametrize("step", range(9))
def test_a_step_that_fails(
    folder: Path, tmp_path: Path, words: Encoder, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever writing stops, the last good index is the one that opens, and all of it."""
    index = tmp_path / "index"
    old = build_index(folder, index, encoder=words).snapshot
    (folder / "iron.md").write_text("Fill it with distilled water.")
    real, calls = store.write_atomic, itertools.count()

    def failing(path: Path, data: bytes | str) -> None:
        if next(calls) == step:
            if step % 2:  # half of the file is there already
                path.parent.mkdir(parents=True, exist_ok=True)
                half = data.encode() if isinstance(data, str) else data
                path.with_name(path.name + ".tmp").write_bytes(half[: len(half) // 2])
            raise Crash
        real(path, data)

    monkeypatch.setattr(store, "write_atomic", failing)
    finished = True
    try:
        new = build_index(folder, index, encoder=words).snapshot
    except Crash:
        finished = False
    monkeypatch.undo()
    assert finished == (step > 7), "eight files are written"
    assert open_index(index, encoder=words).snapshot == (new if finished else old)
    again = build_index(folder, index, encoder=words)
    assert again.added == (() if finished else ("iron.md",))
    assert len(list((index / "snapshots").iterdir())) == 1


def test_a_crash_after_the_switch(
    folder: Path, tmp_path: Path, words: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When only the old snapshots are left to remove, the new index is already in force."""
    index = tmp_path / "index"
    build_index(folder, index, encoder=words)
    (folder / "iron.md").write_text("Fill it with distilled water.")

    def failing(*arguments: Any, **options: Any) -> None:
        raise Crash

    monkeypatch.setattr(store.shutil, "rmtree", failing)
    with pytest.raises(Crash):
        build_index(folder, index, encoder=words)
    monkeypatch.undo()
    assert any(p.document == "iron.md" for p in open_index(index, encoder=words).passages)
    (folder / "iron.md").unlink()
    build_index(folder, index, encoder=words)
    assert len(list((index / "snapshots").iterdir())) == 1


def test_conftest_has_the_encoder() -> None:
    """The killed process and the tests use one encoder."""
    assert (
        runpy.run_path(str(Path(__file__).with_name("conftest.py")))["WordEncoder"]().id == "words"
    )
