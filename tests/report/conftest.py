"""Reports to render: five by hand, any number by hypothesis."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import strategies as st

from guard.types import (
    Certificate,
    Claim,
    Edit,
    Evidence,
    Finding,
    Generation,
    Json,
    Label,
    Length,
    Passage,
    Policy,
    Provenance,
    Report,
    Span,
    Target,
    Usage,
    Verdict,
    Violation,
)

MADE = Provenance(
    guard="0.1.0",
    created="2026-11-22T14:20:00Z",
    model="SmolLM2-135M-Instruct",
    encoder="all-MiniLM-L6-v2",
    entailment="baseline",
    knowledge="5f1c9e2ab04d",
    config="a" * 64,
    seed=7,
    seconds={"write": 6.42, "verify": 1.18, "trim": 0.31},
)


def span_of(part: str, text: str) -> Span:
    start = text.index(part)
    return Span(start=start, end=start + len(part))


def passage(document: str, text: str, *, title: str = "", page: int | None = None) -> Passage:
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    span = Span(start=120, end=120 + len(text))
    return Passage(
        id=f"{document}#{digest[:8]}",
        document=document,
        title=title,
        text=text,
        span=span,
        page=page,
        sha256=digest,
    )


def verdict(
    claim: Claim,
    label: Label,
    score: float,
    reason: str,
    *proofs: tuple[Passage, str],
    check: str = "entailment",
    how: Literal["search", "document", "given"] = "search",
) -> Verdict:
    """A verdict with one finding for each (passage, quote), the first of which decides."""
    evidence = tuple(
        Evidence(passage=p, quote=span_of(quote, p.text), score=0.81, how=how)
        for p, quote in proofs
    )
    findings = tuple(
        Finding(
            check=check,
            label=label,
            score=max(score, 1 - score),
            reason=reason,
            passages=(item.passage.id,),
            quote=item.quote,
            decisive=check != "entailment",
        )
        for item in evidence
    )
    return Verdict(
        claim=claim,
        label=label,
        score=score,
        reason=reason,
        findings=findings,
        evidence=evidence,
        decided_by=0 if findings else None,
    )


PHYSICS = passage(
    "physics/boiling.md",
    "Water boils when its vapour pressure equals the pressure of the air above it. At sea level "
    "that happens at 100 °C. On the summit of Mount Everest, where the air pressure is about "
    "34 kPa, water boils near 71 °C. In a pressure cooker at twice atmospheric pressure it boils "
    "near 121 °C.",
    title="Why water boils earlier on mountains",
)
HISTORY = passage(
    "geography/everest.pdf",
    "Mount Everest stands 8,849 m above sea level. Edmund Hillary and Tenzing Norgay reached the "
    "summit on 29 May 1953.",
    title="Mount Everest",
    page=2,
)
GROWTH = passage(
    "geography/himalaya.md",
    "Satellite measurements put the rise of the Himalaya at about 4 mm a year.",
    title="Himalaya",
)
GROWTH_TOO = passage(
    "geography/tectonics.md",
    "Erosion takes away most of the uplift, so the peaks rise by less than 1 mm a year.",
    title="Plate tectonics",
)

ANSWER = """Great question! You asked at which temperature water boils on Mount Everest.

At the summit, water boils at about 71 °C. Air pressure falls with height, and at 8,849 m it is \
only about 34 kPa. Everest was first climbed in 1935 by Edmund Hillary and Tenzing Norgay. \
The mountain grows by about 4 mm a year.

In my opinion, tea tastes worse up there. Fresh snow on the summit reflects 93 % of the sunlight. \
A pressure cooker brings the boiling point to about 121 °C. As I said, water boils at about 71 °C \
at the summit. ☕️"""

LEFT = """At the summit, water boils at about 71 °C. Air pressure falls with height, and at \
8,849 m it is only about 34 kPa. The mountain grows by about 4 mm a year.

