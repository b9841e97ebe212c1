"""Fast tokenizers, without the libraries that usually wrap them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from guard.errors import ModelError

MAX_BYTES = 50_000_000


def load_tokenizer(path: Path) -> Any:
    """The `tokenizers.Tokenizer` in a tokenizer.json, with neither padding nor truncation.

    Raises ModelError when there is none.
    """
    from tokenizers import Tokenizer

    hint = "install guard-llm again, or pass the folder of a model with its tokenizer.json"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ModelError(f"{path} is too large for a tokenizer", hint=hint)
        tokenizer = Tokenizer.from_file(str(path))
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}", hint=hint) from error
    except ModelError:
        raise
    except Exception as error:  # the library raises plain Exception
        raise ModelError(f"{path} is no tokenizer: {error}", hint=hint) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.encode_special_tokens = True  # "[SEP]" in a text is text, and ends nothing
    return tokenizer
