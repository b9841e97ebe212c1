"""Fields of a value against the document that they were read from.

A form field is seldom a sentence of its document, so entailment sees little in it. What counts is
whether the value stands there, and whether the words of the field stand beside it. This holds for
documents passed with the call, which are about the subject; a knowledge base is about many, and
"the weight is 42 kg" stands there for anything that weighs so much.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date

from guard.fold import FIELD
from guard.types import Claim, Evidence, Finding, Json, Span
from guard.verify.context import Context
from guard.verify.labels import akin
from guard.verify.literal import forms, occurrences
from guard.verify.quantities import check_quantities
from guard.verify.words import Word, content, has, stems

LONGEST = 200
"""Characters of a value; a longer one is prose, and is checked as such."""

DATED = frozenset(
    ("dat", "day", "due", "deadlin", "birth", "birthday", "issu", "start", "begin", "end", "expiry")
)
"""Stems of which the words of a field for a date have one."""

FEW = 6
"""Words of a value that is a name or a term; more may be said in other words."""

REACH = 300
"""Characters around a value in which its label stands, where lines are longer than that."""

ALONE, NAMED = 0.55, 0.95
"""Support where a value that is like no other stands alone, and where all of its field's words are
beside it. In between, as many as are there."""


def check_field(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Finding]:
    """Support for a value that stands in its document, by how much of its field stands beside it.

    A value in words of which none is in the passage is not in it, however well the words around it
    fit; of values with digits the quantities check says so.
    """
    if not _is_field(claim):
        return
    if _is_absent(claim.value, f"{evidence.passage.title}\n{evidence.passage.text}"):
        reason = f"The evidence does not mention “{_said(claim.value).strip()}”."
        yield Finding(
            check=FIELD, label="not_in_knowledge", score=1.0, reason=reason, decisive=True
        )
    elif evidence.how == "document":
        yield from _support(claim, evidence, context)


def _is_absent(value: Json, text: str) -> bool:
    said = content(_said(value))
    if not said or len(said) > FEW or any(word.numeric for word in said):
        return False
    there = stems(text)
    return not any(has(word, there) for word in said)


def _support(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Finding]:
    text = evidence.passage.text
    wanted = [word for word in content(claim.text) if word.stem not in stems(_said(claim.value))]
    if _is_date(claim.value) and not any(word.stem in DATED for word in wanted):
        return  # a date is the value of no other field, whatever stands beside it
    scored = [
        (_score(claim.value, _share(wanted, _around(text, place))), place)
        for place in _places(claim, evidence, context)
    ]
    score, place = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if place is None or not score:
        yield from _heading(claim, evidence)
        return
    beside = "beside the field's words" if score > ALONE else "though not beside the field's words"
    yield Finding(
        check=FIELD,
        label="supported",
        score=score,
        reason=f"The document has “{place.of(text)}”, {beside}.",
        quote=_line(text, place),
    )


def _heading(claim: Claim, evidence: Evidence) -> Iterator[Finding]:
    """Support for a name that is in the heading over the passage."""
    title = evidence.passage.title
    there = any(True for form in forms(claim.value) for _ in occurrences(form, title))
    if there and _is_distinctive(_said(claim.value)):
        reason = f"The document has it in the heading “{title}”."
        yield Finding(check=FIELD, label="supported", score=ALONE, reason=reason)


def _share(wanted: Sequence[Word], around: str) -> float:
    """The share of the words `wanted` that stand in `around`, 0 when none is wanted."""
    there = stems(around)
    if akin(frozenset(word.stem for word in wanted), there):
        return 1.0
    return sum(has(word, there) for word in wanted) / len(wanted) if wanted else 0.0


def _is_field(claim: Claim) -> bool:
    value = claim.value
    is_scalar = isinstance(value, str | int | float) and not isinstance(value, bool)
    return claim.kind == "value" and is_scalar and 0 < len(_said(value).strip()) <= LONGEST


def _said(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _score(value: Json, share: float) -> float:
    """Support from the share of the field's words, none for a common value without half of them."""
    if share >= 0.5:
        return ALONE + (NAMED - ALONE) * share
    return ALONE if _is_distinctive(_said(value)) else 0.0


def _is_distinctive(text: str) -> bool:
    """Whether a text hardly stands anywhere by chance: two words, a code, a date."""
    mixed = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    names = [word for word in content(text) if not word.numeric]
    is_code = len(text) >= 3 and text.isalpha() and text.isupper()
    return is_code or _is_date(text) or (len(text) >= 4 and (mixed or len(names) >= 2))


def _is_date(value: Json) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value.strip()))
    except ValueError:
        return False


def _places(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Span]:
    """Where the value stands: word for word, or as the same quantity in other words."""
    text = evidence.passage.text
    literal = [place for form in forms(claim.value) for place in occurrences(form, text)]
    if literal:
        yield from literal
        return
    for finding in check_quantities(claim, evidence, context):
        if finding.label == "supported" and finding.quote is not None:
            yield finding.quote


def _line(text: str, place: Span) -> Span:
    """The line that a place is in, without the blanks around it."""
    start = text.rfind("\n", 0, place.start) + 1
    end = text.find("\n", place.end)
    line = text[start : len(text) if end < 0 else end]
    first = start + len(line) - len(line.lstrip())
    return Span(start=first, end=first + len(line.strip()))


def _around(text: str, place: Span) -> str:
    """The line of a place and the one above it, where labels and headers stand, within reach."""
    line = _line(text, place)
    above = _above(text, line)
    return text[max(above, place.start - REACH) : min(line.end, place.end + REACH)]


def _above(text: str, line: Span) -> int:
    """Where the line before `line` starts that is not empty, or `line` if it is the first."""
    before = text[: line.start].rstrip()
    return before.rfind("\n") + 1 if before else line.start
