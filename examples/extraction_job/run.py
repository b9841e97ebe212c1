"""A job over a folder: one form filled in from each document, every field with its source.

It runs `guard extract`, which writes a line for each finished document, goes on where it was
stopped when it is run again, and keeps what failed in payments.errors.jsonl. Then it reads the
output and prints for each field whether the document bears it out, and with which words.

Run it from the top of the repository after `make demo`:
python examples/extraction_job/run.py [OUT.jsonl [DOCUMENT_OR_FOLDER ...]]
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def run_job(output: Path, inputs: list[str]) -> int:
    """Run the command, with a budget of tokens that fits the small form."""
    command = [sys.executable, "-m", "guard", "extract", *inputs, "--output", str(output)]
    command += ["--schema", str(HERE / "schema.json"), "--max-tokens", "120"]
    return subprocess.run(command, check=False).returncode  # noqa: S603  (our own command)


def show(output: Path) -> None:
    """Print the rows of a finished job."""
    for line in output.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        print(f"\n{Path(row['source']).name}: {'clean' if row['clean'] else 'to be looked at'}")
        for field in row["fields"]:
            quote = " ".join((field["quote"] or "").split())
            value = f"{field['pointer'][1:]} = {field['value']}"
            print(f"  {field['label']:16} {value:44} {quote[:50]}")


def main() -> int:
    """Run the job, print what it found, and return its exit code."""
    output = Path(sys.argv[1] if len(sys.argv) > 1 else "payments.jsonl")
    code = run_job(output, sys.argv[2:] or [str(HERE / "documents")])
    if output.is_file():
        show(output)
    return code


if __name__ == "__main__":
    sys.exit(main())
