"""What every renderer needs: words and symbols for labels, safe text, sources, lengths, leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from guard.edits import canonical, escape
from guard.types import (
    Certificate,
    Edit,
    Json,
    Label,
    Passage,
    Report,
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

# What a lenient `fail_on` lets pass.
TOLERABLE: Final[tuple[Label, ...]] = ("contradicted", "conflicting", "not_in_knowledge")


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
    counts = report.counts()
    tolerated = sum(counts[label] for label in TOLERABLE)
    if tolerated:
        return f"Clean by its policy, though {tolerated:,} of {claims} found no clear support"
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


def shown_value(report: Report) -> str:
    """What is left of a value: canonical JSON, or the bare text where one was asked for."""
    is_bare = isinstance(report.answer_value, str) and report.text == report.value
    return str(report.answer_value) if is_bare else canonical(report.answer_value)


def has_value(report: Report) -> bool:
    """Whether a JSON value was checked, rather than prose."""
    kinds = {verdict.claim.kind for verdict in report.verdicts}
    return report.value is not None or "value" in kinds
