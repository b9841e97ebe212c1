"""JSON Schemas: reading them, holding values against them, and what engines make of them."""

from __future__ import annotations

from guard.schema.analyse import Keyword, analyse, ensure_possible
from guard.schema.forms import Choice, Regex, to_python
from guard.schema.load import Schema, SchemaSource, load_schema
from guard.schema.titles import titles
from guard.schema.validate import parse, satisfies, validate

__all__ = [
    "Choice",
    "Keyword",
    "Regex",
    "Schema",
    "SchemaSource",
    "analyse",
    "ensure_possible",
    "load_schema",
    "parse",
    "satisfies",
    "titles",
    "to_python",
    "validate",
]
