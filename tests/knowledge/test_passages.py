from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.knowledge.passages import WORDS, cut, sentences, words
from guard.knowledge.readers.markdown import read_text, scan
from guard.knowledge.reading import Builder, Reading
from guard.types import Span

SENTENCE = "The pump lifts eleven litres of water in one minute at half load. "
pieces = st.sampled_from(
    ["# Head\n", "## Sub ##\n", "word ", "a.b ", "End. ", "Why? ", "\n", "\r\n", "\n\n", "- item ",
     "1. one ", "| a | b |\n", "|---|---|\n", "```\n", "---\n", "====\n", "é", "中文。", "\u2028",
     "\0", "  ", "\t", "x" * 300, SENTENCE * 3, "<!-- c -->", "Dr. ", "3.5 ", "…", "”", "\ud800"]
)  # fmt: skip
texts = st.one_of(st.text(max_size=400), st.lists(pieces, max_size=60).map("".join))


def whole(text: str) -> Span:
    return Span(start=0, end=len(text))


@given(texts)
@settings(max_examples=400, deadline=None)
def test_offsets(text: str) -> None:
    """A passage's text is exactly what its span covers; passages are in order, and not too long."""
    passages = cut(read_text(text, name="a.md"))
    for passage in passages:
        assert passage.span.of(text) == passage.text
        assert passage.text.strip() == passage.text != ""
        assert words(passage.text) <= WORDS
    ends = [0, *(passage.span.end for passage in passages)]
    assert all(end <= p.span.start for end, p in zip(ends, passages, strict=False))
    assert len({passage.id for passage in passages}) == len(passages)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost(text: str) -> None:
    """Every word of every block is in a passage, or is a heading above one."""
    reading = read_text(text, name="a.md")
    passages = cut(reading)
    covered = {i for p in passages for i in range(p.span.start, p.span.end)}
    for block in reading.blocks:
        inside = all(
            i in covered or text[i].isspace() for i in range(block.span.start, block.span.end)
        )
        assert inside or block.kind in ("heading", "lines")


@given(texts)
@settings(max_examples=300, deadline=None)
def test_sentence_spans(text: str) -> None:
    """Sentences are in order, do not overlap, and leave out nothing but blanks and list markers."""
    found = sentences(text, whole(text))
    last = 0
    for span in found:
        assert last <= span.start < span.end
        left = text[last : span.start].strip()
        assert not left or left[-1] in "-*+•|.)"
        last = span.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It costs 3.50 now. Pay.", ["It costs 3.50 now.", "Pay."]),
        ("See Fig. 3 and Dr. J. Smith. Done.", ["See Fig. 3 and Dr. J. Smith.", "Done."]),
        ("Use e.g. Lemon juice. Then rinse.", ["Use e.g. Lemon juice.", "Then rinse."]),
        ("He said “Go.” Then left.", ["He said “Go.”", "Then left."]),
        ("水は氷る。次の文。", ["水は氷る。", "次の文。"]),
        ("line one\nstill one. Two", ["line one\nstill one.", "Two"]),
        ("first\n- second\n- third", ["first", "second", "third"]),
        ("para one\n\npara two", ["para one", "para two"]),
        ("etc. and so on", ["etc. and so on"]),
        ("...", ["..."]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """A sentence ends at an end mark, unless that ends an abbreviation, initial or number."""
    assert [span.of(text) for span in sentences(text, whole(text))] == expected


def test_sentences_stay_whole() -> None:
    """A long paragraph is cut between sentences, into pieces of about equal length."""
    text = SENTENCE * 20
    passages = cut(read_text(text, name="a.md"))
    assert len(passages) == 3
    assert all(passage.text.endswith("load.") for passage in passages)
    sizes = [words(passage.text) for passage in passages]
    assert max(sizes) - min(sizes) <= 2 * len(SENTENCE.split())


@pytest.mark.parametrize("text", ["word " * 500, "x" * 5000, "中" * 3000])
def test_a_sentence_too_long(text: str) -> None:
    """A sentence that is too long alone is cut between words; a word too long, anywhere."""
    passages = cut(read_text(text, name="a.md"))
    assert "".join(p.text.replace(" ", "") for p in passages) == text.replace(" ", "")
    assert all(words(passage.text) <= WORDS for passage in passages)


def test_titles() -> None:
    """A passage's title is the path of the headings above it, sections are not mixed."""
    text = "# Manual\nIntro.\n## Care\nWash it.\n### Stains\nUse salt.\n## Storage\nKeep dry.\n"
    assert [(p.title, p.text) for p in cut(read_text(text, name="a.md"))] == [
        ("Manual", "Intro."),
        ("Manual > Care", "Wash it."),
        ("Manual > Care > Stains", "Use salt."),
        ("Manual > Storage", "Keep dry."),
    ]


def test_a_bare_heading() -> None:
    """A heading with nothing under it is a passage, one with subsections is not."""
    text = "# Contact\n## Call 0800 123\n## Hours\nNine to five.\n## Closed on Sunday"
    assert [p.text for p in cut(read_text(text, name="a.md"))] == [
        "Call 0800 123",
        "Nine to five.",
        "Closed on Sunday",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title\n=====\nbody", [("heading", "Title"), ("text", "body")]),
        ("Title\n---\nbody", [("heading", "Title"), ("text", "body")]),
        ("a\n\nb\nc", [("text", "a"), ("text", "b\nc")]),
        ("- a\n- b\n  more\n2) c", [("text", "a"), ("text", "b\n  more"), ("text", "c")]),
        ("| h |\n|---|\n| 1 |", [("text", "| h |"), ("text", "| 1 |")]),
        ("```py\n# no\n\nx = 1\n```\nend", [("lines", "# no\n\nx = 1"), ("text", "end")]),
        ("```\nnever closed", [("lines", "never closed")]),
        ("#hashtag", [("text", "#hashtag")]),
        ("# \n\n***", []),
        ("<!-- note -->\na", [("text", "a")]),
        ("a\r\n\r\nb\rc", [("text", "a"), ("text", "b\rc")]),
    ],
)
def test_scan(text: str, expected: list[tuple[str, str]]) -> None:
    """Markdown's blocks are found with exact offsets into the untouched text."""
    assert [(block.kind, block.span.of(text)) for block in scan(text)] == expected


