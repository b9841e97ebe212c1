"""The entailment port: does a piece of evidence support a claim, oppose it, or neither?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from guard.knowledge import Encoder


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """Three probabilities that sum to 1."""

    supported: float
    contradicted: float
    neutral: float


class Entailment(Protocol):
    """Scores pairs of (evidence, claim).

    One that was fitted together with the exact checks has a mapping `findings` too, which says by
    how much each of the `SIGNALS` (`guard.verify.signals`) moves its log odds of support.
    """

    @property
    def id(self) -> str:
        """What reports call it."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """One `Scores` per pair, in order, the same for a pair alone and among others."""


def load_entailment(
    spec: str | Path,
    *,
    encoder: Encoder,
    base_url: str | None = None,
    api_key: str | None = None,
    timeout: float = 60.0,
) -> Entailment:
    """The entailment that `spec` names.

    `verifier` is the one that guard ships; a folder that `guard tune` wrote is read in the same
    way. `baseline` needs no model beyond the encoder. `openai:NAME` is a language model on an
    OpenAI-compatible server (`base_url`, `api_key`, `timeout` in seconds are for these only).
    Anything else is the directory or hub id of a transformers model: a sequence classifier with
    labels such as entailment or supported, or a T5 as MiniCheck or HHEM. Raises ModelError when it
    cannot be used, ConfigError when the server's address or key is missing.
    """
    if str(spec) == "verifier" or Path(spec, "verifier.json").is_file():
        from guard.verify.verifier import load_verifier

        return load_verifier(None if str(spec) == "verifier" else Path(spec))
    if str(spec) == "baseline":
        from guard.verify.baseline import Baseline

        return Baseline(encoder)
    kind, _, name = str(spec).partition(":")
    if kind == "openai":
        from guard.models.openai import open_server
        from guard.verify.asked import Asked

        return Asked(open_server(name, base_url=base_url, api_key=api_key, timeout=timeout))
    from guard.verify.hugging_face import load_hugging_face

    return load_hugging_face(spec)
