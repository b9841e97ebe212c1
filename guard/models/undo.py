"""Taking back in an answer what was changed in the schema: the wrapper, and nulls for nothing.

The answer stays text, and goes through the same check as any other.
"""

from __future__ import annotations

import json

from guard.errors import InputError
from guard.files import parse_json
from guard.grammar.parts import referred
from guard.models.changes import Normalised, types_of
from guard.models.strict import VALUE
from guard.types import Json

MAX_DEPTH = 100
"""Of references, when a null's place is looked up."""


def undone(text: str, schema: Json, sent: Normalised) -> str:
    """The answer `text` as `schema` wants it; a text that is no JSON stays as it is."""
    if not sent.wrapped and not sent.nulled:
        return text
    try:
        value = parse_json(text, where="the answer")
    except InputError:
        return text
    if sent.wrapped and isinstance(value, dict) and value.keys() == {VALUE}:
        value = value[VALUE]
    made = json.dumps(_without_nulls(value, schema, schema), ensure_ascii=False)
    return made if _encodable(made) else json.dumps(json.loads(made))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _without_nulls(value: Json, schema: Json, root: Json) -> Json:
    """The value without the nulls that only say that an optional property is absent."""
    nodes = list(_applying(value, schema, root, 0))
    if isinstance(value, list):
        return [_item(item, at, nodes, root) for at, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, child in value.items():
        inner = {"allOf": [n["properties"][name] for n in nodes if name in n.get("properties", {})]}
        if child is None and _optional(name, nodes) and not _takes(None, inner, root, 0):
            continue
        kept[name] = _without_nulls(child, inner, root)
    return kept


def _item(item: Json, at: int, nodes: list[dict[str, Json]], root: Json) -> Json:
    inner = [node["items"] for node in nodes if isinstance(node.get("items"), dict)]
    return _without_nulls(item, {"allOf": inner}, root)


def _optional(name: str, nodes: list[dict[str, Json]]) -> bool:
    return not any(name in node.get("required", ()) for node in nodes)


def _applying(value: Json, node: Json, root: Json, depth: int) -> list[dict[str, Json]]:
    """The schema, what it refers to, and of its alternatives the one that the value is meant as."""
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        return []
    found = [node]
    for part in (*node.get("allOf", ()), *_referred(node, root)):
        found += _applying(value, part, root, depth + 1)
    for key in ("anyOf", "oneOf"):
        branches = node.get(key, ())
        meant = next((b for b in branches if _takes(value, b, root, 0)), None)
        found += _applying(value, meant, root, depth + 1)
    return found


def _referred(node: dict[str, Json], root: Json) -> list[Json]:
    """What a schema refers to."""
    return [referred(root, node["$ref"])] if "$ref" in node else []


def _takes(value: Json, node: Json, root: Json, depth: int) -> bool:
    """Whether a value has the form of a schema, nulls standing for absent properties."""
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        return node is not False
    listed = value in node.get("enum", [value]) and value == node.get("const", value)
    typed = "type" not in node or any(_is(value, name) for name in types_of(node))
    if not listed or not typed:
        return False
    parts = [*node.get("allOf", ()), *_referred(node, root)]
    choices = [node[key] for key in ("anyOf", "oneOf") if key in node]
    return (
        all(_takes(value, part, root, depth + 1) for part in parts)
        and all(any(_takes(value, b, root, depth + 1) for b in branches) for branches in choices)
        and (not isinstance(value, dict) or _has_properties(value, node, root, depth))
    )


def _has_properties(value: dict[str, Json], node: dict[str, Json], root: Json, depth: int) -> bool:
    properties, required = node.get("properties", {}), node.get("required", ())
    if any(name not in value for name in required):
        return False
    if node.get("additionalProperties") is False and value.keys() - properties.keys():
        return False
    return all(
        (child is None and name not in required)
        or _takes(child, properties.get(name, True), root, depth + 1)
        for name, child in value.items()
    )


def _is(value: Json, name: str) -> bool:
    """Whether a value is of a JSON Schema type."""
    if isinstance(value, bool) or name == "boolean":
        return isinstance(value, bool) and name == "boolean"
    if name == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    kinds: dict[str, tuple[type, ...]] = {
        "object": (dict,),
        "array": (list,),
        "string": (str,),
        "number": (int, float),
        "null": (type(None),),
    }
    return isinstance(value, kinds[name])
