"""How much of a claim a quoted sentence is about.

Two numbers of the same unit disagree easily: a lake lies 430 m below the sea, another one is 20 cm
deep. A disagreement counts only as far as its sentence speaks of what the claim speaks of.
"""

from __future__ import annotations

from dataclasses import replace

from guard.types import Claim, Evidence, Finding, Span
from guard.verify.quantities import quantities
from guard.verify.vocabulary import DATES, STOP, listed
from guard.verify.windows import sentence_spans
from guard.verify.words import content, fold_case, has, stems, words

LEAST = 0.5
"""A sentence with no more than this share of the claim's words speaks of something else."""

RESTRICTED = 0.85
"""What is left of a disagreement whose sentence speaks of a circumstance the claim leaves out."""

OPENERS = listed("In At On For Under With Without During Inside Outside Near")
QUALIFIED = ("in practice", "in theory", "on average", "at best", "at worst")
EMPTY_PHRASES = listed("fact total general addition short summary practice reality contrast theory")


def weigh(finding: Finding, claim: Claim, evidence: Evidence) -> Finding:
    """An exact contradiction, as sure as its sentence is on topic; off topic, a mere absence."""
    if not (finding.decisive and finding.label == "contradicted"):
        return finding
    quote = finding.quote or evidence.quote
    topic = closeness(claim.text, evidence, quote)
    if topic > LEAST and restricted(claim.text, sentence_at(evidence.passage.text, quote)):
        topic *= RESTRICTED
    if topic > LEAST:
        return replace(finding, score=finding.score * topic)
    said = sentence_at(evidence.passage.text, quote).strip()
    reason = f"The evidence speaks of something else: “{said}”"
    return replace(finding, label="not_in_knowledge", reason=reason)


def sentence_at(text: str, quote: Span) -> str:
    """The sentence in which a quote starts."""
    for span in sentence_spans(text):
        if span.start <= quote.start < span.end:
            return span.of(text)
    return quote.of(text)


def restricted(claim: str, sentence: str) -> bool:
    """Whether a sentence opens with a circumstance that the claim leaves out, "In water", or speaks
    of what is so "in practice"."""
    said, stated = fold_case(sentence), fold_case(claim)
    if any(phrase in said and phrase not in stated for phrase in QUALIFIED):
        return True
    there = words(sentence)[:2]
    if len(there) < 2 or there[0].text not in OPENERS:
        return False
    second = there[1]
    if second.numeric or second.folded in STOP | DATES | EMPTY_PHRASES:
        return False
    return second.stem not in stems(claim)


def closeness(claim: str, evidence: Evidence, quote: Span) -> float:
    """The share of the claim's words, values with their units aside, in the quoted sentence.

    The sentence before and the title count too: they name what "it" is.
    """
    values = [quantity.span for quantity in quantities(claim)]
    wanted = [
        word
        for word in content(claim)
        if not (word.numeric or any(v.start <= word.start < v.end for v in values))
    ]
    if not wanted:
        return 1.0
    text = evidence.passage.text
    spans = [span for span in sentence_spans(text) if span.start < quote.end]
    near = spans[-2:] if spans else [quote]
    there = stems(evidence.passage.title).union(*(stems(span.of(text)) for span in near))
    return sum(has(word, there) for word in wanted) / len(wanted)
