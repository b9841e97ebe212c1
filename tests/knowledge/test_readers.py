from __future__ import annotations

import builtins
import contextlib
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from guard.errors import InputError, MissingExtraError
from guard.knowledge import Reading, read_document, reading
from guard.knowledge.readers import docx as docx_reader
from guard.knowledge.readers import read_bytes


def pdf(*pages: str, title: str = "") -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setTitle(title)
    for page in pages:
        canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def locked_pdf(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("secret")))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Lamp", level=1)
    document.add_paragraph("It takes an E27 bulb.")
    document.add_heading("Cleaning", level=2)
    document.add_paragraph("Use a dry cloth.", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Power", "7 W"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def blocks(reading: Reading) -> list[tuple[str, str]]:
    return [(block.kind, block.span.of(reading.text)) for block in reading.blocks]


@pytest.mark.parametrize(
    ("name", "raw", "title", "expected"),
    [
        ("a.md", b"# Top\n\nBody.", "Top", [("heading", "Top"), ("text", "Body.")]),
        ("a.txt", b"# no heading\n\nBody.", "a", [("text", "# no heading"), ("text", "Body.")]),
        ("bom.txt", b"\xef\xbb\xbfBody.", "bom", [("text", "Body.")]),
        (
            "p.html",
            b"<title>Page</title><h1>A &amp; B</h1><script>x()</script><p>One <b>bold</b>\n word"
            b"<ul><li>i<li>j</ul><table><tr><td>k<td>v</table><pre>x\n  y</pre>",
            "Page",
            [("heading", "A & B"), ("text", "One bold word"), ("text", "i"), ("text", "j"),
             ("text", "k | v"), ("lines", "x\n  y")],
        ),
        (
            "odd.html",
            b"<!doctype html><!-- <p>no --><H2 title='a > b'>Head</H2 ><P>1 < 2 <br/>x<template>t"
            b"</template><STYLE>s</style>y<p><a href='o>x",
            "odd",
            [("heading", "Head"), ("text", "1 < 2"), ("text", "xy"), ("text", "<a href='o>x")],
        ),
        ("latin.html", b'<meta charset="iso-8859-1"><p>caf\xe9', "latin", [("text", "café")]),
        (
            "t.csv",
            b'name;price\r\n"Lid; large";4,50\r\n;\r\nFilter;7;extra\r\n',
            "t",
            [("record", "name: Lid; large; price: 4,50"),
             ("record", "name: Filter; price: 7; column 3: extra")],
        ),
        ("t.tsv", b"a\tb\n1\t2\n", "t", [("record", "a: 1; b: 2")]),
        (
            "l.jsonl",
            b'{"text": "Just this.", "id": 1}\n\n'
            b'{"a": {"b": [1, true]}, "c": "x", "d": null}\n"bare"\n',
            "l",
            [("record", "Just this."), ("record", "a b: 1; a b: true; c: x"), ("record", "bare")],
        ),
        ("w.docx", word(), "Lamp",
         [("heading", "Lamp"), ("text", "It takes an E27 bulb."), ("heading", "Cleaning"),
          ("text", "Use a dry cloth."), ("text", "Power | 7 W")]),
        ("d.pdf", pdf("First page.", "Second page.", title="Guide"), "Guide",
         [("text", "First page."), ("text", "Second page.")]),
    ],
)  # fmt: skip
def test_formats(name: str, raw: bytes, title: str, expected: list[tuple[str, str]]) -> None:
    """Each format gives its title and its blocks, in order, at exact places."""
    reading = read_bytes(raw, name=name)
    assert (reading.title, blocks(reading)) == (title, expected)


def test_pages() -> None:
    """A PDF's blocks know their page."""
    reading = read_bytes(pdf("One.", "Two."), name="d.pdf")
    assert [block.page for block in reading.blocks] == [1, 2]
    assert reading.page_at(reading.text.index("Two")) == 2


def test_from_disk(tmp_path: Path) -> None:
    """A document can be read by its path, and goes where a Document is taken."""
    (tmp_path / "note.md").write_text("# N\nText.")
    reading = read_document(tmp_path / "note.md")
    assert (reading.name, reading.title, reading.text) == ("note.md", "N", "# N\nText.")


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("a.png", b"x", "no known format"),
        ("a", b"x", "no known format"),
        ("a.txt", b"", "no text in it"),
        ("a.md", b" \n\t\n", "no text in it"),
        ("a.txt", b"\x00\x01\x02", "binary"),
        ("a.md", "Grüße".encode("utf-16"), "binary|not UTF-8"),
        ("a.txt", "Grüße".encode("latin-1"), "not UTF-8: byte 0xfc at offset 2"),
        ("a.html", b"caf\xe9", "not UTF-8"),
        ("a.html", b'<meta charset="klingon">caf\xe9', "nor the klingon it declares"),
        ("a.html", b'<meta charset="ascii">caf\xe9', "nor the ascii it declares"),
        ("a.html", b"<script>only()</script>", "no text in it"),
        ("a.csv", b'a,b\n1,"open', "not CSV: .* at line 2"),
        ("a.csv", b"a,b\n", "no text in it"),
        ("a.jsonl", b'{"a": 1}\n{"a": 1', "line 2 of a.jsonl is not JSON"),
        ("a.jsonl", b'{"a": 1, "a": 2}', "key 'a' twice"),
        ("a.jsonl", b"[" * 100_000, "deeper than"),
        ("a.pdf", b"not a pdf", "damaged, or no .pdf file"),
        ("a.pdf", pdf("x" * 50)[:200], "damaged, or no .pdf file"),
        ("a.pdf", pdf(), "scan"),
        ("a.pdf", locked_pdf("hunter2"), "encrypted"),
        ("a.docx", b"PK\x03\x04 broken", "damaged, or no .docx file"),
        ("a.docx", b"\xd0\xcf\x11\xe0 old", "encrypted, or in the old .doc format"),
    ],
)  # fmt: skip
def test_unreadable(name: str, raw: bytes, says: str) -> None:
    """What cannot be read is an InputError that names the file, the trouble and the way out."""
    with pytest.raises(InputError, match=says) as caught:
        read_bytes(raw, name=name)
    assert name in caught.value.message
    assert caught.value.hint


