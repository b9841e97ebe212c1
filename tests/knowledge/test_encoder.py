from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from guard.errors import ModelError
from guard.knowledge import Encoder, load_encoder

TEXTS = [
    "A short one.",
    "The same words again and again. " * 30,
    "Grüße aus Köln, 東京 and \ud800.",
    "",
]


def test_vectors(encoder: Encoder) -> None:
    """Every text, however odd, gets a vector of length 1."""
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (4, encoder.dimension) == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("text", TEXTS)
def test_alone_or_in_a_batch(encoder: Encoder, text: str) -> None:
    """A text has the same vector alone and beside longer and shorter ones."""
    together = encoder.encode(TEXTS)[TEXTS.index(text)]
    assert np.allclose(encoder.encode([text])[0], together, atol=1e-5)


def test_nothing(encoder: Encoder) -> None:
    """No texts give no vectors, in the right shape."""
    assert encoder.encode([]).shape == (0, 384)


def test_a_megabyte(encoder: Encoder) -> None:
    """A huge text is read as far as the model reads, not refused."""
    assert encoder.encode(["word " * 200_000]).shape == (1, 384)


def test_meaning(encoder: Encoder) -> None:
    """Sentences of like meaning are nearer than others."""
    wet, rain, tax = encoder.encode(
        ["It will be wet tomorrow.", "Rain is forecast.", "The tax form is due in May."]
    )
    assert wet @ rain > wet @ tax + 0.2


def test_identity(encoder: Encoder) -> None:
    """The fingerprint is the sha256 of the published weights, and the name is the published one."""
    assert encoder.fingerprint.startswith("53aa5117")
    assert encoder.id == "all-MiniLM-L6-v2"


def test_threads(encoder: Encoder) -> None:
    """One encoder serves several threads at once."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode([text] * 3), TEXTS * 3))
    assert all(vectors.shape == (3, 384) for vectors in found)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "holds no encoder"),
        ({"config.json": "{}"}, "no safetensors weights"),
        ({"config.json": "{}", "pytorch_model.bin": "x"}, "only pytorch_model.bin"),
        (
            {
                "config.json": "",
                "m.safetensors": "",
                "2_Dense/config.json": "",
                "2_Dense/w.bin": "",
            },
            "only 2_Dense/w.bin",
        ),
    ],
)
def test_no_encoder(tmp_path: Path, files: dict[str, str], says: str) -> None:
    """A folder without safetensors weights is refused before anything in it is loaded."""
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    with pytest.raises(ModelError, match=says) as caught:
        load_encoder(tmp_path)
    assert caught.value.hint


def test_damaged_weights(tmp_path: Path) -> None:
    """Weights that are no weights are an error at first use, naming the folder."""
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="does not load"):
        load_encoder(tmp_path).encode(["x"])


def test_missing_folder(tmp_path: Path) -> None:
    """A path to nowhere is not looked up on a model hub."""
    with pytest.raises(ModelError, match="there is no folder"):
        load_encoder(tmp_path / "nowhere")
