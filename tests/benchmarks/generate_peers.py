"""outlines alone, with each of its engines, in a process of its own that can be stopped.

Some schemas keep an engine busy for minutes, inside code that no thread can leave. So one process
holds the model and the engines; it is ended when its time is up, and begun anew for the next
question. What an engine makes of the vocabulary alone is made once, before anything is timed.
"""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from guard.models.loading import load

BACKENDS = ("llguidance", "outlines_core", "xgrammar")
START = 600.0
"""Seconds for the process to load the model and the engines."""

FIRST = json.dumps({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]})
MADE = "made"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A prompt, and a JSON Schema as text, for one engine; at most `tokens` are written."""

    backend: str
    prompt: str
    schema: str
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was written, with the seconds from the schema to the last token.

    `problem` is empty, or one of "refused" (no grammar was made), "error" (it broke while writing)
    and "too long"; `why` is what the engine said.
    """

    text: str = ""
    tokens: int = 0
    seconds: float = 0.0
    problem: str = ""
    why: str = ""

    @property
    def rate(self) -> float:
        """Tokens a second; 0 where nothing was written."""
        return self.tokens / self.seconds if self.tokens and not self.problem else 0.0


def installed() -> tuple[str, ...]:
    """The engines that can be asked; says which cannot."""
    found = tuple(name for name in BACKENDS if importlib.util.find_spec(name))
    for name in BACKENDS:
        if name not in found:
            print(f"{name}: not installed", flush=True)
    return found


class Peers:
    """outlines with each of `backends`, around the model in `source`. Close it after use."""

    def __init__(self, source: str, backends: Sequence[str]) -> None:
        self.backends = tuple(backends)
        self._source = source
        self._process: Any = None
        self._wire: Any = None

    def ask(self, question: Question, *, patience: float, writing: float = 0.0) -> Answer:
        """What the engine answers.

        Within `patience` seconds the grammar must be made, and within `writing` more all be said.
        """
        self._ready()
        start = time.perf_counter()
        try:
            self._wire.send(question)
            for limit in (patience, patience + writing):
                if not self._wire.poll(max(0.0, start + limit - time.perf_counter())):
                    return self._ended(start, "too long", "")
                found = self._wire.recv()
                if isinstance(found, Answer):
                    return found
        except (EOFError, OSError):
            return self._ended(start, "error", "its process ended")
        raise AssertionError("a grammar was made twice")

    def close(self) -> None:
        """End the process; the next question begins another."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._wire.close()
        self._process = self._wire = None

    def _ready(self) -> None:
        if self._process is not None:
            return
        spawn = multiprocessing.get_context("spawn")  # a fork would inherit torch's locks
        self._wire, other = spawn.Pipe()
        self._process = spawn.Process(
            target=serve, args=(other, self._source, self.backends), daemon=True
        )
        self._process.start()
        other.close()
        if not self._wire.poll(START):
            raise SystemExit("outlines was not ready in time")
        self._wire.recv()

    def _ended(self, start: float, problem: str, why: str) -> Answer:
        self.close()
        return Answer(seconds=time.perf_counter() - start, problem=problem, why=why)


def serve(wire: Connection, source: str, backends: Sequence[str]) -> None:
    """Answer questions until the other side is gone: MADE when there is a grammar, an Answer."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    tqdm.set_lock(threading.RLock())  # its own lock is one that processes share and a kill leaks
    model, tokenizer = load(source)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # engines write about each schema there
    engines = _engines(model, tokenizer, backends)
    for name in backends:
        question = Question(backend=name, prompt="An example:", schema=FIRST, tokens=4)
        answer(engines, question, lambda: None)
    wire.send("ready")
    while True:
        try:
            question = wire.recv()
        except EOFError:
            return
        wire.send(answer(engines, question, lambda: wire.send(MADE)))


def _engines(model: Any, tokenizer: Any, backends: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """The model as outlines wraps it, with each engine."""
    import outlines
    from outlines import backends as known

    wrapped: Any = outlines.from_transformers(model, tokenizer)
    wrapped.type_adapter.has_chat_template = False  # prompts come rendered
    classes: dict[str, Any] = {
        "llguidance": known.LLGuidanceBackend,
        "outlines_core": known.OutlinesCoreBackend,
        "xgrammar": known.XGrammarBackend,
    }
    return {name: (wrapped, classes[name](wrapped)) for name in backends}


def answer(
    engines: dict[str, tuple[Any, Any]], question: Question, made: Callable[[], None]
) -> Answer:
    """What one engine writes, greedily; `made` is called once it has a grammar.

    Each pass of the model gives a token. Those of the text are not always as many: blanks that were
    written one by one are read as fewer.
    """
    import outlines

    wrapped, engine = engines[question.backend]
    passes = 0

    def count(*_: object) -> None:
        nonlocal passes
        passes += 1

    hook = wrapped.model.register_forward_hook(count)
    text, problem, why, start = "", "refused", "", time.perf_counter()
    try:
        asked = outlines.json_schema(question.schema)
        processor = engine.get_json_schema_logits_processor(asked.schema)
        generator: Any = outlines.Generator(wrapped, processor=processor)
        problem = "error"
        made()
        text = generator(question.prompt, max_new_tokens=question.tokens, do_sample=False)
        problem = ""
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is its answer
        why = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    hook.remove()
    return Answer(
        text=text, tokens=passes if text else 0, seconds=seconds, problem=problem, why=why
    )
