"""What a schema may refer to outside itself: the files given for it, and the drafts' own schemas.

Nothing is ever fetched: an address for which nothing is given leads nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, urldefrag, urljoin

from guard.errors import SchemaError
from guard.grammar.dialects import declared
from guard.grammar.drafts import specification
from guard.grammar.refs import places
from guard.schema.read import check_form, declared_draft, read_document, require_schema, too_deep
from guard.types import Json

if TYPE_CHECKING:
    from referencing import Registry, Resource

Given: TypeAlias = Mapping[str, Path | str | Json]
"""By address: a path, JSON text, or the parsed document, as `load_schema` takes it."""


UNQUOTED = "/~!$&'()*+,;=:@"
"""What a pointer has as it is in an address."""


@dataclass(frozen=True, kw_only=True)
class Referred:
    """A document that may be referred to.

    `uri` is the address it is given for, `base` its own (from its `$id`, else the same), `name`
    what errors call it.
    """

    uri: str
    base: str
    name: str
    draft: str
    document: Json


class References:
    """The documents given for a schema of `draft` whose own address is `base`, or empty.

    `registry` is for the library `referencing`. What is wrong with a document is raised when a
    reference leads to it, since one set of files may serve many schemas; only two documents for
    one address are refused at once, and what is no address.
    """

    def __init__(self, given: Given, *, draft: str, base: str) -> None:
        from referencing import Registry

        self._draft = draft
        self.drafts: dict[int, str] = {}
        self._problems: dict[str, SchemaError] = {}
        self._published: dict[str, Resource[Json]] = {}
        self._places: dict[int, tuple[Referred, str]] = {}
        self.registry: Registry[Json] = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]
        for address, source in given.items():
            uri = _uri(address, base)
            try:
                referred, own = _read(uri, source, draft)
            except SchemaError as error:
                self._problems[uri] = error
                continue
            self._add(referred, own)

    def place(self, node: Json) -> tuple[Referred, str] | None:
        """The document that an object is in, and its JSON Pointer there; None for any other."""
        return self._places.get(id(node))

    def address(self, node: Json) -> str | None:
        """The own address of a part of a document that is given for another one, else None."""
        place = self.place(node)
        if place is None or place[0].base == place[0].uri:
            return None
        return f"{place[0].base}#{quote(place[1], safe=UNQUOTED)}"

    def check(self, node: Json, pointer: str, referred: Referred) -> None:
        """Hold a part of a document that is referred to against its draft. Raises SchemaError."""
        try:
            check_form(node, pointer, referred.draft, referred.name)
        except RecursionError as error:
            raise too_deep(referred.name) from error

    def _add(self, referred: Referred, own: Registry[Json]) -> None:
        for uri in own:
            if uri in self.registry and self.registry[uri].contents != own[uri].contents:
                raise SchemaError(
                    f"{referred.name} has the address {uri}, and so has another reference",
                    hint="give one of the two",
                )
        self._places |= {key: (referred, at) for key, at in places(referred.document).items()}
        self.drafts |= declared(referred.document, self._draft)
        self.registry = self.registry.combine(own)

    def _retrieve(self, uri: str) -> Resource[Json]:
        """For `referencing`: what is at an address that the registry does not have."""
        from referencing.exceptions import NoSuchResource

        if uri in self._problems:
            raise self._problems[uri]
        if uri not in self._published:
            document = _published(uri)
            if document is None:
                raise NoSuchResource(ref=uri)  # type: ignore[call-arg]
            referred, own = _crawled(uri, document, f"the published schema {uri}", self._draft)
            self._add(referred, own)
            self._published |= dict(own)  # by its own address, it has to be the same object
        return self._published[uri]


def _uri(address: str, base: str) -> str:
    """The whole address that a document is given for. Raises SchemaError."""
    uri, fragment = urldefrag(urljoin(base, address))
    if fragment or not uri:
        raise SchemaError(
            f"{address!r} is not the address of a document",
            hint="give the file of a whole document, by what stands before the # of the reference",
        )
    return uri


def _read(uri: str, source: Path | str | Json, draft: str) -> tuple[Referred, Registry[Json]]:
    named = f"reference {uri}"
    document, origin = read_document(source, inline=f"the {named}", file=f"{named} in")
    name = f"the {named}" if origin == "inline" else f"{named} in {origin}"
    require_schema(document, name)
    return _crawled(uri, document, name, draft)


def _crawled(uri: str, document: Json, name: str, draft: str) -> tuple[Referred, Registry[Json]]:
    """A document and every address in it; `draft` is that of one that declares none."""
    from referencing import Registry

    if isinstance(document, dict) and "$schema" in document:
        draft = declared_draft(document, name)
    root = _object(document, draft, name)
    try:
        base = _own_address(root, uri, draft)
        empty: Registry[Json] = Registry()
        own = empty.with_resource(uri, specification(draft).create_resource(root)).crawl()
    except (AttributeError, TypeError, ValueError) as error:  # as for an $id that is a number
        check_form(root, "", draft, name)
        raise SchemaError(f"{name} cannot be read as a schema: {error}") from error
    return Referred(uri=uri, base=base, name=name, draft=draft, document=root), own


def _object(document: Json, draft: str, name: str) -> Json:
    """The schema; in the place of true and false, objects that mean the same."""
    if isinstance(document, dict):
        return document
    check_form(document, "", draft, name)  # draft 4 has neither
    return {} if document else {"not": {}}


def _own_address(root: Json, uri: str, draft: str) -> str:
    """The address that a document at `uri` has of itself, which is made whole in it."""
    own = specification(draft).create_resource(root).id()
    if own is None:
        return uri
    key = "id" if draft == "4" else "$id"
    root[key] = urljoin(uri, own)
    return str(root[key])


def _published(uri: str) -> Json | None:
    """The schema of a draft, or a part of it, as published at `uri`; None for any other address.

    Every draft is published with https and with http, whichever its own address has.
    """
    from jsonschema_specifications import REGISTRY

    rest = uri.partition("://")[2]
    known = [each for each in (uri, f"http://{rest}", f"https://{rest}") if each in REGISTRY]
    return deepcopy(REGISTRY[known[0]].contents) if known else None
