"""The drafts of JSON Schema that are known, and what differs between them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from guard.types import Json

DRAFTS = {
    "json-schema.org/draft-04/schema": "4",
    "json-schema.org/draft-06/schema": "6",
    "json-schema.org/draft-07/schema": "7",
    "json-schema.org/draft/2019-09/schema": "2019-09",
    "json-schema.org/draft/2020-12/schema": "2020-12",
}
DEFAULT_DRAFT = "2020-12"
IGNORES_BESIDE_REF = ("4", "6", "7")
MODIFIERS = {
    "if": frozenset(["then", "else"]),
    "unevaluatedItems": frozenset(["maxContains", "minContains"]),
}
"""Keywords that have a meaning through another one, by one that the same drafts have."""


def draft_of(document: Json) -> str | None:
    """The draft that a schema declares, the newest without a declaration, None if unknown."""
    declared = document.get("$schema") if isinstance(document, dict) else None
    if declared is None:
        return DEFAULT_DRAFT
    key = str(declared).removesuffix("#").removeprefix("http://").removeprefix("https://")
    return DRAFTS.get(key)


def specification(draft: str) -> Any:
    """How references work in a draft, for the library `referencing`."""
    from referencing.jsonschema import specification_with

    return specification_with(uri_of(draft))


def uri_of(draft: str) -> str:
    """What a schema of a draft declares as its `$schema`."""
    uri = next(key for key, value in DRAFTS.items() if value == draft)
    return f"https://{uri}" if draft.startswith("20") else f"http://{uri}#"


def stock_validator(draft: str) -> Any:
    """jsonschema's own validator class of a draft."""
    import jsonschema

    return {
        "4": jsonschema.Draft4Validator,
        "6": jsonschema.Draft6Validator,
        "7": jsonschema.Draft7Validator,
        "2019-09": jsonschema.Draft201909Validator,
        "2020-12": jsonschema.Draft202012Validator,
    }[draft]


@lru_cache(maxsize=8)
def keywords(draft: str) -> frozenset[str]:
    """The keywords that restrict values in a draft."""
    flags = {"exclusiveMinimum", "exclusiveMaximum"} if draft == "4" else set()
    known = frozenset(stock_validator(draft).VALIDATORS) | flags
    return known.union(*(more for key, more in MODIFIERS.items() if key in known))
