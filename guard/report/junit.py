"""Placeholder until the renderer lands."""

from __future__ import annotations

from guard.types import Report


def to_junit(report: Report) -> str:
    """The report as junit."""
    raise NotImplementedError
