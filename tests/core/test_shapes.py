"""The shapes around a callable: reports from `wrap`, kept signatures from `checked`."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from guard import Document, Guard, InputError, NotCleanError, Policy, Report
from guard.knowledge import Encoder, documents_searcher

HANDBOOK = Document(
    name="pump.md",
    text="The Veltor P3 pump weighs 42 kg. It was introduced in 2016. Its outlet is 50 mm wide.",
)
GOOD = "The Veltor P3 pump weighs 42 kg."
BAD = "The Veltor P3 pump weighs 57 kg."


@pytest.fixture(scope="module")
def guard(encoder: Encoder) -> Guard:
    """A Guard that knows one document."""
    searcher = documents_searcher([HANDBOOK], encoder=encoder)
    return Guard(encoder=encoder, knowledge=searcher)


def labels(report: Report) -> list[str]:
    return [verdict.label for verdict in report.verdicts]


def test_wrap_gives_a_report(guard: Guard) -> None:
    """A wrapped callable returns the report on what it answered, with the prompt in it."""
    ask = guard.wrap(lambda prompt: f"{GOOD} {BAD}")
    report = ask("How heavy is the Veltor P3 pump?")
    assert labels(report) == ["supported", "contradicted"]
    assert report.prompt == "How heavy is the Veltor P3 pump?"
    assert GOOD in report.answer
    assert BAD not in report.answer


def test_wrap_async(guard: Guard) -> None:
    """A wrapped coroutine function stays one."""

    async def ask(prompt: str) -> str:
        return GOOD

    wrapped = guard.wrap(ask)
    assert inspect.iscoroutinefunction(wrapped)
    report = asyncio.run(wrapped("How heavy is the pump?"))
    assert labels(report) == ["supported"]


def test_wrap_takes_values(guard: Guard) -> None:
    """An answer that is a JSON value is checked leaf by leaf."""
    report = guard.wrap(lambda prompt: {"weight": "42 kg"})("How heavy is the Veltor P3 pump?")
    assert [verdict.claim.pointer for verdict in report.verdicts] == ["/weight"]


def test_checked_keeps_the_signature(guard: Guard) -> None:
    """The decorated function looks as before, returns the same type, and drops what is wrong."""
    reports: list[Report] = []

    @guard.checked(question="topic", on_report=reports.append)
    def describe(style: str, topic: str = "the pump's weight") -> str:
        """Describe something."""
        return f"{GOOD} {BAD}"

    assert str(inspect.signature(describe)) == (
        "(style: 'str', topic: 'str' = \"the pump's weight\") -> 'str'"
    )
    assert describe.__doc__ == "Describe something."
    assert describe("short").strip() == GOOD
    assert reports[0].prompt == "the pump's weight"


def test_checked_async(guard: Guard) -> None:
    """A decorated coroutine function is awaited as before."""

    @guard.checked()
    async def ask(prompt: str) -> str:
        return GOOD

    assert inspect.iscoroutinefunction(ask)
    assert asyncio.run(ask("How heavy is the pump?")) == GOOD


def test_checked_withholds(guard: Guard, encoder: Encoder) -> None:
    """Where the policy says fail, no answer leaves, and the report is in the error."""
    strict = Guard(
        encoder=encoder,
        knowledge=documents_searcher([HANDBOOK], encoder=encoder),
        policy=replace(Policy(), contradicted="fail"),
    )

    @strict.checked()
    def ask(prompt: str) -> str:
        return BAD

    with pytest.raises(NotCleanError, match="contradicted") as caught:
        ask("How heavy is the pump?")
    assert labels(caught.value.report) == ["contradicted"]


def test_checked_withholds_what_breaks_the_schema(encoder: Encoder) -> None:
    """A value that does not satisfy the schema never leaves, whatever its claims are worth."""
    schema = {"type": "object", "properties": {"weight": {"type": "integer"}}}
    searcher = documents_searcher([HANDBOOK], encoder=encoder)
    strict = Guard(encoder=encoder, knowledge=searcher, schema=schema)

    @strict.checked()
    def ask(prompt: str) -> dict[str, str]:
        return {"weight": "42 kg"}

    with pytest.raises(NotCleanError, match="breaks its schema at /weight") as caught:
        ask("How heavy is the Veltor P3 pump?")
    assert caught.value.report.violations


def test_checked_refuses_unknown_parameters(guard: Guard) -> None:
    """A question that names no parameter is found when the function is decorated."""
    with pytest.raises(InputError, match="no parameter 'q'"):

        @guard.checked(question="q")
        def ask(prompt: str) -> str:
            return prompt


def test_nothing_to_check_against(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without knowledge or documents every claim says that it was not checked, and why."""
    monkeypatch.chdir(tmp_path)  # away from any index that make demo left here
    report = Guard(encoder=encoder).check(GOOD)
    assert labels(report) == ["not_checked"]
    assert "knowledge" in report.verdicts[0].reason
    assert not report.clean


def test_rethreshold_is_a_fresh_run(guard: Guard, encoder: Encoder) -> None:
    """Another policy applied to a report gives what a run with that policy gives."""
    policy = Policy(threshold=0.99, contradicted="mark")
    fresh = Guard(
        encoder=encoder, knowledge=documents_searcher([HANDBOOK], encoder=encoder), policy=policy
    ).check(f"{GOOD} {BAD}")
    again = guard.check(f"{GOOD} {BAD}").rethreshold(policy)
    assert labels(again) == labels(fresh)
    assert again.answer == fresh.answer
    assert again.edits == fresh.edits
