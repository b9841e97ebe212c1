"""Thinking before answers of a local model: never shown as one, and never in the value's way."""

from __future__ import annotations

import json
from types import ModuleType

import pytest

from guard.models import Model
from guard.models.local import LocalModel, open_local
from guard.models.profiles import PHI_4_TEMPLATE
from guard.types import Json, Message, Sampling

ASK = (Message(role="user", content="A pump."),)
LONG = (Message(role="user", content="A pump. " * 80),)
SCHEMA: Json = {
    "type": "object",
    "properties": {"n": {"type": "string", "maxLength": 5}},
    "required": ["n"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def thinker(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """A tiny Phi-4 whose chat template begins the thinking, as DeepSeek-R1's does."""
    template = PHI_4_TEMPLATE.replace(
        "'<|im_start|>assistant<|im_sep|>'", "'<|im_start|>assistant<|im_sep|><think>'"
    )
    folder = tmp_path_factory.mktemp("thinker")
    return open_local(str(tiny.phi_4(folder, extra=("<think>", "</think>"), template=template)))


def test_thinking_that_is_cut_off_is_no_answer(thinker: LocalModel) -> None:
    """Where the prompt opened the thinking and nothing closed it, there is no answer to show."""
    shown: list[str] = []
    made = thinker.write(
        ASK,
        schema=None,
        sampling=Sampling(max_tokens=20, temperature=1.0, seed=1),
        watch=lambda text: shown.append(text) is None,
    )
    assert (made.text, made.finish) == ("", "length")
    assert made.thinking
    assert set(shown) == {""}


def test_stop_strings_are_looked_for_in_the_answer_alone(thinker: LocalModel) -> None:
    """A stop string that the model thinks of ends nothing."""
    sampling = Sampling(max_tokens=200, temperature=1.0, seed=7)
    whole = thinker.write(ASK, schema=None, sampling=sampling)
    assert whole.thinking
    stop = next(char for char in whole.text[1:] if char in whole.thinking and char.isalpha())
    stopping = Sampling(max_tokens=200, temperature=1.0, seed=7, stop=(stop,))
    stopped = thinker.write(ASK, schema=None, sampling=stopping)
    assert stopped.thinking == whole.thinking
    assert (stopped.text, stopped.finish) == (whole.text.partition(stop)[0], "stop")


@pytest.mark.parametrize("seed", [6, 10])
def test_thinking_leaves_room_for_the_value_in_the_window(thinker: LocalModel, seed: int) -> None:
    """With a budget far over the window, thinking without an end leaves a part of it."""
    sampling = Sampling(max_tokens=4_000, temperature=1.0, seed=seed)
    made = thinker.write(LONG, schema=SCHEMA, sampling=sampling)
    assert made.finish == "stop"
    assert made.thinking
    assert json.loads(made.text)


@pytest.mark.parametrize("budget", [5, 6, 7, 12])
def test_thinking_leaves_a_small_budget_to_the_value(thinker: LocalModel, budget: int) -> None:
    """A budget that holds a short value is enough, thinking or not."""
    sampling = Sampling(max_tokens=budget, temperature=1.0, seed=1)
    made = thinker.write(ASK, schema=SCHEMA, sampling=sampling)
    assert isinstance(json.loads(made.text)["n"], str)
    assert made.usage.completion_tokens <= budget


def test_control_tokens_are_not_in_texts(writer: Model) -> None:
    """Nor is the one that stands for what a tokenizer does not know, such as `<think>`."""
    assert isinstance(writer, LocalModel)
    unknown = writer._tokenizer.unk_token_id
    assert writer._text([unknown, *writer._tokenizer("pump").input_ids]) == "pump"
