"""Many documents, one row each, so that no finished row is ever lost, doubled or done twice.

A job keeps three files: the output, with a line for each finished row; beside it the errors, with a
line for each row that failed; and the manifest. The output counts: a row that stands there is
finished, whatever the errors say.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from guard.errors import (
    GuardError,
    InputError,
    KnowledgeError,
    ModelError,
    OutputError,
    UsageError,
)
from guard.files import write_atomic
from guard.jobs.ledger import Ledger, encode
from guard.jobs.manifest import Manifest, is_same, require_same, write_manifest
from guard.jobs.record import record_of
from guard.jobs.rows import Row
from guard.types import Document, Json, Report

PATIENCE = 5
"""Rows that the model may fail on one after another before the job stops."""

Extract = Callable[[Document], Report]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The files of a job: the output and what stands beside it."""

    output: Path
    errors: Path
    manifest: Path
    lock: Path


@dataclass(frozen=True, kw_only=True)
class JobSummary:
    """How a job stands when it ends.

    Of `rows` rows, `finished` were finished in this run and `skipped` in earlier ones, `failed`
    stand in the errors, and `not_clean` of the finished ones have findings.
    """

    rows: int
    finished: int
    skipped: int
    failed: int
    not_clean: int
    seconds: float


def paths_of(output: Path) -> Paths:
    """Where a job with this output keeps its files."""
    stem = output.name.removesuffix(".jsonl")
    return Paths(
        output=output,
        errors=output.with_name(f"{stem}.errors.jsonl"),
        manifest=output.with_name(f"{stem}.manifest.json"),
        lock=output.with_name(f".{output.name}.lock"),
    )


def run_job(
    rows: Iterable[Row],
    *,
    extract: Extract,
    output: Path,
    manifest: Manifest,
    retry_failed: bool = False,
    restart: bool = False,
    progress: Progress | None = None,
) -> JobSummary:
    """Extract every row that is not finished yet, each on disk before the next begins.

    A row that fails is written to the errors with stage and reason, and is left alone by later
    runs unless `retry_failed` is set or its document changed. `restart` forgets earlier runs.
    Raises UsageError when the output is another job's or in use, InputError when it is damaged or
    a finished row's document changed, and any error that every row would meet.
    """
    start = time.perf_counter()
    listed, paths = list(rows), paths_of(output)
    with _locked(paths):
        resumed = not restart and _goes_on(paths, manifest)
        with Ledger(paths.output) as done, Ledger(paths.errors) as failures:
            if not resumed:  # first forget, then promise: a kill in between leaves no mixture
                done.clear()
                failures.clear()
            write_manifest(paths.manifest, manifest, resumed=resumed)
            job = _Job(listed, done=done, failures=failures, extract=extract)
            job.recover()
            job.run(retry_failed=retry_failed, progress=progress)
        _tidy(paths, job.failed)
    return JobSummary(
        rows=len(listed),
        finished=job.new,
        skipped=sum(row.id in job.finished for row in listed) - job.new,
        failed=sum(row.id in job.failed for row in listed),
        not_clean=sum(not job.finished.get(row.id, True) for row in listed),
        seconds=time.perf_counter() - start,
    )


def _goes_on(paths: Paths, manifest: Manifest) -> bool:
    """Whether there are rows of this very job. Raises UsageError when they are of another one."""
    if _has_rows(paths.output):
        require_same(paths.manifest, manifest, output=paths.output)
        return True
    # Nothing is finished: failures under another set-up are no reason to stick to it.
    return _has_rows(paths.errors) and is_same(paths.manifest, manifest)


