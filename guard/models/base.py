"""The port for anything that writes text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from guard.types import Generation, Json, Message, Sampling


class Model(Protocol):
    """Something that writes: a local model or a server.

    `name` is what reports call it. Implementations may be called from several threads at once.
    """

    @property
    def name(self) -> str:
        """What reports call the model."""
        ...

    def write(
        self, messages: Sequence[Message], *, schema: Json | None, sampling: Sampling
    ) -> Generation:
        """Write one answer; `value` stays None, parsing and judging it is the caller's part.

        With a `schema` (the plain document) the text is constrained as far as the engine can.
        Raises SchemaError before writing when the engine can do nothing with it, InputError when
        the prompt does not fit, and ModelError when the model does not answer.
        """
        ...
