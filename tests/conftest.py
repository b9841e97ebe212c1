"""Parts that are slow to load, shared by every test of a session."""

from __future__ import annotations

import importlib.util
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from types import ModuleType

    from guard.knowledge import Encoder, Knowledge
    from guard.models import Model
    from guard.models.local import LocalModel

ROOT = Path(__file__).parent.parent
# CI tries the same examples each time; a developer's run looks for new ones. Neither times them:
# a busy machine is no error.
settings.register_profile("ci", derandomize=True, print_blob=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# What a shell starts in the background ignores Ctrl-C, and so does what that starts: the programs
# that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture(scope="session")
def tiny(root: Path) -> ModuleType:
    """The builders of tiny models of the Phi family."""
    spec = importlib.util.spec_from_file_location("tiny_models", root / "tests" / "tiny_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def phi_4(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """A tiny Phi-4, loaded the way users load theirs."""
    from guard.models.local import open_local

    return open_local(str(tiny.phi_4(tmp_path_factory.mktemp("phi-4"))))
