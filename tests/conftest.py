"""Parts that are slow to load, shared by every test of a session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from guard.knowledge import Encoder, Knowledge
    from guard.models import Model

ROOT = Path(__file__).parent.parent
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real default encoder."""
    from guard.knowledge import load_encoder
    from guard.models.embedded import encoder_dir

    return load_encoder(encoder_dir())


@pytest.fixture(scope="session")
def writer() -> Model:
    """The real default writer, SmolLM2-135M-Instruct."""
    from guard.models import load_model

    return load_model("smollm2")


@pytest.fixture(scope="session")
def knowledge(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """An index over the repository's own knowledge folder."""
    from guard.knowledge import build_index, open_index

    index = tmp_path_factory.mktemp("index")
    build_index(ROOT / "knowledge", index, encoder=encoder)
    return open_index(index, encoder=encoder)
