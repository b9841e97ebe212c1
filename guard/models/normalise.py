"""A JSON Schema as a server's structured output takes it, and every change that this took.

The servers' subsets are in `guard.models.subsets`. What a server does not take is left out, which
leaves more values to be written than the schema allows; the answer is checked against the whole
schema afterwards. OpenAI's strict mode also needs every object closed and every property required:
an optional one becomes nullable, and `guard.models.undo` takes the nulls out of the answer again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from guard.grammar.parts import referred
from guard.grammar.walk import children, escape, undeclared
from guard.models import converter, older, strict
from guard.models.changes import Change, Normalised, Refused, Walk
from guard.models.hoisting import given_pointer, hoist
from guard.models.merging import merged
from guard.models.subsets import ANNOTATIONS, SUBSETS, Server
from guard.types import Json

__all__ = ["Change", "Normalised", "normalise"]

ANY = ["object", "array", "string", "number", "boolean", "null"]
ALTERNATIVES = {"anyOf", "oneOf"}
SHAPES = {"enum", "const", "properties", "items", "prefixItems"}
LEADING = SHAPES | ALTERNATIVES | {"$ref", "allOf", "type"}
# The type that is meant where keywords are given without one.
MEANT = {
    **dict.fromkeys(("required", "additionalProperties", "properties"), "object"),
    **dict.fromkeys(("minItems", "maxItems", "items", "prefixItems"), "array"),
    **dict.fromkeys(("pattern", "format", "minLength", "maxLength"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), "number"),
    "multipleOf": "number",
}


def normalise(document: Json, server: Server) -> Normalised:
    """`document` as `server` takes it."""
    return _normalised(json.dumps(document), server)


@lru_cache(maxsize=32)
def _normalised(text: str, server: Server) -> Normalised:
    document = json.loads(text)
    walk = Walk(subset=SUBSETS[server])
    older.without_flags(walk, document)
    moved = hoist(document) if walk.subset.strict and isinstance(document, dict) else {}
    wrapped = False
    try:
        if walk.subset.strict:
            sent, wrapped = strict.rooted(walk, document, rewritten)
        elif walk.subset.converter:
            sent = converter.rooted(walk, document, rewritten)
        else:
            sent = rewritten(walk, document, "")
        _require_targets(sent, sent)
    except Refused as refused:
        changes = _as_given([refused.change], moved)
        return Normalised(document=undeclared(json.loads(text)), changes=changes)
    changes = (*_moves(moved), *_as_given(walk.changes, moved))
    return Normalised(document=sent, changes=changes, strict=walk.subset.strict, wrapped=wrapped)


def _moves(moved: Mapping[str, str]) -> Iterator[Change]:
    """What was moved so that strict mode finds it."""
    for name, pointer in moved.items():
        why = f"as what references lead to, it is sent as $defs/{name}"
        yield Change(pointer=pointer, keyword="$ref", action="rewritten", reason=why)


def _as_given(changes: Iterable[Change], moved: Mapping[str, str]) -> tuple[Change, ...]:
    """The changes with their pointers into the schema as it was given."""
    return tuple(replace(each, pointer=given_pointer(each.pointer, moved)) for each in changes)


def _require_targets(node: Json, root: Json) -> None:
    """Raise Refused for a reference into what was changed."""
    if not isinstance(node, dict):
        return
    reference = str(node.get("$ref", ""))
    if reference.startswith("#/") and referred(root, reference) is None:
        raise Refused(reference[1:], "$ref", "what is referred to there is sent in another form")
    for _, child in children(node):
        _require_targets(child, root)


def rewritten(walk: Walk, node: Json, at: str) -> Json:
    """The schema at the pointer `at`, in the server's subset. Raises Refused."""
    if isinstance(node, bool) or not node:
        return _any(walk, node, at)
    node = merged(walk, node, at)
    node = _reference(walk, node, at)
    node = _alternatives(walk, node, at)
    node = _known(walk, node, at)
    node = _typed(walk, node, at)
    if walk.subset.converter:
        node = converter.readable(walk, node, at)
    elif not walk.subset.strict:
        node = converter.single(walk, node, at)
    node = _inside(walk, node, at)
    if walk.subset.strict:
        return strict.closed(walk, node, at)
    return node if walk.subset.converter else older.with_prefix(walk, node, at)


