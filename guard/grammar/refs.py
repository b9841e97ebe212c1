"""References of a schema: each must lead to a schema in the document or beside it, and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Protocol

from guard.errors import SchemaError
from guard.grammar.dialects import declared, require_same
from guard.grammar.drafts import IGNORES_BESIDE_REF, keywords, specification
from guard.grammar.walk import children, escape
from guard.types import Json

REFS = ("$ref", "$dynamicRef", "$recursiveRef")
# Keywords whose schemas look at the same place in the value as the schema they are in.
IN_PLACE = frozenset(
    ["allOf", "anyOf", "dependencies", "dependentSchemas", "else", "if", "not", "oneOf", "then"]
)


@dataclass(frozen=True, kw_only=True)
class Node:
    """A schema: where it is, and what its references lead to.

    The pointer of one outside the document is the way there: the reference, and on from its target.
    `homes` has for each target the schema with an address of its own that it is in, where the
    target is true or false, of which nothing else tells where it is; else None.
    """

    pointer: str
    document: Json
    targets: tuple[Json, ...] = ()
    homes: tuple[Json, ...] = ()
    inside: tuple[tuple[tuple[str, ...], Json], ...] = ()


Check = Callable[[Json, str], None]
"""Looks whether what a reference leads to is a schema; it is given the pointer of it too."""

PLACES = frozenset(["$defs", "definitions"])
OLD_PLACES = frozenset(["definitions"])
"""Where drafts 4 to 7 keep schemas; what stands under `$defs` there nobody has checked."""
MOST_CHECKS = 200_000
"""Schemas that one place of a value is held against; more would take a checker over 10 seconds."""

IN_FILE = "put the schema it means under $defs and refer to it as #/$defs/NAME"


class Outside(Protocol):
    """What references out of a document may lead to."""

    registry: Any
    """All of it, for the library `referencing`."""

    drafts: dict[int, str]
    """What is of another draft, as `declared` gives it."""

    def address(self, node: Json) -> str | None:
        """The own address of a schema that may be referred to by another one, else None."""


@dataclass(kw_only=True)
class _Walk:
    draft: str
    check: Check | None
    outside: Outside | None
    places: dict[int, str]
    drafts: dict[int, str]
    nodes: dict[int, Node] = field(default_factory=dict)


def resolve(
    document: Json, draft: str, *, check: Check | None = None, outside: Outside | None = None
) -> dict[int, Node]:
    """Every schema of a document by its `id()`, references followed.

    `document` is without the `$schema` at its top; where that of a part is of another draft, all in
    the part has to mean the same in both (see `guard.grammar.dialects`).
    Without an `outside` no reference may lead there. What stands under keywords that the draft does
    not know, and in other documents, is looked at only if a reference leads there, and then `check`
    is asked first. Raises SchemaError naming the pointer of a reference that leads out of the
    document or nowhere, and of one that comes back to itself without going deeper into the value.
    """
    from referencing import Registry

    walk = _Walk(
        draft=draft,
        check=check,
        outside=outside,
        places=places(document),
        drafts=declared(document, draft),
    )
    resource = specification(draft).create_resource(document)
    base, known = resource.id() or "", Registry() if outside is None else outside.registry
    known = known.with_resource(base, resource)
    if not all(is_pointer(each) for each in _texts(document)):  # each would crawl it again
        known = known.crawl()
    _visit(walk, document, known.resolver(base), "")
    _refuse_loops(walk.nodes)
    return walk.nodes


def has_addresses(document: Json) -> bool:
    """Whether something in a document looks like a reference by an address."""
    return not all(text.startswith("#") for text in _texts(document))


def is_pointer(reference: str) -> bool:
    """Whether a reference is a JSON Pointer, from the top of its document or of an `$id` in it."""
    return reference == "#" or reference.startswith("#/")


def _texts(document: Json) -> Iterator[str]:
    """What looks like a reference in a document."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from (str(node[key]) for key in node.keys() & REFS)
            waiting += [child for child in node.values() if isinstance(child, dict | list)]
        elif isinstance(node, list):
            waiting += [child for child in node if isinstance(child, dict | list)]


def places(document: Json) -> dict[int, str]:
    """The JSON Pointer of every object in a document, by its `id()`."""
    found: dict[int, str] = {}
    waiting: list[tuple[Json, str]] = [(document, "")]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, dict):
            found.setdefault(id(node), at)
            inner = [each for each in node.items() if isinstance(each[1], dict | list)]
            waiting += [(child, f"{at}/{escape(name)}") for name, child in inner]
        elif isinstance(node, list):
            waiting += [(child, f"{at}/{index}") for index, child in enumerate(node)]
    return found


