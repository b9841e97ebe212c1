"""Tokens are chosen among those that the grammar allows and the tokenizer has, and no others."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from guard.errors import ModelError
from guard.grammar import compile_grammar
from guard.models.chances import Chances, room_for
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


@given(st.integers(0, 10_000), st.integers(0, 40), st.sampled_from([0.0, 0.5, 2.0]), st.booleans())
@settings(max_examples=60)
def test_only_what_is_allowed_is_chosen(
    phi_4: LocalModel, seed: int, steps: int, temperature: float, beyond: bool
) -> None:
    """Greedily the likeliest of what is allowed, whatever the rows beyond the entries say."""
    scores = np.random.default_rng(seed)
    rows = int(phi_4._model.config.vocab_size)
    matcher = phi_4._matching.ready(compile_grammar(SCHEMA)).matcher
    choose = chooser(phi_4, matcher, temperature, seed)
    for at in range(steps):
        forced = matcher.compute_ff_tokens()
        if forced:
            assert matcher.consume_tokens(forced)
        if matcher.is_stopped():
            return
        given_scores = scores.normal(size=rows).astype(np.float32)
        given_scores[len(phi_4._tokenizer) :] += 50 * beyond
        mask = allowed(phi_4, matcher)
        token = choose.choose(given_scores, at=at)
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
        chooser(phi_4, matcher, temperature).choose(scores, at=0)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 3.0])
def test_draws_follow_the_chances_of_what_is_allowed(phi_4: LocalModel, temperature: float) -> None:
    """Each allowed token is drawn as often as its score says, though others are far likelier."""
    matcher = phi_4._matching.ready(compile_grammar({"type": "integer"})).matcher
    assert matcher.consume_tokens(phi_4._grammar_tokenizer.tokenize_str("12"))
    mask = allowed(phi_4, matcher)
    assert mask[list(phi_4.ends)].all()
    scores = np.random.default_rng(1).normal(size=len(mask)).astype(np.float32)
    scores[~mask] += temperature  # of five draws from all, about one is allowed
    chances = np.exp(scores[mask].astype(np.float64) / temperature)
    chances /= chances.sum()
    choose = chooser(phi_4, matcher, temperature, seed=2)
    drawn = np.bincount([choose.choose(scores, at=at) for at in range(8000)], minlength=len(mask))
    assert drawn[~mask].sum() == 0
    expected = 8000 * chances
    deviation = ((drawn[mask] - expected) ** 2 / expected).sum()
    freedom = mask.sum() - 1
    assert deviation < freedom + 4 * np.sqrt(2 * freedom)


def chances_of(scores: NDArray[np.float32], temperature: float) -> Chances:
    room = room_for(len(scores))
    return Chances(scores, best=float(scores.max()), temperature=temperature, room=room)


@given(
    st.lists(st.floats(-60, 60, width=32) | st.just(float("-inf")), min_size=1, max_size=700),
    st.floats(0.05, 50),
)
@settings(max_examples=40)
def test_a_token_is_what_its_share_of_the_numbers_falls_on(
    given_scores: list[float], temperature: float
) -> None:
    """Evenly spread numbers fall on each token as its chance says, also after some are dropped."""
    scores = np.array([*given_scores, 0.0], dtype=np.float32)
    chances = chances_of(scores, temperature)
    exact = np.exp((scores.astype(np.float64) - float(scores.max())) / temperature)
    for _ in range(3):
        found = [chances.draw((at + 0.5) / 400) for at in range(400)]
        if exact.sum() < 1e-30:
            return
        tokens = [token for token in found if token is not None]
        counts = np.bincount(tokens, minlength=len(scores))
        assert np.abs(counts - 400 * exact / exact.sum()).max() < 1.01
        assert tokens == sorted(tokens)
        assert exact[tokens].min() > 0
        chances.drop(tokens[200])
        exact[tokens[200]] = 0


def test_nothing_is_drawn_where_nothing_is_left() -> None:
    """The last token that is dropped leaves none, whatever the number."""
    chances = chances_of(np.array([1.0, -np.inf], dtype=np.float32), 1.0)
    assert chances.draw(math.nextafter(1.0, 0.0)) == 0
    chances.drop(0)
    assert chances.draw(0.5) is None


@pytest.mark.parametrize("temperature", [5e-324, 1e-3, 1.0, 1e300, float("inf")])
@pytest.mark.parametrize("lead", [0.0, 20.0, 3e38, float("inf"), float("nan")])
def test_forbidden_tokens_leave_the_only_allowed_one(
    phi_4: LocalModel, temperature: float, lead: float
) -> None:
    """However much likelier the others are, damaged or not, and at any temperature."""
    matcher = phi_4._matching.ready(compile_grammar({"const": 1})).matcher
    scores = np.full(int(phi_4._model.config.vocab_size), -3e38, dtype=np.float32)
    scores += np.float32(lead)
    mask = allowed(phi_4, matcher)
    only = int(mask.argmax())
    assert mask.sum() == 1
    scores[only] = -3e38
    choose = chooser(phi_4, matcher, temperature)
    assert {choose.choose(scores, at=at) for at in range(20)} == {only}


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_scores_stay_as_they_are(phi_4: LocalModel, temperature: float) -> None:
    """Choosing changes neither the scores nor what is chosen when it is done again."""
    matcher = phi_4._matching.ready(compile_grammar(SCHEMA["properties"]["notes"])).matcher
    scores = np.random.default_rng(3).normal(size=512).astype(np.float32)
    before = scores.copy()
    choose = chooser(phi_4, matcher, temperature)
    assert choose.choose(scores, at=4) == choose.choose(scores, at=4)
    assert (scores == before).all()


def test_the_likeliest_of_two_at_hardly_any_temperature() -> None:
    """A temperature next to none chooses as none does, and a huge one as if all were alike."""
    entries = packed_entries(np.ones(3, dtype=bool), 100)
    scores = np.full(100, 99.0, dtype=np.float32)
    scores[:3] = [1.0, 1.001, -5.0]

    def drawn(temperature: float) -> NDArray[np.intp]:
        choose = Chooser(entries=entries, matcher=None, temperature=temperature, seed=1)
        return np.bincount([choose.choose(scores, at=at) for at in range(300)], minlength=3)

    assert drawn(1e-9).tolist() == [0, 300, 0]
    assert drawn(1e9).min() > 70


def test_numbers_follow_from_the_seed_and_the_place() -> None:
    """So that a token is drawn the same whatever was drawn, forced or guessed before it."""
    entries = packed_entries(np.ones(50, dtype=bool), 50)
    scores = np.zeros(50, dtype=np.float32)

    def draws(seed: int, places: list[int]) -> dict[int, int]:
        choose = Chooser(entries=entries, matcher=None, temperature=1.0, seed=seed)
        return {at: choose.choose(scores, at=at) for at in places}

    first = draws(5, [*range(40)])
    assert draws(5, [*reversed(range(40))]) == first
    assert draws(5, [3, 17]) == {at: first[at] for at in (3, 17)}
    assert draws(6, [*range(40)]) != first
    assert len(set(first.values())) > 15
