"""Leaving out of a plain schema what the engine refuses all the same, keyword by keyword.

What is left accepts more; whoever wrote a value is checked against the whole schema afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping

from guard.grammar.engine import complaint
from guard.grammar.walk import children, escape
from guard.types import Json

# Left out first when each keyword of a node is accepted but not all of them together.
SUSPECTS = (
    *("minProperties", "maxProperties", "format", "allOf", "minLength"),
    *("patternProperties", "pattern"),
)
PARTLY = "{reason}; the grammar has a part of it"
STRUCTURE = frozenset(["$defs", "$ref", "anyOf"])


def relax(node: Json, pointer: str, refused: dict[str, str]) -> Json:
    """A schema without what the engine refuses; each reason is added by JSON Pointer."""
    if not isinstance(node, dict):
        return node
    new = {
        path: relax(child, pointer + "".join(f"/{escape(t)}" for t in path), refused)
        for path, child in children(node)
    }
    relaxed = with_children(node, new)
    reasons = _refused(relaxed)
    left = {keyword: relaxed.pop(keyword) for keyword in reasons}
    for keyword, reason in reasons.items():
        weaker = _weaker(keyword, left[keyword], relaxed)
        relaxed |= {keyword: weaker} if weaker else {}
        said = PARTLY.format(reason=reason) if weaker else reason
        refused[f"{pointer}/{escape(keyword)}"] = said
    return relaxed


def _refused(node: dict[str, Json]) -> dict[str, str]:
    """The keywords of one node that the engine does not take, alone or beside the others."""
    shallow = _shallow(node)
    if not complaint(shallow):
        return {}
    refused = {key: complaint(_alone(key, shallow)) for key in shallow}
    refused = {key: reason for key, reason in refused.items() if reason}
    kept = {key: value for key, value in shallow.items() if key not in refused}
    return refused | _refused_beside(kept)


def _refused_beside(node: dict[str, Json]) -> dict[str, str]:
    """The keywords that the engine does not take beside the others, of which it takes each."""
    kept, refused = dict(node), {}
    for keyword in [*SUSPECTS, *node]:
        reason = complaint(kept)
        if not reason:
            break
        if kept.pop(keyword, None) is not None:
            refused[keyword] = reason
    for keyword in [*refused]:  # of several, some may have been left out before the one that counts
        whole = {**kept, keyword: node[keyword]}
        if not complaint(whole):
            kept = whole
            del refused[keyword]
    return refused


def _weaker(keyword: str, value: Json, rest: dict[str, Json]) -> Json:
    """As much of a refused keyword as the engine takes beside the rest; nothing where it is none.

    Of patterns it is as many as it takes, of a length beside a pattern the largest power of two.
    """
    kept: Json = []
    if keyword == "allOf":
        for part in value:
            kept += [] if complaint(_shallow({**rest, keyword: [*kept, part]})) else [part]
    if keyword == "minLength" and "pattern" in rest:
        size = 1
        while size < value and not complaint(_shallow({**rest, keyword: size})):
            kept, size = size, 2 * size
    return kept


def _alone(keyword: str, node: dict[str, Json]) -> dict[str, Json]:
    """One keyword with the type that gives it its meaning."""
    beside = {"type": node["type"]} if "type" in node else {}
    return {**beside, keyword: node[keyword]}


def _shallow(node: dict[str, Json]) -> dict[str, Json]:
    """A node's own keywords, the schemas inside made trivial."""
    own = {key: value for key, value in node.items() if key not in STRUCTURE}
    inside = {
        path: child if isinstance(child, bool) or path[0] == "allOf" else {}
        for path, child in children(own)
    }
    return with_children(own, inside)


def with_children(node: Json, new: Mapping[tuple[str, ...], Json]) -> dict[str, Json]:
    """A copy of a schema with other schemas inside it."""
    copy: dict[str, Json] = {
        key: dict(value)
        if isinstance(value, dict)
        else list(value)
        if isinstance(value, list)
        else value
        for key, value in node.items()
    }
    for path, child in new.items():
        if len(path) == 1:
            copy[path[0]] = child
        elif isinstance(copy[path[0]], list):
            copy[path[0]][int(path[1])] = child
        else:
            copy[path[0]][path[1]] = child
    return copy
