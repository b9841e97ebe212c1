"""Watching a text as it is written: what is shown stays, and writing can be stopped."""

from __future__ import annotations

import json
import threading
from itertools import count, pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.models import Model, decoding
from guard.models.base import Request
from guard.models.local import LocalModel, open_local
from guard.models.profiles import PHI_4_TEMPLATE
from guard.models.streaming import certain
from guard.testing import ScriptedModel
from guard.types import Generation, Json, Message, Sampling

ASK = (Message(role="user", content="Which part is it? Größe 3 µm, naïve café."),)
SCHEMAS: list[Json] = [
    None,
    {"type": "string"},
    {"type": "array", "items": {"type": "string"}},
    {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "sizes": {"type": "array", "items": {"type": "number"}},
        },
        "required": ["name", "sizes"],
        "additionalProperties": False,
    },
]


def watched(
    model: Model, schema: Json, sampling: Sampling, *, last: int | None = None
) -> tuple[list[str], Generation]:
    """What was shown that was new, up to `last` times, and what was written."""
    shown: list[str] = []

    def watch(text: str) -> bool:
        if text != (shown or [""])[-1]:
            shown.append(text)
        return last is None or len(shown) < last

    return shown, model.write(ASK, schema=schema, sampling=sampling, watch=watch)


@given(
    schema=st.sampled_from(SCHEMAS),
    budget=st.integers(30, 90),
    seed=st.integers(0, 10_000),
    temperature=st.sampled_from([0.0, 0.7, 1.5]),
    stop=st.sampled_from([(), ("e",), ("an", "the "), ("\n\n",)]),
)
@settings(max_examples=40)
def test_what_is_shown_is_never_taken_back(
    phi_4: LocalModel,
    schema: Json,
    budget: int,
    seed: int,
    temperature: float,
    stop: tuple[str, ...],
) -> None:
    """Each text that is shown begins the next, and the last is the answer, however it ends."""
    sampling = Sampling(max_tokens=budget, temperature=temperature, seed=seed, stop=stop)
    shown, written = watched(phi_4, schema, sampling)
    for before, after in pairwise([*shown, written.text]):
        assert after.startswith(before)
    assert len(set(shown)) == len(shown)
    assert (shown or [""])[-1] == written.text
    assert written.text == phi_4.write(ASK, schema=schema, sampling=sampling).text


@pytest.mark.parametrize("schema", SCHEMAS)
def test_writing_can_be_stopped(phi_4: LocalModel, schema: Json) -> None:
    """When the watch says no, nothing more is written, and the text is what it saw."""
    sampling = Sampling(max_tokens=90, temperature=1.0, seed=2)
    shown, written = watched(phi_4, schema, sampling, last=2)
    assert len(shown) == 2
    assert (written.text, written.finish) == (shown[-1], "cancelled")
    whole = phi_4.write(ASK, schema=schema, sampling=sampling)
    assert written.usage.completion_tokens < whole.usage.completion_tokens
    assert whole.text.startswith(written.text)


def test_a_text_is_shown_while_it_is_written(writer: Model) -> None:
    """The watch sees a value long before it is finished, and in many steps."""
    shown, written = watched(writer, SCHEMAS[3], Sampling(max_tokens=60))
    assert len(shown) >= 3
    assert len(shown[0]) < len(written.text) / 2
    assert json.loads(written.text)


@pytest.mark.parametrize("schema", [None, SCHEMAS[3]])
def test_thinking_is_not_shown(tiny: ModuleType, tmp_path: Path, schema: Json) -> None:
    """The watch of a thinking model sees the answer alone."""
    template = PHI_4_TEMPLATE.replace(
        "'<|im_start|>assistant<|im_sep|>'", "'<|im_start|>assistant<|im_sep|><think>'"
    )
    tags = ("<think>", "</think>")
    model = open_local(str(tiny.phi_4(tmp_path, extra=tags, template=template)))
    shown, written = watched(model, schema, Sampling(max_tokens=160, temperature=1.0, seed=1))
    assert (shown or [""])[-1] == written.text
    assert all(written.text.startswith(text) and "think" not in text for text in shown)
    assert written.thinking or schema is None


