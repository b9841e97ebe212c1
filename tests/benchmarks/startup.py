"""How long guard takes to start, beside Python itself and the libraries it is built on.

    python tests/benchmarks/startup.py [--runs 5]

Prints the median of several processes, and the ratio to an empty Python process. `check` is a
one-sentence check against an index of one document: cold in a process of its own, warm as a second
call in a process that has its parts loaded.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLAIM = "The lid of the mill is held by four bolts."
WARM = """
import time
from guard import Guard
guard = Guard(knowledge={index!r})
guard.check({claim!r})
start = time.perf_counter()
for _ in range(10):
    guard.check({claim!r})
print((time.perf_counter() - start) / 10)
"""


def seconds(command: list[str], *, runs: int) -> float:
    """The median wall-clock time of a command, which may find something (exit code 1)."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        code = subprocess.run(command, capture_output=True, check=False).returncode
        times.append(time.perf_counter() - start)
        if code not in (0, 1):
            raise SystemExit(f"{' '.join(command)} ended with {code}")
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    guard = [sys.executable, "-m", "guard"]
    with tempfile.TemporaryDirectory() as folder:
        notes, index = Path(folder, "notes"), str(Path(folder, "index"))
        notes.mkdir()
        (notes / "mill.md").write_text("# Mill\n\nFour bolts hold the lid of the mill.\n")
        (claim := Path(folder, "claim.txt")).write_text(CLAIM)
        subprocess.run([*guard, "index", str(notes), "-i", index], check=True, capture_output=True)
        warm = subprocess.run(
            [sys.executable, "-c", WARM.format(index=index, claim=CLAIM)],
            check=True,
            capture_output=True,
            text=True,
        )
        rows = [
            ("python -c pass", seconds([sys.executable, "-c", "pass"], runs=runs)),
            ("import guard", seconds([sys.executable, "-c", "import guard"], runs=runs)),
            ("guard --help", seconds([*guard, "--help"], runs=runs)),
            ("guard check, cold", seconds([*guard, "check", str(claim), "-i", index], runs=runs)),
            ("guard check, warm", float(warm.stdout)),
        ]
    for name in ("torch", "transformers", "outlines", "sentence_transformers"):
        rows.append(
            (f"import {name}", seconds([sys.executable, "-c", f"import {name}"], runs=runs))
        )
    for name, taken in rows:
        print(f"{name:32} {taken:8.3f} s {taken / rows[0][1]:8.1f} x")


if __name__ == "__main__":
    main()
