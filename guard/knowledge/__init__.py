"""Ingesting documents into passages, and finding the passages that bear on a claim."""

from __future__ import annotations

from guard.knowledge.encoder import Encoder, load_encoder
from guard.knowledge.readers import READERS, read_document
from guard.knowledge.reading import Reading
from guard.knowledge.search import Knowledge, Searcher, documents_searcher

__all__ = [
    "READERS",
    "Encoder",
    "Knowledge",
    "Reading",
    "Searcher",
    "documents_searcher",
    "load_encoder",
    "read_document",
]
