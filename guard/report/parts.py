"""What every renderer needs: words and symbols for labels, safe text, sources, lengths, leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from guard.edits import canonical, escape
from guard.types import (
    Certificate,
    Edit,
    Finding,
    Json,
    Label,
    Passage,
    Report,
    Span,
    Verdict,
)


class Mark(NamedTuple):
    """How a label looks where there is no room for a sentence: a symbol and words."""

    symbol: str
    words: str
    meaning: str


MARKS: Final[dict[Label, Mark]] = {
    "supported": Mark("✓", "supported", "The evidence says so."),
    "contradicted": Mark("✗", "contradicted", "The evidence says otherwise."),
    "conflicting": Mark("≠", "conflicting", "The evidence disagrees with itself."),
    "not_in_knowledge": Mark("?", "not in knowledge", "Nothing relevant settles it."),
    "not_checkable": Mark("○", "not checkable", "No claim: a question or an opinion, say."),
    "not_checked": Mark("!", "not checked", "Should have been checked, and was not."),
}

# From the worst to the most harmless: where claims overlap, the worst one shows.
SEVERITY: Final[tuple[Label, ...]] = (
    "not_checked",
    "contradicted",
    "conflicting",
    "not_in_knowledge",
    "supported",
    "not_checkable",
)

SHORT: Final = 60
REACH: Final = 120
SENTENCE_ENDS: Final = (". ", "? ", "! ", "\n")


def _shown_controls() -> dict[int, str]:
    """Characters that would steer a terminal, a browser or a reader's eye, by name instead.

    These are control characters, half surrogate pairs, what XML cannot hold, and the direction
    overrides and isolates, which can make text read differently from what it says.
    """
    steering = [code for code in range(0x20) if chr(code) not in "\n\t"]
    steering += [*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    steering += [*range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
    return {code: f"⟦U+{code:04X}⟧" for code in steering}


_SHOWN: Final = _shown_controls()


def visible(text: str) -> str:
    """`text` with nothing in it that acts instead of being read; line ends become newlines."""
    return text.replace("\r\n", "\n").translate(_SHOWN)


def one_line(text: str, *, limit: int | None = None) -> str:
    """`text` safe and on a single line, cut at `limit` characters with an ellipsis."""
    line = " ".join(visible(text).split())
    return line if limit is None or len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def source_label(passage: Passage) -> str:
    """Where a passage is from: document, page, and the title unless it repeats the name."""
    page = f", page {passage.page}" if passage.page is not None else ""
    title = f" · {passage.title}" if passage.title not in passage.document else ""
    return one_line(f"{passage.document}{page}{title}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """The quote that a verdict rests on, with what surrounds it in its passage."""

    before: str
    quote: str
    after: str
    source: str


def proofs(verdict: Verdict) -> tuple[Proof, ...]:
    """The quotes that a verdict rests on: the deciding one first.

    Evidence that disagrees with itself is quoted from two passages. When no finding has a quote,
    the best evidence's is taken; without evidence there is none.
    """
    passages = {item.passage.id: item.passage for item in verdict.evidence}
    found: dict[str, Proof] = {}
    for finding in _ranked(verdict):
        first = passages.get(next(iter(finding.passages), ""))
        if first is not None and finding.quote is not None:
            found.setdefault(first.id, _cut(first, finding.quote))
    if not found:
        found = {item.passage.id: _cut(item.passage, item.quote) for item in verdict.evidence[:1]}
    return tuple(found.values())[: 2 if verdict.label == "conflicting" else 1]


def _ranked(verdict: Verdict) -> Iterator[Finding]:
    """The finding that settled a verdict, then those of its label, or all where they disagree."""
    chosen = verdict.decided_by
    if chosen is not None and 0 <= chosen < len(verdict.findings):
        yield verdict.findings[chosen]
    sides: tuple[Label, ...] = (verdict.label,)
    if verdict.label == "conflicting":
        sides = ("conflicting", "supported", "contradicted")
    yield from (finding for finding in verdict.findings if finding.label in sides)


def _cut(passage: Passage, span: Span) -> Proof:
    """A passage in three: before, inside and after `span` (which may reach too far)."""
    text = passage.text
    return Proof(
        before=text[: span.start],
        quote=span.of(text),
        after=text[span.end :],
        source=source_label(passage),
    )


def quoted(proof: Proof, *, limit: int | None = None) -> str:
    """A proof on one line between quotation marks; a short one with the sentence around it."""
    words = proof.quote
    if len(words) < SHORT:
        words = f"{_last_sentence(proof.before)}{words}{_first_sentence(proof.after)}"
    return f"“{one_line(words, limit=limit)}”"


def _last_sentence(text: str) -> str:
    """What comes before a quote in its own sentence, if that is not long."""
    tail = text[-REACH:]
    starts = [tail.rfind(end) + len(end) for end in SENTENCE_ENDS if end in tail]
    if starts:
        return tail[max(starts) :]
    return tail if len(text) <= REACH else f"…{tail.partition(' ')[2]}"


def _first_sentence(text: str) -> str:
    """What comes behind a quote in its own sentence, if that is not long."""
    head = text[:REACH]
    ends = [head.find(end) + 1 for end in SENTENCE_ENDS if end in head]
    if ends:
        return head[: min(ends)]
    return head if len(text) <= REACH else f"{head.rpartition(' ')[0]}…"


def score_words(verdict: Verdict) -> str:
    """The support to two digits; nothing for what was never scored."""
    unscored = verdict.label in ("not_checkable", "not_checked")
    return "" if unscored else f"{verdict.score:.2f}"


def edit_words(edit: Edit, *, known: str = "") -> str:
    """What an edit did and why, leaving out a reason that is `known` already."""
    done = {"remove": "removed", "replace": "replaced", "mark": "marked"}[edit.action]
    if edit.action == "replace":
        done = f"replaced by {one_line(str(edit.replacement), limit=80)}"
    done += "" if edit.cause in MARKS else f" as {edit.cause}"
    reason = edit.reason.removeprefix(f"{edit.cause}: ")
    return one_line(done if edit.reason == known or not reason else f"{done}: {reason}")


def old_words(edit: Edit, text: str, nodes: dict[str, Json]) -> str:
    """What an edit is about: words of the checked text, or the leaf at its pointer (`nodes`)."""
    if edit.pointer is None:
        return edit.span.of(text) if edit.span else ""
    place = nodes.get(edit.pointer)
    if edit.span is not None and isinstance(place, str):
        return edit.span.of(place)
    return f"{edit.pointer or '/'}: {canonical(place)}"


def headline(report: Report) -> str:
    """The outcome in a few words."""
    wrong, claims = len(report.findings()), count(len(report.verdicts), "claim")
    parts = [f"{count(wrong, 'finding')} in {claims}"] if wrong else []
    if report.violations:
        parts.append(count(len(report.violations), "schema violation"))
    if parts:
        return " and ".join(parts)
    if not report.verdicts:
        return "Clean: there was nothing to check"
    return f"Clean: {claims} checked, nothing to object to"


def count(number: int, noun: str) -> str:
    """A number and its noun: `1 claim`, `2,000 claims`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def tally(report: Report) -> list[tuple[Mark, Label, int]]:
    """The labels that occur, worst first, with how often."""
    counts = report.counts()
    return [(MARKS[label], label, counts[label]) for label in SEVERITY if counts[label]]


