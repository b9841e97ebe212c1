"""What a local model can do nothing with, and passes that memory has no room for."""

from __future__ import annotations

from math import isnan

from guard.errors import InputError, ModelError
from guard.types import Sampling

NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""What torch says where memory is short; only on some devices with an error of its own."""


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


def without_memory(error: RuntimeError | MemoryError) -> ModelError:
    """What an error of a pass is called where memory was too short for it; else raised again."""
    is_short = isinstance(error, MemoryError) or any(each in str(error) for each in NO_MEMORY)
    if not is_short:
        raise error
    return ModelError(
        "the memory is too short for the model to go on reading",
        hint="ask less at once, shorten the prompt, or take a smaller model",
    )
