"""Ways to put guard around a callable: `wrap` gives reports, `checked` keeps the signature.

Both serve plain functions and coroutine functions, and both call the same `check`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from guard.errors import InputError, NotCleanError
from guard.types import Json, Report

F = TypeVar("F", bound=Callable[..., Any])


class Check(Protocol):
    """What `Guard` lends to a shape: check an answer to a question."""

    def __call__(self, subject: Json, question: str | None) -> Report:
        """The report on `subject`, an answer to `question`."""


def wrap(call: Callable[[str], Any], check: Check) -> Callable[[str], Any]:
    """A callable from prompt to Report around one from prompt to answer, both async or neither."""
    if inspect.iscoroutinefunction(call):

        @wraps(call)
        async def ask_async(prompt: str) -> Report:
            answer = await call(prompt)
            return await asyncio.to_thread(check, answer, prompt)

        return ask_async

    @wraps(call)
    def ask(prompt: str) -> Report:
        return check(call(prompt), prompt)

    return ask


def checked(
    function: F,
    check: Check,
    *,
    question: str | None = None,
    on_report: Callable[[Report], None] | None = None,
) -> F:
    """`function` with the same signature, whose answers are checked before they are returned.

    `question` names the parameter that holds the question; by default it is the first parameter
    whose argument is a string. `on_report` receives every report. Raises NotCleanError in place of
    an answer that breaks the schema, or with a verdict whose action in the policy is `fail`.
    """
    signature = inspect.signature(function)
    if question is not None and question not in signature.parameters:
        raise InputError(
            f"{function.__name__} has no parameter {question!r}",
            hint=f"its parameters are {', '.join(signature.parameters)}",
        )

    def settle(answer: Json, arguments: inspect.BoundArguments) -> Json:
        report = check(answer, _question(arguments, question))
        if on_report is not None:
            on_report(report)
        return answer_of(report, is_text=isinstance(answer, str))

    if inspect.iscoroutinefunction(function):
        call = cast(Callable[..., Awaitable[Json]], function)

        @wraps(function)
        async def guarded_async(*args: Any, **kwargs: Any) -> Json:
            answer = await call(*args, **kwargs)
            return await asyncio.to_thread(settle, answer, signature.bind(*args, **kwargs))

        return cast(F, guarded_async)

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Json:
        return settle(function(*args, **kwargs), signature.bind(*args, **kwargs))

    return cast(F, guarded)


def answer_of(report: Report, *, is_text: bool) -> Json:
    """The bare answer of a report.

    Raises NotCleanError where the value breaks its schema or the policy says `fail`.
    """
    if report.violations:
        broken = report.violations[0]
        raise NotCleanError(
            f"the answer breaks its schema at {broken.pointer or '/'}: {broken.message}",
            report=report,
        )
    failed = [v for v in report.verdicts if report.policy.action(v.label) == "fail"]
    if failed:
        first = failed[0]
        raise NotCleanError(
            f"{len(failed)} of {len(report.verdicts)} claims fail the policy; the first is "
            f"{first.label}: {first.claim.text!r}: {first.reason}",
            report=report,
        )
    return report.answer if is_text else report.answer_value


def _question(arguments: inspect.BoundArguments, name: str | None) -> str | None:
    arguments.apply_defaults()
    if name is not None:
        return str(arguments.arguments[name])
    values = arguments.arguments.values()
    return next((value for value in values if isinstance(value, str)), None)
