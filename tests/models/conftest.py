"""Tiny models of the Phi family, each built once and loaded the way users load theirs."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from guard.models.local import LocalModel, open_local


@pytest.fixture(scope="session")
def tiny(root: Path) -> ModuleType:
    """The builders of tiny models."""
    spec = importlib.util.spec_from_file_location("tiny_models", root / "tests" / "tiny_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def phi_4(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """A tiny Phi-4."""
    return open_local(str(tiny.phi_4(tmp_path_factory.mktemp("phi-4"))))
