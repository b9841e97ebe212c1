"""What the tests of the entailment seat share."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture(scope="session")
def seats() -> ModuleType:
    """The builders of tiny models for the entailment seat."""
    path = Path(__file__).parent / "seats.py"
    spec = importlib.util.spec_from_file_location("seats", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
