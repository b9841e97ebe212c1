"""The formats of strings that values are held against, by jsonschema's own checks."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

MAX_FORMAT = 4096
"""The longest text a format is looked for in; none has a longer one."""


@lru_cache(maxsize=1)
def checker() -> Any:
    """Every format that is known, in every draft: an older draft's author means the same."""
    from jsonschema import Draft202012Validator, FormatChecker

    found = FormatChecker()
    # By itself it goes by draft 3 where it can, which has times without an offset.
    found.checkers = {**found.checkers, **Draft202012Validator.FORMAT_CHECKER.checkers}
    return found


def is_known(name: str) -> bool:
    """Whether a `format` is checked after writing."""
    return name in checker().checkers


def has_format(text: str, name: str) -> bool:
    """Whether a text has a format; every text has one that is not known."""
    if not is_known(name):
        return True
    return len(text) <= MAX_FORMAT and bool(checker().conforms(text, name))
