"""Sequence classifiers in the entailment seat: NLI models, and yes/no models of support.

The meaning of their outputs is read from the model's own `id2label`, never from their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guard.errors import ModelError
from guard.verify.cutting import PairCutter
from guard.verify.windowed import Role, Windowed

LONGEST = 512
"""Tokens of a window where neither model nor tokenizer says how many they take."""

MOST = 4096
"""Tokens of a window at most, for models that take more: attention grows with the square."""

_NAMES: Mapping[Role, str] = {
    "supported": "entailment entail entails entailed supported support supports consistent"
    " factuallyconsistent faithful grounded factual yes true correct",
    "contradicted": "contradiction contradict contradicts contradicted contradictory refuted"
    " refutes refute",
    "neutral": "neutral unsupported notsupported notentailment notentailed nonentailment"
    " notenoughinfo nei inconsistent notconsistent hallucinated hallucination hallucinates"
    " unfaithful ungrounded notgrounded nonfactual no false incorrect",
}
_ROLES: Mapping[str, Role] = {
    name: role for role, names in _NAMES.items() for name in names.split()
}


def classifier(name: str, model: Any, tokenizer: Any) -> Windowed:
    """A loaded sequence classifier. Raises ModelError when its labels do not say what they mean."""

    def ask(inputs: Mapping[str, Any]) -> list[float]:
        return probabilities(model(**inputs).logits[0])

    return Windowed(
        id=name,
        cutter=PairCutter(tokenizer=tokenizer, longest=_longest(model.config, tokenizer)),
        roles=roles_of(name, model.config.id2label),
        ask=ask,
    )


def probabilities(logits: Any) -> list[float]:
    """One row of logits as probabilities; a single one is read on its own, as a sigmoid."""
    row = logits.float()
    found: list[float] = (row.sigmoid() if len(row) == 1 else row.softmax(-1)).tolist()
    return found


def roles_of(name: str, labels: Mapping[int, str]) -> tuple[Role, ...]:
    """What each output of a model means. Raises ModelError, naming labels that say nothing."""
    written = [str(labels[index]) for index in sorted(labels)]
    if len(written) == 1:
        return ("supported",)  # one number is read as the probability of support
    plain = ["".join(c for c in label.lower() if c.isalpha()) for label in written]
    unknown = [label for label, key in zip(written, plain, strict=True) if key not in _ROLES]
    roles = tuple(_ROLES[key] for key in plain if key in _ROLES)
    if unknown or roles.count("supported") != 1:
        raise ModelError(
            f"the labels of {name} do not say which one means support: {', '.join(written)}",
            hint="set id2label in its config.json to entailment, neutral and contradiction,"
            " or to supported and unsupported",
        )
    return roles


def _longest(config: Any, tokenizer: Any) -> int:
    """The tokens of one input: what the model has positions for, and its tokenizer allows."""
    positions = getattr(config, "max_position_embeddings", None) or LONGEST
    if getattr(config, "model_type", "") in ("roberta", "xlm-roberta", "camembert"):
        positions -= 2  # their positions start behind the padding index
    return int(min(positions, tokenizer.model_max_length, MOST))
