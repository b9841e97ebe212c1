"""One document out of a schema and what it refers to outside itself.

Each schema that a reference leads to is put under `$defs` (`definitions` before draft 2019-09), and
the reference leads there: `#/$defs/item.json`, as grammars, prompts and servers follow it. In the
same way references by the addresses that parts of the schema have (`$id`, `$anchor`) become
pointers from its top. Where references depend on the way that leads to them (`$dynamicRef`,
`$recursiveRef`), addresses stay, and whole documents are embedded under theirs, as JSON Schema
2020-12 core, section 9.3 has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Set
from urllib.parse import quote, unquote, urldefrag

from guard.errors import SchemaError
from guard.grammar.drafts import IGNORES_BESIDE_REF, keywords
from guard.grammar.parts import referred as pointed_at
from guard.grammar.refs import (
    PLACES,
    REFS,
    Check,
    Node,
    is_ambiguous,
    is_pointer,
    places,
    resolve,
)
from guard.grammar.walk import subschemas, undeclared
from guard.schema.read import MAX_BYTES
from guard.schema.references import UNQUOTED, References, Referred
from guard.types import Json

ANCHORS = frozenset(["$anchor", "$dynamicAnchor", "$recursiveAnchor"])
"""Keywords that say how a schema may be referred to inside its document."""

NAMELESS = "urn:guard:schema"
"""The address of a schema that has none; relative ones do not count from it."""


def bundle(
    root: Json, draft: str, *, references: References, check: Check
) -> tuple[Json, dict[int, Node]]:
    """`root` with all that it refers to, and every schema in it (as `resolve` gives them).

    `root` is without the `$schema` at its top, and may be changed: no part keeps its own. It comes
    back as it was otherwise where all references are pointers from its top. Raises SchemaError as
    `resolve` does, and when the whole is over 4 MiB.
    """
    nodes = resolve(root, draft, check=check, outside=references)
    for node in nodes.values():
        node.document.pop("$schema", None)  # jsonschema would go by it to a validator of its own
    moving = keywords(draft) & set(REFS) - {"$ref"}
    if any(moving & node.document.keys() for node in nodes.values()) and _leads_out(root, nodes):
        root = _embedding(root, nodes, draft, references, check)
        nodes = resolve(root, draft)
    if not _is_settled(root, nodes, moving) and _is_fixed(nodes, moving):
        root = _pointing(root, nodes, draft, references)
        nodes = resolve(root, draft)
    return root, nodes


def _leads_out(root: Json, nodes: dict[int, Node]) -> bool:
    inside = places(root)
    reached = (there for node in nodes.values() for *_, there in _references(node))
    return any(id(there) not in inside for there in reached)


def _is_settled(root: Json, nodes: dict[int, Node], moving: Set[str]) -> bool:
    """Whether all references are pointers from the top that lead there on every way."""
    return all(
        key not in moving and _is_plain(root, reference, target)
        for node in nodes.values()
        for key, reference, target, _ in _references(node)
    )


def _is_fixed(nodes: dict[int, Node], moving: Set[str]) -> bool:
    """Whether all references could be written as `$ref`, since they have one target each."""
    asked = [(node.document.keys() & moving, "$ref" in node.document) for node in nodes.values()]
    ambiguous = {key for key in moving if is_ambiguous(nodes, key)}
    return not any(keys & ambiguous or (keys and is_beside) for keys, is_beside in asked)


def _references(node: Node) -> Iterator[tuple[str, str, Json, Json]]:
    """Each reference: its keyword, its text, what it leads to, and an object in that document."""
    keys = [key for key in REFS if key in node.document]
    for key, target, home in zip(keys, node.targets, node.homes, strict=True):
        yield key, node.document[key], target, target if home is None else home


def _is_plain(root: Json, reference: str, target: Json) -> bool:
    """Whether a reference leads to its target as a pointer from the top of the document."""
    return is_pointer(reference) and pointed_at(root, reference) is target


def _pointing(root: Json, nodes: dict[int, Node], draft: str, references: References) -> Json:
    """The document in which every reference is a pointer from its top."""
    inside = places(root)
    added: dict[int, tuple[str, Json]] = {}
    changes = []
    for node in nodes.values():
        for key, reference, target, _ in _references(node):
            if id(target) in inside or _is_plain(root, reference, target):
                pointer = inside.get(id(target), unquote(reference[1:]))
                changes.append((node.document, key, pointer))
                continue
            taken = {*_table(root, draft), *(name for name, _ in added.values())}
            name = _name(*_origin(references, reference, target))
            name, _ = added.setdefault(id(target), (_free(name, taken), target))
            changes.append((node.document, key, f"/{_key(draft)}/{name}"))
    for node in nodes.values():
        _forget_addresses(node.document, draft, is_top=node.document is root)
        if id(node.document) not in inside:
            _forget_places(node.document)
    known = keywords(draft)
    for document, key, pointer in changes:
        name = "$ref" if key in known else key
        document[name] = "#" + quote(pointer, safe=UNQUOTED)
        if name != key:
            del document[key]
    return _with(root, dict(added.values()), draft)


def _origin(references: References, reference: str, target: Json) -> tuple[str, str]:
    """The address of the document that a target is in, and its pointer there."""
    place = references.place(target)
    return urldefrag(reference) if place is None else (place[0].uri, place[1])


def _forget_addresses(node: dict[str, Json], draft: str, *, is_top: bool) -> None:
    """Take out what only references by an address need; the document keeps its own."""
    own = "id" if draft == "4" else "$id"
    for key in ANCHORS | {own}:
        if not (is_top and key == own and node.get(key) != NAMELESS):
            node.pop(key, None)
    for _, inner in subschemas(node.get("contentSchema")):  # which only addresses are looked for in
        if isinstance(inner, dict):
            _forget_addresses(inner, draft, is_top=False)


def _forget_places(node: dict[str, Json]) -> None:
    """Take out the schemas that are only there to be referred to: those that are, are added."""
    for key in PLACES:
        node.pop(key, None)


def _embedding(
    root: Json, nodes: dict[int, Node], draft: str, references: References, check: Check
) -> Json:
    """The document with all others that are reached in it, each under its own address."""
    embedded: set[str] = set()
    # To the library, a document without an address is no part of the way that leads to a schema.
    root.setdefault("$id", NAMELESS)
    while new := _reached(root, nodes, references, embedded):
        _name_alike(nodes, references)
        added: dict[str, Json] = {}
        for referred in new:
            name = _free(_name(referred.uri, ""), {*_table(root, draft), *added})
            added[name] = {**undeclared(referred.document), "$id": referred.base}
        root = _with(root, added, draft)
        embedded |= {referred.base for referred in new}
        nodes = resolve(root, draft, check=check, outside=references)
    return root


def _reached(
    root: Json, nodes: dict[int, Node], references: References, embedded: set[str]
) -> list[Referred]:
    """The documents outside that references lead to, each once, without those embedded before."""
    inside = places(root)
    reached = [node.document for node in nodes.values()]
    reached += [there for node in nodes.values() for *_, there in _references(node)]
    outside = [document for document in reached if id(document) not in inside]
    found = [place[0] for place in map(references.place, outside) if place is not None]
    return list({each.base: each for each in found if each.base not in embedded}.values())


def _name_alike(nodes: dict[int, Node], references: References) -> None:
    """Let references go by the own address of a document that is given for another one."""
    for node in nodes.values():
        for key, reference, target, there in _references(node):
            place = references.place(there)
            if place is None or place[0].base == place[0].uri or reference.startswith("#"):
                continue
            fragment = urldefrag(reference).fragment
            if _leads_to(target, references, place[0].base, fragment):
                node.document[key] = f"{place[0].base}#{fragment}" if fragment else place[0].base


def _leads_to(target: Json, references: References, base: str, fragment: str) -> bool:
    from referencing.exceptions import Unresolvable

    try:
        found = references.registry.resolver(base).lookup(f"#{fragment}").contents
    except Unresolvable:
        return False
    return bool(found == target)


def _with(root: Json, added: Mapping[str, Json], draft: str) -> Json:
    """The document with more schemas to refer to; nothing in it is shared. Raises SchemaError."""
    size = len(json.dumps(root))
    for schema in added.values():
        size += len(json.dumps(schema))
        if size > MAX_BYTES:
            raise SchemaError(
                f"the schema and what it refers to have more than {MAX_BYTES:,} bytes together",
                hint="refer to the parts that the answer needs",
            )
    tables = {_key(draft): {**_table(root, draft), **added}} if added else {}
    whole: Json = json.loads(json.dumps({**root, **tables}))
    return whole


def _key(draft: str) -> str:
    return "definitions" if draft in IGNORES_BESIDE_REF else "$defs"


def _table(root: Json, draft: str) -> dict[str, Json]:
    table: dict[str, Json] = root.get(_key(draft), {})
    return table


def _name(uri: str, pointer: str) -> str:
    """`item.json` for a whole document, `item.json-price` for what is at `/$defs/price` in it."""
    file = re.split(r"[/:?]", uri.rstrip("/"))[-1]
    part = pointer.rpartition("/")[2]
    return re.sub(r"[^\w.-]+", "-", f"{file}-{part}" if part else file, flags=re.ASCII) or "schema"


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number where it is taken."""
    return next(
        each
        for n in range(1, len(taken) + 2)
        if (each := f"{name}-{n}" if n > 1 else name) not in taken
    )
