"""The engine: from a question to a text, or to a value that satisfies a schema.

write -> parse -> validate -> done, or mend what is wrong, or write all of it again
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from guard.errors import GuardError, InputError, OutputError
from guard.generate.blame import blame
from guard.generate.failing import cut_off, failed
from guard.generate.mend import Mending
from guard.generate.narrow import narrowed
from guard.generate.prompt import with_form, with_violations
from guard.generate.steps import Cancelled, Step, Steps, asked, one_by_one, run, until
from guard.models.base import Model, Request
from guard.schema import Schema, ensure_possible, parse
from guard.types import Generation, Json, Message, Sampling, Usage, Violation

# A greedy model that went wrong goes wrong again, so later attempts draw at random.
RETRY_TEMPERATURE = 0.7


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a model is asked: with a `schema` for a value, without one for a free text."""

    messages: tuple[Message, ...]
    schema: Schema | None = None
    sampling: Sampling = Sampling()
    attempts: int = 3


def generate(
    model: Model,
    messages: Sequence[Message],
    *,
    schema: Schema | None,
    sampling: Sampling,
    attempts: int = 3,
    cancelled: Cancelled | None = None,
) -> Generation:
    """What `model` answers; with a `schema`, `value` is set and satisfies it.

    What is wrong with the value is mended part by part (`guard.generate.mend`); where that fails,
    all of it is written again, up to `attempts` times, with what was wrong in the prompt, another
    seed, and some temperature. Usage, seconds and attempts are summed. `cancelled` is asked before
    and while the model writes, perhaps from another thread. Raises
    InputError for an empty or too long prompt and a budget that is none, SchemaError for a schema
    that no value satisfies, OutputError when no attempt was valid, ModelError from the model, and
    CancelledError when `cancelled` gave True before there was an answer.
    """
    question = Question(
        messages=tuple(messages), schema=schema, sampling=sampling, attempts=attempts
    )
    watch = until(cancelled)
    (outcome,) = run([answering(model, question)], one_by_one(model, lambda _: watch))
    if isinstance(outcome, GuardError):
        raise outcome
    return outcome


def answering(model: Model, question: Question) -> Steps[Generation]:
    """The steps from a question to its answer; see `generate` for what they come to."""
    _check(question)
    if question.schema is None:
        request = Request(messages=question.messages, sampling=question.sampling)
        return _free((yield from asked(Step(request=request))), question.sampling)
    ensure_possible(question.schema)
    return (yield from _valid(model, question, question.schema))


def _check(question: Question) -> None:
    messages, sampling, attempts = question.messages, question.sampling, question.attempts
    if not any(message.role == "user" and message.content.strip() for message in messages):
        raise InputError("the prompt is empty", hint="pass a question or a task")
    for message in messages:
        try:
            message.content.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"the prompt has a lone surrogate at character {error.start:,}",
                hint="it was decoded wrongly; read it as UTF-8",
            ) from error
    if sampling.max_tokens < 1 or attempts < 1:
        name = "max_tokens" if sampling.max_tokens < 1 else "attempts"
        raise InputError(f"{name} is below 1, so nothing can be written", hint=f"raise {name}")


def _free(generation: Generation, sampling: Sampling) -> Generation:
    """A free text as it is; an empty one is no answer."""
    if generation.text.strip():
        return generation
    if generation.finish == "length":
        raise cut_off(generation, (), sampling)
    raise OutputError(f"{generation.model} wrote nothing", hint="put the question another way")


def _valid(model: Model, question: Question, schema: Schema) -> Steps[Generation]:
    spent: list[Generation] = []
    last: Generation | None = None
    violations: tuple[Violation, ...] = ()
    blamed: Violation | None = None
    messages = with_form(question.messages, schema)
    told = tuple(messages)
    for attempt in range(question.attempts):
        tried = _sampling(question.sampling, attempt)
        document = narrowed(schema, tried, attempt)
        request = Request(messages=told, schema=document, sampling=tried)
        try:
            last = yield from asked(Step(request=request))
        except InputError:
            if last is None:
                raise
            break  # with the violations the prompt has grown over the model's window
        value, violations = _judge(last, schema)
        blamed = blame(model, last, schema.document, violations) or blamed
        work = Mending(messages, schema, document, tried, last.text, value, violations)
        last, violations = yield from _mended(work, replace(last, value=value), violations)
        spent += [last, *work.spent]
        if not violations:
            return _summed(last, spent)
        told = with_violations(messages, last.text, violations)
    assert last is not None  # noqa: S101 - there is one attempt at least
    raise failed(last, len(spent), violations, question.sampling, blamed)


def _mended(
    work: Mending, written: Generation, violations: tuple[Violation, ...]
) -> Steps[tuple[Generation, tuple[Violation, ...]]]:
    """What was written, mended as far as it can be, and what is still wrong with it."""
    if not violations or written.finish not in ("stop", "closed"):
        return written, violations
    yield from work.steps()
    put_right = tuple(each for each in violations if each not in work.violations)
    made = replace(
        written,
        text=work.text,
        value=work.value,
        mended=put_right,
        shortened=written.shortened + work.shortened,
    )
    return made, work.violations


def _sampling(sampling: Sampling, attempt: int) -> Sampling:
    """How to write at an attempt, counted from 0."""
    if not attempt:
        return sampling
    warmer = max(sampling.temperature, RETRY_TEMPERATURE)
    return replace(sampling, seed=sampling.seed + attempt, temperature=warmer)


def _judge(written: Generation, schema: Schema) -> tuple[Json, tuple[Violation, ...]]:
    """The value in a text, and what is wrong with it. A text that was cut off has no value."""
    if written.finish in ("stop", "closed"):
        return parse(written.text, schema)
    tokens = written.usage.completion_tokens
    after = f" after {tokens:,} tokens" if tokens else ""
    message = f"the answer was cut off{after}, before it was complete; be shorter"
    return None, (Violation(pointer="", keyword="length", message=message),)


def _summed(last: Generation, spent: Sequence[Generation]) -> Generation:
    """The last attempt with what all of them took."""
    usage = Usage(
        prompt_tokens=sum(each.usage.prompt_tokens for each in spent),
        completion_tokens=sum(each.usage.completion_tokens for each in spent),
    )
    seconds = sum(each.seconds for each in spent)
    return replace(last, usage=usage, seconds=seconds, attempts=len(spent))
