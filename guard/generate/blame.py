"""Saying that a server, and not the model, is why a value broke its schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from guard.models.base import Model
from guard.types import Generation, Json, Violation


@runtime_checkable
class Enforcing(Protocol):
    """A model whose server promised to hold to the schema."""

    def ignored(self, text: str, schema: Json, violations: Sequence[Violation]) -> str | None:
        """That the server did not, where the answer `text` shows it."""
        ...


def blame(
    model: Model, written: Generation, schema: Json, violations: Sequence[Violation]
) -> Violation | None:
    """The violation of a server that accepted the schema and ignored it."""
    if written.finish != "stop" or not violations or not isinstance(model, Enforcing):
        return None
    said = model.ignored(written.text, schema, violations)
    return Violation(pointer="", keyword="response_format", message=said) if said else None
