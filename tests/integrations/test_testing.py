"""The stand-ins that users test their own code with."""

from __future__ import annotations

import numpy as np
import pytest

from guard.errors import ModelError
from guard.testing import KeywordEncoder, ScriptedModel
from guard.types import Generation, Message, Sampling

ASK = (Message(role="user", content="How many ports?"),)


def test_a_scripted_model_answers_in_turn_and_then_says_that_it_is_done() -> None:
    """Texts become generations, generations stay, and running out is an error with the way out."""
    whole = Generation(text="b", model="other", finish="length")
    model = ScriptedModel(["Eight ports.", whole])
    first = model.write(ASK, schema=None, sampling=Sampling(seed=3))
    assert (first.text, first.model, first.seed) == ("Eight ports.", "scripted", 3)
    assert (first.usage.prompt_tokens, first.usage.completion_tokens) == (3, 2)
    assert model.write(ASK, schema=None, sampling=Sampling()) is whole
    with pytest.raises(ModelError, match="no answer for call 3"):
        model.write(ASK, schema=None, sampling=Sampling())
    assert model.asked == [ASK, ASK, ASK]


def test_a_keyword_encoder_is_near_where_words_are_shared() -> None:
    """Rows are normalised, the same text has the same row, order and case do not matter."""
    encoder = KeywordEncoder()
    rows = encoder.encode(["Eight ports, eight", "PORTS eight eight", "red light", "?!"])
    assert rows.dtype == np.float32
    assert rows.shape == (4, encoder.dimension)
    assert np.allclose(rows[0], rows[1])
    assert rows[0] @ rows[2] < 0.1
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 1, 1, 0])
    assert encoder.fingerprint == KeywordEncoder().fingerprint
    assert encoder.fingerprint != KeywordEncoder(64).fingerprint
