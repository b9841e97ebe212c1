"""What was changed in a schema on its way to a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from guard.grammar.walk import escape
from guard.models.subsets import ANNOTATIONS, Subset
from guard.types import Json

Action = Literal["dropped", "closed", "nullable", "rewritten", "wrapped", "merged", "refused"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference between a schema and what is sent of it.

    `pointer` leads to the keyword in the schema as it was given (inside a merged `allOf`, in the
    whole). `dropped`: the server does not
    enforce it, so it is only checked afterwards. `refused`: the server cannot hold to the schema at
    all, and gets it as it is. The others say the same, or allow less than the schema does: `closed`
    to other properties, `nullable` and required in place of optional, `wrapped` in an object.
    """

    pointer: str
    keyword: str
    action: Action
    reason: str

    @property
    def loses(self) -> bool:
        """Whether the server enforces less than the schema says."""
        restricts = self.keyword not in ANNOTATIONS
        return self.action == "refused" or (self.action == "dropped" and restricts)

    def __str__(self) -> str:
        return f"{self.pointer or '/'} {self.action}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Normalised:
    """What is sent for a schema.

    `strict`: it is fit for OpenAI's strict mode; `wrapped`: the value is asked for inside an object
    (see `guard.models.strict`).
    """

    document: Json
    changes: tuple[Change, ...] = ()
    strict: bool = False
    wrapped: bool = False

    @property
    def nulled(self) -> bool:
        """Whether the answer may have nulls where the schema has none."""
        return any(change.action == "nullable" for change in self.changes)

    @property
    def refused(self) -> bool:
        """Whether the server cannot hold to the schema."""
        return any(change.action == "refused" for change in self.changes)


class Refused(Exception):  # noqa: N818  (an answer, never seen by callers)
    """The server's structured output cannot hold to the schema, and why."""

    def __init__(self, pointer: str, keyword: str, reason: str) -> None:
        super().__init__(reason)
        self.change = Change(pointer=pointer, keyword=keyword, action="refused", reason=reason)


@dataclass(kw_only=True)
class Walk:
    """The way through one schema: the subset it is brought into, and the changes so far.

    `own` is the reference that takes the place of `#`, where something else becomes the root.
    """

    subset: Subset
    own: str | None = None
    changes: list[Change] = field(default_factory=list)

    def note(self, at: str, keyword: str, action: Action, reason: str) -> None:
        """Add a change to a keyword of the schema at the pointer `at`."""
        pointer = f"{at}/{escape(keyword)}"
        change = Change(pointer=pointer, keyword=keyword, action=action, reason=reason)
        self.changes.append(change)

    def without(self, node: dict[str, Json], at: str, keys: set[str], reason: str) -> Json:
        """The schema without these keywords, each of which is noted."""
        for key in node:
            if key in keys:
                self.note(at, key, "dropped", reason)
        return {key: value for key, value in node.items() if key not in keys}


def types_of(node: dict[str, Json]) -> list[str]:
    """The types that a schema names."""
    named = node.get("type", [])
    return [named] if isinstance(named, str) else list(named)
