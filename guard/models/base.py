"""The port for anything that writes text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from guard.types import Generation, Json, Message, Sampling

Watch = Callable[[str], bool]
"""Is given the whole answer so far, again and again while it is written, whether or not it has
grown; False stops the writing."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One of several answers to write at once: what `Model.write` takes for it."""

    messages: tuple[Message, ...]
    schema: Json | None = None
    sampling: Sampling = Sampling()


class Model(Protocol):
    """Something that writes: a local model or a server.

    `name` is what reports call it. Implementations may be called from several threads at once.
    """

    @property
    def name(self) -> str:
        """What reports call the model."""
        ...

    def write(
        self,
        messages: Sequence[Message],
        *,
        schema: Json | None,
        sampling: Sampling,
        watch: Watch | None = None,
    ) -> Generation:
        """Write one answer; `value` stays None, parsing and judging it is the caller's part.

        With a `schema` (the plain document) the text is constrained as far as the engine can.
        `watch` sees the answer grow, without its thinking, and never what is taken back later; it
        is also asked while a local model thinks or is busy with others, so that it can stop those.
        It must not call the model. When it returns False, `finish` is "cancelled" and the text is
        what `watch` has seen; a server answers in one piece, which cannot be stopped. Raises
        SchemaError before writing when the engine can do nothing with the schema, InputError when
        the prompt does not fit, and ModelError when the model does not answer.
        """
        ...
