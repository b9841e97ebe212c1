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
# What a model wrote differs from processor to processor, as sums of floats do.
GENERATED = ("guard run ", "guard extract ", "head -1 letters")
# What differs from run to run: times, dates, digests, the last digits of scores.
VARYING = re.compile(
    r"\d+(\.\d+)? ?(ms|s)\b|\d{4}-\d\d-\d\dT[\d:+]+|[0-9a-f]{12,64}|\b0\.\d{2,4}\b"
)


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


def pasted(text: str, outputs: list[str]) -> str:
    """The README with these outputs, one for each example, in the place of the old ones."""
    waiting = iter(outputs)
    last = ""

    def paste(match: re.Match[str]) -> str:
        nonlocal last
        kind, body = match.groups()
        if kind == "console":
            last = ""
            return f"```console\n{_paste_commands(body, waiting)}```"
        if kind == "python":
            last = next(waiting)
            return match.group()
        body, last = last or body, ""
        return f"```text\n{body}```"

    return BLOCK.sub(paste, text)


def _paste_commands(body: str, waiting: Iterator[str]) -> str:
    lines = []
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, _ = part.partition("\n")
        lines.append(f"$ {command}\n" + ("" if command.startswith(SET_UP) else next(waiting)))
    return "".join(lines)


def main() -> None:
    """Run everything and paste what was printed."""
    text = README.read_text(encoding="utf-8")
    outputs = []
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name))
        for example in examples(text):
            sys.stderr.write(example.command.splitlines()[0] + "\n")
            lines = [line.rstrip() for line in run(example, Path(name)).output.splitlines()]
            outputs.append("\n".join(lines).strip("\n") + "\n" if any(lines) else "")
    README.write_text(pasted(text, outputs), encoding="utf-8")


if __name__ == "__main__":
    main()
