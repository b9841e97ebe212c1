"""The README is true: its commands run and print what it shows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("readme", Path(__file__).with_name("readme.py"))
assert SPEC is not None
assert SPEC.loader is not None
readme = importlib.util.module_from_spec(SPEC)
sys.modules["readme"] = readme  # dataclasses look their module up there
SPEC.loader.exec_module(readme)


@pytest.mark.slow
def test_readme_runs(tmp_path: Path) -> None:
    """Every command and Python block, run in order in a fresh folder, prints what is shown."""
    readme.prepare(tmp_path)
    shown = list(readme.examples(readme.README.read_text(encoding="utf-8")))
    assert len(shown) > 5
    for example in shown:
        printed = readme.run(example, tmp_path).output
        if example.command.startswith(readme.GENERATED):
            assert printed or example.command.startswith("head"), example.command
        else:
            assert readme.settled(printed) == readme.settled(example.output), example.command
