"""What a model's tokenizer has: its entries and their texts, and the tokens that end a turn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from guard.errors import ModelError
from guard.models.profiles import Profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BYTE = re.compile("<0x[0-9A-F]{2}>")


def end_tokens(
    model: Any, tokenizer: Any, profile: Profile, vocabulary: dict[str, int]
) -> tuple[int, ...]:
    """Every token that ends a turn: the profile's, the model's and the tokenizer's."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    own = configured if isinstance(configured, list) else [configured]
    named = [vocabulary.get(token) for token in profile.ends]
    ends = [end for end in (*named, tokenizer.eos_token_id, *own) if end is not None]
    if not ends:
        raise ModelError(
            "the model does not say which token ends a turn",
            hint="set eos_token in its tokenizer_config.json",
        )
    return tuple(dict.fromkeys(ends))


def entries(vocabulary: dict[str, int]) -> NDArray[np.bool_]:
    """For each id up to the highest whether the tokenizer has an entry for it."""
    import numpy as np

    found = np.zeros(max(vocabulary.values()) + 1, dtype=bool)
    found[list(vocabulary.values())] = True
    return found


def byte_tokens(vocabulary: dict[str, int]) -> frozenset[int]:
    """The tokens that stand for a byte each, where a tokenizer falls back to them.

    What a row of them says is known at its end: one that is no text spoils all of the row.
    """
    return frozenset(at for token, at in vocabulary.items() if BYTE.fullmatch(token))


def token_texts(tokenizer: Any, count: int) -> tuple[str, ...]:
    """What each token writes, "" for control tokens."""
    controls = set(tokenizer.all_special_ids)
    texts = tokenizer.batch_decode([[token] for token in range(count)])
    return tuple("" if token in controls else text for token, text in enumerate(texts))


def window(model: Any) -> int:
    """How many tokens the model reads and writes at most."""
    config = model.config.get_text_config()
    return int(getattr(config, "max_position_embeddings", None) or 2048)


def steady(model: Any) -> int:
    """How long texts may be that share a pass.

    Models with these kinds of positions measure all texts of a pass anew when one of them is
    longer, and each should be what it would be alone.
    """
    config = model.config.get_text_config()
    positions = getattr(config, "rope_parameters", None) or {}
    if positions.get("rope_type") not in {"longrope", "dynamic"}:
        return window(model)
    return int(positions.get("original_max_position_embeddings") or window(model))


def turning(model: Any) -> int:
    """How long a text may get before `model` measures other positions for all of it.

    What was read of a shorter text does not fit then (transformers' `generate` drops it as well).
    """
    positions = getattr(model.config.get_text_config(), "rope_parameters", None) or {}
    return steady(model) if positions.get("rope_type") == "longrope" else window(model)


def rows(model: Any, tokenizer: Any) -> int:
    """How many scores the model gives, which may be more than the tokenizer has entries."""
    return max(int(model.config.get_text_config().vocab_size), len(tokenizer))


def grammar_tokenizer(model: Any, tokenizer: Any, ends: tuple[int, ...]) -> Any:
    """The tokenizer as llguidance needs it, over all rows of the model."""
    import llguidance.hf

    try:
        return llguidance.hf.from_tokenizer(
            tokenizer, n_vocab=rows(model, tokenizer), eos_token=list(ends)
        )
    except ValueError as error:
        raise ModelError(
            f"the grammar engine cannot use the model's tokenizer: {error}",
            hint="the model needs a tokenizer.json (a fast tokenizer)",
        ) from error
