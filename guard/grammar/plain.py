"""What a grammar is, and what of a schema it leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from guard.types import Json


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A keyword that the grammar does not enforce: its JSON Pointer in the schema, and why."""

    pointer: str
    keyword: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """A grammar in llguidance's own notation, and what it leaves to be checked afterwards.

    `plain` is the schema it was made of, without the keywords of the given one that combine others.
    """

    text: str
    plain: Json
    refusals: tuple[Refusal, ...] = ()
