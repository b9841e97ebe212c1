"""What types cannot say: scores are in [0, 1], pointers lead somewhere, spans fit their texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from guard.report.parts import nodes
from guard.types import Claim, Evidence, Finding, Json, Policy, Report, Span, Verdict

Problem: TypeAlias = tuple[str, str]
"""A JSON Pointer into the report, and what is wrong there."""


def problems(report: Report) -> Iterator[Problem]:
    """Everything about `report` that contradicts itself, in document order."""
    places = _Places(text=report.text, nodes=dict(nodes(report.value)))
    for index, verdict in enumerate(report.verdicts):
        yield from _claim(verdict.claim, places, at=f"/verdicts/{index}/claim")
        yield from _verdict(verdict, at=f"/verdicts/{index}")
    for index, edit in enumerate(report.edits):
        yield from places.check(edit.pointer, {"span": edit.span}, at=f"/edits/{index}")
    yield from _policy(report.policy)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Places:
    """What spans and pointers can point into."""

    text: str
    nodes: dict[str, Json]

    def check(
        self, pointer: str | None, spans: dict[str, Span | None], *, at: str
    ) -> Iterator[Problem]:
        """A pointer must lead to something, and spans must lie in the text there."""
        if pointer is not None and pointer not in self.nodes:
            yield f"{at}/pointer", f"is {pointer!r:.80}, where the value has nothing"
            return
        text = self.text if pointer is None else self.nodes[pointer]
        for name, span in spans.items():
            if span is not None and not isinstance(text, str):
                yield f"{at}/{name}", "is a span, but its pointer leads to no text"
            else:
                yield from _inside(span, text, at=f"{at}/{name}")


def _claim(claim: Claim, places: _Places, *, at: str) -> Iterator[Problem]:
    names = ("span", "sentence", "body", "pronoun")
    spans: dict[str, Span | None] = {name: getattr(claim, name) for name in names}
    yield from places.check(claim.pointer, spans, at=at)


def _verdict(verdict: Verdict, *, at: str) -> Iterator[Problem]:
    yield from _share(verdict.score, at=f"{at}/score")
    for index, finding in enumerate(verdict.findings):
        yield from _finding(finding, verdict.evidence, at=f"{at}/findings/{index}")
    for index, item in enumerate(verdict.evidence):
        yield from _share(item.score, at=f"{at}/evidence/{index}/score")
        yield from _inside(item.quote, item.passage.text, at=f"{at}/evidence/{index}/quote")
    decided = verdict.decided_by
    if decided is not None and not 0 <= decided < len(verdict.findings):
        yield f"{at}/decided_by", f"is {decided}, but there are {len(verdict.findings)} findings"


def _finding(finding: Finding, evidence: tuple[Evidence, ...], *, at: str) -> Iterator[Problem]:
    yield from _share(finding.score, at=f"{at}/score")
    first = next(iter(finding.passages), None)
    texts = [item.passage.text for item in evidence if item.passage.id == first]
    if texts:
        yield from _inside(finding.quote, texts[0], at=f"{at}/quote")


def _policy(policy: Policy) -> Iterator[Problem]:
    yield from _share(policy.threshold, at="/policy/threshold")
    yield from _share(policy.contradiction, at="/policy/contradiction")
    if policy.risk is not None:
        yield from _share(policy.risk, at="/policy/risk")


def _inside(span: Span | None, text: str, *, at: str) -> Iterator[Problem]:
    if span is not None and span.end > len(text):
        yield at, f"ends at {span.end:,}, but its text has {len(text):,} characters"


def _share(score: float, *, at: str) -> Iterator[Problem]:
    if not 0 <= score <= 1:
        yield at, f"is {score:g}, outside 0 to 1"
