"""Placeholder until the renderer lands."""

from __future__ import annotations

from guard.types import Report


def to_sarif(report: Report) -> str:
    """The report as sarif."""
    raise NotImplementedError
