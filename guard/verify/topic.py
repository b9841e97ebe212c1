"""How much of a claim a quoted sentence is about.

Two numbers of the same unit disagree easily: a lake lies 430 m below the sea, another one is 20 cm
deep. A disagreement counts only as far as its sentence speaks of what the claim speaks of.
"""

from __future__ import annotations

from dataclasses import replace

from guard.types import Claim, Evidence, Finding, Span
from guard.verify.windows import sentence_spans
from guard.verify.words import content, has, stems

LEAST = 0.5
"""A sentence with less of the claim's words speaks of something else."""


def weigh(finding: Finding, claim: Claim, evidence: Evidence) -> Finding:
    """An exact contradiction, as sure as its sentence is on topic; off topic, a mere absence."""
    if not (finding.decisive and finding.label == "contradicted"):
        return finding
    quote = finding.quote or evidence.quote
    topic = closeness(claim.text, evidence, quote)
    if topic >= LEAST:
        return replace(finding, score=finding.score * topic)
    said = quote.of(evidence.passage.text).strip()
    reason = f"The evidence speaks of something else: “{said}”"
    return replace(finding, label="not_in_knowledge", reason=reason)


def closeness(claim: str, evidence: Evidence, quote: Span) -> float:
    """The share of the claim's words, numbers aside, in the quoted sentence.

    The sentence before and the title count too: they name what "it" is.
    """
    wanted = [word for word in content(claim) if not word.numeric]
    if not wanted:
        return 1.0
    text = evidence.passage.text
    spans = [span for span in sentence_spans(text) if span.start < quote.end]
    near = spans[-2:] if spans else [quote]
    there = stems(evidence.passage.title).union(*(stems(span.of(text)) for span in near))
    return sum(has(word, there) for word in wanted) / len(wanted)
