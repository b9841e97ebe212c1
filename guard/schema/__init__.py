"""JSON Schemas: reading them, holding values against them, and what engines make of them."""

from __future__ import annotations

from guard.schema.analyse import Keyword, analyse, ensure_possible
from guard.schema.load import Schema, load_schema
from guard.schema.titles import titles
from guard.schema.validate import parse, satisfies, validate

__all__ = [
    "Keyword",
    "Schema",
    "analyse",
    "ensure_possible",
    "load_schema",
    "parse",
    "satisfies",
    "titles",
    "validate",
]
