"""Evidence taken apart and put together: needles in hay, needles taken out, two needles."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from guard.tune.rows import Answer, Row
from guard.verify.windows import sentence_spans
from guard.verify.words import best_sentence, coverage, stems

ENOUGH = 0.5
"""A sentence with less of the claim's words is not one that it needs."""

_LEADING = re.compile(r"^(?:However|Meanwhile|In addition|Also|But|And|So|Then|Yet),? ", re.I)
_BRACKETS = re.compile(r" ?\([^()]{1,80}\)")
_TAIL = re.compile(r",? (?:which|who|while|although|because|after|before|when) [^,.;]+(?=[.]?$)")
_POINTING = re.compile(
    r"^(?:he|she|it|they|this|that|these|those|his|her|its|their|there|we|i)\b", re.I
)


def deleted(row: Row) -> Row | None:
    """A supported row without the sentence that its claim needs most; None if none stands out."""
    spans = sentence_spans(row.evidence)
    if row.label != "supported" or len(spans) < 3:
        return None
    best = best_sentence(row.claim, row.evidence)
    rest = (row.evidence[: best.start] + row.evidence[best.end :]).strip()
    needed = coverage(row.claim, stems(best.of(row.evidence)))
    if needed < ENOUGH or coverage(row.claim, stems(rest)) > 0.95:
        return None
    return Row(evidence=rest, claim=row.claim, label="neutral", source=row.source)


def padded(row: Row, others: Sequence[str], words: int, chance: random.Random) -> Row:
    """The row with sentences of other evidence around its own, up to about `words` words."""
    before: list[str] = []
    after: list[str] = []
    size = len(row.evidence.split())
    while size < words:
        text = chance.choice(others)
        side = chance.choice((before, after))
        side.append(text)
        size += len(text.split())
    gap = chance.choice((" ", "\n"))
    return Row(
        evidence=gap.join([*before, row.evidence, *after]),
        claim=row.claim,
        label=row.label,
        source=row.source,
    )


_BOTH: dict[tuple[Answer, Answer], Answer] = {
    ("supported", "supported"): "supported",
    ("supported", "neutral"): "neutral",
    ("supported", "contradicted"): "contradicted",
    ("neutral", "neutral"): "neutral",
}


def joined(one: Row, other: Row, chance: random.Random) -> Row | None:
    """Two claims as one, which holds only if both do; None for labels that give no clear one."""
    label = _BOTH.get((one.label, other.label)) or _BOTH.get((other.label, one.label))
    if label is None:
        return None
    first, second = (one, other) if chance.random() < 0.5 else (other, one)
    said = first.claim.rstrip(" .!?")
    more = second.claim if second.claim[:2].isupper() else _lower(second.claim)
    link = chance.choice((" and ", ", and ", ", while "))
    given = (
        [first.evidence] if first.evidence == second.evidence else [first.evidence, second.evidence]
    )
    chance.shuffle(given)
    return Row(
        evidence="\n".join(given),
        claim=said + link + more if chance.random() < 0.7 else f"{said}. {second.claim}",
        label=label,
        source=one.source,
    )


def _lower(claim: str) -> str:
    first = claim.split(" ", 1)[0]
    return (
        claim[0].lower() + claim[1:] if first in ("The", "A", "An", "There", "It", "In") else claim
    )


def extracted(text: str, source: str, chance: random.Random) -> Row | None:
    """A sentence of a text, shortened where that keeps it true, as a claim about the text."""
    found = [span.of(text) for span in sentence_spans(text)]
    usable = [
        s for s in found if 8 <= len(s.split()) <= 35 and not _POINTING.match(s) and s[-1] == "."
    ]
    if not usable or len(found) < 4:
        return None
    sentence = chance.choice(usable)
    return Row(evidence=text, claim=_shortened(sentence, chance), label="supported", source=source)


def _shortened(sentence: str, chance: random.Random) -> str:
    claim = _LEADING.sub("", sentence)
    claim = claim[0].upper() + claim[1:]
    if chance.random() < 0.8:
        claim = _BRACKETS.sub("", claim)
    if chance.random() < 0.7:
        short = _TAIL.sub("", claim)
        claim = short if len(short.split()) >= 6 else claim
    return claim


def spliced(row: Row, chance: random.Random) -> Row | None:
    """The first half of a claim from the text with the second half of another of its sentences."""
    others = [span.of(row.evidence) for span in sentence_spans(row.evidence)]
    others = [s for s in others if len(s.split()) >= 10 and coverage(row.claim, stems(s)) < ENOUGH]
    words = row.claim.split()
    if not others or len(words) < 8:
        return None
    other = chance.choice(others).split()
    claim = " ".join([*words[: len(words) // 2], *other[len(other) // 2 :]])
    return Row(evidence=row.evidence, claim=claim, label="not_supported", source=row.source)


def told(text: str, source: str, chance: random.Random) -> tuple[Row, Row] | None:
    """From a table written as lines: a row of it as a claim, and one with another row's value."""
    lines = text.split("\n")
    cells = [line.split(": ", 1) for line in lines[1:] if ": " in line]
    plain = [(key, value) for key, value in cells if value and len(value.split()) <= 12]
    if len(plain) < 3 or ": " in lines[0]:
        return None
    (key, value), (_, wrong) = chance.sample(plain, 2)
    if value.lower() in wrong.lower() or wrong.lower() in value.lower():
        return None
    form = chance.choice(
        (
            "The {key} of {title} is {value}.", "{title}: the {key} is {value}.",
            "{title} has {value} as its {key}.", "For {title}, {key} is {value}.", "{key}: {value}",
        )
    )  # fmt: skip

    def say(given: str) -> str:
        return form.format(title=lines[0], key=key[0].lower() + key[1:], value=given)

    def row(claim: str, label: Answer) -> Row:
        return Row(evidence=text, claim=claim, label=label, source=source)

    return row(say(value), "supported"), row(say(wrong), "contradicted")
