"""Tokens are chosen among those that the grammar allows and the tokenizer has, and no others."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from guard.errors import ModelError
from guard.grammar import compile_grammar
from guard.models.choosing import Chooser, packed_entries
from guard.models.local import LocalModel

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["pump", "valve", None]},
        "size": {"type": "number"},
        "notes": {"type": "array", "items": {"type": "string", "pattern": "^[a-z ]+$"}},
    },
    "required": ["kind", "size", "notes"],
}


def chooser(model: LocalModel, matcher: Any, temperature: float = 0.0, seed: int = 0) -> Chooser:
    return Chooser(entries=model._entries, matcher=matcher, temperature=temperature, seed=seed)


def allowed(model: LocalModel, matcher: Any) -> NDArray[np.bool_]:
    """What the engine's own mask and the tokenizer allow, over all rows."""
    bits = np.frombuffer(matcher.compute_bitmask(), np.uint8)
    rows = int(model._model.config.vocab_size)
    found = np.unpackbits(bits, count=rows, bitorder="little").astype(bool)
    found[len(model._tokenizer) :] = False
    return found


@given(st.integers(0, 10_000), st.integers(0, 40), st.sampled_from([0.0, 0.5, 2.0]))
@settings(max_examples=60)
def test_only_what_is_allowed_is_chosen(
    phi_4: LocalModel, seed: int, steps: int, temperature: float
) -> None:
    """Greedily the likeliest of what is allowed, whatever the rows beyond the entries say."""
    scores = np.random.default_rng(seed)
    rows = int(phi_4._model.config.vocab_size)
    matcher = phi_4._matching.ready(compile_grammar(SCHEMA)).matcher
    choose = chooser(phi_4, matcher, temperature, seed)
    for _ in range(steps):
        if matcher.is_stopped():
            return
        given_scores = scores.normal(size=rows).astype(np.float32)
        given_scores[len(phi_4._tokenizer) :] += 50
        mask = allowed(phi_4, matcher)
        token = choose.choose(given_scores.copy())
        assert mask[token]
        if temperature == 0:
            assert token == np.where(mask, given_scores, -np.inf).argmax()
        if token in phi_4.ends:
            return
        assert matcher.consume_token(token)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_asking_for_one_token_is_asking_the_mask(phi_4: LocalModel, seed: int) -> None:
    """The short way, which asks the engine about one token, allows what the mask allows."""
    chance = random.Random(seed)
    matcher = phi_4._matching.ready(compile_grammar(SCHEMA)).matcher
    choose = chooser(phi_4, matcher)
    for _ in range(25):
        forced = matcher.compute_ff_tokens()
        if forced:
            assert matcher.consume_tokens(forced)
        if matcher.is_stopped():
            return
        mask = allowed(phi_4, matcher)
        assert [choose._allows(token) for token in range(len(mask))] == mask.tolist()
        token = chance.choice(np.flatnonzero(mask).tolist())
        if token in phi_4.ends:
            return
        assert matcher.consume_token(token)


@pytest.mark.parametrize("score", [float("nan"), float("-inf"), float("inf")])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_scores_that_are_no_numbers_are_an_error(
    phi_4: LocalModel, score: float, temperature: float
) -> None:
    """Damaged weights give an error, not a token."""
    matcher = phi_4._matching.ready(compile_grammar(SCHEMA)).matcher
    scores = np.full(int(phi_4._model.config.vocab_size), score, dtype=np.float32)
    with pytest.raises(ModelError, match="can write nothing that the schema allows"):
        chooser(phi_4, matcher, temperature).choose(scores)


def test_a_draw_follows_the_chances() -> None:
    """Three tokens are drawn as often as their scores say."""
    entries = packed_entries(np.ones(3, dtype=bool), 100)
    choose = Chooser(entries=entries, matcher=None, temperature=1.0, seed=1)
    scores = np.full(100, 9.0, dtype=np.float32)
    scores[:3] = np.log([0.7, 0.2, 0.1])
    drawn = [choose.choose(scores.copy()) for _ in range(3000)]
    shares = np.bincount(drawn, minlength=3) / 3000
    assert len(shares) == 3
    assert np.abs(shares - [0.7, 0.2, 0.1]).max() < 0.03


def test_the_only_token_takes_no_number_from_the_seed() -> None:
    """So that a text is the same whether what is forced is drawn or not."""
    entries = packed_entries(np.ones(3, dtype=bool), 3)
    only = packed_entries(np.array([False, True, False]), 3)
    scores = np.zeros(3, dtype=np.float32)

    def draws(forced_between: bool) -> list[int]:
        choose = Chooser(entries=entries, matcher=None, temperature=1.0, seed=5)
        found = []
        for _ in range(20):
            found.append(choose.choose(scores.copy()))
            if forced_between:
                choose._entries = only
                assert choose.choose(scores.copy()) == 1
                choose._entries = entries
        return found

    assert draws(True) == draws(False)
