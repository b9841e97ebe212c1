"""ONNX models, opened safely and run so that a result depends on its input alone.

A graph takes one text or pair at a time, without padding: int8 models scale their activations by
the largest one in a batch, so that neighbours in a batch would show in the result. One thread runs
one input; several inputs run in several threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from guard.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_BYTES = 2_000_000_000
FEW = 4
"""So few inputs are not worth starting threads for."""

T = TypeVar("T")
R = TypeVar("R")


def open_session(path: Path, weights: Mapping[str, NDArray[np.float32]] | None = None) -> Any:
    """The model in the file `path`, given `weights` for those that the file only names.

    Raises ModelError when it is none. The file is read into memory first, so that it cannot point
    to other files.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}", hint=_HINT) from error
    if not data:
        raise ModelError(f"{path} is no model: it has {size:,} bytes", hint=_HINT)
    import onnxruntime as ort

    try:
        return ort.InferenceSession(data, _options(weights or {}), ["CPUExecutionProvider"])
    except Exception as error:  # the library raises whatever its parts raise
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"{path} is no ONNX model that can be run: {first}", hint=_HINT) from error


_HINT = "install guard-llm again, or make the file again with guard tune"


def _options(weights: Mapping[str, NDArray[np.float32]]) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if weights:
        values = [ort.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
        options.add_external_initializers(list(weights), values)
    return options


def each(run: Callable[[T], R], inputs: Sequence[T]) -> list[R]:
    """`run` of every input, in order, on as many threads as there are cores.

    An exception in one of them is raised here, the others having ended.
    """
    threads = min(cores(), len(inputs) // FEW)
    if threads < 2:
        return [run(one) for one in inputs]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(run, inputs))


def cores() -> int:
    """The cores that this process may use; OMP_NUM_THREADS limits them, as elsewhere."""
    limit = os.environ.get("OMP_NUM_THREADS", "")
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(free, int(limit)) if limit.isdigit() and int(limit) > 0 else free
