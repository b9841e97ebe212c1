"""Ingesting documents into passages, and finding the passages that bear on a claim."""

from __future__ import annotations

from guard.knowledge.encoder import Encoder, load_encoder
from guard.knowledge.ingest import IndexReport, build_index, open_index
from guard.knowledge.manifest import Manifest
from guard.knowledge.quick_encoder import quick
from guard.knowledge.readers import READERS, read_document
from guard.knowledge.reading import Reading
from guard.knowledge.search import Knowledge, Searcher, documents_searcher
from guard.knowledge.store import read_manifest
from guard.knowledge.walk import Skip

__all__ = [
    "READERS",
    "Encoder",
    "IndexReport",
    "Knowledge",
    "Manifest",
    "Reading",
    "Searcher",
    "Skip",
    "build_index",
    "documents_searcher",
    "load_encoder",
    "open_index",
    "quick",
    "read_document",
    "read_manifest",
]
