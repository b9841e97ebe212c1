"""Finding the rows of a job: files, folders, JSONL, and ids that are unique and stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from guard.errors import InputError
from guard.jobs import find_rows


def jsonl(path: Path, *lines: str | bytes) -> Path:
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    path.write_bytes(b"\n".join(raw) + b"\n")
    return path


def test_jsonl_lines_are_rows_with_their_ids_and_texts(tmp_path: Path) -> None:
    """Ids are kept, numbers become text, blank lines are nothing, and texts come when read."""
    path = jsonl(tmp_path / "in.jsonl", '{"id": "a", "text": "Ä one"}', "", '{"id": 7, "text": ""}')
    rows = find_rows([path])
    assert [(row.id, row.read().text) for row in rows] == [("a", "Ä one"), ("7", "")]
    assert rows[1].source == rows[1].read().name == f"{path.as_posix()}:3"


def test_another_key_may_hold_the_text(tmp_path: Path) -> None:
    """`text_key` names it."""
    path = jsonl(tmp_path / "in.jsonl", '{"id": "a", "body": "one"}')
    assert find_rows([path], text_key="body")[0].read().text == "one"


def test_a_line_without_id_is_named_by_its_text(tmp_path: Path) -> None:
    """The same text has the same id wherever it stands, and a number when it comes again."""
    one = jsonl(tmp_path / "one.jsonl", '{"text": "x"}', '{"text": "y"}', '{"text": "x"}')
    two = jsonl(tmp_path / "two.jsonl", '{"text": "y"}', '{"text": "x"}')
    first, second = ([row.id for row in find_rows([path])] for path in (one, two))
    assert first[:2] == second[::-1]
    assert first[2] == f"{first[0]}-2"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is not JSON"),
        ('["x"]', "no text under the key 'text'"),
        ('{"id": "a"}', "no text under the key 'text'"),
        ('{"text": 7}', "no text under the key 'text'"),
        ('{"id": true, "text": "x"}', "has the id True"),
        ('{"id": {}, "text": "x"}', "has the id {}"),
        ('{"text": "x", "text": "y"}', "twice"),
        (b'{"text": "\xff"}', "not UTF-8"),
        (b'{"text": "\x00"}', "binary"),
    ],
)
def test_a_bad_line_is_a_row_that_fails_when_it_is_read(
    line: str | bytes, message: str, tmp_path: Path
) -> None:
    """One bad line does not stop the others, and is named by its place."""
    path = jsonl(tmp_path / "in.jsonl", line, '{"id": "good", "text": "x"}')
    bad, good = find_rows([path])
    assert (bad.id, good.id) == (f"{path.as_posix()}:1", "good")
    with pytest.raises(InputError, match=r"in\.jsonl:1") as caught:
        bad.read()
    assert message in str(caught.value)


def test_a_line_that_changed_meanwhile_is_not_read(tmp_path: Path) -> None:
    """A row's text is the one that its hash was taken of."""
    path = jsonl(tmp_path / "in.jsonl", '{"id": "a", "text": "one"}')
    (row,) = find_rows([path])
    jsonl(path, '{"id": "a", "text": "two"}')
    with pytest.raises(InputError, match="changed while the job ran"):
        row.read()


def test_folders_give_their_documents_in_order_and_each_once(tmp_path: Path) -> None:
    """Hidden and foreign files are left out, and a file that is named twice is one row."""
    for name in ("b.md", "a.txt", "sub/c.html", ".hidden.md", ".git/x.md", "image.png"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    rows = find_rows([tmp_path, tmp_path / "b.md"])
    assert [Path(row.id).relative_to(tmp_path).as_posix() for row in rows] == [
        "a.txt",
        "b.md",
        "sub/c.html",
    ]
    assert all(row.source == row.id for row in rows)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ['{"id": "a", "text": "x"}', '{"id": "a", "text": "y"}'],
            "'a' comes twice: .*:1 and .*:2",
        ),
        (['{"id": 1, "text": "x"}', '{"id": "1", "text": "y"}'], "'1' comes twice"),
        ([""], "no rows"),
    ],
)
def test_a_job_that_cannot_be_meant_is_refused(
    lines: list[str], message: str, tmp_path: Path
) -> None:
    """Ids that come twice and inputs without rows are errors before anything runs, exit code 2."""
    with pytest.raises(InputError, match=message) as caught:
        find_rows([jsonl(tmp_path / "in.jsonl", *lines)])
    assert caught.value.exit_code == 2


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    """A path that is not there is an error, not an empty job."""
    with pytest.raises(InputError, match="gone: no such file"):
        find_rows([tmp_path / "gone"])
