"""Several processes that train one model: each takes a part of every step, and they average.

This is synchronous data-parallel training over torch's gloo, on this machine only. Small batches
leave most of a second thread idle, while a second process is nearly twice as fast.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

WAIT = timedelta(minutes=10)
"""How long workers wait for one another: for longer than any evaluation takes."""


def join(meeting: Path, *, rank: int, workers: int) -> None:
    """Make this process worker number `rank` of `workers`, which meet by the file `meeting`."""
    import os

    import torch.distributed as dist

    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # nothing leaves this machine
    dist.init_process_group(
        "gloo",
        init_method=f"file://{meeting}",
        rank=rank,
        world_size=workers,
        timeout=WAIT,
    )


def share_gradients(model: Any, workers: int) -> None:
    """Replace the gradients of `model` by their mean over all workers."""
    if workers == 1:
        return
    import torch
    import torch.distributed as dist

    grads = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([grad.reshape(-1) for grad in grads])
    dist.all_reduce(flat)
    flat /= workers
    start = 0
    for grad in grads:
        grad.copy_(flat[start : start + grad.numel()].view_as(grad))
        start += grad.numel()


def agree(*, wish: bool, workers: int) -> bool:
    """Whether any worker wishes it; every worker must ask."""
    if workers == 1:
        return wish
    import torch
    import torch.distributed as dist

    wishes = torch.tensor([float(wish)])
    dist.all_reduce(wishes)
    return bool(wishes.item() > 0)
