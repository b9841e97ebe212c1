"""T5 models in the entailment seat, in the two published ways of asking them.

MiniCheck-Flan-T5 reads `predict: EVIDENCE</s>CLAIM` and writes 1 or 0; its answer is the share of
the 1 between these two as the first token written. HHEM-2.1 reads a question around premise and
hypothesis, and labels the first token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guard.errors import ModelError
from guard.verify.cross_encoder import probabilities, roles_of
from guard.verify.cutting import PromptCutter, token_ids
from guard.verify.windowed import Windowed

LONGEST = 768
"""Tokens of a window. T5 has relative positions and no limit of its own; MiniCheck's authors give
it evidence in pieces of 500 words."""

LEAST_MASS = 0.01
"""A model that puts less than this on 1 and 0 together was going to write something else."""

PREDICT = "predict:"
PREMISE = "Determine if the hypothesis is true given the premise? Premise:"
HYPOTHESIS = "Hypothesis:"


def yes_no_writer(name: str, model: Any, tokenizer: Any) -> Windowed:
    """A loaded T5 that writes 1 for supported and 0 for the rest, as MiniCheck-Flan-T5 does."""
    import torch

    answers = _answers(name, tokenizer)
    end = _control(name, tokenizer, "eos_token_id")
    start = torch.tensor([[model.config.decoder_start_token_id or 0]])

    def ask(inputs: Mapping[str, Any]) -> list[float]:
        logits = model(**inputs, decoder_input_ids=start).logits[0, 0].float()
        mass = float(logits.softmax(-1)[answers].sum())
        if mass < LEAST_MASS:  # not where it is NaN, which is found out from the scores
            raise ModelError(
                f"{name} does not answer 1 or 0: it gives both together {mass:.2%}",
                hint="take a T5 that was trained as MiniCheck-Flan-T5 was",
            )
        return probabilities(logits[answers])

    cutter = PromptCutter(
        tokenizer=tokenizer,
        longest=LONGEST,
        before=tuple(token_ids(tokenizer, PREDICT)),
        between=(end,),
        after=(end,),
    )
    return Windowed(id=name, cutter=cutter, roles=("supported", "neutral"), ask=ask)


def first_token_classifier(name: str, model: Any, tokenizer: Any) -> Windowed:
    """A loaded T5 encoder with a label per token, the first of which counts, as in HHEM-2.1.

    Raises ModelError when its labels do not say what they mean.
    """

    def ask(inputs: Mapping[str, Any]) -> list[float]:
        return probabilities(model(**inputs).logits[0, 0])

    first = _control(name, tokenizer, "pad_token_id")
    cutter = PromptCutter(
        tokenizer=tokenizer,
        longest=LONGEST,
        before=(first, *token_ids(tokenizer, PREMISE)),
        between=tuple(token_ids(tokenizer, HYPOTHESIS)),
        after=(_control(name, tokenizer, "eos_token_id"),),
    )
    roles = roles_of(name, model.config.id2label)
    return Windowed(id=name, cutter=cutter, roles=roles, ask=ask)


def _answers(name: str, tokenizer: Any) -> list[int]:
    """The tokens with which a written 1 and a written 0 begin.

    In T5's own vocabulary these are “▁1” and, there being no “▁0”, the bare “▁”.
    """
    yes, no = (token_ids(tokenizer, answer)[:1] for answer in ("1", "0"))
    if not yes or not no or yes == no or tokenizer.unk_token_id in (*yes, *no):
        raise ModelError(
            f"the tokenizer of {name} does not tell 1 from 0", hint="take the model's own tokenizer"
        )
    return [*yes, *no]


def _control(name: str, tokenizer: Any, which: str) -> int:
    token: int | None = getattr(tokenizer, which)
    if token is None:
        raise ModelError(
            f"the tokenizer of {name} has no {which.removesuffix('_id')}",
            hint="set it in its tokenizer_config.json",
        )
    return token
