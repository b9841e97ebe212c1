"""Entailment by any sequence-classification cross-encoder of the transformers library.

The meaning of its outputs is read from the model's own `id2label`, never from their order. Long
evidence is cut into overlapping windows of tokens that together cover all of it; a pair's support
is the best of its windows, and so is its contradiction.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from guard.errors import ModelError
from guard.verify.entailment import Scores

BATCH = 16
OVERLAP = 64
"""Tokens that neighbouring windows share, where the window is long enough."""

LEAST_EVIDENCE = 32
"""A claim must leave room for so many tokens of evidence."""

LONGEST = 512
"""Tokens of a window where neither model nor tokenizer says how many they take."""

Role = Literal["supported", "contradicted", "neutral"]
_ROLES: Mapping[str, Role] = {
    "entailment": "supported",
    "entail": "supported",
    "entails": "supported",
    "entailed": "supported",
    "supported": "supported",
    "support": "supported",
    "supports": "supported",
    "consistent": "supported",
    "yes": "supported",
    "true": "supported",
    "factual": "supported",
    "contradiction": "contradicted",
    "contradict": "contradicted",
    "contradicts": "contradicted",
    "contradicted": "contradicted",
    "refuted": "contradicted",
    "refutes": "contradicted",
    "neutral": "neutral",
    "unsupported": "neutral",
    "notsupported": "neutral",
    "notentailment": "neutral",
    "notentailed": "neutral",
    "notenoughinfo": "neutral",
    "nei": "neutral",
    "inconsistent": "neutral",
    "hallucinated": "neutral",
    "no": "neutral",
    "false": "neutral",
}


@dataclass(frozen=True, kw_only=True)
class CrossEncoder:
    """A loaded classifier; `roles` says what each output means (one role: a sigmoid)."""

    id: str
    model: Any
    tokenizer: Any
    roles: tuple[Role, ...]
    longest: int
    # Fast tokenizers raise "Already borrowed" when two threads use one.
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        """Scores of (evidence, claim) pairs. Raises ModelError when a claim leaves no room."""
        with self._lock:
            windows = [
                (index, window)
                for index, (evidence, claim) in enumerate(pairs)
                for window in self.windows(evidence, claim)
            ]
            rows = self._run([window for _, window in windows])
        table: list[list[Scores]] = [[] for _ in pairs]
        for (index, _), row in zip(windows, rows, strict=True):
            table[index].append(row)
        return [union(found) for found in table]

    def windows(self, evidence: str, claim: str) -> list[dict[str, list[int]]]:
        """Token ids of the pair, once per window of the evidence; together they hold all of it."""
        tokens = len(self.tokenizer(claim, add_special_tokens=False)["input_ids"])
        special = self.tokenizer.num_special_tokens_to_add(pair=True)
        room = self.longest - tokens - special
        if room < LEAST_EVIDENCE and room < self.longest // 2:
            raise ModelError(
                f"the claim has {tokens} tokens, which leaves {self.id} ({self.longest} tokens)"
                " no room for evidence",
                hint="split the claim, or take a model with a longer input",
            )
        coded = self.tokenizer(
            evidence,
            claim,
            truncation="only_first",
            max_length=self.longest,
            stride=min(OVERLAP, room // 2),
            return_overflowing_tokens=True,
        )
        names = [name for name in self.tokenizer.model_input_names if name in coded]
        return [
            {name: coded[name][row] for name in names} for row in range(len(coded["input_ids"]))
        ]

    def _run(self, windows: Sequence[Mapping[str, list[int]]]) -> list[Scores]:
        """Scores of the windows, in order; windows of like length share a batch."""
        import torch

        order = sorted(range(len(windows)), key=lambda i: len(windows[i]["input_ids"]))
        scores: dict[int, Scores] = {}
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            batch = self.tokenizer.pad([dict(windows[i]) for i in part], return_tensors="pt")
            with torch.inference_mode():
                logits = self.model(**batch).logits.float()
            if not torch.isfinite(logits).all():
                raise ModelError(
                    f"{self.id} gave scores that are not numbers", hint="its weights are damaged"
                )
            probabilities = logits.sigmoid() if len(self.roles) == 1 else logits.softmax(-1)
            rows = probabilities.tolist()
            scores |= {i: self._scores(row) for i, row in zip(part, rows, strict=True)}
        return [scores[i] for i in range(len(windows))]

    def _scores(self, row: Sequence[float]) -> Scores:
        share = dict.fromkeys(("supported", "contradicted", "neutral"), 0.0)
        for role, value in zip(self.roles, row, strict=True):
            share[role] += value
        return _normal(share["supported"], share["contradicted"])


def union(windows: Sequence[Scores]) -> Scores:
    """The best support and the best contradiction of the windows, as one distribution."""
    return _normal(max(one.supported for one in windows), max(one.contradicted for one in windows))


def _normal(supported: float, contradicted: float) -> Scores:
    """A distribution with these two, scaled down where they exceed 1 together."""
    scale = max(1.0, supported + contradicted)
    supported, contradicted = round(supported / scale, 6), round(contradicted / scale, 6)
    return Scores(
        supported=supported,
        contradicted=contradicted,
        neutral=max(0.0, 1.0 - supported - contradicted),
    )


def load_cross_encoder(directory_or_id: str | Path) -> CrossEncoder:
    """The classifier in a folder or of that name on the model hub, as safetensors only.

    Raises ModelError when there is none, or when it is no classifier of support.
    """
    name = str(directory_or_id)
    try:
        model, tokenizer = _load(name)
    except Exception as error:  # the library raises whatever its parts raise
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(
            f"no entailment model {name!r}: {first}",
            hint="pass “baseline”, or the folder of a sequence-classification model with"
            " safetensors weights and its tokenizer",
        ) from error
    roles = roles_of(name, model.config.id2label)
    return CrossEncoder(
        id=Path(name).name if Path(name).is_dir() else name,
        model=model,
        tokenizer=tokenizer,
        roles=roles,
        longest=_longest(model.config, tokenizer),
    )


def _load(name: str) -> tuple[Any, Any]:
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    config = AutoConfig.from_pretrained(name, trust_remote_code=False)
    if not any("SequenceClassification" in kind for kind in config.architectures or ()):
        raise ValueError(f"it is {config.architectures or 'of no known kind'}, not a classifier")
    model = AutoModelForSequenceClassification.from_pretrained(
        name, trust_remote_code=False, use_safetensors=True
    )
    return model.eval(), AutoTokenizer.from_pretrained(name, trust_remote_code=False)


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
    return int(min(positions, tokenizer.model_max_length, 4096))