def test_an_empty_password() -> None:
    """A PDF that anybody can open is read, encrypted or not."""
    assert "secret" in read_bytes(locked_pdf(""), name="a.pdf").text


def test_missing_file(tmp_path: Path) -> None:
    """A path to nothing, or to a folder, is an InputError."""
    for path in (tmp_path / "none.md", tmp_path):
        with pytest.raises(InputError, match="there is no file"):
            read_document(path)


def test_zip_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Word document that would unpack to too much is refused before it is unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 30_000_000)
    monkeypatch.setattr(docx_reader, "MAX_UNPACKED", 20_000_000)
    with pytest.raises(InputError, match="unpacks to 30,000,000 bytes"):
        read_bytes(out.getvalue(), name="bomb.docx")


def test_xml_entities() -> None:
    """Entities in a Word document are not unfolded."""
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    source = zipfile.ZipFile(io.BytesIO(word()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == "word/document.xml":
                data = data.replace(b"<w:document", bomb + b"<w:document", 1)
                data = data.replace(b"dry cloth", b"&b;")
            archive.writestr(entry, data)
    with contextlib.suppress(InputError):  # refusing it is just as well
        assert "aaaaaaaaaa" not in read_bytes(out.getvalue(), name="x.docx").text


@pytest.mark.parametrize(
    "build",
    [
        lambda: b"<div>" * 200_000 + b"deep",
        lambda: b"<a href='" * 50_000,
        lambda: b"<![x[" * 10_000 + b"end",
        lambda: b"<!--" * 50_000 + b"end",
        lambda: b"&#x" * 100_000 + b"end",
        lambda: b"</" * 100_000 + b"end",
        lambda: b"<" * 1_000_000 + b"end",
        lambda: b"<script>" * 100_000 + b"end",
        lambda: b"<a " + b"= " * 500_000,
        lambda: b"<a =" + b" " * 500_000 + b">",
    ],
)
def test_hostile_html(build: Callable[[], bytes]) -> None:
    """Deep, unclosed and malformed HTML is read or refused, and soon."""
    start = time.monotonic()
    with contextlib.suppress(InputError):
        read_bytes(build(), name="h.html")
    assert time.monotonic() - start < 3


def test_a_small_file_that_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table whose rows repeat a long header without end is refused before memory runs out."""
    monkeypatch.setattr(reading, "MAX_TEXT", 1_000_000)
    raw = b",".join([b"h" * 190] * 300) + b"\n" + (b"1," * 300 + b"\n") * 30
    with pytest.raises(InputError, match="more than 1,000,000 characters"):
        read_bytes(raw, name="wide.csv")


@pytest.mark.parametrize(("suffix", "package"), [(".pdf", "pypdf"), (".docx", "docx")])
def test_missing_extra(suffix: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, such a file is one error with the exact install line."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError) as caught:
        read_bytes(b"x", name="a" + suffix)
    assert caught.value.hint == "pip install 'guard-llm[documents]'"


def test_control_characters() -> None:
    """Formats that are converted give no control characters or lone surrogates."""
    page = read_bytes(b"<p>a\x1b[31mb&#x7;c\r\nd\xc2\x85</p>", name="c.html")
    assert page.text.isprintable()
