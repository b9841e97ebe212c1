"""A cancelled call raises, and a half text never passes as an answer."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from guard.errors import CancelledError
from guard.generate import generate
from guard.models.local import LocalModel
from guard.schema import load_schema
from guard.testing import ScriptedModel
from guard.types import Generation, Message, Sampling

ASK = (Message(role="user", content="Which part is it?"),)
WARM = Sampling(max_tokens=90, temperature=1.0, seed=1)
PUMP = {"type": "object", "properties": {"size": {"type": "integer", "maximum": 9}}}


@pytest.mark.parametrize("schema", [None, {"type": "object", "minProperties": 2}])
@pytest.mark.parametrize("times", [0, 1, 4])
def test_a_cancelled_call_gives_no_answer(phi_4: LocalModel, schema: Any, times: int) -> None:
    """Whenever it is cancelled, there is an error in place of a text or a value."""
    loaded = None if schema is None else load_schema(schema)
    asked = count()
    with pytest.raises(CancelledError, match="stopped before its answer was complete") as caught:
        generate(phi_4, ASK, schema=loaded, sampling=WARM, cancelled=lambda: next(asked) >= times)
    assert caught.value.hint
    assert next(asked) <= times + 3  # it stops at once


def test_a_call_that_is_not_cancelled_is_as_ever(phi_4: LocalModel) -> None:
    """Being asked changes nothing in what is written."""
    made = generate(phi_4, ASK, schema=None, sampling=WARM, cancelled=lambda: False)
    assert made.text == generate(phi_4, ASK, schema=None, sampling=WARM).text


def test_a_model_is_not_asked_once_it_is_cancelled() -> None:
    """Neither at first nor for a part that is to be mended."""
    model = ScriptedModel(['{"size": 12}', "7"])
    with pytest.raises(CancelledError):
        generate(model, ASK, schema=None, sampling=WARM, cancelled=lambda: True)
    assert model.asked == []
    asked = count()  # once before a text, and after each of its two words
    with pytest.raises(CancelledError):
        generate(
            model,
            ASK,
            schema=load_schema(PUMP),
            sampling=WARM,
            cancelled=lambda: next(asked) >= 3,
        )
    assert len(model.asked) == 1


@pytest.mark.parametrize("schema", [None, load_schema({"type": "integer"})])
def test_a_text_that_was_cut_is_no_value(schema: Any) -> None:
    """A model that was stopped by something else gives an error too, valid as its text may be."""
    model = ScriptedModel([Generation(text="12", model="m", finish="cancelled")])
    with pytest.raises(CancelledError):
        generate(model, ASK, schema=schema, sampling=WARM)
