"""A JSON Schema of any draft as one of plain limits, choices and references.

What comes out accepts every value that the schema accepts, and no other one where there is no note.
It knows no `allOf` of schemas, `not`, `if`, `oneOf`, `unevaluated...`, `dependent...`: they are
multiplied out (`guard.grammar.expand`), and each place of a value becomes a state, the product of
all schemas that look at it (`guard.grammar.states`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from guard.errors import SchemaError
from guard.grammar import choices, inside, scalars
from guard.grammar.dialects import draft_of_whole
from guard.grammar.drafts import DEFAULT_DRAFT, keywords
from guard.grammar.emit import Emitter
from guard.grammar.engine import UNSATISFIABLE, ask
from guard.grammar.expand import LATE, Expander
from guard.grammar.firm import firm
from guard.grammar.pool import Pool, Pooled
from guard.grammar.refs import Node, resolve
from guard.grammar.states import States, TooLargeError
from guard.grammar.walk import undeclared
from guard.types import Json

POSITIVE = {**scalars.POSITIVE, **choices.POSITIVE, **inside.POSITIVE}
NEGATIVE = {**scalars.NEGATIVE, **choices.NEGATIVE, **inside.NEGATIVE}
WHOLE = frozenset(["not", "if", "oneOf"])
"""Keywords that are not expressed as a whole where something in them is not."""

PARTLY = "not all of what it excludes can be described by a grammar"


SIZES = ((128, 400_000), (8, 800_000), (1, 4_000_000))
"""Alternatives of one place at most, and characters of the whole; the first that fits is taken."""


@dataclass(frozen=True, kw_only=True)
class Normal:
    """A schema in plain terms (draft 2020-12), and why which keywords are not all in it.

    `notes` are by JSON Pointer of the keyword in the schema as it was given; `origins` lead from
    the names of `$defs` to where in that schema they come from.
    """

    document: dict[str, Json]
    notes: Mapping[str, str]
    origins: Mapping[str, str]


def normalise(document: Json, *, is_closed: bool = False, pooled: Pooled | None = None) -> Normal:
    """The schema in plain terms.

    `is_closed`: narrower, for writing: open objects take declared properties only, items that an
    array has to contain come first, integers have 18 digits. `pooled` makes a pool of values to
    try; with it, what can only be said loosely is left out wherever something else is left
    (`guard.grammar.firm`). Raises SchemaError where no value can satisfy it, and where it has too
    many parts to be told apart.
    """
    root = undeclared(document)
    if isinstance(root, bool):
        root = {} if root else {"enum": []}
    draft = draft_of_whole(document) or DEFAULT_DRAFT
    nodes = resolve(root, draft)
    pool = None if pooled is None else pooled(nodes)
    for most, size in SIZES:
        try:
            made = _normal(root, nodes, draft, most=most, is_closed=is_closed, pool=pool)
        except TooLargeError:
            continue
        if len(json.dumps(made.document)) <= size:
            return made
    raise SchemaError(
        "the schema has more parts than can be told apart",
        hint="split it, or leave out what the answer does not need",
    )


def _normal(
    root: dict[str, Json],
    nodes: dict[int, Node],
    draft: str,
    *,
    most: int,
    is_closed: bool,
    pool: Pool | None,
) -> Normal:
    see = Expander(
        nodes=nodes,
        known=keywords(draft),
        draft=draft,
        positive=POSITIVE,
        negative=NEGATIVE,
        annotates=any(not LATE.keys().isdisjoint(node.document) for node in nodes.values()),
        most=most,
        pool=pool,
    )
    states = States(see=see, is_closed=is_closed)
    top = see.place(root)
    states.explore(top)
    if top not in states.alive:
        raise SchemaError(
            f"no value can satisfy the schema: {_reason(root)}",
            hint="mend the keywords that exclude each other",
        )
    if pool is not None:
        firm(states, pool)
    emitter = Emitter(states)
    made = emitter.document(top)
    return Normal(document=made, notes=_spread(see.notes), origins=emitter.origins())


def _reason(root: dict[str, Json]) -> str:
    """Why nothing satisfies a schema, in the engine's words where it has found out too."""
    error = ask(root)[1]
    if UNSATISFIABLE in error:
        return error.partition(":")[2].strip()[:300]
    return "what it demands contradicts itself or has no end"


def _spread(notes: dict[str, str]) -> dict[str, str]:
    """The notes, and for keywords that they make inexact as a whole."""
    more: dict[str, str] = {}
    for pointer in notes:
        parts = pointer.split("/")
        for size in range(2, len(parts)):
            if parts[size - 1] in WHOLE:
                more.setdefault("/".join(parts[:size]), PARTLY)
    return more | notes