def _has_rows(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


class _Job:
    """The state of one run: which rows are finished (and clean), and which failed (and how)."""

    def __init__(
        self, rows: list[Row], *, done: Ledger, failures: Ledger, extract: Extract
    ) -> None:
        self.rows = rows
        self.finished: dict[str, bool] = {}
        self.failed: dict[str, Json] = {}
        self.new = 0
        self._done = done
        self._failures = failures
        self._extract = extract

    def recover(self) -> None:
        """Learn what earlier runs did. Raises InputError when it cannot be gone on from."""
        known = {row.id: row for row in self.rows}
        for record in self._done.recover():
            self._require_unchanged(record, known)
            self.finished[record["id"]] = record.get("clean") is True
        ids = {row.source: row.id for row in self.rows}
        for record in self._failures.recover():
            # A row that was mended has another id now, under which it stands on its own.
            if ids.get(record.get("source", ""), record["id"]) == record["id"]:
                self.failed[record["id"]] = record
        for done in self.finished:
            self.failed.pop(done, None)

    def _require_unchanged(self, record: Json, known: dict[str, Row]) -> None:
        key, path = record["id"], self._done.path
        if key in self.finished:
            raise InputError(f"{path} has the row {key!r} twice", hint="start anew with --restart")
        row = known.get(key)
        if row is not None and record.get("sha256") != row.sha256:
            raise InputError(
                f"{row.source} changed since its row {key!r} was finished in {path}",
                hint="write to another file, or start anew with --restart",
            )

    def run(self, *, retry_failed: bool, progress: Progress | None) -> None:
        """Do what is left to do."""
        pending = [row for row in self.rows if self._is_pending(row, retry_failed)]
        down = 0
        for number, row in enumerate(pending):
            if progress is not None:
                progress(number, len(pending), row.id)
            error = self._do(row)
            down = down + 1 if isinstance(error, ModelError) else 0
            if error is not None and down == PATIENCE:
                raise error
        if progress is not None:
            progress(len(pending), len(pending), "")

    def _is_pending(self, row: Row, retry_failed: bool) -> bool:
        if row.id in self.finished:
            return False
        old = self.failed.get(row.id)
        return old is None or retry_failed or old.get("sha256") != row.sha256

    def _do(self, row: Row) -> Exception | None:
        """Finish one row or note why not. Raises what would stop every other row too."""
        stage = "read"
        try:
            document = row.read()
            stage = "extract"
            report = self._extract(document)
            line = encode(record_of(row, report, document))
        except Exception as error:  # one bad row must not end the others
            if _is_fatal(error):
                raise
            self._fail(row, _stage(error, stage), error)
            return error
        self._done.append(line)
        self.finished[row.id] = report.clean
        self.new += 1
        self.failed.pop(row.id, None)
        return None

    def _fail(self, row: Row, stage: str, error: Exception) -> None:
        known = error if isinstance(error, GuardError) else None
        record = {
            "id": row.id,
            "source": row.source,
            "sha256": row.sha256,
            "stage": stage,
            "error": type(error).__name__,
            "reason": known.message if known else str(error),
            "hint": known.hint if known else "please report this",
            "retryable": known is not None and known.retryable,
        }
        self._failures.append(encode(record))
        self.failed[row.id] = record


def _is_fatal(error: Exception) -> bool:
    """Whether every row would meet this error: the set-up is wrong, not the row."""
    if isinstance(error, InputError):
        return False
    return isinstance(error, (UsageError, KnowledgeError))


def _stage(error: Exception, stage: str) -> str:
    if isinstance(error, OutputError):
        return "schema"
    return "write" if isinstance(error, ModelError) else stage


def _tidy(paths: Paths, failed: dict[str, Json]) -> None:
    """Leave one line in the errors for each row that failed, and no file when none did."""
    if failed:
        write_atomic(paths.errors, b"".join(encode(record) for record in failed.values()))
    else:
        paths.errors.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(paths: Paths) -> Iterator[None]:
    """Hold the job's lock, which the system lets go of even when this process is killed."""
    from filelock import FileLock, Timeout

    paths.lock.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(
            f"another job is writing {paths.output}", hint="wait for it, or write to another file"
        ) from None
    try:
        yield
    finally:
        lock.release()
