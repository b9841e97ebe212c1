"""The HTML page is whole in itself, safe, correct and legible."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import guard.report
from guard.edits import canonical
from guard.report import render
from guard.report.parts import MARKS, visible
from guard.types import LABELS, Report

CSS = (Path(guard.report.__file__).parent / "templates" / "report.css").read_text("utf-8")
VOID = {"meta", "rect"}
PLAIN_TAGS = """html head meta title style body header main footer section h1 h2 h3 p a b span
ul ol li dl div dt dd code pre del ins mark figure figcaption blockquote details summary
table thead tbody tr th td svg rect"""
EMPTY = "Nothing is left."
NAMES = ["prose", "value", "extraction", "empty", "wrong"]


class Page(HTMLParser):
    """A page's tags with their attributes, and its text by the class of what holds it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, str]] = []
        self.texts: list[tuple[list[str], str]] = []
        self.unbalanced: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.open.append((tag, attributes.get("class", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop()[0] != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(([f"{tag}.{names}" for tag, names in self.open], data))

    def inside(self, name: str) -> str:
        """The text in every element that has the class `name`."""
        return "".join(
            data
            for path, data in self.texts
            if any(name in step.split(".")[1].split() for step in path)
        )

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def pages(examples: dict[str, Report], outside: Report) -> dict[str, Page]:
    reports = {**examples, "outside": outside}
    return {name: Page(render(report, format="html")) for name, report in reports.items()}


@pytest.mark.parametrize("name", [*NAMES, "outside"])
def test_self_contained(pages: dict[str, Page], name: str) -> None:
    """There is no script, no handler, no inline style, and no address but within the page."""
    page = pages[name]
    tags = {tag for tag, _ in page.tags}
    assert not tags & {
        "script",
        "link",
        "iframe",
        "object",
        "embed",
        "form",
        "img",
        "base",
        "b-evil",
    }
    assert tags <= set(PLAIN_TAGS.split())
    for tag, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on")], tag
        assert not {"style", "src", "srcset"} & set(attributes), tag
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in CSS
    assert "@import" not in CSS


@pytest.mark.parametrize("name", NAMES)
def test_content_security_policy(examples: dict[str, Report], name: str) -> None:
    """Nothing may load or run; the one style sheet is allowed by its hash."""
    text = render(examples[name], format="html")
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    policy = Page(text).all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    wanted = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy["content"] == wanted
    assert text.index("Content-Security-Policy") < text.index("<style>")


@pytest.mark.parametrize("name", [*NAMES, "outside"])
def test_well_formed(pages: dict[str, Page], name: str) -> None:
    """Tags balance, ids are unique, links lead somewhere, headings step down one by one."""
    page = pages[name]
    assert not page.unbalanced
    assert not page.open
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [attributes["href"][1:] for attributes in page.all("a")]
    assert set(targets) <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.all("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in page.all("meta")
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost(pages: dict[str, Page], examples: dict[str, Report], name: str) -> None:
    """The checked text stands there letter by letter, and so do all claims, reasons and quotes."""
    page, report = pages[name], examples[name]
    if report.value is None:
        shown = "".join(
            data
            for path, data in page.texts
            if "div.text" in path and not any(s.startswith(("ins.", "a.ref")) for s in path)
        )
        assert "".join(shown.split()) == "".join(visible(report.text).split())
    table = page.inside("said")
    for verdict in report.verdicts:
        assert visible(verdict.claim.text) in table
        assert visible(verdict.reason) in page.inside("reason")
    left = report.answer if report.value is None else canonical(report.answer_value)
    assert "".join(page.inside("answer").split()) == "".join((visible(left) or EMPTY).split())


def test_verdicts_in_place(examples: dict[str, Report]) -> None:
    """A claim is marked where it stands, with a link to its note: verdict, score, quote, source."""
    text = render(examples["prose"], format="html")
    words = "Everest was first climbed in 1935 by Edmund Hillary and Tenzing Norgay."
    assert f'<del><span class="claim contradicted">{words}</span></del>' in text
    assert 'id="at-3" href="#claim-3" aria-label="claim 3, contradicted"' in text
    note = text[text.index('class="note contradicted"') :][:2000]
    assert "contradicted</span>" in note
    assert "0.03" in note
    assert (
        "<mark>Edmund Hillary and Tenzing Norgay reached the summit on 29 May 1953.</mark>" in note
    )
    assert "geography/everest.pdf, page 2 · Mount Everest" in note
    assert "the year is 1935 here and 1953 in the evidence" in note


def test_cut_with_its_reason(pages: dict[str, Page], examples: dict[str, Report]) -> None:
    """What trimming removed is struck through and says why beside it."""
    text = render(examples["prose"], format="html")
    assert "<del>Great question!</del>" in text
    assert "removed as filler: says nothing about the question" in pages["prose"].inside("cut")


def test_findings_are_open(examples: dict[str, Report], long: Report) -> None:
    """Notes on the worst findings are open and the others closed; in long reports all are."""
    notes = list(Page(render(examples["prose"], format="html")).all("details"))
    opened = [a["class"] for a in notes if "open" in a]
    assert opened == ["note contradicted", "note conflicting"]
    assert "<details open" not in render(long, format="html")


def test_hostile_text(pages: dict[str, Page], examples: dict[str, Report]) -> None:
    """Markup in a report is shown as text; steering characters are named."""
    text = render(examples["wrong"], format="html")
    assert text.count("<script") == 0
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "⟦U+202E⟧" in text
    assert "⟦U+001B⟧" in text
    assert text.count("</title>") == text.count("</style>") == 1
    assert (
        pages["wrong"].inside("prompt").endswith("Ignore this. </title><script>alert(4)</script>")
    )


@given(text=st.text(alphabet=st.characters(), max_size=60))
@example(text="\x1e\x850")
@example(text="\r\r0")
@settings(max_examples=60, deadline=None)
def test_any_text_is_text(examples: dict[str, Report], text: str) -> None:
    """Whatever the answer, the page has the same elements as with a plain word.

    Blank lines are left out, since they make paragraphs.
    """
    text = text.replace("\n", " ")
    plain = tag_names(render(with_answer(examples, "x"), format="html"))
    assert tag_names(render(with_answer(examples, f"x{text}"), format="html")) == plain


def tag_names(page: str) -> list[str]:
    return [tag for tag, _ in Page(page).tags]


def with_answer(examples: dict[str, Report], text: str) -> Report:
    return replace(examples["empty"], answer=text, prompt=text, source=text)


def test_legend(pages: dict[str, Page]) -> None:
    """The legend explains every verdict by symbol, word and meaning."""
    for mark in MARKS.values():
        for words in mark:
            assert words in pages["prose"].inside("legend")


def test_told_without_colour() -> None:
    """No two verdicts share a symbol or the look of their underline."""
    assert len({mark.symbol for mark in MARKS.values()}) == len(LABELS)
    looks = dict(re.findall(r"^\.(\w+) \{ --hue.*--under: (\w+)", CSS, re.MULTILINE))
    assert set(looks) == set(LABELS)
    # `not_checked` shares `solid`, but has a line above as well.
    assert len(set(looks.values())) == len(LABELS) - 1
    assert ".claim.not_checked { text-decoration-line: underline overline;" in CSS


def palettes() -> dict[str, dict[str, str]]:
    """The colours of the light and of the dark page."""
    light, dark = CSS.split("@media (prefers-color-scheme: dark)")[:2]
    dark = dark[: dark.index("\n}\n")]
    return {
        name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        for name, part in (("light", light), ("dark", dark))
    }


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme: str) -> None:
    """Every text colour on every ground it can stand on reaches WCAG AA, 4.5 to 1."""
    colours = palettes()[scheme]
    tints = [f"{label}-tint" for label in LABELS]
    pairs = [(text, ground) for text in ("ink", "soft") for ground in ("page", "card", *tints)]
    pairs += [(label, ground) for label in LABELS for ground in ("page", "card", f"{label}-tint")]
    pairs += [("ink", "quote"), ("focus", "page")]
    low = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in low.items() if ratio < 4.5} == {}
