"""What the grammar engine takes of a JSON Schema, and the grammar for the rest of it.

llguidance enforces exactly what it accepts and refuses a schema as a whole for one keyword it does
not know; behind outlines that shows as an empty answer. So the engine is asked directly, here. What
it refuses is left out keyword by keyword, which leaves a superset: every valid value can still be
written, and whoever wrote it is checked against the whole schema afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from guard.errors import SchemaError
from guard.types import Json

# Where a schema holds other schemas: as the value, in a list, or in a table by name.
ONE = frozenset(
    [
        "additionalItems",
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    ]
)
LISTS = frozenset(["allOf", "anyOf", "items", "oneOf", "prefixItems"])
TABLES = frozenset(
    ["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"]
)
# Keywords that say nothing about which values are valid, or are settled where they point.
SILENT = frozenset(
    [
        "$anchor",
        "$comment",
        "$defs",
        "$id",
        "$recursiveAnchor",
        "$schema",
        "$vocabulary",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "example",
        "examples",
        "id",
        "readOnly",
        "title",
        "writeOnly",
        "x-guidance",
    ]
)
# Left out first when each keyword of a node is accepted but not all of them together.
SUSPECTS = ("minProperties", "maxProperties", "format", "pattern", "patternProperties", "oneOf")
# Small models run away in free whitespace, so there is one way to write it.
STYLE: dict[str, Json] = {
    "item_separator": ", ",
    "key_separator": ": ",
    "whitespace_flexible": False,
}
MAX_INTEGER = 10**18 - 1
OLD_DRAFT = re.compile(r"https?://json-schema\.org/draft-0[467]/schema#?$")
LIMITED = frozenset(
    ["const", "enum", "exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"]
)
UNSATISFIABLE = "Unsatisfiable schema"
LENIENT = "the engine takes the schema only in its lenient mode, which passes over some keywords"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A keyword that the engine does not take: where, and the engine's reason."""

    pointer: str
    keyword: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """A grammar in llguidance's own notation, and what it leaves to be checked afterwards."""

    text: str
    refusals: tuple[Refusal, ...] = ()


def escape(token: str) -> str:
    """A JSON Pointer token (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")


def children(node: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """The schemas directly inside a schema, each with its path from there."""
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key in ONE and isinstance(value, dict | bool):
            yield (key,), value
        elif key in LISTS and isinstance(value, list):
            yield from (((key, str(at)), child) for at, child in enumerate(value))
        elif key in TABLES and isinstance(value, dict):
            for name, child in value.items():
                if isinstance(child, dict | bool):
                    yield (key, name), child


def subschemas(document: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Every schema in a schema, itself first, with its JSON Pointer."""
    yield pointer, document
    for path, child in children(document):
        yield from subschemas(child, pointer + "".join(f"/{escape(token)}" for token in path))


def compile_grammar(document: Json) -> Grammar:
    """The tightest grammar the engine makes of a schema.

    Raises SchemaError when the engine finds that no value can satisfy the schema, and when it
    takes nothing of it even with everything refusable left out.
    """
    return _compile(json.dumps(document))


@lru_cache(maxsize=256)
def _compile(text: str) -> Grammar:
    document = _without_options(json.loads(text))
    for attempt in (_tamed(document), document):
        grammar, error = _ask(attempt)
        if not error:
            return Grammar(text=grammar)
    _raise_if_unsatisfiable(error)
    refusals: list[Refusal] = []
    relaxed = _relax(document, "", document, refusals)
    for attempt, lenient in ((_tamed(relaxed), False), (relaxed, False), (relaxed, True)):
        grammar, error = _ask(attempt, lenient=lenient)
        if not error:
            whole = [Refusal(pointer="", keyword="", reason=LENIENT)] if lenient else []
            return Grammar(text=grammar, refusals=(*refusals, *whole))
    _raise_if_unsatisfiable(error)
    raise SchemaError(
        f"the grammar engine can do nothing with the schema: {error[:300]}",
        hint="simplify it; guard schema check FILE says which keywords are taken",
    )


def _raise_if_unsatisfiable(error: str) -> None:
    if UNSATISFIABLE in error:
        why = error.partition(":")[2].strip()[:300]
        raise SchemaError(
            f"no value can satisfy the schema: {why}", hint="mend the keywords that exclude it"
        )


def _ask(document: Json, *, lenient: bool = False) -> tuple[str, str]:
    """The grammar of a schema, and the engine's complaint about it or nothing."""
    from llguidance import LLMatcher

    options: Json = {**STYLE, "lenient": lenient, "coerce_one_of": lenient}
    grammar = LLMatcher.grammar_from_json_schema(json.dumps(document), overrides=options)
    failed, messages = LLMatcher.validate_grammar_with_warnings(grammar)
    return grammar, " ".join(messages[0].split()) if failed else ""


