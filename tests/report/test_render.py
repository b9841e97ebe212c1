"""Every format takes every report; the console says it all in words."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard.errors import UsageError
from guard.report import FORMATS, render
from guard.report.parts import MARKS, visible
from guard.report.proofs import Proof, quoted
from guard.types import LABELS, Policy, Report


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("format", FORMATS)
def test_any_report(
    any_report: st.SearchStrategy[Report], format: str, data: st.DataObject
) -> None:
    """Any report can be shown in any format, as UTF-8 that ends in a newline."""
    text = render(data.draw(any_report), format=format)
    assert text.encode("utf-8").endswith(b"\n")


@pytest.mark.parametrize("format", FORMATS)
def test_hard_reports(examples: dict[str, Report], outside: Report, format: str) -> None:
    """Hostile text, empty reports and spans to nowhere can be shown in any format."""
    for report in (*examples.values(), outside):
        text = render(report, format=format)
        text.encode("utf-8")
        if format != "json" and format != "sarif":
            assert not set(text) & {"\u202e", "\x07", "\x1b", "\x00", "\ud800"}


@pytest.mark.parametrize("format", FORMATS)
def test_long(long: Report, format: str) -> None:
    """Two thousand claims are all there."""
    assert "Pump 1999 moves" in render(long, format=format)


def test_unknown_format(examples: dict[str, Report]) -> None:
    """A format that does not exist is a usage error that names those that do."""
    with pytest.raises(UsageError, match="no report format 'pdf'") as caught:
        render(examples["prose"], format="pdf")
    assert "console, json, html" in str(caught.value.hint)


def test_import_is_light() -> None:
    """Importing the reports loads neither rich nor jinja2."""
    code = "import sys, guard.report; print({'rich', 'jinja2', 'jsonschema'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb\u202c", "a⟦U+202E⟧b⟦U+202C⟧"),
        ("\u2066x\u2069", "⟦U+2066⟧x⟦U+2069⟧"),
        ("\x1b[31m", "⟦U+001B⟧[31m"),
        ("\x00\x07\x7f\x9b", "⟦U+0000⟧⟦U+0007⟧⟦U+007F⟧⟦U+009B⟧"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("a\rb", "a⟦U+000D⟧b"),
        ("\ud800", "⟦U+D800⟧"),
        ("👩‍🚀 \u200f שלום", "👩‍🚀 \u200f שלום"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    """What would steer a terminal or turn the reading direction is named instead."""
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("before", "quote", "after", "shown"),
    [
        ("It is old. Built in ", "1953", ". It stands.", "“Built in 1953.”"),
        ("", "1953", "", "“1953”"),
        ("| a |\n| b ", "1953", " c |\nd", "“| b 1953 c |”"),
        ("word " * 60, "1953", " word" * 60, None),
        ("Before. ", "A quote that is long enough to be read by itself, without help", ". After.",
         "“A quote that is long enough to be read by itself, without help”"),
    ],
)  # fmt: skip
def test_quoted(before: str, quote: str, after: str, shown: str | None) -> None:
    """A short quote is shown in its sentence, as far as that is near."""
    proof = Proof(before=before, quote=quote, after=after, source="s")
    words = quoted(proof)
    assert quote in words
    assert len(words) < 320
    if shown is None:
        assert words.startswith("“…word")
        assert words.endswith("word…”")
    else:
        assert words == shown


@pytest.mark.parametrize("width", [30, 60, 100, 200])
@pytest.mark.parametrize("name", ["prose", "value", "wrong", "empty"])
def test_console_width(examples: dict[str, Report], name: str, width: int) -> None:
    """No line is wider than the terminal, as the terminal counts."""
    from rich.cells import cell_len

    for line in render(examples[name], format="console", width=width).splitlines():
        assert cell_len(line) <= width


def test_console_words(examples: dict[str, Report]) -> None:
    """Verdicts are told by symbol and word; quotes, sources, reasons and changes are there."""
    text = render(examples["prose"], format="console", width=200)
    for label in set(LABELS) - {"not_checked"}:
        assert f"{MARKS[label].symbol} {MARKS[label].words}" in text
    assert "“Edmund Hillary and Tenzing Norgay reached the summit on 29 May 1953.”" in text
    assert "from geography/everest.pdf, page 2 · Mount Everest" in text
    assert "the year is 1935 here and 1953 in the evidence" in text
    assert "went from 93 to 48 words (−48\u00a0%)" in text
    assert "3 of 4 supported claims kept" in text
    assert "removed as filler: says nothing about the question" in text
    assert text.splitlines()[-1] == "✗ prompt: 3 findings in 8 claims"
    assert text.startswith("Answer\n")


def test_console_color(examples: dict[str, Report]) -> None:
    """Colour codes appear when asked for and only then, and change no word."""
    import re

    plain = render(examples["prose"], format="console")
    coloured = render(examples["prose"], format="console", color=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in coloured.splitlines()]
    assert "\n".join(lines) + "\n" == plain


def test_console_value(examples: dict[str, Report]) -> None:
    """A value's claims are named by pointer, and the value that is left is shown."""
    text = render(examples["value"], format="console")
    assert "/lines/0/quantity" in text
    assert '  "number": "2026-041",' in text
    assert "483.3" not in text.split("Claims:")[0]
    assert "Schema violations\n  ✗ /discount  None is not of type 'number'" in text


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("extraction", "✓ letters/bruckner.txt: Clean: 7 claims checked, nothing to object to"),
        ("empty", "✓ empty.txt: Clean: there was nothing to check"),
        ("value", "2 findings in 9 claims and 1 schema violation"),
    ],
)
def test_console_outcome(examples: dict[str, Report], name: str, ending: str) -> None:
    """The last line is the outcome."""
    assert render(examples[name], format="console").splitlines()[-1].endswith(ending)


def test_lenient_policy(examples: dict[str, Report]) -> None:
    """A report that is clean only because its policy tolerates much says so."""
    report = replace(examples["prose"], policy=Policy(fail_on="never"))
    assert report.clean
    words = "Clean by its policy, though 3 of 8 claims found no clear support"
    assert words in render(report, format="console")


def test_twin_ids(examples: dict[str, Report]) -> None:
    """Claims that share an id are still shown one by one."""
    report = examples["prose"]
    twins = tuple(replace(v, claim=replace(v.claim, id="c1")) for v in report.verdicts)
    page = render(replace(report, verdicts=twins), format="html")
    assert 'id="claim-8"' in page
