"""Trimming: shorter text from the same sentences, and a certificate of what it cost."""

from __future__ import annotations

from guard.trim.plan import trim

__all__ = ["trim"]
