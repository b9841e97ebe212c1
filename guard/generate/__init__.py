"""Getting a text, or a value that satisfies a schema, out of a model; or an error that says why.

write -> parse -> validate -> done, or mend what is wrong, or write all of it again
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from guard.errors import InputError, OutputError
from guard.generate.blame import blame
from guard.generate.mend import Mending
from guard.generate.prompt import with_form, with_violations
from guard.models.base import Model
from guard.schema import Schema, ensure_possible, parse
from guard.types import Generation, Json, Message, Sampling, Usage, Violation

__all__ = ["generate"]

# A greedy model that went wrong goes wrong again, so later attempts draw at random.
RETRY_TEMPERATURE = 0.7
MAX_LISTED = 3
HINT = "try more attempts, another seed, a larger model or a simpler schema"
SERVER_HINT = "take a server that enforces schemas, or a model on this machine"


def generate(
    model: Model,
    messages: Sequence[Message],
    *,
    schema: Schema | None,
    sampling: Sampling,
    attempts: int = 3,
) -> Generation:
    """What `model` answers; with a `schema`, `value` is set and satisfies it.

    What is wrong with the value is mended part by part (`guard.generate.mend`); where that fails,
    all of it is written again, up to `attempts` times, with what was wrong in the prompt, another
    seed, and some temperature. Usage, seconds and attempts are summed. Raises
    InputError for an empty or too long prompt and a budget that is none, SchemaError for a schema
    that no value satisfies, OutputError when no attempt was valid, ModelError from the model.
    """
    _check(messages, sampling, attempts)
    if schema is None:
        return _free(model.write(messages, schema=None, sampling=sampling), sampling)
    ensure_possible(schema)
    return _valid(model, with_form(messages, schema), schema, sampling, attempts)


def _check(messages: Sequence[Message], sampling: Sampling, attempts: int) -> None:
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
        raise _cut_off(generation, (), sampling)
    raise OutputError(f"{generation.model} wrote nothing", hint="put the question another way")


def _valid(
    model: Model, messages: Sequence[Message], schema: Schema, sampling: Sampling, attempts: int
) -> Generation:
    spent: list[Generation] = []
    last: Generation | None = None
    violations: tuple[Violation, ...] = ()
    blamed: Violation | None = None
    asked = tuple(messages)
    for attempt in range(attempts):
        tried = _sampling(sampling, attempt)
        try:
            last = model.write(asked, schema=schema.document, sampling=tried)
        except InputError:
            if last is None:
                raise
            break  # with the violations the prompt has grown over the model's window
        value, violations = _judge(last, schema)
        blamed = blame(model, last, schema.document, violations) or blamed
        work = Mending(model, messages, schema, tried, last.text)
        last, violations = _mended(work, replace(last, value=value), violations)
        spent += [last, *work.spent]
        if not violations:
            return _summed(last, spent)
        asked = with_violations(messages, last.text, violations)
    assert last is not None  # noqa: S101 - there is one attempt at least
    raise _failed(last, len(spent), violations, sampling, blamed)


def _mended(
    work: Mending, written: Generation, violations: tuple[Violation, ...]
) -> tuple[Generation, tuple[Violation, ...]]:
    """What was written, mended as far as it can be, and what is still wrong with it."""
    if not violations or written.finish not in ("stop", "closed"):
        return written, violations
    work.run()
    put_right = tuple(each for each in violations if each not in work.violations)
    made = replace(written, text=work.text, value=work.value, mended=put_right)
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
    message = f"the answer was cut off after {tokens:,} tokens, before it was complete; be shorter"
    return None, (Violation(pointer="", keyword="length", message=message),)


def _summed(last: Generation, spent: Sequence[Generation]) -> Generation:
    """The last attempt with what all of them took."""
    usage = Usage(
        prompt_tokens=sum(each.usage.prompt_tokens for each in spent),
        completion_tokens=sum(each.usage.completion_tokens for each in spent),
    )
    seconds = sum(each.seconds for each in spent)
    return replace(last, usage=usage, seconds=seconds, attempts=len(spent))


def _failed(
    last: Generation,
    asked: int,
    violations: tuple[Violation, ...],
    sampling: Sampling,
    blamed: Violation | None,
) -> OutputError:
    if last.finish == "length":
        return _cut_off(last, violations, sampling)
    listed = "; ".join(f"{v.pointer or 'the top'}: {v.message}" for v in violations[:MAX_LISTED])
    more = f" (and {len(violations) - MAX_LISTED} more)" if len(violations) > MAX_LISTED else ""
    times = "1 attempt" if asked == 1 else f"{asked} attempts"
    return OutputError(
        f"{last.model} wrote no valid value in {times}: {listed}{more}",
        violations=(*violations, blamed) if blamed else violations,
        text=last.text,
        hint=f"{blamed.message}; {SERVER_HINT}" if blamed else HINT,
    )


def _cut_off(
    last: Generation, violations: tuple[Violation, ...], sampling: Sampling
) -> OutputError:
    written = last.usage.completion_tokens
    part = "while it was thinking" if last.thinking and not last.text else "before it was complete"
    budget = f"max_tokens is {sampling.max_tokens:,}: raise it, or ask for less"
    window = "the prompt leaves no more room in the model's window: shorten it"
    return OutputError(
        f"{last.model}'s answer was cut off after {written:,} tokens, {part}",
        violations=violations,
        text=last.text,
        hint=budget if written >= sampling.max_tokens else window,
    )
