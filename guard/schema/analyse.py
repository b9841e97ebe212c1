"""What becomes of each keyword of a schema: enforced while writing, checked after, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from guard.errors import SchemaError
from guard.grammar import Refusal, compile_grammar
from guard.grammar.drafts import IGNORES_BESIDE_REF, keywords
from guard.grammar.formats import is_known
from guard.grammar.walk import SILENT, escape, subschemas
from guard.schema.load import Schema
from guard.schema.possible import impossible
from guard.types import Json

Status = Literal["enforced", "checked", "refused"]
IGNORED = "unknown in draft {draft}: it is ignored, neither enforced nor checked"
NO_FORMAT = "unknown format: it is neither enforced nor checked"
LEADING = {"then": "if", "else": "if", "minContains": "contains", "maxContains": "contains"}
"""Keywords that are held to only where another one beside them is."""

BESIDE_REF = "draft {draft} ignores what stands beside $ref"


@dataclass(frozen=True, kw_only=True)
class Keyword:
    """One keyword of a schema.

    `pointer` leads to it. `enforced`: the grammar lets nothing else be written; `checked`: what was
    written is held against it and written again if need be; `refused`: nothing is done about it,
    and `reason` says why.
    """

    pointer: str
    keyword: str
    status: Status
    reason: str


def analyse(schema: Schema) -> tuple[Keyword, ...]:
    """Every keyword that restricts values, in document order.

    Raises SchemaError when no value can satisfy the schema.
    """
    ensure_possible(schema)
    refusals = {refusal.pointer: refusal for refusal in compile_grammar(schema.document).refusals}
    return tuple(
        _keyword(schema, f"{pointer}/{escape(name)}", name, node, refusals)
        for pointer, node in subschemas(schema.document)
        for name in _restricting(node)
    )


def ensure_possible(schema: Schema) -> None:
    """Refuse a schema that no value can satisfy, where that can be seen. Raises SchemaError."""
    reason = impossible(schema)
    if reason is not None:
        raise SchemaError(
            f"no value can satisfy the schema: {reason}", hint="mend the keywords that exclude it"
        )
    compile_grammar(schema.document)


def _restricting(node: Json) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (name for name in node if name not in SILENT and not name.startswith("x-"))


def _keyword(
    schema: Schema, pointer: str, name: str, node: Json, refusals: dict[str, Refusal]
) -> Keyword:
    status, reason = _status(schema, pointer, name, node, refusals)
    return Keyword(pointer=pointer, keyword=name, status=status, reason=reason)


def _status(
    schema: Schema, pointer: str, name: str, node: dict[str, Json], refusals: dict[str, Refusal]
) -> tuple[Status, str]:
    known = keywords(schema.draft)
    if schema.draft in IGNORES_BESIDE_REF and "$ref" in node and name != "$ref":
        return "refused", BESIDE_REF.format(draft=schema.draft)
    if name not in known:
        return "refused", IGNORED.format(draft=schema.draft)
    refusal = _refusal(pointer, refusals)
    if name == "format" and refusal and not is_known(str(node[name])):
        return "refused", NO_FORMAT
    if refusal:
        return "checked", refusal.reason
    return "enforced", ""


def _refusal(pointer: str, refusals: dict[str, Refusal]) -> Refusal | None:
    """The refusal of the keyword itself, of one that it is inside of, or that leads one of them."""
    parts = pointer.split("/")
    for length in range(len(parts), 0, -1):
        last = parts[length - 1]
        for name in (last, LEADING.get(last, last)):
            refusal = refusals.get("/".join([*parts[: length - 1], name]))
            # Inside oneOf the alternatives are still followed, only that it is exactly one is not.
            if refusal and (refusal.keyword != "oneOf" or length == len(parts)):
                return refusal
    return None
