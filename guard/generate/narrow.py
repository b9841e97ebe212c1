"""What a model is to write under, the more narrowly the more often it went wrong.

At first it is the schema. What of it no grammar can enforce may be violated; after that only those
values are open that can be said for certain, wherever there are any. At the last attempts strings
and numbers that still cannot be are chosen from what the schema itself suggests.
"""

from __future__ import annotations

import json
from functools import lru_cache, partial

from guard.errors import SchemaError
from guard.grammar import compile_grammar
from guard.grammar.normalise import normalise
from guard.grammar.pool import Fits, Pool
from guard.grammar.walk import bare
from guard.schema import Schema
from guard.schema.validate import validator
from guard.types import Json, Sampling

LISTS_FROM = 2
"""The attempt, counted from 0, from which on values are listed."""

NAMES = ((3, False), (6, True), (8, False))
"""How many names of properties are tried, and whether required ones go first, until some fit."""


def narrowed(schema: Schema, sampling: Sampling, attempt: int) -> Json:
    """The schema of one attempt, counted from 0; a value of it is hardly ever not one of `schema`.

    It is the given one where its grammar enforces all of it.
    """
    is_open = sampling.open_objects
    if not attempt or not compile_grammar(schema.document, open_objects=is_open).refusals:
        return schema.document
    text = json.dumps(schema.document)
    return _narrowed(text, schema.draft, is_open=is_open, lists=attempt >= LISTS_FROM)


@lru_cache(maxsize=64)
def _narrowed(text: str, draft: str, *, is_open: bool, lists: bool) -> Json:
    document = json.loads(text)
    fits = _fits(document, draft)
    for few, required_first in NAMES:
        pooled = partial(Pool, fits=fits, lists=lists, few=few, required_first=required_first)
        try:
            return normalise(document, is_closed=not is_open, pooled=pooled).document
        except (SchemaError, RecursionError):
            continue
    return document


def _fits(document: Json, draft: str) -> Fits:
    """Tries values on parts of the document; what cannot be tried is neither fit nor unfit."""
    from referencing.exceptions import Unresolvable

    checker = validator(draft, bare(document))

    def fits(schema: Json, value: Json) -> bool | None:
        try:
            return bool(checker.evolve(schema=schema).is_valid(value))
        except (Unresolvable, RecursionError, ArithmeticError, TypeError, ValueError, LookupError):
            return None  # older drafts do not check what stands under `$defs`

    return fits
