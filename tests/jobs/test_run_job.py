"""Jobs that go through, go on, fail in rows, are refused, are stopped and are killed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import colour_job
import pytest
from colour_job import MANIFEST, extract

from guard.errors import InputError, MissingExtraError, ServerError, UsageError
from guard.jobs import JobSummary, find_rows, paths_of, run_job, text_row
from guard.jobs.record import _found, record_of
from guard.types import Document, Report

SKIES = {"a": "The sky is blue.", "b": "The sky is red.", "c": "The sky is grey."}


def write(folder: Path, texts: dict[str, str]) -> Path:
    path = folder / "in.jsonl"
    lines = [json.dumps({"id": key, "text": text}) for key, text in texts.items()]
    path.write_text("".join(line + "\n" for line in lines))
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def ids(path: Path) -> list[str]:
    return [record["id"] for record in lines(path)]


def run(folder: Path, texts: dict[str, str] | None = None, **options: Any) -> JobSummary:
    source = folder / "in.jsonl" if texts is None else write(folder, texts)
    given: dict[str, Any] = {"extract": extract, "manifest": MANIFEST, **options}
    return run_job(find_rows([source]), output=folder / "out.jsonl", **given)


def test_a_job_writes_one_row_a_document(tmp_path: Path) -> None:
    """Each row has its value, and for each field the verdict, the quote and the span."""
    summary = run(tmp_path, SKIES)
    assert (summary.rows, summary.finished, summary.skipped, summary.failed) == (3, 3, 0, 0)
    first = lines(tmp_path / "out.jsonl")[0]
    source = (tmp_path / "in.jsonl").as_posix() + ":1"
    assert first.pop("sha256")
    assert first == {
        "id": "a",
        "source": source,
        "clean": True,
        "value": {"colour": "blue"},
        "fields": [
            {
                "pointer": "/colour",
                "value": "blue",
                "label": "supported",
                "support": 0.9877,
                "reason": "It says so.",
                "quote": "blue",
                "span": {"start": 11, "end": 15},
                "document": source,
                "page": 3,
                "found": {"start": 11, "end": 15},
            }
        ],
        "edits": [],
        "attempts": 2,
        "shortened": 3,
        "seconds": 0.5,
    }
    assert SKIES["a"][11:15] == "blue"
    manifest = json.loads((tmp_path / "out.manifest.json").read_text())
    assert manifest["schema"] == "s"
    assert sorted(file.name for file in tmp_path.iterdir() if file.name[0] != ".") == [
        "in.jsonl",
        "out.jsonl",
        "out.manifest.json",
    ]


def test_a_span_that_does_not_fit_its_document_is_left_out() -> None:
    """A span is right or absent."""
    report = extract(Document(name="d", text=SKIES["a"]))
    other = Document(name="d", text="Another text, which is long enough.")
    field = record_of(text_row("a", "", source="d"), report, other)["fields"][0]
    assert (field["quote"], field["span"]) == ("blue", None)


@pytest.mark.parametrize(
    ("value", "text", "start"),
    [
        ("MX-200", "An MX-200 it is", 3),
        (8, "18 ports, 8 ports", 10),
        (8, "8.5 m, 1.8 m, 1,800 and 8", 24),
        (8, "8.", 0),
        (8, "18, 8.5, x8", None),
        (640.5, "640.5 g", 0),
        ("  blue ", "the blue sky", 4),
        ("Blue", "the blue sky", None),
        ("", "the blue sky", None),
        (True, "True", None),
        (None, "None", None),
        (["a"], "['a']", None),
        ("aa", "aaaa aa", 5),
    ],
)
def test_a_value_is_found_where_it_stands_by_itself(
    value: Any, text: str, start: int | None
) -> None:
    """Word for word, and not inside of another word or number."""
    end = None if start is None else start + len(str(value).strip())
    assert _found(value, text) == (None if start is None else {"start": start, "end": end})


def test_a_field_without_support_has_no_quote(tmp_path: Path) -> None:
    """What the document does not say points nowhere, and the row is not clean."""
    summary = run(tmp_path, {"a": "The sky is wide."})
    field = lines(tmp_path / "out.jsonl")[0]["fields"][0]
    assert (field["label"], field["quote"], field["span"]) == ("not_in_knowledge", None, None)
    assert summary.not_clean == 1


def test_the_same_job_again_does_nothing_again(tmp_path: Path) -> None:
    """Finished rows are skipped and stay as they are; new ones are added."""
    run(tmp_path, SKIES)
    before = (tmp_path / "out.jsonl").read_bytes()
    summary = run(tmp_path, {**SKIES, "d": "The sky is blue."})
    assert (summary.rows, summary.finished, summary.skipped) == (4, 1, 3)
    after = (tmp_path / "out.jsonl").read_bytes()
    assert after.startswith(before)
    assert ids(tmp_path / "out.jsonl") == ["a", "b", "c", "d"]


def test_failed_rows_stand_apart_and_can_be_retried(tmp_path: Path) -> None:
    """Errors carry stage, class and reason; they wait for --retry-failed, and go once mended."""
    texts = {**SKIES, "x": "broken", "y": "vague", "z": "offline", "w": "bug"}
    summary = run(tmp_path, texts)
    errors = tmp_path / "out.errors.jsonl"
    assert (summary.finished, summary.failed) == (3, 4)
    assert [
        (e["id"], e["stage"], e["error"], e["reason"], e["retryable"]) for e in lines(errors)
    ] == [
        ("x", "extract", "InputError", "the sky is broken", False),
        ("y", "schema", "OutputError", "no colour", True),
        ("z", "write", "ServerError", "the sky is offline", True),
        ("w", "extract", "ZeroDivisionError", "a bug", False),
    ]
    again = run(tmp_path)
    assert (again.finished, again.skipped, again.failed) == (0, 3, 4)
    assert len(lines(errors)) == 4
    retried = run(tmp_path, retry_failed=True)
    assert (retried.finished, retried.failed) == (0, 4)
    assert len(lines(errors)) == 4
    mended = run(
        tmp_path, retry_failed=True, extract=lambda d: extract(replace(d, text=SKIES["a"]))
    )
    assert (mended.finished, mended.failed) == (4, 0)
    assert not errors.exists()
    assert sorted(ids(tmp_path / "out.jsonl")) == sorted(texts)


def test_a_failed_row_whose_document_changed_is_tried_anew(tmp_path: Path) -> None:
    """Mending the input is enough, and a mended line takes its error along."""
    source = write(tmp_path, {"a": "broken"})
    with source.open("a") as file:
        file.write("{nonsense\n")
    assert run(tmp_path).failed == 2
    summary = run(tmp_path, {"a": "The sky is blue.", "b": "The sky is red."})
    assert (summary.finished, summary.failed) == (2, 0)
    assert not (tmp_path / "out.errors.jsonl").exists()


def test_a_document_that_changed_after_its_row_was_finished_is_an_error(tmp_path: Path) -> None:
    """An output never holds rows of two versions of the input."""
    run(tmp_path, SKIES)
    with pytest.raises(InputError, match="changed since its row 'b' was finished"):
        run(tmp_path, {**SKIES, "b": "The sky is blue."})
    assert run(tmp_path, restart=True).finished == 3
    assert ids(tmp_path / "out.jsonl") == ["a", "b", "c"]


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "other"},
        {"config": {"max_tokens": 8}},
        {"config": {}},
        {"seed": 1},
        {"model": "other"},
        {"guard": "2"},
        {"knowledge": "other"},
        {"instructions": "other"},
    ],
)
def test_a_job_does_not_go_on_as_another(change: dict[str, Any], tmp_path: Path) -> None:
    """Another schema, configuration or version is an error, exit code 2, unless --restart."""
    run(tmp_path, SKIES)
    other = replace(MANIFEST, **change)
    before = (tmp_path / "out.jsonl").read_bytes()
    with pytest.raises(
        UsageError, match=f"begun with another {next(iter(change))}.* now "
    ) as caught:
        run(tmp_path, manifest=other)
    assert caught.value.exit_code == 2
    assert "--restart" in str(caught.value)
    assert (tmp_path / "out.jsonl").read_bytes() == before
    assert run(tmp_path, manifest=other, restart=True).finished == 3
    assert run(tmp_path, manifest=other).skipped == 3


def test_a_job_in_which_nothing_is_finished_may_become_another(tmp_path: Path) -> None:
    """Rows that only failed do not hold the job to a set-up that does not work."""
    run(tmp_path, {"a": "vague"})
    assert run(tmp_path).finished == 0
    summary = run(
        tmp_path,
        manifest=replace(MANIFEST, model="better"),
        extract=lambda document: extract(replace(document, text=SKIES["a"])),
    )
    assert (summary.finished, summary.failed) == (1, 0)


def test_a_file_that_is_no_output_is_not_touched(tmp_path: Path) -> None:
    """Naming another file as the output by mistake costs nothing."""
    (tmp_path / "out.jsonl").write_text("my diary, without a newline")
    with pytest.raises(UsageError, match="is no output of guard extract"):
        run(tmp_path, SKIES)
    assert (tmp_path / "out.jsonl").read_text() == "my diary, without a newline"


def test_a_damaged_manifest_is_an_error(tmp_path: Path) -> None:
    """A manifest that is no JSON names itself."""
    run(tmp_path, SKIES)
    (tmp_path / "out.manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"out\.manifest\.json is not JSON"):
        run(tmp_path)


def test_two_jobs_on_one_output_are_refused(tmp_path: Path) -> None:
    """The second says that another is writing, exit code 2, and the first goes on."""
    begun, go = threading.Event(), threading.Event()

    def wait(document: Document) -> Report:
        begun.set()
        go.wait(10)
        return extract(document)

    write(tmp_path, SKIES)
    first = threading.Thread(target=run, args=(tmp_path,), kwargs={"extract": wait})
    first.start()
    begun.wait(10)
    with pytest.raises(UsageError, match="another job is writing"):
        run(tmp_path)
    go.set()
    first.join()
    assert ids(tmp_path / "out.jsonl") == ["a", "b", "c"]


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        MissingExtraError("pypdf", extra="documents", what="PDF"),
    ],
)
def test_a_job_that_is_stopped_leaves_whole_files(error: BaseException, tmp_path: Path) -> None:
    """Ctrl-C and mistakes in the set-up end the job; finished rows stay and it goes on later."""

    def stop(document: Document) -> Report:
        if "grey" in document.text:
            raise error
        return extract(document)

    with pytest.raises(type(error)):
        run(tmp_path, SKIES, extract=stop)
    assert ids(tmp_path / "out.jsonl") == ["a", "b"]
    assert lines(tmp_path / "out.errors.jsonl") == []
    assert run(tmp_path).finished == 1


def test_a_model_that_fails_row_after_row_stops_the_job(tmp_path: Path) -> None:
    """A server that is gone does not fail ten thousand rows."""
    texts = {str(number): "offline" for number in range(20)}
    with pytest.raises(ServerError, match="offline"):
        run(tmp_path, texts)
    assert len(lines(tmp_path / "out.errors.jsonl")) == 5


def test_progress_counts_what_is_left(tmp_path: Path) -> None:
    """A job that goes on starts its bar at nothing of the rest."""
    run(tmp_path, {"a": SKIES["a"]})
    seen: list[tuple[int, int, str]] = []
    run(tmp_path, SKIES, progress=lambda *step: seen.append(step))
    assert seen == [(0, 2, "b"), (1, 2, "c"), (2, 2, "")]


def test_files_stand_beside_the_output() -> None:
    """OUT.jsonl has OUT.errors.jsonl and OUT.manifest.json."""
    paths = paths_of(Path("dir/out.jsonl"))
    assert (paths.errors.name, paths.manifest.name) == ("out.errors.jsonl", "out.manifest.json")


@pytest.mark.parametrize("tail", [b'{"id": "c", "val', b"\x00\x00\x00", b'{"id": "c"}', b"x\n"])
def test_a_torn_line_is_cut_off_before_the_job_goes_on(tail: bytes, tmp_path: Path) -> None:
    """What a kill left of a row is not a row."""
    run(tmp_path, {"a": SKIES["a"], "b": SKIES["b"]})
    with (tmp_path / "out.jsonl").open("ab") as file:
        file.write(tail)
    with (tmp_path / "out.errors.jsonl").open("ab") as file:
        file.write(tail)
    assert run(tmp_path, SKIES).finished == 1
    assert ids(tmp_path / "out.jsonl") == ["a", "b", "c"]


def _kill_after(seconds: float, command: list[str]) -> int:
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    _, complaint = process.communicate()
    assert process.returncode in (0, -9), complaint.decode()
    return process.returncode


def test_a_job_killed_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """SIGKILL at random moments: every row is there once, and whole, when it ends at last."""
    colours = random.Random(4)
    names = [*colour_job.COLOURS, "broken"]
    texts = {f"row {n}": f"The sky is {colours.choice(names)}." for n in range(400)}
    source, output = write(tmp_path, texts), tmp_path / "out.jsonl"
    script = str(Path(colour_job.__file__))
    command = [sys.executable, script, str(source), str(output), "0.002"]
    moments = random.Random(5)
    kills, seen = 0, 0
    while kills < 200:
        if _kill_after(moments.uniform(0.15, 0.6), command) == 0:
            break
        kills += 1
        whole = output.read_bytes() if output.exists() else b""
        assert whole.count(b"\n") >= seen, "a finished row was lost"
        seen = whole.count(b"\n")
    assert kills >= 2
    done, failed = ids(output), ids(tmp_path / "out.errors.jsonl")
    assert len(done) == len(set(done))
    assert len(failed) == len(set(failed))
    assert {*done, *failed} == set(texts)
    assert all(("broken" in texts[key]) == (key in failed) for key in texts)
    by_id = {record["id"]: record["value"]["colour"] for record in lines(output)}
    assert all(colour in texts[key] for key, colour in by_id.items())


def test_a_row_is_on_disk_before_the_next_begins(tmp_path: Path) -> None:
    """A kill during the third row leaves two."""
    source, output = write(tmp_path, SKIES), tmp_path / "out.jsonl"
    process = subprocess.Popen(
        [sys.executable, colour_job.__file__, str(source), str(output), "0.7"]
    )
    for _ in range(400):
        if len(lines(output)) == 2:
            break
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert ids(output) == ["a", "b"]
