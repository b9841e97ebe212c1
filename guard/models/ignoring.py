"""What is said about a server: how a schema was changed for it, and that it ignored one."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence

from guard.files import is_json, sha256
from guard.models.changes import Change
from guard.models.dialect import Dialect, asked_for
from guard.models.subsets import SUBSETS
from guard.types import Json, Violation

MAX_TOLD = 20
"""Changes of a schema that are logged one by one."""

SURE = frozenset(("type", "enum", "const", "required", "additionalProperties"))
"""What every server's structured output holds to."""
# Of several alternatives one may be right under what was sent; a grammar of a format lets 30
# February through; and not all servers count in decimals.
DOUBTFUL = frozenset(("anyOf", "oneOf", "allOf", "format", "multipleOf", "$ref"))

log = logging.getLogger(__name__)


class Witness:
    """Speaks about the server `where`, of each thing once. Threads may share it."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def tell(self, schema: Json, changes: Sequence[Change]) -> None:
        """Log the changes of a schema: as warnings where the server enforces less."""
        if not changes or not self._first(sha256(json.dumps(schema))):
            return
        for change in changes[:MAX_TOLD]:
            level = logging.WARNING if change.loses else logging.INFO
            log.log(level, "the schema for %s: %s", self._where, change)
        if len(changes) > MAX_TOLD:
            log.warning("%s: %d more changes", self._where, len(changes) - MAX_TOLD)

    def ignored(
        self, text: str, schema: Json, violations: Sequence[Violation], dialect: Dialect
    ) -> str | None:
        """That `response_format` was accepted and ignored, if a violation can mean nothing else."""
        shown = _shown(text, schema, violations, dialect)
        if shown is None:
            return None
        said = f"{self._where} accepted response_format and ignored it: {shown}"
        if self._first("ignored"):
            log.warning("%s", said)
        return said

    def _first(self, what: str) -> bool:
        with self._lock:
            first = what not in self._told
            self._told.add(what)
        return first


def _shown(
    text: str, schema: Json, violations: Sequence[Violation], dialect: Dialect
) -> str | None:
    """What a server that held to its `response_format` would not have written."""
    if dialect.format == "none":
        return None
    if not is_json(text):
        return "the answer is not JSON"
    held = _held(schema, dialect)
    broken = next((found for found in violations if found.keyword in held), None)
    if broken is None:
        return None
    return f"the answer breaks {broken.keyword!r} at {broken.pointer or 'the top'}"


def _held(schema: Json, dialect: Dialect) -> frozenset[str]:
    """The keywords that the server was sent and enforces."""
    sent = asked_for(schema, dialect)
    if dialect.format != "json_schema" or sent.refused:
        return frozenset()
    if dialect.server is None:
        return SURE
    if dialect.server == "openai" and not dialect.strict:
        return frozenset()  # without its strict mode it promises nothing
    dropped = {change.keyword for change in sent.changes if change.action == "dropped"}
    return SUBSETS[dialect.server].keywords - DOUBTFUL - dropped
