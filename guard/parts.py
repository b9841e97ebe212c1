"""What goes into the line: the parts that do the work, the subject they work on, and a clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guard.types import Document, Generation, Json, Policy, Sampling, Target

if TYPE_CHECKING:
    from guard.knowledge import Encoder, Searcher
    from guard.models import Model
    from guard.schema import Schema
    from guard.verify import Entailment


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a run is made of. `model` may be missing where nothing is generated.

    `cancelled` tells, while the model writes, whether the run is not wanted any more.
    """

    encoder: Encoder
    entailment: Entailment
    model: Model | None = None
    knowledge: Searcher | None = None
    policy: Policy = Policy()
    sampling: Sampling = Sampling()
    target: Target | None = None
    count_tokens: Callable[[str], int] | None = None
    system: str | None = None
    passages: int = 5
    context: int = 3
    attempts: int = 3
    config: str | None = None
    cancelled: Callable[[], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is to be checked: a text, or a value when `schema` or the caller says so."""

    source: str
    text: str
    value: Json = None
    is_value: bool = False
    prompt: str | None = None
    schema: Schema | None = None
    documents: tuple[Document, ...] = ()
    generation: Generation | None = None
    trim: bool = False


@dataclass(frozen=True)
class Clock:
    """Wall-clock seconds per stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what runs inside, under `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
