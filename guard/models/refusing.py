"""Requests that no local model can do anything with, refused before they meet others in a pass."""

from __future__ import annotations

from math import isnan

from guard.errors import InputError
from guard.types import Sampling


def ensure_usable(prompt: str, sampling: Sampling) -> None:
    """Raise InputError for a budget below 1, a temperature that is none, and a broken prompt."""
    if sampling.max_tokens < 1:
        raise InputError(
            "max_tokens is below 1, so nothing can be written", hint="raise max_tokens"
        )
    if isnan(sampling.temperature):
        raise InputError("the temperature is no number", hint="pass 0, or a number above")
    try:
        prompt.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"the prompt has a lone surrogate: {error.reason}",
            hint="it was decoded wrongly; read it as UTF-8",
        ) from error
