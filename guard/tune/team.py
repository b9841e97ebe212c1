"""Training in one process or in several, from values that can be sent to another process."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guard.errors import InputError, RunError
from guard.runtime import load_tokenizer
from guard.tune.export import read_weights
from guard.tune.rows import Row
from guard.tune.train import Settings, train
from guard.tune.workers import join
from guard.verify.encoding import PairEncoder
from guard.verify.verifier import MODEL, SHIPPED, TOKENIZER, load_verifier

UNFINISHED = "unfinished.safetensors"
"""The best state so far, in the output folder until the verifier is there."""

SECONDS = 60
"""How long a worker may take to end once training is over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What is trained: rows, how, and from what (`minilm`, `shipped`, a verifier's folder, or the
    `UNFINISHED` file of a training that was stopped)."""

    base: str
    rows: Sequence[Row]
    settings: Settings

    def encoder(self) -> PairEncoder:
        """What makes the rows the model's input."""
        return PairEncoder(load_tokenizer(tokenizer_of(self.base)), self.settings.longest)


def tokenizer_of(base: str) -> Path:
    """The tokenizer's file of what training starts from."""
    from guard.models.embedded import encoder_dir

    own = base != "minilm" and not base.endswith(UNFINISHED)
    return (_folder(base) if own else encoder_dir()) / TOKENIZER


def _folder(base: str) -> Path:
    return SHIPPED if base == "shipped" else Path(base)


def _network(base: str) -> Any:
    import torch

    from guard.models.embedded import encoder_dir
    from guard.tune.network import network_of, new_network

    torch.manual_seed(0)  # the same head for every seed and worker, or they could not be averaged
    if base == "minilm":
        return new_network(encoder_dir())
    if base.endswith(UNFINISHED):
        return network_of(unfinished(Path(base)))
    load_verifier(_folder(base))  # says clearly what is wrong with a folder that is none
    return network_of(read_weights(_folder(base) / MODEL))


def unfinished(path: Path) -> dict[str, Any]:
    """The weights in an `UNFINISHED` file. Raises InputError."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise InputError(
            f"cannot read {path}: {error}", hint="name a file of guard tune"
        ) from error


def arrays(model: Any) -> dict[str, Any]:
    """The weights of a network by name."""
    return {name: value.detach().float().numpy() for name, value in model.state_dict().items()}


def train_job(
    job: Job,
    *,
    evaluate: Callable[[Any], float] | None,
    progress: Callable[[int, int, str], None] | None,
) -> dict[str, Any]:
    """The weights that `train` finds, as arrays. Raises RunError when a worker fails."""
    with _others(job):
        model = train(
            _network(job.base),
            job.rows,
            job.encoder(),
            job.settings,
            evaluate=evaluate,
            progress=progress,
        )
    return arrays(model)


@contextmanager
def _others(job: Job) -> Iterator[None]:
    """The other workers, running while the block does."""
    workers = job.settings.workers
    if workers == 1:
        yield
        return
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder, "meeting")
        started = [
            context.Process(target=_work, args=(job, rank, meeting), daemon=True)
            for rank in range(1, workers)
        ]
        for process in started:
            process.start()
        try:
            join(meeting, rank=0, workers=workers)
            yield
        except RuntimeError as error:  # how gloo says that a worker is gone
            raise RunError(
                f"a training process ended early: {error}", hint="set workers = 1 in the recipe"
            ) from error
        finally:
            _end(started)


def _end(started: Sequence[Any]) -> None:
    import torch.distributed as dist

    if dist.is_initialized():
        dist.destroy_process_group()
    for process in started:
        process.join(SECONDS)
        process.kill()


def _work(job: Job, rank: int, meeting: Path) -> None:
    """The life of another worker."""
    join(meeting, rank=rank, workers=job.settings.workers)
    train(_network(job.base), job.rows, job.encoder(), job.settings, rank=rank)
