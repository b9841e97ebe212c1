"""A trained network as the folder that `guard.verify.verifier` reads, and back.

Matrices are stored as int8 with one scale a column, of which one bit is left unused: so the sums
fit the 16 bits that older processors add up in, and every processor gives the same scores.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guard.errors import ModelError
from guard.files import sha256_file, write_atomic
from guard.runtime.bert import MINILM, restored
from guard.tune.graph import verifier_graph
from guard.verify.settings import Blend, Settings
from guard.verify.verifier import MODEL, SETTINGS, TOKENIZER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUANTISED = ("MatMul", "Gather")
_PREFIXED = ("embeddings.", "encoder.")


def write_model(weights: Mapping[str, NDArray[np.float32]], path: Path) -> None:
    """Quantise the weights of a `Network` and write them to `path`, whole or not at all."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder, _quiet():
        plain, small = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        plain.write_bytes(verifier_graph(weights, MINILM).SerializeToString())
        quantize_dynamic(
            plain,
            small,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=list(QUANTISED),
        )
        write_atomic(path, small.read_bytes())


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that quantising gives, on a step that this graph does not need."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def write_folder(
    folder: Path, *, id: str, blend: Blend, longest: int, tokenizer: Path | None = None
) -> None:
    """Write the settings beside a model, last, since they vouch for the other files."""
    if tokenizer is not None and tokenizer.resolve() != (folder / TOKENIZER).resolve():
        shutil.copyfile(tokenizer, folder / TOKENIZER)
    hashes = {name: sha256_file(folder / name) for name in (MODEL, TOKENIZER)}
    settings = Settings(id=id, longest=longest, blend=blend, sha256=hashes)
    write_atomic(folder / SETTINGS, settings.text())


def read_weights(path: Path) -> dict[str, Any]:
    """The weights of a `Network` from a file that `write_model` wrote, no longer quantised.

    What rounding to int8 has cost is not given back. Raises ModelError.
    """
    import onnx
    from onnx import numpy_helper

    try:
        model = onnx.load_model_from_string(path.read_bytes())
        found = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    except Exception as error:  # protobuf raises its own kinds
        raise ModelError(f"{path} is no ONNX model: {error}", hint="pass a verifier") from error
    return _named(restored(_floats(found), MINILM))


def _floats(found: Mapping[str, Any]) -> dict[str, Any]:
    """The weights, those stored as integers multiplied out."""
    import numpy as np

    ending = "_quantized"
    floats: dict[str, Any] = {}
    for name, value in found.items():
        if name.endswith(ending):
            plain = name.removesuffix(ending)
            zero = found[f"{plain}_zero_point"].astype(np.float32)
            floats[plain] = (value.astype(np.float32) - zero) * found[f"{plain}_scale"]
        elif name.endswith((".weight", ".bias")):
            floats[name] = value
    return floats


def _named(weights: Mapping[str, Any]) -> dict[str, Any]:
    return {f"bert.{n}" if n.startswith(_PREFIXED) else n: value for n, value in weights.items()}