def _visit(walk: _Walk, document: Json, resolver: Any, pointer: str) -> None:
    kind = specification(walk.draft)
    waiting = [(document, resolver, pointer)]
    while waiting:
        node, resolver, pointer = waiting.pop()
        if not isinstance(node, dict) or id(node) in walk.nodes:
            continue
        _require_same(walk, node, pointer)
        found = [
            (key, _lookup(walk, resolver, node[key], f"{pointer}/{key}"))
            for key in REFS
            if key in node
        ]
        looked_at = _looked_at(walk, node)
        inside = tuple(each for each in children(node) if each[0][0] in looked_at)
        walk.nodes[id(node)] = Node(
            pointer=pointer,
            document=node,
            targets=tuple(resolved.contents for _, resolved in found),
            homes=tuple(_home(resolved) for _, resolved in found),
            inside=inside,
        )
        for key, to in found:
            place = walk.places.get(id(to.contents), f"{pointer}/{key}")
            if walk.check and id(to.contents) not in walk.nodes:
                walk.check(to.contents, place)
            waiting.append((to.contents, to.resolver, place))
        waiting += [
            (
                child,
                _into(resolver, child, kind),
                f"{pointer}/{'/'.join(map(escape, path))}",
            )
            for path, child in inside
            if isinstance(child, dict)
        ][::-1]


def _looked_at(walk: _Walk, node: dict[str, Json]) -> frozenset[str]:
    """The keywords of a schema that hold others, or a shelf of them."""
    is_old = walk.draft in IGNORES_BESIDE_REF
    known = frozenset[str]() if is_old and "$ref" in node else keywords(walk.draft)
    return known | (OLD_PLACES if is_old else PLACES) if id(node) in walk.places else known


def _require_same(walk: _Walk, node: dict[str, Json], pointer: str) -> None:
    own = walk.drafts.get(id(node))
    if own is None and walk.outside:
        own = walk.outside.drafts.get(id(node))
    if own is not None:
        require_same(node, pointer, walk.draft, own)


def _into(resolver: Any, child: dict[str, Json], kind: Any) -> Any:
    """The resolver of a schema inside another. That of a target counts from its `$id` already."""
    if not ("$id" in child or "id" in child):
        return resolver
    return resolver.in_subresource(kind.create_resource(child))


def _lookup(walk: _Walk, resolver: Any, reference: Json, at: str) -> Any:
    from referencing.exceptions import Unresolvable

    if not isinstance(reference, str):  # older drafts do not say what it has to be
        raise SchemaError(f"the reference at {at} is no text: {reference!r:.60}")
    try:
        resolved = resolver.lookup(reference)
        own = walk.outside.address(resolved.contents) if walk.outside else None
        if own is not None:  # references in it count from there
            resolved = resolver.lookup(own)
    except (Unresolvable, TypeError) as error:  # the second where the way leads through null
        raise _unresolved(reference, at, error) from error
    if not isinstance(resolved.contents, dict | bool):
        raise SchemaError(f"the reference at {at} leads to something that is no schema")
    return resolved


def _home(resolved: Any) -> Json:
    return resolved.resolver.lookup("#").contents if isinstance(resolved.contents, bool) else None


def _unresolved(reference: str, at: str, error: Exception) -> SchemaError:
    """What to say of a reference that the library could not follow."""
    from referencing.exceptions import NoSuchResource

    # It wraps what the registry's own retrieval raised, and hides the address that was asked for.
    cause = error.__cause__.__cause__ if error.__cause__ else None
    if isinstance(cause, SchemaError):
        return cause
    if not isinstance(error.__context__, NoSuchResource):
        return SchemaError(f"the reference at {at} leads nowhere: {reference!r}", hint=IN_FILE)
    uri = error.__context__.ref
    whole = "" if reference.startswith(uri) else f" ({uri})"
    return SchemaError(
        f"the reference at {at} leads out of the document: {reference!r}{whole}",
        hint=f"give its file, as references={{{uri!r}: FILE}} or --ref {uri}=FILE, or {IN_FILE}",
    )


def is_ambiguous(nodes: Mapping[int, Node], keyword: str) -> bool:
    """Whether references by a keyword may lead elsewhere than to their targets, by other ways."""
    anchors = {"$recursiveRef": "$recursiveAnchor", "$dynamicRef": "$dynamicAnchor"}
    key = anchors.get(keyword)
    return sum(key in node.document for node in nodes.values()) > 1


def in_place(node: Node) -> Iterator[Json]:
    """The schemas that a value must be held against because it is held against this one."""
    yield from node.targets
    yield from (child for path, child in node.inside if path[0] in IN_PLACE)


def _refuse_loops(nodes: dict[int, Node]) -> None:
    edges = {key: [id(other) for other in in_place(node)] for key, node in nodes.items()}
    leading = {key: others for key, others in edges.items() if others}  # most have none
    loop = [nodes[key].pointer or "#" for key in _loop(leading) if key in nodes]
    if loop:
        raise SchemaError(
            f"the schema refers to itself without end at {loop[0]}",
            hint="let a recursive reference go through properties or items",
        )
    _refuse_many(leading, nodes)


def _refuse_many(edges: dict[int, list[int]], nodes: dict[int, Node]) -> None:
    """Refuse what a checker would go through for years: it follows every way to a schema anew."""
    counts: dict[int, int] = {}
    for key in TopologicalSorter(edges).static_order():
        counts[key] = 1 + sum(counts[other] for other in edges.get(key, ()))
        if counts[key] > MOST_CHECKS:
            at = nodes[key].pointer or "the top"
            raise SchemaError(
                f"what is at {at} holds one value against more than {MOST_CHECKS:,} schemas",
                hint="refer to a schema once where it is referred to several times",
            )


def _loop(edges: dict[int, list[int]]) -> list[int]:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
