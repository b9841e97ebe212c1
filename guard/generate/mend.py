"""Putting right what is wrong with a value, by writing only the part again that is wrong.

Members that repeat a name, and items that repeat another where none may, are left out: that asks
the model for nothing. Anything else is written anew at its place, under the grammar of that place,
with what was wrong in the prompt. The rest of the text stays byte for byte.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from guard.errors import InputError, ModelError, SchemaError
from guard.files import is_json
from guard.generate.jsontext import find, repeated, repeated_items, too_large, without
from guard.generate.prompt import encodable
from guard.generate.steps import Step, Steps, asked
from guard.grammar import compile_grammar
from guard.grammar.parts import schema_at
from guard.models.base import Request
from guard.schema import Schema, parse
from guard.types import Generation, Json, Message, Sampling, Span, Violation

TRIES = 3
"""Times a part is written anew before the part around it is."""

MAX_CALLS = 12
"""Parts that are written anew, at most."""

MAX_SHOWN = 2000
"""Characters of the text that are shown to the model again."""

CHARACTERS = 4
"""Characters that a token has, where a server does not count tokens."""

WARMTH = 0.7
"""A greedy model that went wrong goes wrong again, so parts are drawn at random."""

SMALL: Json = {"minimum": -1e15, "maximum": 1e15}
"""Numbers that every JSON reader can hold."""

AGAIN = "The value at {where} is wrong: {message}\nWrite a right value for {where} alone, as JSON."


@dataclass
class Mending:
    """A text that is being mended: what it is now, what is wrong with it, and what that took.

    It was written under `document`, which may take fewer values than `schema`. `shortened` counts
    what was ended early in the parts that came into it.
    """

    messages: Sequence[Message]
    schema: Schema
    document: Json
    sampling: Sampling
    text: str
    value: Json
    violations: tuple[Violation, ...]
    spent: list[Generation] = field(default_factory=list)
    shortened: int = 0
    _tries: Counter[str] = field(default_factory=Counter)
    _wrong: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))

    def steps(self) -> Steps[None]:
        """Mend as far as that goes, within `sampling.max_tokens` tokens for all parts together.

        The whole is never written anew here, unless it is a single string or number.
        """
        while self.violations and self._left() > 0 and len(self.spent) < MAX_CALLS:
            if self._leave_out():
                continue
            pointer = self._target()
            if pointer is None:
                return
            self._tries[pointer] += 1
            yield from self._write(pointer)

    def _left(self) -> int:
        """Tokens that may still be written."""
        used = sum(_tokens(each) for each in self.spent)
        return self.sampling.max_tokens - used

    def _try(self, text: str) -> bool:
        """Take a text if less is wrong with it."""
        value, violations = parse(text, self.schema)
        was_read = not _is_unread(self.violations)
        if _is_unread(violations) or (was_read and len(violations) >= len(self.violations)):
            return False
        self.text, self.value, self.violations = text, value, violations
        return True

    def _leave_out(self) -> bool:
        """Leave out repeated members, or repeated items of the first array that must have none."""
        spans = repeated(self.text) if _is_unread(self.violations) else []
        for each in self.violations:
            if each.keyword == "uniqueItems":
                spans = repeated_items(self.text, each.pointer)
                break
        return bool(spans) and self._try(without(self.text, spans))

    def _target(self) -> str | None:
        """The part to write anew: the first that is wrong, after some tries what is around it."""
        pointer = self.violations[0].pointer
        if _is_unread(self.violations):
            pointer = too_large(self.text) or ""
        while pointer and self._tries[pointer] >= TRIES:
            pointer = pointer.rpartition("/")[0]
        is_scalar = not isinstance(self.value, dict | list) and self.value is not None
        is_open = bool(pointer) or (is_scalar and self._tries[pointer] < TRIES)
        return pointer if is_open and find(self.text, pointer) else None

    def _write(self, pointer: str) -> Steps[None]:
        span, schema = find(self.text, pointer), self._schema(pointer)
        if span is None or schema is None:
            self._tries[pointer] = TRIES
            return
        request = Request(messages=self._asked(pointer), schema=schema, sampling=self._how())
        try:
            written = yield from asked(Step(request=request, is_part=True))
        except (InputError, SchemaError, ModelError) as error:
            if error.retryable:
                raise
            self._tries[pointer] = TRIES  # no room in the window, nothing else to write, too hard
            return
        self.spent.append(written)
        # One value only, so that it cannot bring members or items of its own.
        is_whole = written.finish in ("stop", "closed") and is_json(written.text)
        if is_whole and self._try(_put(self.text, span, written.text)):
            self.shortened += written.shortened
            return
        self._remember(pointer, written)

    def _schema(self, pointer: str) -> Json | None:
        """A schema for the part, without the strings and numbers that turned out wrong."""
        is_open = self.sampling.open_objects
        plain = compile_grammar(self.document, open_objects=is_open).plain
        part, span = schema_at(plain, pointer), find(self.text, pointer)
        if not isinstance(part, dict) or span is None:
            return part
        if _is_unread(self.violations):  # a number that is too large
            return {**part, "allOf": [SMALL, *part.get("allOf", [])]}
        now = json.loads(span.of(self.text))
        wrong = [*self._wrong[pointer], *([] if isinstance(now, dict | list) else [now])]
        return {**part, "not": {"enum": wrong}} if wrong else part

    def _remember(self, pointer: str, written: Generation) -> None:
        try:
            value = json.loads(written.text)
        except (ValueError, RecursionError):
            return
        if not isinstance(value, dict | list):
            self._wrong[pointer].append(value)

    def _asked(self, pointer: str) -> tuple[Message, ...]:
        inside = f"{pointer}/"
        said = [
            each.message
            for each in self.violations
            if each.pointer == pointer or each.pointer.startswith(inside)
        ]
        again = AGAIN.format(where=pointer or "the top", message="; ".join(said[:3]))
        return (
            *self.messages,
            Message(role="assistant", content=encodable(self.text[:MAX_SHOWN])),
            Message(role="user", content=encodable(again)),
        )

    def _how(self) -> Sampling:
        return replace(
            self.sampling,
            max_tokens=self._left(),
            seed=self.sampling.seed + len(self.spent) + 1,
            temperature=max(self.sampling.temperature, WARMTH),
        )


def _is_unread(violations: Sequence[Violation]) -> bool:
    """Whether a text is no JSON that can be read."""
    return any(each.keyword == "json" for each in violations)


def _tokens(written: Generation) -> int:
    """The tokens of a part; about as many as it has where the server does not say."""
    return written.usage.completion_tokens or -(-len(written.text) // CHARACTERS)


def _put(text: str, span: Span, part: str) -> str:
    return text[: span.start] + part.strip() + text[span.end :]
