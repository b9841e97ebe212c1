"""Jobs: many documents in, one JSONL row each out, resumable at any moment."""

from __future__ import annotations

from guard.jobs.manifest import Manifest
from guard.jobs.rows import Row, find_rows, text_row
from guard.jobs.run import JobSummary, Paths, paths_of, run_job

__all__ = [
    "JobSummary",
    "Manifest",
    "Paths",
    "Row",
    "find_rows",
    "paths_of",
    "run_job",
    "text_row",
]