def _without_options(node: Json) -> Json:
    """The schema as an object, and without options to the engine that it might smuggle in."""
    if isinstance(node, bool):
        return {} if node else {"enum": []}
    declared = str(node.get("$schema", ""))
    is_old = bool(OLD_DRAFT.match(declared))
    schema = _strip(node, is_old=is_old)
    if is_old:  # the engine knows them under their exact name only, and fetches nothing
        schema["$schema"] = declared.replace("https:", "http:", 1)
    return schema


def _strip(node: Json, *, is_old: bool) -> Json:
    """The schema without engine options, and in old drafts without what they ignore beside $ref."""
    if not isinstance(node, dict):
        return node
    dropped = {"x-guidance"}
    if is_old and "$ref" in node:
        dropped = node.keys() - {"$ref", "$schema", "definitions", "$defs"}
    bare = {key: value for key, value in node.items() if key not in dropped}
    inside = {path: _strip(child, is_old=is_old) for path, child in children(bare)}
    return _with_children(bare, inside)


def _tamed(node: Json) -> Json:
    """A schema whose unbounded integers have at most 18 digits.

    Small models repeat a digit until the budget is gone. Strings, lists and decimals run away too,
    but no limit on them can be told from the true value, so they are left alone.
    """
    if not isinstance(node, dict):
        return node
    tamed = _with_children(node, {path: _tamed(child) for path, child in children(node)})
    is_integer = node.get("type") in ("integer", ["integer", "null"], ["null", "integer"])
    if is_integer and not LIMITED & node.keys():
        tamed |= {"minimum": -MAX_INTEGER, "maximum": MAX_INTEGER}
    return tamed


def _with_children(node: Json, new: Mapping[tuple[str, ...], Json]) -> dict[str, Json]:
    """A copy of a schema with other schemas inside it."""
    copy: dict[str, Json] = {
        key: dict(value)
        if isinstance(value, dict)
        else list(value)
        if isinstance(value, list)
        else value
        for key, value in node.items()
    }
    for path, child in new.items():
        if len(path) == 1:
            copy[path[0]] = child
        elif isinstance(copy[path[0]], list):
            copy[path[0]][int(path[1])] = child
        else:
            copy[path[0]][path[1]] = child
    return copy


def _relax(node: Json, pointer: str, root: Json, refusals: list[Refusal]) -> Json:
    """A schema without what the engine refuses; each refusal is added to the list."""
    if not isinstance(node, dict):
        return node
    new = {
        path: _relax(child, pointer + "".join(f"/{escape(t)}" for t in path), root, refusals)
        for path, child in children(node)
    }
    relaxed = _with_children(node, new)
    for keyword, reason in _refused(relaxed, root):
        refusals.append(
            Refusal(pointer=f"{pointer}/{escape(keyword)}", keyword=keyword, reason=reason)
        )
        branches = relaxed.pop(keyword, None)
        if keyword == "oneOf":  # one of them is at least any of them
            relaxed.setdefault("allOf", []).append({"anyOf": branches})
    return relaxed


def _refused(node: dict[str, Json], root: Json) -> list[tuple[str, str]]:
    """The keywords of one node that the engine does not take, alone or beside the others."""
    shallow = _shallow(node, root)
    if not _complaint(shallow, root):
        return []
    refused: dict[str, str] = {}
    for keyword in shallow:
        reason = _complaint(_alone(keyword, shallow), root)
        if reason:
            refused[keyword] = reason
    kept = {key: value for key, value in shallow.items() if key not in refused}
    for keyword in [*SUSPECTS, *kept]:
        reason = _complaint(kept, root)
        if not reason:
            break
        if kept.pop(keyword, None) is not None:
            refused[keyword] = reason
    return list(refused.items())


def _alone(keyword: str, node: dict[str, Json]) -> dict[str, Json]:
    """One keyword with what gives it its meaning."""
    context = {"then": "if", "else": "if"}.get(keyword, "type")
    beside = {context: node[context]} if context in node else {}
    return {**beside, keyword: node[keyword]}


def _shallow(node: dict[str, Json], root: Json) -> dict[str, Json]:
    """A node's own keywords, the schemas inside made trivial where they do not matter."""
    own = {key: value for key, value in node.items() if key not in SILENT and key != "$ref"}
    inside = {
        path: child if path[0] == "oneOf" or isinstance(child, bool) else {}
        for path, child in children(own)
    }
    return _with_children(own, inside)


def _complaint(node: dict[str, Json], root: Json) -> str:
    """Why the engine refuses a node; that no value satisfies it is not refusing it."""
    tables = ("$defs", "definitions") if "oneOf" in node else ()
    beside = {key: root[key] for key in tables if key in root}
    _, error = _ask({**beside, **node})
    return "" if UNSATISFIABLE in error else error[:200]
