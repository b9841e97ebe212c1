"""llguidance, behind outlines: what it takes of a schema, and what it says of the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from guard.grammar.plain import Grammar
from guard.types import Json

# Small models run away in free whitespace, so there is one way to write it.
STYLE: dict[str, Json] = {
    "item_separator": ", ",
    "key_separator": ": ",
    "whitespace_flexible": False,
}
COMPACT: dict[str, Json] = {"item_separator": ",", "key_separator": ":"}
UNSATISFIABLE = "Unsatisfiable schema"


def limits() -> Any:
    """How far the engine goes: as by default, but with room for an enumeration of 100,000."""
    from llguidance import LLParserLimits

    return LLParserLimits(initial_lexer_fuel=4_000_000)


def notation(document: Json, *, lenient: bool = False) -> str:
    """The grammar of a schema in the engine's notation, whether or not the engine takes it."""
    from llguidance import LLMatcher

    options: Json = {**STYLE, "lenient": lenient, "coerce_one_of": lenient}
    grammar: str = LLMatcher.grammar_from_json_schema(json.dumps(document), overrides=options)
    return grammar


def ask(document: Json, *, lenient: bool = False) -> tuple[str, str]:
    """The grammar of a schema in the engine's notation, and its complaint about it or nothing."""
    from llguidance import LLMatcher

    grammar = notation(document, lenient=lenient)
    failed, messages = LLMatcher.validate_grammar_with_warnings(grammar, limits=limits())
    return grammar, " ".join(messages[0].split()) if failed else ""


def compact(grammar: Grammar) -> Grammar:
    """The same grammar without a blank between the parts of a value, which takes fewer tokens."""
    parts = json.loads(grammar.text)
    for each in parts["grammars"]:
        each["json_schema"]["x-guidance"] |= COMPACT
    return replace(grammar, text=json.dumps(parts))


def complaint(node: Json) -> str:
    """Why the engine refuses a schema; that no value satisfies it is not refusing it."""
    return _complaint(json.dumps(node))


@lru_cache(maxsize=4096)
def _complaint(text: str) -> str:
    _, error = ask(json.loads(text))
    return "" if UNSATISFIABLE in error else error[:200]
