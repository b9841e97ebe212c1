"""A report as Markdown, for pull requests and tickets: nothing in it can break out of its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from guard.report import parts
from guard.report.proofs import proofs, quoted
from guard.types import Report, Verdict

SPECIAL: Final = re.compile(r"[\\`*_\[\]|~$]")
ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
STARTER: Final = re.compile(r"^(\d{0,9})([-+=#.)])")
LONG: Final = 300


def to_markdown(report: Report) -> str:
    """`report` as GitHub-flavoured Markdown."""
    blocks = [*_head(report), *_answer(report), *_violations(report), *_claims(report)]
    blocks += [*_changes(report), *_certificate(report), *_provenance(report)]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """`text` on one line, read as written: no markup, no HTML, no new table cell."""
    line = "".join(ENTITIES.get(letter, letter) for letter in parts.one_line(text))
    return SPECIAL.sub(r"\\\g<0>", line)


def _quoted(text: str) -> str:
    """`text` as a block quote that keeps its lines."""
    lines = (STARTER.sub(r"\1\\\2", escape(line)) for line in parts.visible(text).splitlines())
    return "\n".join(f"> {line}  " if line else ">" for line in lines)


def _fenced(text: str) -> str:
    """`text` in a code block whose fence is longer than any inside."""
    shown = parts.visible(text)
    longest = max((len(ticks) for ticks in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}json\n{shown}\n{fence}"


def _head(report: Report) -> Iterator[str]:
    symbol = "✓" if report.clean else "✗"
    yield f"## {symbol} {parts.headline(report)}"
    yield f"guard report on {escape(report.source)}"
    if report.prompt:
        yield f"**Asked**\n\n{_quoted(report.prompt)}"


def _answer(report: Report) -> Iterator[str]:
    yield "### Answer"
    if parts.has_value(report):
        yield _fenced(parts.shown_value(report))
    else:
        yield _quoted(report.answer) or "*Nothing is left.*"


def _violations(report: Report) -> Iterator[str]:
    if report.violations:
        yield "### Schema violations"
        yield "\n".join(
            f"- ✗ {escape(v.pointer) or '/'}: {escape(v.message)} ({escape(v.keyword)})"
            for v in report.violations
        )


def _claims(report: Report) -> Iterator[str]:
    if not report.verdicts:
        return
    counts = (f"{mark.symbol} {number} {mark.words}" for mark, _, number in parts.tally(report))
    yield "### Claims"
    yield " · ".join(counts)
    rows = (_row(number, verdict) for number, verdict in enumerate(report.verdicts, 1))
    head = ["| | Verdict | Support | Claim | Evidence |", "| ---: | --- | ---: | --- | --- |"]
    yield "\n".join([*head, *rows])


def _row(number: int, verdict: Verdict) -> str:
    mark = parts.MARKS[verdict.label]
    where = f" (at {escape(verdict.claim.pointer) or '/'})" if verdict.claim.pointer else ""
    quotes = [
        f"{escape(quoted(proof, limit=LONG))} – {escape(proof.source)}" for proof in proofs(verdict)
    ]
    evidence = "<br>".join([*quotes, escape(verdict.reason)])
    claim = f"{escape(verdict.claim.text)}{where}"
    score = parts.score_words(verdict)
    return f"| {number} | {mark.symbol} {mark.words} | {score} | {claim} | {evidence} |"


def _changes(report: Report) -> Iterator[str]:
    if not report.edits:
        return
    nodes = dict(parts.nodes(report.value))
    lines = []
    for edit in report.edits:
        old = escape(parts.one_line(parts.old_words(edit, report.text, nodes), limit=LONG))
        struck = old if edit.action == "mark" or not old else f"<del>{old}</del>"
        lines.append(f"- {struck} – {escape(parts.edit_words(edit))}")
    yield "### Changes"
    yield "\n".join(lines)


def _certificate(report: Report) -> Iterator[str]:
    certificate = report.certificate
    if certificate is None:
        return
    claims = {verdict.claim.id: verdict.claim.text for verdict in report.verdicts}
    target = parts.target_line(certificate)
    lines = [f"- The text {parts.length_line(certificate)}"]
    lines += [f"- A {target}"] if target else []
    lines += [f"- {parts.survival_line(certificate)}"]
    lines += [f"  - kept: {escape(claims.get(name, name))}" for name in certificate.kept]
    lines += [f"  - lost: {escape(claims.get(name, name))}" for name in certificate.lost]
    yield "### Trimming"
    yield "\n".join(lines)


def _provenance(report: Report) -> Iterator[str]:
    rows = (f"{name} {escape(value)}" for name, value in parts.provenance_rows(report))
    yield "### Provenance"
    yield " · ".join(rows)
