"""Where claims and changes lie in the checked text or value: rows of runs, each drawn one way.

Spans may overlap, nest, be empty or lie outside; every character of the text is in one run, and
whatever has no place in it is simply in no run.
"""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from guard.edits import escape
from guard.report.parts import SEVERITY
from guard.types import Edit, Json, Label, Report, Span

CUT: Final = "cut"
WHOLE: Final = Span(start=0, end=1 << 40)
NOWHERE: Final = Span(start=0, end=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A claim (`kind` is its label) or a removal (`kind` is CUT), by index in its report."""

    span: Span
    kind: str
    index: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A stretch of text under the same marks: the worst label, and whether it was cut out.

    `claims` and `edits` are the indices of those that end with this run.
    """

    text: str
    label: Label | None = None
    cut: bool = False
    claims: tuple[int, ...] = ()
    edits: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A paragraph, a block of code, or a line of JSON with its key in `lead`."""

    kind: Literal["prose", "code", "json"]
    runs: tuple[Run, ...]
    depth: int = 0
    lead: str = ""
    tail: str = ""

    @property
    def claims(self) -> list[int]:
        """The claims that end in this row."""
        return [index for run in self.runs for index in run.claims]

    @property
    def edits(self) -> list[int]:
        """The edits that end in this row."""
        return [index for run in self.runs for index in run.edits]


def rows_of(report: Report, *, valued: bool) -> list[Row]:
    """The checked text by paragraph, or the checked value by line."""
    places = _places(report)
    if not valued:
        return list(_prose_rows(report.text, places[None]))
    return list(_value_rows(report.value, places))


def _places(report: Report) -> dict[str | None, list[Mark]]:
    """The marks by the pointer they are at; None is the checked text. No span: the whole leaf."""
    table: dict[str | None, list[Mark]] = defaultdict(list)
    for index, verdict in enumerate(report.verdicts):
        claim = verdict.claim
        span = claim.span or (WHOLE if claim.pointer is not None else NOWHERE)
        table[claim.pointer].append(Mark(span=span, kind=verdict.label, index=index))
    for index, edit in enumerate(report.edits):
        if edit.action != "mark":
            table[edit.pointer].append(Mark(span=_edit_span(edit), kind=CUT, index=index))
    return table


def _edit_span(edit: Edit) -> Span:
    return edit.span or (WHOLE if edit.pointer is not None else NOWHERE)


def runs_of(text: str, marks: Sequence[Mark], *, breaks: Sequence[int] = ()) -> list[Run]:
    """`text` cut wherever a mark begins or ends, and at `breaks`."""
    opens, closes = defaultdict(list), defaultdict(list)
    for mark in marks:
        end = min(mark.span.end, len(text))
        if mark.span.start < end:
            opens[mark.span.start].append(mark)
            closes[end].append(mark)
    active: Counter[str] = Counter()
    runs = []
    for start, end in pairwise(sorted({0, len(text), *breaks, *opens, *closes})):
        active.update(mark.kind for mark in opens.get(start, ()))
        runs.append(_run(text[start:end], active, closes.get(end, [])))
        active.subtract(mark.kind for mark in closes.get(end, ()))
    return runs


def _run(text: str, active: Counter[str], ending: list[Mark]) -> Run:
    return Run(
        text=text,
        label=next((label for label in SEVERITY if active[label]), None),
        cut=active[CUT] > 0,
        claims=tuple(mark.index for mark in ending if mark.kind != CUT),
        edits=tuple(mark.index for mark in ending if mark.kind == CUT),
    )


def _prose_rows(text: str, marks: Sequence[Mark]) -> Iterator[Row]:
    blocks = list(blocks_of(text))
    runs = iter(runs_of(text, marks, breaks=[start for start, _, _ in blocks]))
    place = 0
    for _, end, is_code in blocks:
        inside = []
        while place < end:
            inside.append(next(runs))
            place += len(inside[-1].text)
        yield Row(kind="code" if is_code else "prose", runs=_without_tail(inside))


def _without_tail(runs: list[Run]) -> tuple[Run, ...]:
    """The runs of a row without the white space at its end; emptied runs keep their marks."""
    shown: list[Run] = []
    for run in reversed(runs):
        ended = any(later.text for later in shown)
        shown.append(run if ended else replace(run, text=run.text.rstrip()))
    return tuple(reversed(shown))


def blocks_of(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it is code or a table) of paragraphs that together tile `text`.

    A paragraph keeps the blank lines behind it; a fenced block keeps those inside it.
    """
    start = place = 0
    fenced = blank = False
    # Not splitlines: control characters that it splits at are shown, and break no line.
    for line in io.StringIO(text, newline="\n"):
        if blank and not fenced and line.strip():
            yield start, place, _is_code(text[start:place])
            start = place
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        blank = not line.strip()
        place += len(line)
    if place > start:
        yield start, place, _is_code(text[start:place])


def _is_code(block: str) -> bool:
    lines = [line for line in block.splitlines() if line.strip()]
    return bool(lines) and all(
        line.startswith(("    ", "\t", "|")) or lines[0].lstrip().startswith(("```", "~~~"))
        for line in lines
    )


def _value_rows(
    node: Json,
    places: dict[str | None, list[Mark]],
    *,
    pointer: str = "",
    depth: int = 0,
    lead: str = "",
    tail: str = "",
    cut: bool = False,
) -> Iterator[Row]:
    """A node and what it holds, one line each, as indented JSON has it.

    What was cut out as a whole is struck through down to its leaves.
    """
    marks = places.get(pointer, [])
    if not (isinstance(node, (dict, list)) and node):
        yield _line(_leaf_runs(node, marks), depth=depth, lead=lead, tail=tail, cut=cut)
        return
    cut = cut or any(mark.kind == CUT and mark.span == WHOLE for mark in marks)
    opening, closing = "{}" if isinstance(node, dict) else "[]"
    yield _line(runs_of(opening, marks), depth=depth, lead=lead, tail="", cut=cut)
    children = _children(node, pointer)
    for number, (below, name, child) in enumerate(children, 1):
        yield from _value_rows(
            child,
            places,
            pointer=below,
            depth=depth + 1,
            lead=name,
            tail="," if number < len(children) else "",
            cut=cut,
        )
    yield _line([Run(text=closing)], depth=depth, lead="", tail=tail, cut=cut)


def _children(node: dict[str, Json] | list[Json], pointer: str) -> list[tuple[str, str, Json]]:
    """The pointer, the words before it, and the value of each child."""
    if isinstance(node, list):
        return [(f"{pointer}/{index}", "", child) for index, child in enumerate(node)]
    return [
        (f"{pointer}/{escape(key)}", f"{json.dumps(key, ensure_ascii=False)}: ", child)
        for key, child in node.items()
    ]


def _line(runs: list[Run], *, depth: int, lead: str, tail: str, cut: bool) -> Row:
    shown = tuple(replace(run, cut=cut or run.cut) for run in runs)
    return Row(kind="json", depth=depth, lead=lead, runs=shown, tail=tail)


def _leaf_runs(leaf: Json, marks: Sequence[Mark]) -> list[Run]:
    """A leaf as JSON has it; a string that claims point into is shown as it reads, in quotes."""
    inside = any(mark.span != WHOLE for mark in marks)
    if not (isinstance(leaf, str) and inside):
        return runs_of(json.dumps(leaf, ensure_ascii=False), marks)
    return [Run(text='"'), *runs_of(leaf, marks), Run(text='"')]
