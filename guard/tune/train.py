"""The training loop: a BERT-like cross-encoder, three answers, on the CPU.

Rows whose label is only `not_supported` are trained as "supported against the rest". Rows of like
length share a step, so that little is padded: half of the time would go into padding otherwise.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guard.tune.rows import Answer, Row
from guard.tune.workers import agree, share_gradients
from guard.verify.encoding import Encoded, PairEncoder
from guard.verify.focus import focus

TOKENS = 1280
"""Padded tokens of one forward pass."""

SORTED = 512
"""So many rows, taken at random, are sorted by length and cut into the batches of steps."""

LABELS: Mapping[Answer, int] = {"supported": 0, "contradicted": 1, "neutral": 2}
DECAY = 0.01
CLIP = 1.0
EVALUATE_BATCH = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How to train. A step has at most `batch` rows for each of its `workers`, processes of one
    thread that share it. `rate` is the peak learning rate; it rises for `warmup` of the steps and
    then falls to 0. `smoothing` is label smoothing, `words` what evidence is cut to. Where teachers
    have answered a row, their answer weighs `taught` and its label the rest. Training ends after
    `patience` evaluations in a row that were not better than the best; 0 is never."""

    seed: int = 0
    epochs: float = 1.0
    batch: int = 24
    rate: float = 8e-5
    warmup: float = 0.06
    smoothing: float = 0.05
    taught: float = 0.5
    longest: int = 320
    words: int = 160
    bfloat16: bool = True
    workers: int = 1
    evaluations: int = 8
    patience: int = 0


def encode_rows(rows: Sequence[Row], encoder: PairEncoder, *, words: int) -> list[Encoded]:
    """Each row as the model reads it."""
    return [encoder.encode(focus(row.claim, row.evidence, words=words), row.claim) for row in rows]


def train(
    model: Any,
    rows: Sequence[Row],
    encoder: PairEncoder,
    settings: Settings,
    *,
    rank: int = 0,
    evaluate: Callable[[Any], float] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Any:
    """Train `model` in place and return the state that `evaluate` (higher is better) likes best.

    Without `evaluate` that is the last one. The same settings and rows give the same weights on the
    same processor. `rank` is the number of this worker (`guard.tune.workers`).
    """
    import torch

    torch.manual_seed(settings.seed)
    torch.set_num_threads(1)
    for parameter in model.bert.embeddings.word_embeddings.parameters():
        parameter.requires_grad = False  # half of all weights, and rows are too few to move them
    pairs = encode_rows(rows, encoder, words=settings.words)
    steps = list(_steps(pairs, settings))
    optimizer = torch.optim.AdamW(_groups(model), lr=settings.rate, fused=True)
    best, loss_mean = _Best(settings), 0.0
    model.train()
    for number, indices in enumerate(steps, start=1):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * _rate(number, len(steps), settings.warmup)
        mine = indices[rank] if rank < len(indices) else []
        loss = _step(model, [pairs[i] for i in mine], [rows[i] for i in mine], settings)
        share_gradients(model, settings.workers)
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss_mean = loss if number == 1 else 0.98 * loss_mean + 0.02 * loss
        if progress:
            progress(number, len(steps), f"loss {loss_mean:.3f}")
        due = number == len(steps) or _due(number, len(steps), settings.evaluations)
        if due and best.ends(model, evaluate):
            break
    return best.restore(model).eval()


class _Best:
    """The best state of a training so far, and how long there has been no better one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._value, self._worse = -math.inf, 0
        self._state: dict[str, Any] | None = None

    def ends(self, model: Any, evaluate: Callable[[Any], float] | None) -> bool:
        """Look at the state of `model`; whether training has gone on for too long without gain."""
        if evaluate:
            value = evaluate(model.eval())
            model.train()
            self._worse = 0 if value >= self._value else self._worse + 1
            if value >= self._value:
                self._value = value
                self._state = {name: t.detach().clone() for name, t in model.state_dict().items()}
        wish = 0 < self._settings.patience <= self._worse
        return agree(wish=wish, workers=self._settings.workers)

    def restore(self, model: Any) -> Any:
        """`model` in its best state; without evaluations, as it is."""
        if self._state is not None:
            model.load_state_dict(self._state)
        return model


def _due(number: int, total: int, evaluations: int) -> bool:
    return number * evaluations // total > (number - 1) * evaluations // total


def _groups(model: Any) -> list[dict[str, Any]]:
    """Biases and norms are not decayed."""
    wanted = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    plain = [p for name, p in wanted if p.ndim < 2]
    return [
        {"params": [p for _, p in wanted if p.ndim >= 2], "weight_decay": DECAY},
        {"params": plain, "weight_decay": 0.0},
    ]


def _rate(number: int, total: int, warmup: float) -> float:
    rising = max(1, int(total * warmup))
    return number / rising if number <= rising else max(0.0, (total - number) / (total - rising))


def _steps(pairs: Sequence[Encoded], settings: Settings) -> Iterator[list[list[int]]]:
    """The rows of each step by worker: every row once an epoch, in another order each time."""
    chance = random.Random(settings.seed)
    left = round(len(pairs) * settings.epochs)
    while left > 0:
        order = list(range(len(pairs)))
        chance.shuffle(order)
        order = order[:left]
        left -= len(order)
        for start in range(0, len(order), SORTED):
            some = order[start : start + SORTED]
            found = batches([pairs[i] for i in some], rows=settings.batch)
            parts = [[some[j] for j in part] for part in found]
            # Neighbours are of like length, so that no worker waits long for another.
            team = settings.workers
            groups = [parts[first : first + team] for first in range(0, len(parts), team)]
            chance.shuffle(groups)
            yield from groups


def batches(pairs: Sequence[Encoded], *, rows: int = EVALUATE_BATCH) -> Iterator[list[int]]:
    """Indices of at most `rows` pairs of like length that padded stay within `TOKENS`."""
    part: list[int] = []
    for index in sorted(range(len(pairs)), key=lambda i: len(pairs[i].ids)):
        full = len(part) == rows or len(pairs[index].ids) * (len(part) + 1) > TOKENS
        if part and full:
            yield part
            part = []
        part.append(index)
    if part:
        yield part


def _step(model: Any, pairs: Sequence[Encoded], rows: Sequence[Row], settings: Settings) -> float:
    """Set the gradients of one worker's rows; their mean loss."""
    import torch

    if not pairs:
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter) if parameter.requires_grad else None
        return 0.0

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
        logits = model(**tensors(pairs))
    loss = loss_of(logits.float(), rows, settings).mean()
    loss.backward()
    return float(loss.detach())


