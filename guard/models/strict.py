"""OpenAI's strict mode: an object at the root, every object closed, every property required.

See `guard.models.subsets` for the sources. What it cannot say without losing most of it (a map of
free names, a list of anything) is refused; the schema is then sent without `strict`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guard.grammar.walk import children
from guard.models.changes import Refused, Walk, types_of
from guard.models.hoisting import TABLES
from guard.models.subsets import (
    LONG_ENUM,
    MAX_CHARACTERS,
    MAX_ENUM,
    MAX_LEVELS,
    MAX_LONG_ENUM_CHARACTERS,
    MAX_PROPERTIES,
)
from guard.types import Json

VALUE = "value"
"""The property that holds the value where the schema's root is no object."""

Rewrite = Callable[[Walk, Json, str], Json]


def rooted(walk: Walk, document: Json, rewrite: Rewrite) -> tuple[Json, bool]:
    """The schema with an object at its root, and whether that is a wrapper. Raises Refused."""
    wrap = not _is_object(document)
    name = free_name(document)
    if wrap and refers_to_root(document):
        walk.own = f"#/$defs/{name}"
    sent = rewrite(walk, document, "")
    if wrap:
        walk.note("", "type", "wrapped", f"the root has to be an object: the value is in {VALUE!r}")
        sent = _wrapped(sent, walk.own, name)
    _limit(sent)
    return sent, wrap


def _is_object(document: Json) -> bool:
    """Whether the schema is one of objects, and stays it."""
    if not isinstance(document, dict) or document.get("type") != "object" or "$ref" in document:
        return False
    return "properties" in document or not {"anyOf", "oneOf"} & document.keys()


def _wrapped(sent: dict[str, Json], own: str | None, name: str) -> Json:
    tables = {key: sent.pop(key) for key in TABLES if key in sent}
    if own:
        tables["$defs"] = {**tables.get("$defs", {}), name: sent}
        sent = {"$ref": own}
    return {
        "type": "object",
        "properties": {VALUE: sent},
        "required": [VALUE],
        "additionalProperties": False,
        **tables,
    }


def refers_to_root(node: Json) -> bool:
    """Whether a schema refers to itself as `#`."""
    if not isinstance(node, dict):
        return False
    return node.get("$ref") == "#" or any(refers_to_root(child) for _, child in children(node))


def free_name(document: Json) -> str:
    """A name for the root that is not among the definitions."""
    name = "root"
    while isinstance(document, dict) and name in document.get("$defs", {}):
        name += "_"
    return name


def closed(walk: Walk, node: dict[str, Json], at: str) -> Json:
    """The schema with its objects closed and their properties required. Raises Refused."""
    node = {"anyOf" if key == "oneOf" else key: value for key, value in node.items()}
    if "allOf" in node:
        raise Refused(f"{at}/allOf", "allOf", "strict mode has no allOf")
    if "array" in types_of(node) and "items" not in node:
        raise Refused(f"{at}/items", "items", "strict mode has no list of anything")
    if "object" not in types_of(node):
        return node
    properties = node.get("properties", {})
    _refuse_map(node, properties, at)
    if "additionalProperties" not in node or node["additionalProperties"]:
        walk.note(at, "additionalProperties", "closed", "strict mode has closed objects only")
    return {
        **node,
        "properties": {
            name: _present(walk, child, name, node, at) for name, child in properties.items()
        },
        "required": list(properties),
        "additionalProperties": False,
    }


def _refuse_map(node: dict[str, Json], properties: dict[str, Json], at: str) -> None:
    others = node.get("additionalProperties", True)
    if isinstance(others, dict) or (others and not properties):
        why = "strict mode has no object with free names"
        raise Refused(f"{at}/additionalProperties", "additionalProperties", why)
    missing = [name for name in node.get("required", ()) if name not in properties]
    if missing:
        why = f"strict mode needs a schema for the required property {missing[0]!r}"
        raise Refused(f"{at}/required", "required", why)


def _present(walk: Walk, child: Json, name: str, node: dict[str, Json], at: str) -> Json:
    """The schema of a property that is always written: null when it is optional and left out."""
    if name in node.get("required", ()):
        return child
    walk.note(f"{at}/properties", name, "nullable", "required, and null where it is left out")
    nullable = "null" in types_of(child) and not {"enum", "const"} & child.keys()
    return child if nullable else {"anyOf": [child, {"type": "null"}]}


def _limit(sent: Json) -> None:
    """Raise Refused where the schema is larger than strict mode takes."""
    nodes = list(_nodes(sent, 0))
    values = [node["enum"] for _, node in nodes if "enum" in node]
    names = [
        name for _, node in nodes for key in ("properties", *TABLES) for name in node.get(key, ())
    ]
    texts = [str(value) for listed in values for value in listed]
    texts += [str(node["const"]) for _, node in nodes if "const" in node]
    long = [listed for listed in values if len(listed) > LONG_ENUM]
    counts = (
        ("properties", sum(len(node.get("properties", ())) for _, node in nodes), MAX_PROPERTIES),
        ("levels", max(level for level, _ in nodes), MAX_LEVELS),
        ("enum values", sum(len(listed) for listed in values), MAX_ENUM),
        ("characters of names and values", sum(map(len, names + texts)), MAX_CHARACTERS),
        (
            f"characters in an enum of over {LONG_ENUM}",
            max((sum(len(str(value)) for value in listed) for listed in long), default=0),
            MAX_LONG_ENUM_CHARACTERS,
        ),
    )
    for what, count, most in counts:
        if count > most:
            raise Refused("", "", f"{count:,} {what}: strict mode takes {most:,}")


def _nodes(node: Json, level: int) -> Iterator[tuple[int, dict[str, Json]]]:
    """Every schema with how many objects and lists it is inside of."""
    if not isinstance(node, dict):
        return
    yield level, node
    for path, child in children(node):
        deeper = path[0] in ("properties", "items")
        yield from _nodes(child, 0 if path[0] in TABLES else level + deeper)
