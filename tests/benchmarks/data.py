"""Reading the labelled pairs that the benchmarks measure with."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A labelled pair; `name` is its set."""

    claim: str
    evidence: str
    label: str
    name: str

    @property
    def supported(self) -> bool:
        """Whether the evidence supports the claim."""
        return self.label == "supported"


def find(data: Path, part: str) -> dict[str, Path]:
    """The sets of `part` (train, dev) at or below `data`: name to file, sorted.

    `data` may be the folder of all data, of the verification data, or of the files themselves.
    """
    for folder in (data / "verify" / part, data / part, data):
        files = [*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]
        if files:
            return {_name(path): path for path in sorted(files)}
    raise SystemExit(f"no .jsonl or .jsonl.gz files in {data}")


def _name(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".jsonl")


def rows_of(path: Path, limit: int | None = None, seed: int = 0) -> list[Row]:
    """The rows of a file; of more than `limit`, a random sample that `seed` fixes."""
    read = gzip.open if path.suffix == ".gz" else open
    with read(path, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.strip()]
    if limit is not None and len(lines) > limit:
        lines = random.Random(seed).sample(lines, limit)
    name = _name(path)
    return [
        Row(claim=line["claim"], evidence=line["evidence"], label=line["label"], name=name)
        for line in lines
    ]
