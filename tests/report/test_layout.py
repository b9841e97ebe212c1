"""Every character of the checked text is drawn once, whatever the spans."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.report.layout import CUT, Mark, blocks_of, rows_of, runs_of
from guard.types import Claim, Provenance, Report, Span, Verdict

SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)
TEXT = st.text(alphabet="ab \n`|é👩", max_size=40)


def marks(pairs: list[list[int]]) -> list[Mark]:
    kinds = ["supported", CUT, "contradicted", "not_checkable"]
    return [
        Mark(span=Span(start=start, end=end), kind=kinds[index % 4], index=index)
        for index, (start, end) in enumerate(pairs)
    ]


@given(text=TEXT, pairs=st.lists(SPANS, max_size=8))
def test_runs_tile_the_text(text: str, pairs: list[list[int]]) -> None:
    """Runs put together are the text; each mark that covers something ends exactly once."""
    runs = runs_of(text, marks(pairs))
    assert "".join(run.text for run in runs) == text
    ended = sorted(index for run in runs for index in (*run.claims, *run.edits))
    assert ended == [n for n, (start, end) in enumerate(pairs) if start < min(end, len(text))]


@given(text=TEXT, pairs=st.lists(SPANS, max_size=6))
def test_runs_know_what_covers_them(text: str, pairs: list[list[int]]) -> None:
    """A run carries the worst label of the claims over it, and is cut if a removal is over it."""
    place = 0
    given_marks = marks(pairs)
    for run in runs_of(text, given_marks):
        over = {m.kind for m in given_marks if m.span.start <= place < m.span.end}
        worst = [label for label in ("contradicted", "supported", "not_checkable") if label in over]
        assert run.label == (worst[0] if worst else None)
        assert run.cut is (CUT in over)
        place += len(run.text)


@given(text=TEXT)
def test_blocks_tile_the_text(text: str) -> None:
    """Paragraphs put together are the text, and none is empty."""
    blocks = list(blocks_of(text))
    assert "".join(text[start:end] for start, end, _ in blocks) == text
    assert all(start < end for start, end, _ in blocks)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("One.\n\nTwo.", [("One.\n\n", False), ("Two.", False)]),
        ("\n\nOne.", [("\n\n", False), ("One.", False)]),
        ("One\ntwo.\n", [("One\ntwo.\n", False)]),
        ("```\na\n\nb\n```\n\nTwo.", [("```\na\n\nb\n```\n\n", True), ("Two.", False)]),
        ("| a | b |\n|---|---|\n", [("| a | b |\n|---|---|\n", True)]),
        ("    code\n    more", [("    code\n    more", True)]),
    ],
)
def test_blocks(text: str, blocks: list[tuple[str, bool]]) -> None:
    """Blank lines part paragraphs, but not inside a fence; code and tables are known as such."""
    assert [(text[start:end], code) for start, end, code in blocks_of(text)] == blocks


@given(text=TEXT, pairs=st.lists(SPANS, max_size=6))
@settings(max_examples=60)
def test_rows_show_the_text(text: str, pairs: list[list[int]]) -> None:
    """Rows hold the whole text but the white space at their ends, and every claim in its place."""
    claims = [
        Claim(id=str(n), text="x", kind="prose", span=Span(start=a, end=b))
        for n, (a, b) in enumerate(pairs)
    ]
    verdicts = tuple(Verdict(claim=c, label="supported", score=1.0, reason="") for c in claims)
    made = Provenance(guard="0", created="2026-01-01T00:00:00Z")
    report = Report(source="x", text=text, answer="", verdicts=verdicts, provenance=made)
    rows = rows_of(report, valued=False)
    shown = "".join(run.text for row in rows for run in row.runs)
    assert "".join(shown.split()) == "".join(text.split())
    ended = sorted(index for row in rows for index in row.claims)
    assert ended == [n for n, (a, b) in enumerate(pairs) if a < min(b, len(text))]


def test_value_rows(examples: dict[str, Report]) -> None:
    """A value is drawn as indented JSON, each leaf with its claim, what was cut struck through."""
    rows = rows_of(examples["value"], valued=True)
    lines = ["  " * r.depth + r.lead + "".join(run.text for run in r.runs) + r.tail for r in rows]
    assert "\n".join(lines) == examples["value"].text
    total = next(row for row in rows if row.lead.startswith('"total"'))
    assert total.claims == [8]
    assert total.runs[0].cut
    assert total.runs[0].label == "contradicted"
    assert [row.claims for row in rows if "quantity" in row.lead] == [[5], [7]]


def test_a_cut_reaches_down(examples: dict[str, Report]) -> None:
    """Removing an object strikes through everything in it, and nothing beside it."""
    report = examples["value"]
    edit = replace(report.edits[0], pointer="/lines/0")
    rows = rows_of(replace(report, edits=(edit,)), valued=True)
    struck = [row.lead for row in rows if any(run.cut for run in row.runs)]
    assert struck == ["", '"item": ', '"quantity": ', '"price": ', ""]


def test_prose_inside_a_value() -> None:
    """Claims with a span and a pointer are marked inside the string there."""
    value = {"a/b": 'Water boils. "Ice" melts.'}
    spans = [Span(start=0, end=12), Span(start=13, end=25)]
    verdicts = tuple(
        Verdict(
            claim=Claim(id="x", text="x", kind="value", span=span, pointer="/a~1b"),
            label="supported",
            score=1.0,
            reason="",
        )
        for span in spans
    )
    made = Provenance(guard="0", created="2026-01-01T00:00:00Z")
    report = Report(source="x", text="", value=value, answer="", verdicts=verdicts, provenance=made)
    row = rows_of(report, valued=True)[1]
    texts = [(run.text, run.claims) for run in row.runs]
    assert texts == [
        ('"', ()),
        ("Water boils.", (0,)),
        (" ", ()),
        ('"Ice" melts.', (1,)),
        ('"', ()),
    ]
