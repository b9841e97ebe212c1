"""A report for a terminal: the answer first, then what was found, the outcome last."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from guard.report import parts
from guard.report.proofs import proofs, quoted
from guard.types import Edit, Label, Report, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

MIN_WIDTH: Final = 30
WIDE: Final = 70
INDENT: Final = 2
LONG: Final = 300
STYLES: Final[dict[Label, str]] = {
    "supported": "green",
    "contradicted": "bold red",
    "conflicting": "bold magenta",
    "not_in_knowledge": "yellow",
    "not_checkable": "dim",
    "not_checked": "bold reverse red",
}

Line: TypeAlias = tuple[str, str]
"""Words and the style they are in."""


def to_console(report: Report, *, color: bool = False, width: int = 100) -> str:
    """`report` as text for a terminal of `width` columns, with ANSI colours when `color`."""
    from rich.console import Console

    console = Console(
        file=io.StringIO(),
        width=max(width, MIN_WIDTH),
        color_system="standard" if color else None,
        force_terminal=color,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        for part in _parts(report, width=max(width, MIN_WIDTH)):
            console.print(part)
    lines = (line.rstrip() for line in capture.get().splitlines())
    return "\n".join(lines) + "\n"


def _parts(report: Report, *, width: int) -> Iterator[RenderableType]:
    yield from _answer(report)
    yield from _violations(report)
    yield from _claims(report, width=width)
    yield from _changes(report)
    yield from _certificate(report)
    yield from _provenance(report)
    yield from _outcome(report)


def _text(lines: Iterable[Line]) -> Text:
    from rich.text import Text

    text = Text(overflow="fold")
    for index, (words, style) in enumerate(lines):
        text.append("\n" if index else "").append(words, style=style)
    return text


def _section(title: str, body: Iterable[RenderableType]) -> Iterator[RenderableType]:
    from rich.padding import Padding

    yield _text([(title, "bold underline")])
    for part in body:
        yield Padding(part, (0, 0, 0, INDENT))
    yield ""


def _answer(report: Report) -> Iterator[RenderableType]:
    valued = parts.has_value(report)
    shown = parts.shown_value(report) if valued else report.answer
    lines = [(parts.visible(shown), "")] if shown else [("(nothing is left)", "dim")]
    yield from _section("Answer", [_text(lines)])


def _violations(report: Report) -> Iterator[RenderableType]:
    if report.violations:
        lines = [
            (f"✗ {parts.one_line(v.pointer) or '/'}  {parts.one_line(v.message)}", "red")
            for v in report.violations
        ]
        yield from _section("Schema violations", [_text(lines)])


def _claims(report: Report, *, width: int) -> Iterator[RenderableType]:
    edits = parts.edits_of(report)
    rows = [_claim(verdict, edits.get(verdict.claim.id, [])) for verdict in report.verdicts]
    if not rows:
        return
    counts = (f"{number} {mark.words}" for mark, _, number in parts.tally(report))
    layout = _beside if width >= WIDE else _stacked
    yield from _section(f"Claims: {', '.join(counts)}", (layout(*row) for row in rows))


def _beside(verdict: Text, body: Text) -> RenderableType:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0), expand=False)
    grid.add_column(width=24, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(verdict, body)
    return grid


def _stacked(verdict: Text, body: Text) -> RenderableType:
    from rich.padding import Padding
    from rich.table import Table

    grid = Table.grid()
    grid.add_row(verdict)
    grid.add_row(Padding(body, (0, 0, 0, INDENT)))
    return grid


def _claim(verdict: Verdict, edits: list[Edit]) -> tuple[Text, Text]:
    mark, style = parts.MARKS[verdict.label], STYLES[verdict.label]
    label = _text([(f"{mark.symbol} {mark.words}  {parts.score_words(verdict)}", style)])
    return label, _text(_claim_lines(verdict, edits))


def _claim_lines(verdict: Verdict, edits: list[Edit]) -> Iterator[Line]:
    if verdict.claim.pointer is not None:
        yield parts.one_line(verdict.claim.pointer) or "/", "cyan"
    yield parts.one_line(verdict.claim.text, limit=LONG), "bold"
    if verdict.reason:
        yield parts.one_line(verdict.reason), ""
    for proof in proofs(verdict):
        yield quoted(proof, limit=LONG), "italic"
        yield f"from {proof.source}", "dim"
    for edit in edits:
        yield f"→ {parts.edit_words(edit, known=verdict.reason)}", "dim"


def _changes(report: Report) -> Iterator[RenderableType]:
    """The edits that no claim's row shows."""
    shown = {verdict.claim.id for verdict in report.verdicts}
    others = [edit for edit in report.edits if edit.claim not in shown]
    nodes = dict(parts.nodes(report.value))
    lines: list[Line] = []
    for edit in others:
        lines += [(parts.one_line(parts.old_words(edit, report.text, nodes), limit=LONG), "")]
        lines += [(f"→ {parts.edit_words(edit)}", "dim")]
    if lines:
        yield from _section("Other changes", [_text(lines)])


def _certificate(report: Report) -> Iterator[RenderableType]:
    certificate = report.certificate
    if certificate is None:
        return
    lines = [(f"The text {parts.length_line(certificate)}.", "")]
    lines.append((f"Survived: {parts.survival_line(certificate)}.", ""))
    target = parts.target_line(certificate)
    lines += [(f"A {target}.", "")] if target else []
    claims = {verdict.claim.id: verdict.claim.text for verdict in report.verdicts}
    for sign, names in (("✓", certificate.kept), ("− lost:", certificate.lost)):
        lines += [(f"{sign} {parts.one_line(claims.get(name, name))}", "dim") for name in names]
    yield from _section("Trimming", [_text(lines)])


def _provenance(report: Report) -> Iterator[RenderableType]:
    shown = (f"{name} {value}" for name, value in parts.provenance_rows(report))
    yield _text([(" · ".join(shown), "dim")])


def _outcome(report: Report) -> Iterator[RenderableType]:
    symbol, style = ("✓", "bold green") if report.clean else ("✗", "bold red")
    name = parts.one_line(report.source)
    yield _text([(f"{symbol} {name}: {parts.headline(report)}", style)])
