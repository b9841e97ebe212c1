"""`Guard`: the composition root.

It holds parts, loads each when it is first needed, and has no other state. Everything it does is a
call of `guard.pipeline`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from guard import loading, pipeline, shapes
from guard.config import Config, load_config, parse_target
from guard.errors import ConfigError
from guard.parts import Subject
from guard.types import Document, Json, Policy, Report

if TYPE_CHECKING:
    from guard.knowledge import Encoder, Searcher
    from guard.models import Model
    from guard.schema import Schema, SchemaSource
    from guard.verify import Entailment

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class Guard:
    """Answers that keep to a schema, are checked against knowledge, and are brief.

    Each part may be given as an object, or by the text that `Config` takes; what is not given comes
    from `config`, by default `guard.toml` and `GUARD_*`. Nothing is loaded before it is needed, and
    one Guard may be shared between threads. A `schema` is a JSON Schema (as a path, text or
    dictionary) or a form: a Python type such as `int`, `Literal["a", "b"]` or a dataclass, a
    `Choice` or a `Regex`; what a schema refers to outside itself is found in the files that
    `references` of the configuration names, or put into it by `load_schema(..., references=...)`.

        guard = Guard(knowledge=".guard/index")
        report = guard.check("USB4 reaches 40 Gbit/s.")
        print(report.verdicts[0].label, report.verdicts[0].reason)
    """

    def __init__(
        self,
        *,
        model: Model | str | None = None,
        schema: SchemaSource | None = None,
        knowledge: Searcher | Path | str | None = None,
        encoder: Encoder | str | None = None,
        entailment: Entailment | str | None = None,
        policy: Policy | None = None,
        target: str | None = None,
        config: Config | None = None,
    ) -> None:
        base = config or load_config()
        names = {"model": model, "index": knowledge, "encoder": encoder, "entailment": entailment}
        self.config = replace(
            base,
            model=_named(model, base.model),
            index=_named(knowledge, base.index),
            encoder=_named(encoder, base.encoder),
            entailment=_named(entailment, base.entailment),
            policy=policy or base.policy,
            target=target or base.target,
        )
        parse_target(self.config.target)
        parts = {key: value for key, value in names.items() if not isinstance(value, (str, Path))}
        self._loader = loading.Loader(self.config, given=parts)
        self._schema = schema if schema is not None else self.config.schema

    def run(
        self,
        prompt: str,
        *,
        schema: SchemaSource | None = None,
        documents: Sequence[Document] = (),
    ) -> Report:
        """Ask the model and check what it says.

        With a schema the answer is a value that satisfies it; without one it is prose, trimmed.
        Raises InputError, SchemaError, ModelError, OutputError or KnowledgeError.
        """
        return self._run(prompt, schema, documents, cancelled=None)

    def _run(
        self,
        prompt: str,
        schema: SchemaSource | None,
        documents: Sequence[Document],
        *,
        cancelled: Callable[[], bool] | None,
    ) -> Report:
        pipeline.require_prompt(prompt)
        chosen = self._load_schema(schema)
        parts = replace(self._loader.parts(writes=True), cancelled=cancelled)
        return pipeline.run(prompt, parts, schema=chosen, documents=documents)

    def value(
        self,
        prompt: str,
        *,
        schema: SchemaSource | None = None,
        documents: Sequence[Document] = (),
    ) -> Any:
        """The bare answer of `run`: a text, a JSON value, or for a form the Python value.

        Raises what `run` raises, and NotCleanError in place of an answer that breaks the schema or
        has a verdict whose action in the policy is `fail`.
        """
        from guard.schema import to_python

        chosen = self._load_schema(schema)
        report = self.run(prompt, schema=chosen, documents=documents)
        answer = shapes.answer_of(report, is_text=chosen is None)
        return answer if chosen is None else to_python(chosen, answer)

    def check(
        self,
        subject: Json,
        *,
        question: str | None = None,
        schema: SchemaSource | None = None,
        documents: Sequence[Document] = (),
        source: str = "text",
        trim: bool = False,
    ) -> Report:
        """Check a text (a `str`) or a JSON value (anything else) that already exists.

        Where the schema is a form, a `str` is a value of it too.
        `question` is what it answers, `source` what the report calls it; `trim` also shortens
        prose. Raises InputError, SchemaError or KnowledgeError.
        """
        is_value = not isinstance(subject, str)
        chosen = self._load_schema(schema) if is_value or schema is not None else None
        is_value |= chosen is not None and chosen.form is not None
        made = Subject(
            source=source,
            text=pipeline.text_of(subject, chosen) if is_value else subject,
            value=subject if is_value else None,
            is_value=is_value,
            prompt=question,
            schema=chosen,
            documents=tuple(documents),
            trim=trim,
        )
        return pipeline.check(made, self._loader.parts(writes=False))

    def extract(
        self,
        document: Document,
        *,
        schema: SchemaSource | None = None,
        instructions: str | None = None,
    ) -> Report:
        """Fill in the schema from one document and check every field against it.

        The knowledge base counts as evidence too where it was asked for by name.
        Raises InputError, SchemaError, ModelError or OutputError.
        """
        chosen = self._load_schema(schema)
        if chosen is None:
            raise ConfigError("extraction needs a schema", hint="pass schema=, or --schema")
        parts = self._loader.parts(writes=True, named_only=True)
        return pipeline.extract(document, parts, schema=chosen, instructions=instructions)

    async def arun(
        self,
        prompt: str,
        *,
        schema: SchemaSource | None = None,
        documents: Sequence[Document] = (),
    ) -> Report:
        """`run`, without blocking the event loop.

        Cancelling the task stops a model that is writing; whatever else is being done is done
        first, so that nothing goes on when the task has ended.
        """
        from guard.generate import apart

        return await apart(
            lambda cancelled: self._run(prompt, schema, documents, cancelled=cancelled)
        )

    async def acheck(
        self, subject: Json, *, question: str | None = None, documents: Sequence[Document] = ()
    ) -> Report:
        """`check`, without blocking the event loop."""
        return await asyncio.to_thread(self.check, subject, question=question, documents=documents)

    def wrap(self, call: Callable[[str], Any]) -> Callable[[str], Any]:
        """A callable from prompt to Report around any callable from prompt to text or value.

        A coroutine function gives a coroutine function. Prose is trimmed too.
        """
        return shapes.wrap(call, self._check_answer)

    def checked(
        self, *, question: str | None = None, on_report: Callable[[Report], None] | None = None
    ) -> Callable[[F], F]:
        """A decorator that keeps the signature: answers are checked before they are returned.

            @guard.checked(question="prompt")
            def ask(prompt: str) -> str: ...

        See `guard.shapes.checked`.
        """
        return lambda function: shapes.checked(
            function, self._check_answer, question=question, on_report=on_report
        )

    def _check_answer(self, subject: Json, question: str | None) -> Report:
        return self.check(subject, question=question, source="answer", trim=True)

    def _load_schema(self, schema: SchemaSource | None) -> Schema | None:
        from guard.schema import Schema, load_schema

        chosen = self._schema if schema is None else schema
        if chosen is None or isinstance(chosen, Schema):
            return chosen
        return load_schema(chosen, references=self.config.reference_files())


def _named(part: object, name: T) -> str | T:
    """The name of a part: the given one, or `name` where an object or nothing was given."""
    return str(part) if isinstance(part, (str, Path)) else name