def _any(walk: Walk, node: Json, at: str) -> Json:
    """A schema that takes everything, or nothing."""
    if node is False:
        raise Refused(at, "false", "the server has no schema that nothing satisfies")
    if walk.subset.strict:
        raise Refused(at, "true", "strict mode has no schema that every value satisfies")
    walk.note(at, "type", "rewritten", "any value is said with every type")
    return {"type": ANY}


def _reference(walk: Walk, node: Json, at: str) -> Json:
    """A reference on its own, in a form that the server can follow."""
    if "$ref" not in node:
        return node
    reference = str(node["$ref"])
    parts = reference.split("/")
    named = len(parts) == 3 and parts[0] == "#" and parts[1] in ("$defs", "definitions")
    if walk.subset.strict and not (named or reference == "#"):
        raise Refused(f"{at}/$ref", "$ref", "strict mode refers to # and #/$defs/NAME only")
    if not reference.startswith("#/") and reference != "#":
        return walk.without(node, at, {"$ref"}, "the server follows #/ pointers only")
    # Strict mode refuses even a title there.
    allowed = {"$defs", "definitions"} if walk.subset.strict else ANNOTATIONS
    beside = node.keys() - {"$ref"} - allowed
    node = walk.without(node, at, beside, "the server reads $ref alone")
    return {**node, "$ref": walk.own} if reference == "#" and walk.own else node


def _alternatives(walk: Walk, node: Json, at: str) -> Json:
    """`anyOf`, `oneOf` or what stands beside it, since the server reads one of them."""
    if not node.keys() & ALTERNATIVES:
        return node
    if node.keys() & SHAPES:
        return walk.without(node, at, ALTERNATIVES, "the server does not read it beside the rest")
    if node.keys() >= ALTERNATIVES:
        node = walk.without(node, at, {"oneOf"}, "the server does not read it beside anyOf")
    if "oneOf" in node and walk.subset.strict:
        walk.note(at, "oneOf", "rewritten", "as anyOf; that it is one only is checked afterwards")
    beside = node.keys() - ALTERNATIVES - ANNOTATIONS
    return walk.without(node, at, beside, "the server reads the alternatives alone")


def _known(walk: Walk, node: Json, at: str) -> Json:
    """The schema without what the server does not know."""
    settled = {"oneOf"} if walk.subset.strict else set()
    if older.has_tuple(node):
        if "prefixItems" not in walk.subset.keywords:
            why = "the server has one schema for all items"
            node = walk.without(node, at, {"items", "additionalItems"}, why)
        elif not walk.subset.converter:
            settled |= {"additionalItems"}
    unknown = node.keys() - walk.subset.keywords - settled
    node = walk.without(node, at, unknown, "the server's structured output has no such keyword")
    if "format" in node and node["format"] not in walk.subset.formats:
        node = walk.without(node, at, {"format"}, f"the server knows no {node['format']!r}")
    if any(sign in str(node.get("pattern")) for sign in ("(?=", "(?!", "(?<")):
        node = walk.without(node, at, {"pattern"}, "the server's patterns have no look-around")
    return node


def _typed(walk: Walk, node: Json, at: str) -> Json:
    """The schema with a type, which servers need to read the rest."""
    if node.keys() & (ALTERNATIVES | {"$ref", "type", "allOf"}):
        return node
    values = [node["const"]] if "const" in node else node.get("enum", [])
    names = list(dict.fromkeys(_type_name(value) for value in values))
    names = names or list(dict.fromkeys(MEANT[key] for key in node if key in MEANT))
    if not names:
        return {**_any(walk, {}, at), **node}
    walk.note(at, "type", "rewritten", "the type that its other keywords are for")
    return {"type": names[0] if len(names) == 1 else names, **node}


def _type_name(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _inside(walk: Walk, node: Json, at: str) -> Json:
    """The schema with the schemas inside it rewritten."""
    made = {key: _copy(value) for key, value in node.items()}
    is_plain = not (walk.subset.strict or walk.subset.converter)
    for path, child in children(node):
        key, place = path[0], at + "".join(f"/{escape(token)}" for token in path)
        if len(path) == 1:
            settled = isinstance(child, bool) and (key != "items" or is_plain)
            made[key] = child if settled else rewritten(walk, child, place)
        elif child is False and key == "properties":
            walk.note(f"{at}/properties", path[1], "rewritten", "left out: nothing may be there")
            del made[key][path[1]]
        else:
            index = int(path[1]) if isinstance(made[key], list) else path[1]
            made[key][index] = rewritten(walk, child, place)
    return made


def _copy(value: Json) -> Json:
    if isinstance(value, dict):
        return dict(value)
    return list(value) if isinstance(value, list) else value
