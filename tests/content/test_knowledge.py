"""The knowledge that comes with guard can be read, names sources, and does not repeat itself."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from guard.knowledge import Reading, read_document

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "knowledge"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())
NAMES = [path.relative_to(FOLDER).as_posix() for path in FILES]
QUESTIONS = [
    json.loads(line) for line in (HERE / "questions.jsonl").read_text("utf-8").split("\n") if line
]
ROWS = {".csv", ".jsonl"}  # each row names its own source
BINARY = {".pdf", ".docx"}


@cache
def reading(name: str) -> Reading:
    """A document as the index sees it."""
    return read_document(FOLDER / name)


def folded(text: str) -> str:
    """The text in small letters, white space folded, to look things up in."""
    return " ".join(text.split()).lower()


def paragraphs(name: str) -> list[str]:
    """The longer paragraphs and rows of a document, without its sources."""
    text = reading(name)
    blocks = [block.span.of(text.text) for block in text.blocks]
    return [folded(b) for b in blocks if len(b) > 60 and not b.startswith("Sources:")]


def test_there_is_much() -> None:
    """There are documents enough, of every format, for retrieval to have something to do."""
    assert len(FILES) >= 60
    assert sum(len(reading(name).text.split()) for name in NAMES) >= 25_000
    assert {Path(name).suffix for name in NAMES} >= {".md", ".txt", ".html", *ROWS, *BINARY}


@pytest.mark.parametrize("name", NAMES)
def test_is_read(name: str) -> None:
    """Every document is read, has a title of its own, and says something."""
    document = reading(name)
    assert document.title
    assert len(document.text) > 300
    assert "\ufffd" not in document.text


@pytest.mark.parametrize("name", [name for name in NAMES if Path(name).suffix not in BINARY])
def test_is_clean_text(name: str) -> None:
    """Texts are UTF-8 in its usual form, without tabs, trailing blanks or a byte order mark."""
    raw = (FOLDER / name).read_bytes()
    text = raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert text.endswith("\n")
    assert not re.search(r"[\t\r]| \n|\n\n\n", text)


@pytest.mark.parametrize("name", [name for name in NAMES if Path(name).suffix not in ROWS])
def test_names_its_sources(name: str) -> None:
    """The last paragraph of each document tells where its facts come from."""
    last = reading(name).text.rpartition("Sources: ")
    assert last[1]
    assert len(last[2]) > 20
    assert "\n\n" not in last[2]


@pytest.mark.parametrize("name", [name for name in NAMES if Path(name).suffix == ".csv"])
def test_table_rows(name: str) -> None:
    """Each row of a table has as many cells as its header and ends with a source."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[-1] == "source"
    assert all(len(row) == len(header) and row[-1] for row in rows)
    assert len({tuple(row) for row in rows}) == len(rows)


@pytest.mark.parametrize("name", [name for name in NAMES if Path(name).suffix == ".jsonl"])
def test_json_rows(name: str) -> None:
    """Each line of a collection is an object that names its source."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    assert all(json.loads(line)["source"] for line in lines)


def test_no_paragraph_twice() -> None:
    """No paragraph stands in the knowledge base twice."""
    count = Counter(paragraph for name in NAMES for paragraph in paragraphs(name))
    assert [paragraph for paragraph, times in count.items() if times > 1] == []


def test_no_title_twice() -> None:
    """Titles tell documents apart; the two question lists are told apart by their folders."""
    count = Counter(reading(name).title for name in NAMES if Path(name).stem != "faq")
    assert [title for title, times in count.items() if times > 1] == []


def test_elements_are_complete() -> None:
    """The table of elements has each atomic number from 1 to 118 once, with its own symbol."""
    with (FOLDER / "stem" / "elements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["atomic number"]) for row in rows] == list(range(1, 119))
    assert len({row["symbol"] for row in rows}) == len({row["name"] for row in rows}) == 118


def test_prefixes_agree() -> None:
    """The factor of each unit prefix is its power of ten."""
    with (FOLDER / "stem" / "unit-prefixes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    for row in rows:
        assert float(row["factor"]) == pytest.approx(10.0 ** int(row["power of ten"]))


def test_there_are_questions() -> None:
    """The questions for measuring retrieval are many, all different, and reach most documents."""
    assert len(QUESTIONS) >= 100
    assert len({line["question"] for line in QUESTIONS}) == len(QUESTIONS)
    assert len({line["document"] for line in QUESTIONS}) >= 60


@pytest.mark.parametrize("line", QUESTIONS, ids=lambda line: line["question"])
def test_question_has_its_answer(line: dict[str, str]) -> None:
    """The answer of each question stands in the document that it names."""
    assert folded(line["answer"]) in folded(reading(line["document"]).text)


def maker() -> ModuleType:
    """The script that makes the two binary documents."""
    spec = importlib.util.spec_from_file_location("make", HERE / "documents" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_binary_documents_are_made_from_their_texts() -> None:
    """The PDF and the Word document say what the texts they are made from say."""
    make = maker()
    pairs = {"stem/unit-conversions.pdf": "unit-conversions.txt"}
    pairs["support/mains-power.docx"] = "mains-power.txt"
    for name, source in pairs.items():
        lines = [line.lstrip("# ") for line in make.read(source).splitlines()]
        text = folded(reading(name).text)
        assert [line for line in lines if line != "===" and folded(line) not in text] == []


def test_binary_documents_are_reproducible() -> None:
    """Making them twice gives the same bytes."""
    make = maker()
    assert make.documents() == make.documents()


def test_pdf_has_pages() -> None:
    """Facts of the PDF are found on the page where they stand."""
    document = reading("stem/unit-conversions.pdf")
    assert document.page_at(document.text.index("One inch is")) == 1
    assert document.page_at(document.text.index("One kilogram-force")) == 2
