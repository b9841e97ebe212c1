"""A job without a model, for the tests: finds the colour in "The sky is COLOUR." and its span.

As a script, `colour_job.py IN.jsonl OUT.jsonl SECONDS`, it is there to be killed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from guard.errors import InputError, OutputError, ServerError
from guard.files import sha256
from guard.jobs import JobSummary, Manifest, find_rows, run_job
from guard.types import (
    Claim,
    Document,
    Evidence,
    Finding,
    Generation,
    Passage,
    Provenance,
    Report,
    Span,
    Verdict,
)

COLOURS = ("blue", "grey", "red")
MANIFEST = Manifest(guard="1", schema="s", config={"max_tokens": 9}, seed=0, model="colours")


def extract(document: Document) -> Report:
    """A report with one field, `/colour`. The text decides about the rest."""
    text = document.text
    if "broken" in text:
        raise InputError("the sky is broken", hint="mend it")
    if "vague" in text:
        raise OutputError("no colour", hint="look again")
    if "offline" in text:
        raise ServerError("the sky is offline", hint="wait", retryable=True)
    if "bug" in text:
        raise ZeroDivisionError("a bug")
    colour = next((word for word in COLOURS if word in text), None)
    return report_on(document, colour)


def report_on(document: Document, colour: str | None) -> Report:
    text = document.text
    passage = Passage(
        id="p1",
        document=document.name,
        title="Sky",
        text=text[4:],
        span=Span(start=4, end=len(text)),
        page=3,
        sha256=sha256(text[4:]),
    )
    start = passage.text.find(colour) if colour else 0
    quote = Span(start=start, end=start + len(colour or ""))
    verdict = Verdict(
        claim=Claim(id="c1", text="The sky", kind="value", pointer="/colour", value=colour),
        label="supported" if colour else "not_in_knowledge",
        score=0.98765,
        reason="It says so.",
        findings=(
            Finding(
                check="words",
                label="supported",
                score=1.0,
                reason="",
                passages=("p1",),
                quote=quote,
            ),
        ),
        evidence=(Evidence(passage=passage, quote=quote, score=1.0, how="document"),),
        decided_by=0,
    )
    value = {"colour": colour}
    return Report(
        source=document.name,
        text=str(value),
        value=value,
        answer=str(value),
        answer_value=value,
        generation=Generation(text="", model="colours", attempts=2, shortened=3),
        verdicts=(verdict,),
        provenance=Provenance(guard="1", created="", seconds={"write": 0.5}),
    )


def slowly(seconds: float, document: Document) -> Report:
    time.sleep(seconds)
    return extract(document)


def run(source: Path, output: Path, seconds: float) -> JobSummary:
    return run_job(
        find_rows([source]),
        extract=lambda document: slowly(seconds, document),
        output=output,
        manifest=MANIFEST,
    )


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