@pytest.mark.parametrize("schema", [None, SCHEMAS[3]])
def test_thinking_can_be_stopped(tiny: ModuleType, tmp_path: Path, schema: Json) -> None:
    """A thinking model is asked to stop while there is no answer to show yet."""
    template = PHI_4_TEMPLATE.replace(
        "'<|im_start|>assistant<|im_sep|>'", "'<|im_start|>assistant<|im_sep|><think>'"
    )
    folder = tiny.phi_4(tmp_path, extra=("<think>", "</think>"), template=template)
    model, asked = open_local(str(folder)), count()
    sampling = Sampling(max_tokens=160, temperature=1.0, seed=1)
    made = model.write(ASK, schema=schema, sampling=sampling, watch=lambda _: next(asked) < 5)
    assert (made.text, made.finish) == ("", "cancelled")
    assert made.usage.completion_tokens < 40


def test_reading_a_long_prompt_can_be_stopped(
    phi_4: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prompts that take several passes are given up after the first, and those that wait too."""
    monkeypatch.setattr(decoding, "CHUNK", 64)
    passes: list[None] = []
    hook = phi_4._model.register_forward_pre_hook(lambda *_: passes.append(None))
    asked = [
        Request(messages=(Message(role="user", content=f"{at} " + "Go on. " * 90),))
        for at in range(3)
    ]
    try:
        found = phi_4.write_many(asked, watch=lambda _: not passes)
    finally:
        hook.remove()
    assert len(passes) == 1
    assert [isinstance(each, Generation) and each.finish for each in found] == ["cancelled"] * 3


def test_a_call_that_waits_for_its_turn_can_be_stopped(phi_4: LocalModel) -> None:
    """A model that is busy with one text gives another up before it is free again."""
    busy, free = threading.Event(), threading.Event()

    def hold(_: str) -> bool:
        busy.set()
        return free.wait(20)

    first = threading.Thread(
        target=lambda: phi_4.write(ASK, schema=None, sampling=Sampling(), watch=hold)
    )
    first.start()
    assert busy.wait(20)
    made = phi_4.write(ASK, schema=None, sampling=Sampling(), watch=lambda _: False)
    assert (made.text, made.finish, made.usage.completion_tokens) == ("", "cancelled", 0)
    assert first.is_alive()
    free.set()
    first.join()


@given(st.text("ab</think>\n", max_size=30), st.integers(0, 30))
def test_what_is_certain_is_a_beginning_of_the_answer(text: str, size: int) -> None:
    """Of any beginning of a text, what is certain begins what is certain of the whole."""
    for thinks in (True, False):
        for stops in ((), ("ab",), ("aab", "k\n")):
            early = certain(text[:size], stops=stops, thinks=thinks)
            assert certain(text, stops=stops, thinks=thinks).startswith(early)


def test_a_script_can_be_watched() -> None:
    """The stand-in for a model shows its answer word by word, and can be stopped."""
    shown, written = watched(ScriptedModel(["one two three"]), None, Sampling(), last=2)
    assert shown == ["one ", "one two "]
    assert (written.text, written.finish) == ("one two ", "cancelled")


def test_bytes_that_are_no_text_spoil_nothing_that_was_shown() -> None:
    """Where tokens are bytes, a wrong one changes what those before it say."""
    import torch
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<unk>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *"abcdefghi\u2581"]
    vocabulary = {word: at for at, word in enumerate(words)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>", byte_fallback=True))
    core.normalizer = normalizers.Replace(" ", "\u2581")
    core.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="</s>", unk_token="<unk>")
    torch.manual_seed(3)
    size = {"vocab_size": len(words), "hidden_size": 16, "intermediate_size": 16}
    model = LlamaForCausalLM(LlamaConfig(**size, num_hidden_layers=1, num_attention_heads=2))
    local = LocalModel(model.eval(), fast, name="bytes")
    for seed in range(12):
        sampling = Sampling(max_tokens=20, temperature=1.0, seed=seed)
        shown, written = watched(local, None, sampling)
        for before, after in pairwise([*shown, written.text]):
            assert after.startswith(before)