def tensors(pairs: Sequence[Encoded]) -> dict[str, Any]:
    """Padded inputs of the model, each of shape (pairs, longest)."""
    import torch

    width = max(len(pair.ids) for pair in pairs)
    padded = {
        "input_ids": [pair.ids + [0] * (width - len(pair.ids)) for pair in pairs],
        "token_type_ids": [pair.kinds + [0] * (width - len(pair.ids)) for pair in pairs],
        "attention_mask": [[1] * len(p.ids) + [0] * (width - len(p.ids)) for p in pairs],
    }
    return {name: torch.tensor(values) for name, values in padded.items()}


def loss_of(logits: Any, rows: Sequence[Row], settings: Settings) -> Any:
    """What each row costs, of shape (rows,): the cross-entropy of its label and of what teachers
    answer, where they do."""
    import torch

    logs = logits.log_softmax(-1)
    plain = _loss_of_labels(logs, [row.label for row in rows], settings.smoothing)
    answers = torch.tensor([row.taught or (0.0, 0.0, 0.0) for row in rows])
    weight = settings.taught * answers.sum(-1)
    return (1.0 - weight) * plain - settings.taught * (answers * logs).sum(-1)


def _loss_of_labels(logs: Any, labels: Sequence[Answer], smoothing: float) -> Any:
    """Cross-entropy of log probabilities; `not_supported` is all but the first answer."""
    import torch

    rest = logs[:, 1:].logsumexp(-1)
    three = torch.tensor([LABELS.get(label, 0) for label in labels])
    binary = torch.tensor([label == "not_supported" for label in labels])
    hard = torch.where(binary, rest, logs.gather(1, three[:, None])[:, 0])
    uniform = torch.where(binary, (logs[:, 0] + rest) / 2, logs.mean(-1))
    return -((1.0 - smoothing) * hard + smoothing * uniform)


def support(model: Any, pairs: Sequence[Encoded]) -> list[list[float]]:
    """Probabilities of the three answers for each pair, in order."""
    import torch

    found: dict[int, list[float]] = {}
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for part in batches(pairs):
            logits = model(**tensors([pairs[i] for i in part])).float()
            found |= dict(zip(part, logits.softmax(-1).tolist(), strict=True))
    return [found[i] for i in range(len(pairs))]