def test_front_matter() -> None:
    """A leading section of settings is no evidence, but gives the title."""
    reading = read_text('---\ntitle: "The Guide"\nx: 1\n---\nBody.', name="a.md")
    assert reading.title == "The Guide"
    assert [p.text for p in cut(reading)] == ["Body."]


def test_records_and_pages_are_kept_apart() -> None:
    """Records share no passage, neither do pages; short paragraphs of one page do."""
    builder = Builder()
    for text, kind, page in [
        ("r1", "record", None), ("r2", "record", None),
        ("a", "text", 1), ("b", "text", 1), ("c", "text", 2),
    ]:  # fmt: skip
        builder.add(text, kind=kind, page=page)  # type: ignore[arg-type]
    reading = builder.build(name="x", title="x")
    assert [(p.text, p.page) for p in cut(reading)] == [
        ("r1", None),
        ("r2", None),
        ("a\n\nb", 1),
        ("c", 2),
    ]
    assert [reading.page_at(at) for at in (0, reading.text.index("b"), 99)] == [None, 1, 2]


def test_identity() -> None:
    """A passage's id depends on document, place and text, and on nothing else."""
    one = cut(read_text("Same words.", name="a.md"))[0]
    assert one == cut(read_text("Same words.", name="a.md"))[0]
    elsewhere = cut(read_text("Same words.", name="b.md"))[0]
    later = cut(read_text("\nSame words.", name="a.md"))[0]
    assert len({one.id, elsewhere.id, later.id}) == 3
    assert one.sha256 == elsewhere.sha256 == later.sha256


def test_empty() -> None:
    """Nothing gives no passages."""
    assert cut(Reading(name="x", title="x", text="", blocks=())) == ()


@pytest.mark.parametrize("unit", [".", "a. ", 'A.""', "\n\n", "- ", "1. ", "|\n", "# x\n", "```\n"])
def test_time(unit: str) -> None:
    """Cutting takes time in proportion to the length, whatever the text repeats."""
    cut(read_text(unit * (400_000 // len(unit)), name="a.md"))