def length_line(certificate: Certificate) -> str:
    """What trimming did to the length, in words: `went from 120 to 64 words (−47 %)`."""
    before, after = certificate.before.words, certificate.after.words
    if before == after:
        return f"stayed at {count(after, 'word')}"
    share = f" ({100 * (after - before) / before:+.0f}\u00a0%)".replace("-", "−") if before else ""
    return f"went from {before:,} to {count(after, 'word')}{share}"


def survival_line(certificate: Certificate) -> str:
    """How many supported claims are still in the answer."""
    total = len(certificate.kept) + len(certificate.lost)
    if not total:
        return "no supported claims to keep"
    return f"{len(certificate.kept):,} of {count(total, 'supported claim')} kept"


def target_line(certificate: Certificate) -> str | None:
    """Whether the asked length was reached."""
    if certificate.target is None:
        return None
    asked = f"at most {certificate.target.amount:,} {certificate.target.unit}"
    return f"target of {asked}: {'met' if certificate.target_met else 'not met'}"


def edits_of(report: Report) -> dict[str, list[Edit]]:
    """The edits made because of a claim, by claim id."""
    table: dict[str, list[Edit]] = {}
    for edit in report.edits:
        if edit.claim is not None:
            table.setdefault(edit.claim, []).append(edit)
    return table


def provenance_rows(report: Report) -> Iterator[tuple[str, str]]:
    """What made the report, as names and values, leaving out what is not known."""
    made = report.provenance
    named = {
        "guard": made.guard,
        "created": made.created,
        "model": made.model,
        "encoder": made.encoder,
        "entailment": made.entailment,
        "knowledge": made.knowledge,
        "schema": made.schema,
        "config": made.config,
        "seed": made.seed,
    }
    for name, value in named.items():
        if value is not None:
            yield name, shortened(one_line(str(value)))
    if made.seconds:
        stages = (f"{one_line(stage)} {spent:.1f} s" for stage, spent in made.seconds.items())
        yield "time", ", ".join(stages)


def shortened(value: str) -> str:
    """A sha256 hash by its first twelve digits; anything else as it is."""
    hashed = len(value) == 64 and all(digit in "0123456789abcdef" for digit in value)
    return value[:12] if hashed else value


def nodes(value: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Every node of a JSON value with its JSON Pointer, the root first."""
    yield pointer, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from nodes(child, f"{pointer}/{escape(key)}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from nodes(child, f"{pointer}/{index}")


def has_value(report: Report) -> bool:
    """Whether a JSON value was checked, rather than prose."""
    kinds = {verdict.claim.kind for verdict in report.verdicts}
    return report.value is not None or "value" in kinds
