"""The grammar of a schema, made once: what a model may write, and what is left to be checked."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import lru_cache

from guard.errors import SchemaError
from guard.grammar import cache
from guard.grammar.engine import UNSATISFIABLE, ask
from guard.grammar.normalise import Normal, normalise
from guard.grammar.parts import tokens
from guard.grammar.plain import Grammar, Refusal
from guard.grammar.relax import relax
from guard.grammar.shared import CIRCULAR, without_shared_names
from guard.grammar.walk import subschemas
from guard.types import Json

LENIENT = "the engine takes the schema only in its lenient mode, which passes over some keywords"


def compile_grammar(document: Json, *, open_objects: bool = False) -> Grammar:
    """The tightest grammar that the engine makes of a schema.

    Objects that the schema leaves open take its declared properties only, unless `open_objects` is
    set. Raises SchemaError when no value can satisfy the schema, and when the engine can do nothing
    with it.
    """
    return _compile(json.dumps(document), open_objects=open_objects)


@lru_cache(maxsize=256)
def _compile(text: str, *, open_objects: bool) -> Grammar:
    kept = cache.path_of(text, open_objects=open_objects)
    grammar = cache.load(kept)
    if grammar is None:
        start = time.perf_counter()
        grammar = _made(json.loads(text), open_objects=open_objects)
        if time.perf_counter() - start > cache.WORTH:
            cache.save(kept, grammar)
    return grammar


def _made(document: Json, *, open_objects: bool) -> Grammar:
    try:
        if open_objects:
            return _grammar(normalise(document), document)
        try:
            return _grammar(normalise(document, is_closed=True), document, is_closed=True)
        except SchemaError:  # closed, its objects may have no room for what they need
            return _grammar(normalise(document), document)
    except RecursionError as error:
        raise SchemaError(
            "the schema is nested too deep for a grammar", hint="flatten it with $defs"
        ) from error


def _grammar(normal: Normal, given: Json, *, is_closed: bool = False) -> Grammar:
    text, error = ask(normal.document)
    if not error:
        return Grammar(text=text, plain=normal.document, refusals=_refusals(normal.notes, {}))
    _raise_if_unsatisfiable(error)
    refused: dict[str, str] = {}
    document: Json = normal.document  # relaxing it leaves it as it is
    if CIRCULAR in error:
        document = without_shared_names(document, "", refused, is_closed=is_closed)
    relaxed = relax(document, "", refused)
    for is_lenient in (False, True):
        text, error = ask(relaxed, lenient=is_lenient)
        if not error:
            left = {_origin(at, normal): reason for at, reason in refused.items()}
            left |= _given(given, normal.document, refused)
            left |= {"": LENIENT} if is_lenient else {}
            return Grammar(text=text, plain=relaxed, refusals=_refusals(normal.notes, left))
    _raise_if_unsatisfiable(error)
    raise SchemaError(
        f"the grammar engine can do nothing with the schema: {error[:300]}",
        hint="simplify it; guard schema check FILE says which keywords are taken",
    )


def _origin(pointer: str, normal: Normal) -> str:
    """Where in the given schema a keyword of the plain one comes from, as near as is known."""
    parts = pointer.split("/")
    if parts[1:2] != ["$defs"]:
        return ""
    return normal.origins.get(parts[2], "")


def _given(given: Json, plain: Json, refused: Mapping[str, str]) -> dict[str, str]:
    """The keywords of the given schema that say what was left out of the plain one.

    Where that is in `$defs` of the given one, what refers to it is all that `_origin` knows.
    """
    left: list[tuple[str, Json, str]] = []
    for at, reason in refused.items():
        keyword, value = at.rpartition("/")[2], _value_at(plain, at)
        parts = value if keyword == "allOf" else [{keyword: value}]
        left += [(name, part[name], reason) for part in parts for name in part]
    return {
        f"{pointer}/{name}": reason
        for pointer, node in (subschemas(given) if left else ())
        for name, value, reason in left
        if isinstance(node, dict) and name in node and node[name] == value
    }


def _value_at(document: Json, pointer: str) -> Json:
    for token in tokens(pointer):
        document = document[int(token) if isinstance(document, list) else token]
    return document


def _refusals(notes: Mapping[str, str], more: Mapping[str, str]) -> tuple[Refusal, ...]:
    found = {**notes, **more}
    return tuple(
        Refusal(pointer=at, keyword=at.rpartition("/")[2], reason=why) for at, why in found.items()
    )


def _raise_if_unsatisfiable(error: str) -> None:
    if UNSATISFIABLE in error:
        why = error.partition(":")[2].strip()[:300]
        raise SchemaError(
            f"no value can satisfy the schema: {why}", hint="mend the keywords that exclude it"
        )
