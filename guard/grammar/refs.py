"""References inside a schema: each must lead to a place in the same document, and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from guard.errors import SchemaError
from guard.grammar.drafts import keywords, specification
from guard.grammar.walk import children, escape
from guard.types import Json

REFS = ("$ref", "$dynamicRef", "$recursiveRef")
# Keywords whose schemas look at the same place in the value as the schema they are in.
IN_PLACE = frozenset(
    ["allOf", "anyOf", "dependencies", "dependentSchemas", "else", "if", "not", "oneOf", "then"]
)


@dataclass(frozen=True, kw_only=True)
class Node:
    """A schema in the document: where it is, and what its references lead to."""

    pointer: str
    document: Json
    targets: tuple[Json, ...] = ()
    inside: tuple[tuple[tuple[str, ...], Json], ...] = ()


Check = Callable[[Json, str], None]
"""Looks whether what a reference leads to is a schema; it is given the pointer of it too."""

PLACES = frozenset(["$defs", "definitions"])


@dataclass(kw_only=True)
class _Walk:
    draft: str
    check: Check | None
    nodes: dict[int, Node] = field(default_factory=dict)


def resolve(document: Json, draft: str, *, check: Check | None = None) -> dict[int, Node]:
    """Every schema of a document by its `id()`, references followed.

    What stands under keywords that the draft does not know is looked at only if a reference leads
    there, and then `check` is asked first. Raises SchemaError naming the pointer of a reference
    that leads out of the document or nowhere, and of one that comes back to itself without going
    deeper into the value.
    """
    from referencing import Registry

    walk = _Walk(draft=draft, check=check)
    resource = specification(draft).create_resource(document)
    registry: Registry[Json] = Registry()
    _visit(walk, document, registry.resolver_with_root(resource), "")
    _refuse_loops(walk.nodes)
    return walk.nodes


def _visit(walk: _Walk, document: Json, resolver: Any, pointer: str) -> None:
    kind, known = specification(walk.draft), keywords(walk.draft) | PLACES
    waiting = [(document, resolver, pointer)]
    while waiting:
        node, resolver, pointer = waiting.pop()
        if not isinstance(node, dict) or id(node) in walk.nodes:
            continue
        resolver = resolver.in_subresource(kind.create_resource(node))
        found = [(key, _lookup(resolver, node[key], pointer, key)) for key in REFS if key in node]
        inside = tuple(each for each in children(node) if each[0][0] in known)
        walk.nodes[id(node)] = Node(
            pointer=pointer,
            document=node,
            targets=tuple(resolved.contents for _, resolved in found),
            inside=inside,
        )
        for key, to in found:
            place = _place(node[key], f"{pointer}/{key}")
            if walk.check and id(to.contents) not in walk.nodes:
                walk.check(to.contents, place)
            waiting.append((to.contents, to.resolver, place))
        waiting += [
            (child, resolver, pointer + "".join(f"/{escape(token)}" for token in path))
            for path, child in inside
        ][::-1]


def _lookup(resolver: Any, reference: Json, pointer: str, key: str) -> Any:
    from referencing.exceptions import Unresolvable

    at = f"{pointer}/{key}"
    if not isinstance(reference, str):  # older drafts do not say what it has to be
        raise SchemaError(f"the reference at {at} is no text: {reference!r:.60}")
    try:
        resolved = resolver.lookup(reference)
    except Unresolvable as error:
        place = "leads out of the document" if _is_remote(reference) else "leads nowhere"
        raise SchemaError(
            f"the reference at {at} {place}: {reference!r}",
            hint="put the schema it means under $defs and refer to it as #/$defs/NAME",
        ) from error
    if not isinstance(resolved.contents, dict | bool):
        raise SchemaError(f"the reference at {at} leads to something that is no schema")
    return resolved


def _place(reference: str, default: str) -> str:
    """The pointer of what a reference leads to, or of the reference when it is not a pointer."""
    return reference.removeprefix("#") if reference.startswith("#/") else default


def _is_remote(reference: Json) -> bool:
    return isinstance(reference, str) and not reference.startswith("#")


def in_place(node: Node) -> Iterator[Json]:
    """The schemas that a value must be held against because it is held against this one."""
    yield from node.targets
    yield from (child for path, child in node.inside if path[0] in IN_PLACE)


def _refuse_loops(nodes: dict[int, Node]) -> None:
    edges = {key: [id(other) for other in in_place(node)] for key, node in nodes.items()}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        loop = [nodes[key].pointer or "#" for key in error.args[1] if key in nodes]
        raise SchemaError(
            f"the schema refers to itself without end at {loop[0]}",
            hint="let a recursive reference go through properties or items",
        ) from error
