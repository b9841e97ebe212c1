"""A language model in the entailment seat: it is asked for a verdict and a quote, pair by pair.

A pair costs a call, so pairs are asked side by side, none twice, and a server that is down is left
alone for a while instead of being waited for once per claim.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from guard.errors import InputError, ModelError, ServerError
from guard.models.base import Model
from guard.types import Sampling
from guard.verify.asking import SCHEMA, Answer, asked_again, question, read_answer, scores_of
from guard.verify.entailment import Scores
from guard.verify.windowed import NOTHING, readable, union
from guard.verify.windows import windows
from guard.verify.words import coverage, stems

WORKERS = 8
"""Calls at once."""

ATTEMPTS = 2
"""Calls for one window, the second with what was wrong with the first."""

WINDOW_WORDS = 600
OVERLAP_WORDS = 80
MAX_WINDOWS = 8
"""Longer evidence is asked about in windows of so many words, those with most of the claim's."""

KEPT = 4096
"""Answers that are kept, so that a pair has the same scores whenever it is asked."""

FAILURES = 3
REST = 30.0
"""After so many failures on end, the server is not asked for so many seconds."""

SAMPLING = Sampling(max_tokens=1024)
"""Greedy. The budget is for models that think first; an answer takes a tenth of it."""

Question = tuple[str, str]


class Asked:
    """Entailment by what `model` answers. Safe to share between threads."""

    def __init__(self, model: Model, *, workers: int = WORKERS) -> None:
        self._model = model
        self._workers = workers
        self._known: dict[Question, Scores] = {}
        self._failures: deque[tuple[float, ServerError]] = deque(maxlen=FAILURES)
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """What reports call it."""
        return self._model.name

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Scores of (evidence, claim) pairs: fixed ones for each verdict, see `asking.VERDICTS`.

        Raises ModelError when the model does not answer, or not with a verdict.
        """
        asked = [_questions(readable(evidence), readable(claim)) for evidence, claim in pairs]
        answers = self._answers(list(dict.fromkeys(each for part in asked for each in part)))
        return [union([answers[each] for each in part]) if part else NOTHING for part in asked]

    def _answers(self, questions: Sequence[Question]) -> dict[Question, Scores]:
        with self._lock:
            found = {each: self._known[each] for each in questions if each in self._known}
        missing = [each for each in questions if each not in found]
        if not missing:
            return found
        with ThreadPoolExecutor(min(self._workers, len(missing)), "guard-asked") as pool:
            futures = {each: pool.submit(self._ask, each) for each in missing}
            try:
                return found | {each: future.result() for each, future in futures.items()}
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _ask(self, asked: Question) -> Scores:
        self._ensure_awake()
        try:
            scores = self._judge(*asked)
        except ServerError as error:
            if error.retryable:  # not a refusal, which is about the pair
                with self._lock:
                    self._failures.append((time.monotonic(), error))
            raise
        with self._lock:
            self._failures.clear()
            self._known[asked] = scores
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
        return scores

    def _ensure_awake(self) -> None:
        """Raise the last error again where the server has just failed several times on end."""
        with self._lock:
            failures = tuple(self._failures)
        if len(failures) == FAILURES and time.monotonic() - failures[-1][0] < REST:
            last = failures[-1][1]
            raise ServerError(last.message, hint=last.hint, retryable=True)

    def _judge(self, evidence: str, claim: str) -> Scores:
        messages = question(evidence, claim)
        why = ""
        for attempt in range(ATTEMPTS):
            sampling = replace(SAMPLING, seed=attempt)
            try:
                written = self._model.write(messages, schema=SCHEMA, sampling=sampling)
            except InputError as error:
                raise ModelError(error.message, hint=error.hint) from error
            answer = read_answer(written)
            if isinstance(answer, Answer):
                return scores_of(answer, evidence, claim)
            why = answer
            messages = asked_again(question(evidence, claim), written.text, why)
        raise ModelError(
            f"{self.id} gave no verdict in {ATTEMPTS} attempts: {why}",
            hint="take a model that can answer with JSON, or a server that enforces a schema",
        )


def _questions(evidence: str, claim: str) -> list[Question]:
    """What to ask about a pair: nothing where a side is empty, else one question per window."""
    if not evidence.strip() or not claim.strip():
        return []
    spans = windows(evidence, words=WINDOW_WORDS, overlap=OVERLAP_WORDS)
    if len(spans) == 1:
        return [(evidence, claim)]
    texts = [span.of(evidence) for span in spans]
    shares = [coverage(claim, stems(text)) for text in texts]
    kept = sorted(range(len(texts)), key=lambda i: -shares[i])[:MAX_WINDOWS]
    return [(texts[i], claim) for i in sorted(kept)]
