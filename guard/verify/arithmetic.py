"""The arithmetic check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from guard.types import Claim, Evidence, Finding

if TYPE_CHECKING:
    from guard.verify.context import Context


def check_arithmetic(
    claim: Claim, evidence: Evidence | None, context: Context
) -> Iterator[Finding]:
    """Nothing yet."""
    del claim, evidence, context
    yield from ()
