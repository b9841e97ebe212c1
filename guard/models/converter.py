"""llama.cpp's converter from JSON Schema to a grammar, which Ollama uses too.

It reads one keyword of each schema, in a fixed order, and most of those it does not know it passes
over without a word (grammars/README.md and common/json-schema-to-grammar.cpp of ggml-org/llama.cpp,
`visit` and `_visit_pattern`). What it would pass over is left out here, so that it can be said.
"""

from __future__ import annotations

from guard.models.changes import Walk, types_of
from guard.models.strict import Rewrite, free_name, refers_to_root
from guard.models.subsets import BOUNDS, LENGTHS
from guard.types import Json

DIGITS, WORD = "0-9", "A-Za-z0-9_"


def rooted(walk: Walk, document: Json, rewrite: Rewrite) -> Json:
    """The schema without references to `#`, which the converter cannot follow. Raises Refused."""
    if not refers_to_root(document):
        return rewrite(walk, document, "")
    name = free_name(document)
    walk.own = f"#/$defs/{name}"
    walk.note("", "$ref", "rewritten", "what refers to the root goes through $defs")
    root = rewrite(walk, document, "")
    tables = {key: root.pop(key) for key in ("$defs", "definitions") if key in root}
    return {"$ref": walk.own, **tables, "$defs": {**tables.get("$defs", {}), name: root}}


def readable(walk: Walk, node: dict[str, Json], at: str) -> Json:
    """The schema without what the converter would pass over."""
    types = types_of(node)
    if node.keys() & {"enum", "const"}:
        return single(walk, node, at)
    node = _list(walk, _pattern(walk, node, at), at)
    if "properties" not in node:
        node = walk.without(node, at, {"required"}, "the server reads it beside properties only")
    if "integer" not in types or "number" in types:
        node = walk.without(node, at, set(BOUNDS), "the server has bounds for integers only")
    return single(walk, node, at)


def single(walk: Walk, node: dict[str, Json], at: str) -> Json:
    """The schema without what servers do not read beside something else; objects closed."""
    if node.keys() & {"enum", "const"}:
        beside = node.keys() & (LENGTHS | BOUNDS | {"pattern", "format", "required", "properties"})
        return walk.without(node, at, beside, "the server reads the listed values alone")
    leading = next((key for key in ("pattern", "format") if key in node), None)
    if leading:
        beside = ({"pattern", "format"} - {leading}) | set(LENGTHS)
        node = walk.without(node, at, beside, f"the server does not read it beside {leading}")
    if "properties" not in node:
        return node
    why = "the server does not read it beside properties"
    node = walk.without(node, at, {"patternProperties"}, why)
    if "additionalProperties" not in node:
        walk.note(at, "additionalProperties", "closed", "the server takes objects for closed")
        node = {**node, "additionalProperties": False}
    return node


def _list(walk: Walk, node: Json, at: str) -> Json:
    if "prefixItems" in node or isinstance(node.get("items"), list):
        walk.note(at, "prefixItems" if "prefixItems" in node else "items", "rewritten",
                  "the server writes each of these items and no other")  # fmt: skip
        others = {"minItems", "maxItems"} | ({"items"} if "prefixItems" in node else set())
        return walk.without(node, at, others, "the server writes each of the listed items")
    if "items" not in node:
        return walk.without(node, at, {"minItems", "maxItems"}, "the server needs items for it")
    if node["items"] is False:
        return walk.without(node, at, {"items"}, "the server has no schema that takes nothing")
    return node


def _pattern(walk: Walk, node: Json, at: str) -> Json:
    """The schema with its pattern as the converter reads patterns, or without it."""
    if "pattern" not in node:
        return node
    pattern = converted(node["pattern"])
    if pattern is None:
        reason = "the server reads ^...$ without ., [^...], \\s and the like as it should"
        return walk.without(node, at, {"pattern"}, reason)
    if pattern != node["pattern"]:
        walk.note(at, "pattern", "rewritten", f"as {pattern}")
    return {**node, "pattern": pattern}


def converted(pattern: str) -> str | None:
    """A pattern in the converter's notation, or None where it would be read wrongly.

    It takes whole-text patterns only. To it `.` and `[^a]` are quotes and line breaks too, which
    makes broken JSON, and an escaped letter is that letter.
    """
    if len(pattern) < 2 or pattern[0] != "^" or pattern[-1] != "$" or pattern[-2] == "\\":
        return None
    body, made, at, in_class = pattern[1:-1], "", 0, False
    while at < len(body):
        piece = _piece(body, at, in_class=in_class)
        if piece is None:
            return None
        taken, written = piece
        in_class = (in_class or taken == "[") and taken != "]"
        made, at = made + written, at + len(taken)
    return f"^{made}$"


def _piece(body: str, at: int, *, in_class: bool) -> tuple[str, str] | None:
    """The next piece of a pattern and what is written for it."""
    two = body[at : at + 2]
    if two in ("\\d", "\\w"):
        members = DIGITS if two == "\\d" else WORD
        return two, members if in_class else f"[{members}]"
    if two[0] == "\\":
        return None if len(two) < 2 or two[1].isalnum() else (two, two)
    if in_class:
        return two[0], two[0]
    if two[0] in ".^$" or two == "[^" or two in ("*?", "+?", "??", "}?", "*+", "++", "?+", "}+"):
        return None
    if two == "(?":
        return ("(?:", "(") if body[at : at + 3] == "(?:" else None
    return two[0], two[0]
