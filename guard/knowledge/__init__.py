"""Ingesting documents into passages, and finding the passages that bear on a claim."""

from __future__ import annotations

from guard.knowledge.encoder import Encoder, load_encoder

__all__ = ["Encoder", "load_encoder"]
