"""Budgets that are none, and tokenizers that cannot spell what a schema wants."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from guard.config import load_config
from guard.errors import ConfigError, GuardError, InputError
from guard.generate import generate
from guard.models.local import LocalModel, open_local
from guard.schema import load_schema, validate
from guard.types import Message, Sampling

ASK = (Message(role="user", content="Go on."),)
SECONDS = 20.0
SCHEMAS: list[Any] = [None, {"type": "integer"}, {"type": "object"}, {"const": "pump"}]


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("budget", [0, -1, -(10**30)])
def test_a_budget_of_nothing_is_refused(phi_4: LocalModel, schema: Any, budget: int) -> None:
    """No token is written for a budget below one, with or without a schema."""
    loaded = None if schema is None else load_schema(schema)
    with pytest.raises(InputError, match="max_tokens is below 1") as caught:
        generate(phi_4, ASK, schema=loaded, sampling=Sampling(max_tokens=budget))
    assert caught.value.hint == "raise max_tokens"


@pytest.mark.parametrize("attempts", [0, -3])
def test_no_attempt_is_none(phi_4: LocalModel, attempts: int) -> None:
    """Attempts below one are refused as a budget is."""
    with pytest.raises(InputError, match="attempts is below 1"):
        generate(phi_4, ASK, schema=None, sampling=Sampling(), attempts=attempts)


@pytest.mark.parametrize("schema", [each for each in SCHEMAS if each is not None])
@pytest.mark.parametrize("budget", [1, 2, 3, 10**9])
def test_a_small_or_huge_budget_ends_in_a_value_or_says_what_it_takes(
    phi_4: LocalModel, schema: Any, budget: int
) -> None:
    """Where no value fits, the error names the least; a budget over the window is cut to it."""
    loaded, start, refused = load_schema(schema), time.monotonic(), None
    try:
        made = generate(phi_4, ASK, schema=loaded, sampling=Sampling(max_tokens=budget))
    except InputError as error:
        refused = error
    assert time.monotonic() - start < SECONDS
    if refused is None:
        assert validate(made.value, loaded) == ()
        assert made.usage.completion_tokens <= min(budget, phi_4.window)
    else:
        assert "room for" in refused.message
        assert refused.hint


@pytest.mark.parametrize("name", ["max_tokens", "attempts"])
@pytest.mark.parametrize("amount", [0, -1, 1.5, "many"])
def test_a_configured_budget_of_nothing_is_refused(name: str, amount: Any, tmp_path: Path) -> None:
    """The configuration says so before anything is loaded."""
    with pytest.raises(ConfigError, match=name):
        load_config(folder=tmp_path, environ={}, overrides={name: amount})


def poor(tiny: Any, folder: Path, *, alphabet: str) -> LocalModel:
    """A tiny Phi-4 whose tokenizer has a token for each of these characters, and no bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import Phi3Config, Phi3ForCausalLM, PreTrainedTokenizerFast

    specials = tiny.PHI_4_TOKENS
    letters = alphabet.replace(" ", "\u0120")  # a blank, as byte-level tokenizers write it
    vocabulary = {token: at for at, token in enumerate([*specials, "<unk>", *letters])}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token="<|endoftext|>",
        pad_token="<|endoftext|>",
        unk_token="<unk>",
        additional_special_tokens=specials,
    )
    fast.chat_template = tiny.PHI_4_TEMPLATE
    torch.manual_seed(4)
    config = Phi3Config(**tiny.SIZE, pad_token_id=0, bos_token_id=0, eos_token_id=0)
    Phi3ForCausalLM(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return open_local(str(folder))


LETTERS = "abcdefghijklmnopqrstuvwxyz 0123456789.,:-"


@pytest.fixture(scope="module")
def braceless(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """A model that can write numbers, quotes and lists, but no `{` and nothing beyond ASCII."""
    return poor(tiny, tmp_path_factory.mktemp("poor"), alphabet=LETTERS + '"[]}\\')


@pytest.mark.parametrize(
    ("schema", "value"),
    [({"const": "pump"}, "pump"), ({"enum": [17]}, 17), ({"const": ["a", 1]}, ["a", 1])],
)
def test_a_poor_tokenizer_writes_what_it_can_spell(
    braceless: LocalModel, schema: Any, value: Any
) -> None:
    """What needs none of the missing characters is written."""
    made = generate(braceless, ASK, schema=load_schema(schema), sampling=Sampling(max_tokens=40))
    assert made.value == value


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}},
            "required": ["a"],
            "additionalProperties": False,
        },
        {"const": "\u00fcber"},
        {"enum": ["\u6c34", "\u706b"]},
        {"type": "string", "pattern": "^[A-Z]{3}$"},
        {"type": "array", "items": {"type": "object"}, "minItems": 1},
    ],
)
def test_what_a_tokenizer_cannot_spell_is_an_error(braceless: LocalModel, schema: Any) -> None:
    """A value that needs a missing character is an error of guard's; nothing else comes out."""
    start = time.monotonic()
    with pytest.raises(GuardError, match="tokenizer") as caught:
        generate(braceless, ASK, schema=load_schema(schema), sampling=Sampling(max_tokens=40))
    assert "tokenizer" in (caught.value.hint or "")
    assert time.monotonic() - start < SECONDS
