"""Make the PDF and the Word document of knowledge/ again from their texts beside this file.

Run `python tests/content/documents/make.py` after changing a text. The same text always gives the
same bytes: dates inside both files are fixed.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).parent
KNOWLEDGE = HERE.parents[2] / "knowledge"
DATE = (2026, 11, 1, 0, 0, 0)


def pages(text: str) -> list[list[str]]:
    """The lines of each page; a line of equal signs starts a new one."""
    return [page.strip().splitlines() for page in text.split("===\n")]


def pdf(text: str, title: str) -> bytes:
    """A PDF with one flowing text, new pages where the source says so."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate

    styles = getSampleStyleSheet()
    story: list[Flowable] = []
    for page in pages(text):
        story += [PageBreak()] if story else []
        for line in page:
            style = styles["Heading2" if line.startswith("# ") else "BodyText"]
            story.append(Paragraph(line.removeprefix("# "), style))
    out = io.BytesIO()
    template = SimpleDocTemplate(out, title=title, author="guard", invariant=1)
    template.build(story)
    return out.getvalue()


def docx(text: str, title: str) -> bytes:
    """A Word document with headings and paragraphs."""
    from docx import Document

    document = Document()
    for line in text.strip().splitlines():
        level = len(line) - len(line.lstrip("#"))
        if level:
            document.add_heading(line.lstrip("# "), level)
        else:
            document.add_paragraph(line)
    properties = document.core_properties
    properties.title, properties.author = title, "guard"
    properties.created = properties.modified = datetime(*DATE)
    out = io.BytesIO()
    document.save(out)
    return fixed(out.getvalue())


def fixed(archive: bytes) -> bytes:
    """The same zip archive with fixed dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()


def read(name: str) -> str:
    """One of the texts beside this file."""
    return (HERE / name).read_text("utf-8")


def documents() -> dict[Path, bytes]:
    """The two documents by the path where they belong."""
    conversions, mains = read("unit-conversions.txt"), read("mains-power.txt")
    return {
        KNOWLEDGE / "stem" / "unit-conversions.pdf": pdf(conversions, "Conversion of units"),
        KNOWLEDGE / "support" / "mains-power.docx": docx(mains, "Mains power, plugs and UPS"),
    }


if __name__ == "__main__":
    for path, content in documents().items():
        path.write_bytes(content)
