"""The embedded encoder in onnxruntime gives what sentence-transformers gives."""

import subprocess
import sys

import numpy as np
import pytest

from guard.config import Config
from guard.knowledge import Encoder, load_encoder, quick
from guard.knowledge.quick_encoder import DIMENSION, QuickEncoder
from guard.loading import load_encoder as configured
from guard.models.embedded import encoder_dir

TEXTS = [
    "The ferry to Lill Island runs twice a day.",
    "",
    "Blåbär och 30 °C 🎉",
    "a\x00b\ud800c",
    "word " * 900,
]


@pytest.fixture(scope="module")
def fast(encoder: Encoder) -> Encoder:
    return quick(encoder)


def test_it_is_the_same_encoder(encoder: Encoder, fast: Encoder) -> None:
    assert isinstance(fast, QuickEncoder)
    assert (fast.id, fast.fingerprint) == (encoder.id, encoder.fingerprint)
    assert fast.dimension == encoder.dimension == DIMENSION
    assert np.abs(fast.encode(TEXTS) - encoder.encode(TEXTS)).max() < 1e-5


def test_a_text_has_the_same_vector_alone_and_among_others(fast: Encoder) -> None:
    together = fast.encode(TEXTS * 3)
    for index, text in enumerate(TEXTS * 3):
        assert (fast.encode([text])[0] == together[index]).all()


def test_no_texts_give_no_vectors(fast: Encoder) -> None:
    assert fast.encode([]).shape == (0, DIMENSION)


def test_other_encoders_are_left_as_they_are() -> None:
    class Other:
        id, fingerprint, dimension = "other", "0", 3

    other = Other()
    assert quick(other) is other  # type: ignore[arg-type, comparison-overlap]


def test_an_index_is_built_with_sentence_transformers() -> None:
    assert type(configured(Config())) is QuickEncoder
    assert type(configured(Config(), many=True)) is type(load_encoder(encoder_dir()))


def test_encoding_a_query_loads_no_torch() -> None:
    script = (
        "import sys\n"
        "from guard.config import Config\n"
        "from guard.loading import load_encoder\n"
        "load_encoder(Config()).encode(['a query'])\n"
        "print({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"
