from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.claims import blocks, sentences

SPLIT = [
    "It runs.|It stops.",
    "Dr. Ngo met Prof. Lee at 5 p.m. on Monday.|They left.",
    "Dr. J. R. Okafor signed.|The end.",
    "It weighs 3.5 kg.|It costs $4.20.",
    "Use e.g. a valve, i.e. a tap, vs. a pump.|Done.",
    "See Fig. 3 and Eq. 4.|No. 5 is alive.",
    "Is it red?|No.|It is blue.",
    "Acme Inc. makes pumps.|Acme Inc. was bought.",
    "It was bought by Acme Inc.|The price was low.",
    "He lives in the U.S. and works.|The U.S. Army came.|He left the U.S.|It was cold.",
    "Version v1.2.3 is out.|Version 2.0 follows.",
    "See https://example.org/a.b?c=d!e for more.|Or www.example.org.",
    "Wait... it runs.|Then...|The end.",
    "Well…|It runs.",
    'He said "It runs. It stops." and left.|She stayed.',
    'He said "It runs."|She stayed.',
    "It runs (see above. Really).|It stops.",
    "Great! 😀|It runs.",
    "Great 😀 it runs.|It stops.",
    "It was 1995.|Then it was 1996.",
    "Do this: 1. Press it.|2. Hold it.|3. Let go.",
    "It runs.[1]|It stops.[2][3]",
    "It runs. [unverified]|It stops.",
    "**It runs.**|*It stops.*|`x.y` is code.",
    "The [pump. Yes](http://a.b/c.d) runs.|It stops.",
    "It runs at 5 rpm.|iPhones do not.",
    "Really?!|Yes!!|Good.",
    "これは水です。|これは火です。",
    "Vitamin C is good.|Take vitamin C.|It helps.",
    "George W. Bush met J. K. Rowling.|Both spoke.",
    "The heater has a power of 90 W.|13.5 / 45 = 0.3.",
    "The fuse is rated for 2.5 A.|Bergen Electric makes it.|It melts at 505 K.|Tin does too.",
    "In 1987 W. Ngo met J. Okafor.|Both of the 12 W. H. Lund prizes were theirs.",
    "It ended in Jan. 2020.|It began in Dec. 2019.",
    "The ratio is 3 : 2.|It is approx. 1.5.",
    "They sell pens, pads, etc.|Nobody buys.",
    "It uses $x. y$ here.|Then $5 and $6 were paid.",
]


@pytest.mark.parametrize("marked", SPLIT)
def test_sentences_end_where_readers_end_them(marked: str) -> None:
    """Abbreviations, numbers, quotes, addresses and marks do not end sentences; stops do."""
    text = marked.replace("|", " ")
    assert [span.of(text) for span in sentences(text)] == marked.split("|")


FENCED = "```\nRome is the capital of Italy.\n```"
BLOCKS = [
    ("# T\n\nOne.\n", "heading:T|prose:One."),
    ("- One.\n- Two\n  more.", "prose:One.|prose:Two\n  more."),
    ("> One\n> two.", "prose:One\n> two."),
    ("One.\n```py\nx = 1\n```\nTwo.", "prose:One.|code:```py\nx = 1\n```|prose:Two."),
    ("$$\nx - 1\n= y\n$$", "formula:$$\nx - 1\n= y\n$$"),
    ("\\[ x = 1 \\]\nOne.", "formula:\\[ x = 1 \\]|prose:One."),
    ('A:\n{"a": 1,\n "b": 2}\nB.', 'prose:A:|json:{"a": 1,\n "b": 2}|prose:B.'),
    ("One.\n---\nTwo.", "prose:One.|rule:---|prose:Two."),
    ("Title\n=====\n\nOne.", "prose:Title|rule:=====|prose:One."),
    ("<div>One is two.</div>", "prose:<div>One is two.</div>"),
    ("[Paris]: is 'in Italy'", "prose:[Paris]: is 'in Italy'"),
    ("    x = f(1)", "code:x = f(1)"),
    ("    Rome is in Italy.", "prose:Rome is in Italy."),
    (FENCED, "rule:```|prose:Rome is the capital of Italy.|rule:```"),
    ("```\nERR 17\n```", "code:```\nERR 17\n```"),
    ("One.\r\n\r\nTwo.", "prose:One.|prose:Two."),
    ("[1] Smith said so.", "prose:[1] Smith said so."),
]


@pytest.mark.parametrize(("text", "expected"), BLOCKS)
def test_blocks_are_where_the_source_has_them(text: str, expected: str) -> None:
    """Blocks carry exact offsets, and nothing that a reader sees as prose hides in another kind."""
    found = [f"{block.kind}:{block.span.of(text)}" for block in blocks(text)]
    assert "|".join(found) == expected


def test_tables_are_blocks() -> None:
    """A table is one block."""
    text = "| a |\n|---|\n| b |"
    assert [(block.kind, block.span.of(text)) for block in blocks(text)] == [("table", text)]


def test_key_value_lines_are_sentences_of_their_own() -> None:
    """Lines of `name: value` do not run together."""
    text = "Weight: 5 kg\nHeight: 2 m\nIt is made of\nsteel."
    assert [span.of(text) for span in sentences(text)][:2] == ["Weight: 5 kg", "Height: 2 m"]


def test_deep_nesting_hides_nothing() -> None:
    """What the Markdown parser gives up on is prose, so it is checked."""
    text = "> " * 60 + "Rome is in Italy."
    assert [span.of(text) for span in sentences(text)] == ["Rome is in Italy."]


PIECES = """One. ~Two is 3.5 kg! ~
~
- ~1. ~> ~# ~```
~| a | b |
~|--|--|
~$$
~{"a": 1}
~**~`x. Y` ~[a](b) ~Dr. ~e.g. ~😀 ~\t~    ~(~"~“~U.S. ~The ~ and ~…~?! ~<b>~===
~---
~\r\n"""
PARTS = st.sampled_from(PIECES.split("~"))
TEXTS = st.lists(PARTS, max_size=14).map("".join) | st.text(max_size=60)


@settings(deadline=None)
@given(TEXTS)
def test_spans_are_ordered_and_tight(text: str) -> None:
    """Sentence spans are in order, do not overlap, and neither start nor end with whitespace."""
    end = 0
    for span in sentences(text):
        assert span.start >= end
        assert span.of(text) == span.of(text).strip() != ""
        end = span.end


@settings(deadline=None)
@given(TEXTS)
def test_every_character_has_a_place(text: str) -> None:
    """Every letter and digit is in a sentence or in a block of another kind, list numbers aside."""
    spans = [*sentences(text), *(b.span for b in blocks(text) if b.kind != "prose")]
    covered = {place for span in spans for place in range(span.start, span.end)}
    missed = "".join(c for i, c in enumerate(text) if c.isalnum() and i not in covered)
    assert set(missed) <= set("1")


HOSTILE = [
    "e.g. ",
    "[",
    "`",
    "``` ` ",
    "(",
    '"',
    "{\n",
    "> ",
    "- ",
    "| ",
    "<a ",
    "$x ",
    "\\(",
    "A. ",
]


@pytest.mark.parametrize(
    "piece", [*HOSTILE, "\n", "*", "![", "](", "a: b\n", "# a\n", "[1]", "$$\n"]
)
def test_no_input_is_slow(piece: str) -> None:
    """Time grows about linearly: 60,000 hostile characters take a few seconds at most."""
    import time

    text = piece * (60_000 // len(piece))
    start = time.perf_counter()
    sentences(text)
    assert time.perf_counter() - start < 10
