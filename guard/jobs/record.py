"""A finished row as it is written: the value, and for each field why to believe it."""

from __future__ import annotations

from guard.jobs.rows import Row
from guard.types import Document, Evidence, Json, Report, Span, Verdict
from guard.verify.literal import occurrences


def record_of(row: Row, report: Report, document: Document) -> Json:
    """The output row of a report on `document`, which was read from `row`.

    `fields` lists the verdicts on the value as it was written, with the JSON Pointer of each: one
    for a plain field, one for each sentence of a field that holds prose. `value` is what is left
    after the policy's edits. `span` is where the deciding quote stands, and `found` where
    the value itself does, word for word: both count characters of the document's text.
    """
    generation = report.generation
    return {
        "id": row.id,
        "source": row.source,
        "sha256": row.sha256,
        "clean": report.clean,
        "value": report.answer_value,
        "fields": [_field(verdict, document) for verdict in report.verdicts],
        "edits": [
            {"pointer": edit.pointer, "action": edit.action, "cause": edit.cause}
            for edit in report.edits
        ],
        "attempts": generation.attempts if generation else None,
        "shortened": generation.shortened if generation else None,
        "seconds": round(sum(report.provenance.seconds.values()), 3),
    }


def _field(verdict: Verdict, document: Document) -> Json:
    evidence, quote = _deciding(verdict)
    found = evidence is not None and verdict.label in ("supported", "contradicted", "conflicting")
    return {
        "pointer": verdict.claim.pointer,
        "value": verdict.claim.value,
        "label": verdict.label,
        "support": round(verdict.score, 4),
        "reason": verdict.reason,
        **(_place(evidence, quote, document) if found and evidence and quote else NOWHERE),
        "found": _found(verdict.claim.value, document.text),
    }


NOWHERE: dict[str, Json] = {"quote": None, "span": None, "document": None, "page": None}


def _deciding(verdict: Verdict) -> tuple[Evidence | None, Span | None]:
    """The evidence that settled a verdict and the part that did; else the best there is."""
    by_passage = {evidence.passage.id: evidence for evidence in verdict.evidence}
    if verdict.decided_by is not None:
        finding = verdict.findings[verdict.decided_by]
        evidence = by_passage.get(finding.passages[0]) if finding.passages else None
        if evidence is not None:
            return evidence, finding.quote or evidence.quote
    best = verdict.evidence[0] if verdict.evidence else None
    return best, best.quote if best else None


def _place(evidence: Evidence, quote: Span, document: Document) -> dict[str, Json]:
    """Where the quote stands. `span` counts characters of the named document's text.

    For the row's own document the span is checked, and left out rather than wrong.
    """
    passage = evidence.passage
    words = quote.of(passage.text)
    start = passage.span.start + quote.start
    span = {"start": start, "end": start + len(words)}
    if evidence.how == "document" and document.text[start : span["end"]] != words:
        return {"quote": words, "span": None, "document": passage.document, "page": passage.page}
    return {"quote": words, "span": span, "document": passage.document, "page": passage.page}


def _found(value: Json, text: str) -> Json:
    """The first place in `text` where `value` stands by itself, letter for letter, or None."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    form = str(value).strip()
    places = occurrences(form, text) if form else iter(())
    exact = next((place for place in places if place.of(text) == form), None)
    return None if exact is None else {"start": exact.start, "end": exact.end}
