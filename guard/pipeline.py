"""The one line of guard:

    prompt -> constrained text -> value -> claims -> evidence -> verdicts
           -> edits -> answer -> report

`run` and `extract` enter it at the prompt, `check` at the claims. Everything else in the project is
a shape around these three functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from guard import prompts
from guard.edits import canonical, derive
from guard.errors import InputError
from guard.parts import Clock, Parts, Subject
from guard.types import (
    Certificate,
    Claim,
    Document,
    Edit,
    Evidence,
    Generation,
    Json,
    Message,
    Provenance,
    Report,
    Verdict,
    Violation,
)

if TYPE_CHECKING:
    from guard.knowledge import Searcher
    from guard.schema import Schema

MAX_PROMPT = 200_000


def run(
    prompt: str, parts: Parts, *, schema: Schema | None = None, documents: Sequence[Document] = ()
) -> Report:
    """Ask the model, and check what it says. The whole line."""
    clock = Clock()
    require_prompt(prompt)
    searchers = _searchers(parts, documents)
    with clock.stage("retrieve"):
        notes = _notes(prompt, searchers, parts.context)
    messages = prompts.answer(prompt, notes, system=parts.system)
    generation = _write(messages, parts, schema, clock)
    subject = _subject_of(generation, prompt, schema, documents)
    return _check(replace(subject, trim=schema is None), parts, searchers, clock)


def extract(
    document: Document, parts: Parts, *, schema: Schema, instructions: str | None = None
) -> Report:
    """Fill in `schema` from one document, and check every field against that document."""
    clock = Clock()
    if not document.text.strip():
        raise InputError(f"{document.name} has no text to extract from", hint="pass another file")
    messages = prompts.extraction(document.text, instructions=instructions, system=parts.system)
    generation = _write(messages, parts, schema, clock)
    subject = replace(
        _subject_of(generation, None, schema, (document,)), source=document.name, prompt=None
    )
    return _check(subject, parts, _searchers(parts, (document,)), clock)


def check(subject: Subject, parts: Parts) -> Report:
    """Check a text or value that already exists."""
    if not subject.is_value and not subject.text.strip():
        raise InputError(f"{subject.source} is empty", hint="pass the text to check")
    return _check(subject, parts, _searchers(parts, subject.documents), Clock())


def require_prompt(prompt: str) -> None:
    """Refuse an empty or hopelessly long prompt before a model is loaded. Raises InputError."""
    if not prompt.strip():
        raise InputError("the prompt is empty", hint="pass a question")
    if len(prompt) > MAX_PROMPT:
        raise InputError(
            f"the prompt has {len(prompt):,} characters, more than {MAX_PROMPT:,}",
            hint="pass long material as documents (--document) or index it (guard index)",
        )


def _searchers(parts: Parts, documents: Sequence[Document]) -> tuple[Searcher, ...]:
    """Where evidence comes from: documents passed with the call first, then the index."""
    from guard.knowledge import documents_searcher

    passed = (documents_searcher(documents, encoder=parts.encoder),) if documents else ()
    return (*passed, parts.knowledge) if parts.knowledge else passed


def _notes(prompt: str, searchers: Sequence[Searcher], count: int) -> list[Evidence]:
    if not count:
        return []
    ranked = [searcher.search([prompt], k=count)[0] for searcher in searchers]
    by_rank = (note for notes in zip_longest(*ranked) for note in notes if note is not None)
    return list(islice(by_rank, count))


def _write(
    messages: Sequence[Message], parts: Parts, schema: Schema | None, clock: Clock
) -> Generation:
    from guard.generate import generate

    if parts.model is None:
        raise InputError("no model was given to write with", hint="pass model=, or --model")
    with clock.stage("write"):
        return generate(
            parts.model,
            messages,
            schema=schema,
            sampling=parts.sampling,
            attempts=parts.attempts,
            cancelled=parts.cancelled,
        )


def _subject_of(
    generation: Generation,
    prompt: str | None,
    schema: Schema | None,
    documents: Sequence[Document],
) -> Subject:
    is_value = schema is not None
    return Subject(
        source="prompt",
        text=text_of(generation.value, schema) if schema else generation.text,
        value=generation.value,
        is_value=is_value,
        prompt=prompt,
        schema=schema,
        documents=tuple(documents),
        generation=generation,
    )


def text_of(value: Json, schema: Schema | None) -> str:
    """The text of a value: canonical JSON, but for a text that was asked for by its form."""
    is_bare = schema is not None and schema.form is not None and isinstance(value, str)
    return value if is_bare else canonical(value)


def _check(subject: Subject, parts: Parts, searchers: Sequence[Searcher], clock: Clock) -> Report:
    """The second half of the line: claims, verdicts, edits, report."""
    from guard.schema import validate
    from guard.verify import verify

    with clock.stage("claims"):
        claims = _claims(subject)
    with clock.stage("verify"):
        verdicts = verify(
            claims,
            searchers=searchers,
            entailment=parts.entailment,
            policy=parts.policy,
            question=subject.prompt,
            k=parts.passages,
        )
    with clock.stage("trim"):
        edits, certificate = _trimming(subject, verdicts, parts)
    report = Report(
        source=subject.source,
        prompt=subject.prompt,
        text=subject.text,
        value=subject.value,
        answer=subject.text,
        answer_value=subject.value,
        generation=subject.generation,
        violations=validate(subject.value, subject.schema) if subject.schema else (),
        verdicts=verdicts,
        edits=edits,
        certificate=certificate,
        policy=parts.policy,
        provenance=_provenance(subject, parts, clock),
    )
    return _with_endings(_valid(derive(report), subject))


def _with_endings(report: Report) -> Report:
    """`report`, with violations for what was ended for the model: it satisfies the schema, and does
    not say all that the model had begun to say."""
    messages = _endings(report.generation) if report.generation else ()
    found = [Violation(pointer="", keyword="length", message=each) for each in messages]
    return replace(report, violations=(*report.violations, *found))


def _endings(made: Generation) -> Iterator[str]:
    if made.finish == "closed":
        yield (
            f"the value was ended after {made.usage.completion_tokens:,} tokens, when max_tokens"
            " was spent; what comes last in it is filler: raise max_tokens"
        )
    if made.shortened:
        count = f"{made.shortened:,} strings, numbers or lists were"
        yield (
            f"{'a string, number or list was' if made.shortened == 1 else count} ended early, as it"
            " reached its limit or repeated itself: raise max_characters, max_items or max_digits,"
            " or limit the field in the schema"
        )


def _valid(report: Report, subject: Subject) -> Report:
    """`report`, with marks in place of removals that together break the schema."""
    from guard.schema import validate

    if subject.schema is None or report.violations or report.answer_value == subject.value:
        return report
    if not validate(report.answer_value, subject.schema):
        return report
    verdicts = tuple(
        replace(verdict, claim=replace(verdict.claim, removable=False))
        for verdict in report.verdicts
    )
    return derive(replace(report, verdicts=verdicts))


def _claims(subject: Subject) -> tuple[Claim, ...]:
    from guard.claims import claims_from_text, claims_from_value
    from guard.schema import satisfies, titles

    if not subject.is_value:
        return claims_from_text(subject.text, question=subject.prompt)
    schema = subject.schema
    return claims_from_value(
        subject.value,
        titles=partial(titles, schema) if schema else None,
        question=subject.prompt,
        is_valid=partial(satisfies, schema) if schema else None,
    )


def _trimming(
    subject: Subject, verdicts: tuple[Verdict, ...], parts: Parts
) -> tuple[tuple[Edit, ...], Certificate | None]:
    if subject.is_value or not subject.trim:
        return (), None
    from guard.trim import trim

    return trim(
        subject.text,
        verdicts=verdicts,
        policy=parts.policy,
        question=subject.prompt,
        target=parts.target,
        encoder=parts.encoder,
        count_tokens=parts.count_tokens,
    )


def _provenance(subject: Subject, parts: Parts, clock: Clock) -> Provenance:
    return Provenance(
        guard=version("guard-llm"),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=subject.generation.model if subject.generation else None,
        encoder=parts.encoder.id,
        entailment=parts.entailment.id,
        knowledge=parts.knowledge.snapshot if parts.knowledge else None,
        schema=subject.schema.sha256 if subject.schema else None,
        config=parts.config,
        seed=subject.generation.seed if subject.generation else None,
        seconds=dict(clock.seconds),
    )
