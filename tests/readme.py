"""The README's commands, run for real: `python tests/readme.py` pastes their output anew.

A `console` block holds commands behind `$ `, each followed by what it printed on stdout. A `python`
block is run; a `text` block right after it holds what it printed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
# Run by CI itself, or before there is anything to run with.
SET_UP = ("make ", "pip ", "python -m venv", "python3.11 -m venv", "git ", "source ")
BLOCK = re.compile(r"^```(console|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run: times, dates, digests.
VARYING = re.compile(r"\d+(\.\d+)? ?(ms|s)\b|\d{4}-\d\d-\d\dT[\d:+]+|[0-9a-f]{12,64}|passages/s")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One command (or Python block) and the output that the README shows for it."""

    command: str
    output: str
    is_python: bool = False


def examples(text: str) -> Iterator[Example]:
    """What the README runs, in order."""
    blocks = [match.groups() for match in BLOCK.finditer(text)]
    for number, (kind, body) in enumerate(blocks):
        if kind == "console":
            yield from _commands(body)
        elif kind == "python":
            after = blocks[number + 1] if number + 1 < len(blocks) else ("", "")
            shown = after[1] if after[0] == "text" else ""
            yield Example(command=body, output=shown, is_python=True)


def _commands(body: str) -> Iterator[Example]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            line, _, output = output.partition("\n")
            command = f"{command}\n{line}"
        if not command.startswith(SET_UP):
            yield Example(command=command, output=output)


def prepare(folder: Path) -> None:
    """Lay out a copy of what a clone has, so that the README's paths hold."""
    for name in ("schemas", "knowledge", "examples"):
        shutil.copytree(ROOT / name, folder / name)


def run(example: Example, folder: Path) -> Example:
    """Run an example in `folder`; the result holds what it really printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "COLUMNS": "88", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-c", example.command]
    done = subprocess.run(
        command if example.is_python else ["bash", "-c", example.command],
        cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise AssertionError(f"{example.command}\n ended with {done.returncode}\n{done.stderr}")
    return replace(example, output=done.stdout)


def settled(output: str) -> str:
    """`output` without what differs from run to run, and without blank ends of lines."""
    return "\n".join(VARYING.sub("…", line.rstrip()) for line in output.strip().splitlines())


def main() -> None:
    """Run everything and paste what was printed."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for example in examples(text):
            sys.stderr.write(example.command.splitlines()[0] + "\n")
            printed = "\n".join(line.rstrip() for line in run(example, folder).output.splitlines())
            printed = printed.strip("\n") + "\n" if printed.strip() else ""
            fence = "```\n\n```text\n" if example.is_python else "\n"
            old = example.command + ("" if example.is_python else "\n") + example.output
            if example.is_python and example.output:
                old = example.command + fence + example.output
                new = example.command + fence + printed
            else:
                new = example.command + ("" if example.is_python else "\n") + printed
            text = text.replace(old, new, 1)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
