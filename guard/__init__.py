"""guard: schema-valid, fact-checked, concise answers from small language models.

The public names are loaded when they are first used, so that importing guard costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guard.config import Config, load_config
    from guard.errors import (
        CancelledError,
        ConfigError,
        GuardError,
        InputError,
        KnowledgeError,
        MissingExtraError,
        ModelError,
        NotCleanError,
        OutputError,
        RunError,
        SchemaError,
        ServerError,
        UsageError,
    )
    from guard.guard import Guard
    from guard.integrations.openai import from_openai
    from guard.knowledge import build_index, open_index
    from guard.report import render
    from guard.schema import Choice, Regex
    from guard.types import (
        Certificate,
        Claim,
        Document,
        Edit,
        Evidence,
        FieldLimits,
        Finding,
        Generation,
        Message,
        Passage,
        Policy,
        Provenance,
        Report,
        Sampling,
        Span,
        Target,
        Verdict,
        Violation,
    )

__all__ = [
    "CancelledError",
    "Certificate",
    "Choice",
    "Claim",
    "Config",
    "ConfigError",
    "Document",
    "Edit",
    "Evidence",
    "FieldLimits",
    "Finding",
    "Generation",
    "Guard",
    "GuardError",
    "InputError",
    "KnowledgeError",
    "Message",
    "MissingExtraError",
    "ModelError",
    "NotCleanError",
    "OutputError",
    "Passage",
    "Policy",
    "Provenance",
    "Regex",
    "Report",
    "RunError",
    "Sampling",
    "SchemaError",
    "ServerError",
    "Span",
    "Target",
    "UsageError",
    "Verdict",
    "Violation",
    "build_index",
    "from_openai",
    "load_config",
    "open_index",
    "render",
]

_HOME = {
    "Choice": "guard.schema",
    "Config": "guard.config",
    "Guard": "guard.guard",
    "Regex": "guard.schema",
    "build_index": "guard.knowledge",
    "from_openai": "guard.integrations.openai",
    "load_config": "guard.config",
    "open_index": "guard.knowledge",
    "render": "guard.report",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'guard' has no attribute {name!r}")
    home = "guard.errors" if name.endswith("Error") else _HOME.get(name, "guard.types")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