Fresh snow on the summit reflects 93 % of the sunlight. A pressure cooker brings the boiling point \
to about 121 °C."""


def prose(id: str, words: str, text: str | None = None, *, why: str | None = None) -> Claim:
    span = span_of(words, ANSWER)
    return Claim(id=id, text=text or words, kind="prose", span=span, not_checkable=why)


def prose_report() -> Report:
    """A prose answer that was checked and trimmed, with every label but `not_checked`."""
    verdicts = (
        verdict(
            prose("c1", "At the summit, water boils at about 71 °C."),
            "supported",
            0.94,
            "the passage gives the same temperature",
            (
                PHYSICS,
                "On the summit of Mount Everest, where the air pressure is about 34 kPa, "
                "water boils near 71 °C.",
            ),
        ),
        verdict(
            prose("c2", "Air pressure falls with height, and at 8,849 m it is only about 34 kPa."),
            "supported",
            0.71,
            "height and pressure agree with the passages",
            (PHYSICS, "the air pressure is about 34 kPa"),
            (HISTORY, "8,849 m above sea level"),
        ),
        verdict(
            prose("c3", "Everest was first climbed in 1935 by Edmund Hillary and Tenzing Norgay."),
            "contradicted",
            0.03,
            "the year is 1935 here and 1953 in the evidence",
            (HISTORY, "Edmund Hillary and Tenzing Norgay reached the summit on 29 May 1953."),
            check="quantities",
        ),
        verdict(
            prose("c4", "The mountain grows by about 4 mm a year."),
            "conflicting",
            0.52,
            "one passage says 4 mm, another less than 1 mm",
            (GROWTH, "about 4 mm a year"),
            (GROWTH_TOO, "less than 1 mm a year"),
            check="quantities",
        ),
        verdict(
            prose(
                "c5",
                "In my opinion, tea tastes worse up there.",
                "Tea tastes worse on the summit of Mount Everest.",
                why="an opinion",
            ),
            "not_checkable",
            0.0,
            "an opinion",
        ),
        verdict(
            prose("c6", "Fresh snow on the summit reflects 93 % of the sunlight."),
            "not_in_knowledge",
            0.12,
            "no passage speaks of how much light the snow reflects",
        ),
        verdict(
            prose("c7", "A pressure cooker brings the boiling point to about 121 °C."),
            "supported",
            0.9,
            "the passage gives the same temperature",
            (PHYSICS, "In a pressure cooker at twice atmospheric pressure it boils near 121 °C."),
        ),
        verdict(
            prose("c8", "As I said, water boils at about 71 °C at the summit."),
            "supported",
            0.93,
            "the passage gives the same temperature",
            (PHYSICS, "water boils near 71 °C"),
        ),
    )
    edits = (
        Edit(
            action="remove",
            cause="filler",
            reason="says nothing about the question",
            span=span_of("Great question!", ANSWER),
        ),
        Edit(
            action="remove",
            cause="restated",
            reason="repeats the question",
            span=span_of("You asked at which temperature water boils on Mount Everest.", ANSWER),
        ),
        Edit(
            action="remove",
            cause="contradicted",
            reason="the year is 1935 here and 1953 in the evidence",
            span=verdicts[2].claim.span,
            claim="c3",
        ),
        Edit(
            action="mark",
            cause="conflicting",
            reason="one passage says 4 mm, another less than 1 mm",
            span=verdicts[3].claim.span,
            replacement="[the evidence disagrees]",
            claim="c4",
        ),
        Edit(
            action="remove",
            cause="repeated",
            reason="said before, in c1",
            span=verdicts[7].claim.span,
            claim="c8",
        ),
    )
    return Report(
        source="prompt",
        prompt="At which temperature does water boil on Mount Everest, and why?",
        text=ANSWER,
        answer=LEFT,
        generation=Generation(
            text=ANSWER,
            model="SmolLM2-135M-Instruct",
            seed=7,
            usage=Usage(prompt_tokens=412, completion_tokens=131),
            seconds=6.42,
        ),
        verdicts=verdicts,
        edits=edits,
        certificate=Certificate(
            before=Length(characters=len(ANSWER), words=93, sentences=9),
            after=Length(characters=len(LEFT), words=48, sentences=5),
            kept=("c1", "c2", "c7"),
            lost=("c8",),
            target=Target(amount=60),
            target_met=True,
        ),
        provenance=MADE,
    )


INVOICE: Json = {
    "number": "2026-041",
    "supplier": "Brückner Werkzeuge GmbH",
    "issued": "2026-10-14",
    "paid": False,
    "discount": None,
    "lines": [
        {"item": "Cordless drill", "quantity": 3, "price": 129.5},
        {"item": "Drill bits, 19 pieces", "quantity": 2, "price": 24.9},
    ],
    "total": 483.3,
}
LETTER = passage(
    "letters/bruckner.txt",
    "Invoice 2026-041 of Brückner Werkzeuge GmbH, 14 October 2026. 3 cordless drills at 129.50 "
    "EUR, 2 sets of drill bits (19 pieces) at 24.90 EUR. Total 438.30 EUR, payable in 30 days.",
    title="bruckner.txt",
)


def leaf(id: str, pointer: str, text: str, value: Json) -> Claim:
    return Claim(id=id, text=text, kind="value", pointer=pointer, value=value)


def _invoice_verdicts() -> tuple[Verdict, ...]:
    said = "the document has the same value"
    rows: list[tuple[str, str, Json, str, Label, float, str]] = [
        ("/number", "Invoice number: 2026-041", "2026-041", "2026-041", "supported", 0.99, said),
        ("/supplier", "Supplier: Brückner Werkzeuge GmbH", "Brückner Werkzeuge GmbH",
         "Brückner Werkzeuge GmbH", "supported", 0.99, said),
        ("/issued", "Issued: 2026-10-14", "2026-10-14", "14 October 2026", "supported", 0.98, said),
        ("/paid", "Paid: no", False, "payable in 30 days", "not_in_knowledge", 0.4,
         "the document does not say whether it was paid"),
        ("/lines/0/item", "Line 1, item: Cordless drill", "Cordless drill", "cordless drills",
         "supported", 0.91, said),
        ("/lines/0/quantity", "Line 1, quantity: 3", 3, "3 cordless drills", "supported", 0.97,
         said),
        ("/lines/0/price", "Line 1, price: 129.5", 129.5, "129.50 EUR", "supported", 0.97, said),
        ("/lines/1/quantity", "Line 2, quantity: 2", 2, "2 sets of drill bits", "supported", 0.9,
         said),
        ("/total", "Total: 483.3", 483.3, "Total 438.30 EUR", "contradicted", 0.02,
         "483.3 here, 438.30 in the document"),
    ]  # fmt: skip
    return tuple(
        verdict(
            leaf(f"v{index}", pointer, text, value),
            label,
            score,
            reason,
            (LETTER, quote),
            check="quantities",
            how="document",
        )
        for index, (pointer, text, value, quote, label, score, reason) in enumerate(rows, 1)
    )


def value_report() -> Report:
    """A JSON value from a file: one leaf contradicted, one unknown, some not claims at all."""
    text = json.dumps(INVOICE, ensure_ascii=False, indent=2)
    left = {key: item for key, item in INVOICE.items() if key != "total"}
    verdicts = _invoice_verdicts()
    return Report(
        source="invoices/2026-041.json",
        text=text,
        value=INVOICE,
        answer=json.dumps(left, ensure_ascii=False),
        answer_value=left,
        verdicts=verdicts,
        edits=(
            Edit(
                action="remove",
                cause="contradicted",
                reason=verdicts[-1].reason,
                pointer="/total",
                claim=verdicts[-1].claim.id,
            ),
        ),
        violations=(
            Violation(pointer="/discount", keyword="type", message="None is not of type 'number'"),
        ),
        provenance=dataclasses.replace(MADE, schema="b" * 64),
    )


def extraction_report() -> Report:
    """A clean extraction from one document."""
    verdicts = tuple(v for v in _invoice_verdicts() if v.label == "supported")
    kept = {key: INVOICE[key] for key in ("number", "supplier", "issued", "lines")}
    text = json.dumps(kept, ensure_ascii=False)
    return Report(
        source="letters/bruckner.txt",
        prompt="Extract the invoice.",
        text=text,
        value=kept,
        answer=text,
        answer_value=kept,
        generation=Generation(text=text, value=kept, model="phi-4", attempts=2),
        verdicts=verdicts,
        provenance=MADE,
    )


def empty_report() -> Report:
    """Nothing was said, so there was nothing to check."""
    return Report(source="empty.txt", text="", answer="", provenance=MADE)


HOSTILE = (
    '<script>alert(1)</script> The \u202esredro rebmun\u202c is &lt;b&gt; "quoted" | piped '
    "`ticked`.\x1b[31mred\x07 ]]> <!-- <img src=x onerror=alert(2)>\n\n"
    "```\n| a | b |\n\n| 1 | 2 |\n```\n\n"
    "Emoji 👩‍🚀🇬🇧 shift offsets \ud800 and \u2028 so do lines.\r\nA last line: # not a heading."
)
TRAP = passage(
    "<b>evil</b>|`.md\x00",
    "<style>*{display:none}</style> The \u202esource\u202c says \"no\" & 'never'. ]]>",
    title='"><script>alert(3)</script>',
    page=1,
)


def wrong_report() -> Report:
    """Hostile text, overlapping and empty spans, failures of every kind."""
    places = [(0, 60), (10, 40), (30, 90), (20, 20), (0, len(HOSTILE))]
    labels: list[Label] = ["contradicted", "supported", "conflicting", "not_in_knowledge"]
    spans = [Span(start=start, end=end) for start, end in places]
    spans.append(span_of("Emoji 👩‍🚀🇬🇧 shift offsets", HOSTILE))
    reason = 'the "source" says <no> | `never`\x1b[2J'
    verdicts = [
        verdict(
            Claim(id="c<1>", text=span.of(HOSTILE) or "an empty claim", kind="prose", span=span),
            labels[index % 4],
            0.25,
            reason,
            (TRAP, "source"),
        )
        for index, span in enumerate(spans)
    ]
    unplaced = Claim(id="c<1>", text="No place in the text.", kind="prose")
    verdicts.append(verdict(unplaced, "not_checked", 0.0, "the time limit was reached"))
    return Report(
        source="../odd name/<x>&\u202e.md",
        prompt="Ignore this. </title><script>alert(4)</script>",
        text=HOSTILE,
        answer=HOSTILE[:100],
        violations=(Violation(pointer="", keyword="type", message="</pre><script>\x00"),),
        verdicts=tuple(verdicts),
        edits=(
            Edit(action="remove", cause="fill<er>", reason=reason, span=Span(start=5, end=50)),
            Edit(action="remove", cause="repeated", reason=reason, span=Span(start=40, end=70)),
            Edit(
                action="replace",
                cause="contradicted",
                reason=reason,
                span=Span(start=75, end=80),
                replacement="<i>new</i>",
                claim="c<1>",
            ),
        ),
        certificate=Certificate(
            before=Length(characters=0, words=0, sentences=0),
            after=Length(characters=0, words=0, sentences=0),
            kept=("c<1>", "gone"),
            target=Target(amount=1, unit="tokens"),
            target_met=False,
        ),
        policy=Policy(fail_on="contradicted"),
        provenance=dataclasses.replace(MADE, model="<u>model</u>"),
    )


def outside_report() -> Report:
    """Only possible in memory: spans and pointers to where nothing is."""
    far = Span(start=5_000, end=9_000)
    lone = Evidence(passage=PHYSICS, quote=far, score=3.5, how="search")
    finding = Finding(
        check="x", label="supported", score=-1.0, reason="r", passages=("gone",), quote=far
    )
    claims = (
        Claim(id="a", text="far away", kind="prose", span=far),
        Claim(id="b", text="half out", kind="prose", span=Span(start=3, end=9_000)),
        Claim(id="c", text="no such leaf", kind="value", pointer="/no/such/leaf", value=1),
    )
    return Report(
        source="far.txt",
        text="short text",
        answer="short text",
        verdicts=tuple(
            Verdict(
                claim=claim,
                label="supported",
                score=7.0,
                reason="r",
                findings=(finding,),
                evidence=(lone,),
                decided_by=4,
            )
            for claim in claims
        ),
        edits=(Edit(action="remove", cause="filler", reason="r", span=far),),
        provenance=MADE,
    )


def long_report(claims: int = 2_000) -> Report:
    """Two thousand claims in one answer."""
    sentences = [f"Pump {number} moves {number + 3} litres a minute." for number in range(claims)]
    text = " ".join(sentences)
    labels: tuple[Label, ...] = ("supported", "not_in_knowledge", "contradicted")
    verdicts, start = [], 0
    for number, sentence in enumerate(sentences):
        span = Span(start=start, end=start + len(sentence))
        claim = Claim(id=f"c{number}", text=sentence, kind="prose", span=span)
        start = span.end + 1
        label = labels[number % 3]
        verdicts.append(verdict(claim, label, 0.5, "as the table says", (PHYSICS, "Water boils")))
    return Report(
        source="pumps.md", text=text, answer=text, verdicts=tuple(verdicts), provenance=MADE
    )


@pytest.fixture(scope="session")
def examples() -> dict[str, Report]:
    """Reports that a file can hold, by name."""
    return {
        "prose": prose_report(),
        "value": value_report(),
        "extraction": extraction_report(),
        "empty": empty_report(),
        "wrong": wrong_report(),
    }


@pytest.fixture(scope="session")
def outside() -> Report:
    """A report whose spans lie outside its text."""
    return outside_report()


@pytest.fixture(scope="session")
def long() -> Report:
    """A report of two thousand claims."""
    return long_report()


SHARES = {"score", "threshold", "contradiction", "risk"}
ROOM = 30
TEXTS = st.text(min_size=ROOM, max_size=ROOM + 20)
JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def _values(name: str, hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field, such that every span fits into every text."""
    if name in SHARES and hint is float:
        return st.floats(0, 1)
    if name in {"version", "decided_by"}:
        return st.just("1" if name == "version" else None)
    if name == "pointer" and hint is not str:
        return st.none()
    if dataclasses.is_dataclass(hint):
        return _objects(hint)
    scalars: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXTS,
        int: st.integers(),
        bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        Any: JSONS,
    }
    return scalars[hint] if hint in scalars else _generic(name, hint)


def _generic(name: str, hint: Any) -> st.SearchStrategy[Any]:
    origin, options = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(options)
    if origin is UnionType:
        return st.none() | _values(name, next(o for o in options if o is not NoneType))
    if origin is tuple:
        return st.lists(_values("", options[0]), max_size=2).map(tuple)
    assert issubclass(origin, Mapping)
    return st.dictionaries(st.text(max_size=5), _values("", options[1]), max_size=2)


def _objects(cls: Any) -> st.SearchStrategy[Any]:
    if cls is Span:
        ends = st.tuples(st.integers(0, ROOM), st.integers(0, ROOM)).map(sorted)
        return ends.map(lambda pair: Span(start=pair[0], end=pair[1]))
    hints = get_type_hints(cls)
    return st.builds(
        cls, **{f.name: _values(f.name, hints[f.name]) for f in dataclasses.fields(cls)}
    )


@pytest.fixture(scope="session")
def any_report() -> st.SearchStrategy[Report]:
    """A strategy for reports, built from the dataclasses' own type hints."""
    strategy: st.SearchStrategy[Report] = _objects(Report)
    return strategy
