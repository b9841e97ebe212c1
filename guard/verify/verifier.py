"""The verifier: a small cross-encoder of guard's own, run by onnxruntime without torch.

It reads evidence of up to `FOCUS_WORDS` words whole. Of longer evidence it reads the sentences that
say most of the claim (`focus`), and the windows with most of the claim's words; support is that of
the best of them, since evidence supports a claim if a part of it does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guard.errors import ModelError
from guard.verify.cutting import MAX_CHARACTERS
from guard.verify.encoding import CHARACTERS, LONGEST_CLAIM, Encoded, PairEncoder
from guard.verify.entailment import Scores
from guard.verify.focus import FOCUS_WORDS, focus
from guard.verify.settings import Blend, Settings, read_settings
from guard.verify.windows import windows
from guard.verify.words import nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = "verifier.onnx"
TOKENIZER = "tokenizer.json"
SETTINGS = "verifier.json"
SHIPPED = Path(__file__).with_name("weights")

MAX_WINDOWS = 2
"""Of long evidence, so many windows are read besides the sentences that matter most."""

OVERLAP = 40
MAX_PARTS = 4
"""Of the first view, where its tokens do not fit, so many parts are read; others are cut."""

LEAST_CUT = 120
"""Characters that are never cut further; a third of them is shared by neighbouring parts."""

SHARES = (1.0, 0.75, 0.5)
"""Of the words of a view that are tried, until their tokens fit."""

SURE = 0.97
"""From this support on, no other part of the evidence is looked at: none can change the verdict."""


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """A loaded verifier, safe to share between threads."""

    id: str
    session: Any
    encoder: PairEncoder
    blend: Blend

    @property
    def findings(self) -> Mapping[str, float]:
        """By how much what exact checks find moves the log odds of support."""
        return self.blend.findings

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Scores of (evidence, claim) pairs, each the same alone and among others."""
        from guard.runtime import each

        return each(self._pair, pairs)

    def _pair(self, pair: tuple[str, str]) -> Scores:
        evidence, claim = pair
        if not claim.strip() or not evidence.strip():
            return Scores(supported=0.0, contradicted=0.0, neutral=1.0)
        self._require_room(evidence, claim)
        best: list[Scores] = []
        first, *others = views(claim, evidence)
        parts = list(self._fitting(first, claim)) if not others else [self._near(first, claim)]
        for view in (*(parts[i] for i in nearest(claim, parts, MAX_PARTS)), *others):
            best.append(self._view(view, claim))
            if best[-1].supported >= SURE:
                break
        return union(best)

    def _near(self, view: str, claim: str) -> str:
        """The best sentences of a view that fit beside the claim: tables make many tokens of few
        words. A view whose sentences are too long stays as it is."""
        count = len(view.split())
        shorter = (focus(claim, view, words=round(share * count)) for share in SHARES)
        return next((part for part in shorter if self.encoder.fits(part, claim)), view)

    def _fitting(self, view: str, claim: str) -> Iterator[str]:
        """A view, or overlapping halves of one that does not fit, as in scripts without spaces."""
        near = self._near(view, claim) if view.count(" ") > 1 else view
        if len(near) <= LEAST_CUT or self.encoder.fits(near, claim):
            yield near
            return
        middle = len(view) // 2
        for half in (view[: middle + LEAST_CUT // 3], view[middle - LEAST_CUT // 3 :]):
            yield from self._fitting(half, claim)

    def _require_room(self, evidence: str, claim: str) -> None:
        """Raise ModelError for what would only be read in part: the rest might be untrue."""
        if len(evidence) > MAX_CHARACTERS:
            raise ModelError(
                f"the evidence has {len(evidence):,} characters, more than {MAX_CHARACTERS:,}",
                hint="cut it into documents, or index it as a knowledge base",
            )
        most = LONGEST_CLAIM * CHARACTERS
        if len(claim) > most or self.encoder.tokens(claim) > LONGEST_CLAIM:
            raise ModelError(
                f"the claim is longer than the {LONGEST_CLAIM} tokens ({most:,} characters) that"
                f" {self.id} reads",
                hint="split the claim into sentences",
            )

    def _view(self, evidence: str, claim: str) -> Scores:
        logits = self.logits(self.encoder.encode(evidence, claim))
        return self.blend.scores(logits, claim, evidence)

    def logits(self, pair: Encoded) -> tuple[float, float, float]:
        """The network's answers: supported, contradicted, neutral. Raises ModelError."""
        import numpy as np

        inputs: dict[str, NDArray[np.int64]] = {
            "ids": np.array(pair.ids, dtype=np.int64),
            "kinds": np.array(pair.kinds, dtype=np.int64),
        }
        one, two, three = (float(value) for value in self.session.run(None, inputs)[0])
        if not math.isfinite(one + two + three):
            raise ModelError(f"{self.id} gave scores that are not numbers", hint="make it again")
        return one, two, three


def views(claim: str, evidence: str) -> tuple[str, ...]:
    """The parts of the evidence that are read, the most promising one first; all of it if short."""
    if len(evidence.split()) <= FOCUS_WORDS:
        return (evidence,)
    near = focus(claim, evidence)
    if len(evidence.split()) <= 2 * FOCUS_WORDS:
        return (near,)  # of two passages joined, what matters fits
    parts = [span.of(evidence) for span in windows(evidence, words=FOCUS_WORDS, overlap=OVERLAP)]
    found = (near, *(parts[i] for i in nearest(claim, parts, MAX_WINDOWS)))
    return tuple(dict.fromkeys(found))


def union(found: Sequence[Scores]) -> Scores:
    """The best support of the parts, and their best contradiction, as far as both fit."""
    supported = max(one.supported for one in found)
    contradicted = min(max(one.contradicted for one in found), 1.0 - supported)
    return Scores(
        supported=supported,
        contradicted=contradicted,
        neutral=max(0.0, 1.0 - supported - contradicted),
    )


def load_verifier(folder: Path | None = None) -> Verifier:
    """The verifier that guard ships, or the one that `guard tune` wrote into `folder`.

    Raises ModelError when files are missing, are not the ones that were written together, or are
    no verifier.
    """
    path = (folder or SHIPPED).resolve()
    try:
        stamp = tuple((path / name).stat().st_mtime_ns for name in (MODEL, TOKENIZER, SETTINGS))
    except OSError as error:
        raise ModelError(
            f"there is no verifier in {path}: {error.strerror}",
            hint="pass a folder that guard tune has written",
        ) from error
    return _load(path, stamp)


@lru_cache(maxsize=4)
def _load(path: Path, stamp: tuple[int, ...]) -> Verifier:
    del stamp  # another one is another verifier
    from guard.runtime import load_tokenizer, open_session

    settings = stored(path)
    session = open_session(path / MODEL)
    inputs = sorted(one.name for one in session.get_inputs())
    outputs = [one.shape for one in session.get_outputs()]
    if inputs != ["ids", "kinds"] or outputs != [[3]]:
        raise ModelError(
            f"{path / MODEL} is no verifier: it takes {', '.join(inputs)} and gives {outputs}",
            hint="it must take ids and kinds and give three numbers; guard tune makes such a file",
        )
    encoder = PairEncoder(load_tokenizer(path / TOKENIZER), settings.longest)
    return Verifier(id=settings.id, session=session, encoder=encoder, blend=settings.blend)


def stored(path: Path = SHIPPED) -> Settings:
    """The settings in a folder, its files held against their hashes. Raises ModelError."""
    from guard.files import sha256_file

    settings = read_settings(path / SETTINGS)
    for name, wanted in settings.sha256.items():
        if sha256_file(path / name) != wanted:
            raise ModelError(
                f"{path / name} is not the file that {SETTINGS} belongs to: its sha256 differs",
                hint="install guard-llm again, or make the folder again with guard tune",
            )
    return settings
