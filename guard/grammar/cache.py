"""Grammars on disk, so that the next process does not put the same schema into plain terms again.

What the engine makes of a grammar cannot be kept on disk: it has no such form. Schemas that take
a few milliseconds are not kept either, since reading them back takes as long.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from guard.errors import GuardError
from guard.files import cache_dir, parse_json, read_text, sha256, write_atomic
from guard.grammar.engine import notation
from guard.grammar.plain import Grammar, Refusal
from guard.types import Json

FORMAT = "2"
"""Raised whenever the same schema gives another grammar."""

WORTH = 0.02
"""Seconds that making a grammar takes before it is kept."""

MOST = 500
"""Grammars that are kept; the oldest go first."""

MAX_BYTES = 32 * 1024 * 1024

log = logging.getLogger(__name__)


def path_of(text: str, *, open_objects: bool) -> Path:
    """Where the grammar of a schema is kept, by all that it depends on."""
    parts = [FORMAT, _engine(), str(open_objects), text]
    return cache_dir() / "grammars" / f"{sha256(json.dumps(parts))}.json"


@lru_cache(maxsize=1)
def _engine() -> str:
    return version("llguidance")


def load(path: Path) -> Grammar | None:
    """The grammar in a file; None where there is none that can be used."""
    if not path.exists():
        return None
    try:
        text = read_text(path, limit=MAX_BYTES, what="grammar")
        return _grammar(parse_json(text, where=f"grammar {path}"))
    except (GuardError, KeyError, TypeError, ValueError, AttributeError) as error:
        log.info("the grammar in %s is made again: %s", path, error)
        return None


def _grammar(kept: Json) -> Grammar:
    refusals = tuple(Refusal(**{key: str(each[key]) for key in each}) for each in kept["refusals"])
    if not isinstance(kept["text"], str) or not isinstance(kept["plain"], dict):
        raise TypeError("it is no grammar")
    if kept["text"] not in (notation(kept["plain"], lenient=flag) for flag in (False, True)):
        raise TypeError("its two parts are of different schemas")
    return Grammar(text=kept["text"], plain=kept["plain"], refusals=refusals)


def _written(grammar: Grammar) -> dict[str, Json]:
    """What `_grammar` reads; `asdict` of the whole would copy all that is in `plain`."""
    refusals = [asdict(each) for each in grammar.refusals]
    return {"text": grammar.text, "plain": grammar.plain, "refusals": refusals}


def save(path: Path, grammar: Grammar) -> None:
    """Keep a grammar. A folder that cannot be written to costs time, not the answer."""
    try:
        write_atomic(path, json.dumps(_written(grammar)), durable=False)  # lost, it is made again
        _prune(path.parent)
    except (GuardError, OSError) as error:
        log.info("the grammar is not kept: %s", error)


def _prune(folder: Path) -> None:
    with os.scandir(folder) as entries:
        kept = [each for each in entries if each.name.endswith(".json")]
    if len(kept) > MOST:
        kept.sort(key=lambda each: each.stat().st_mtime)
    for each in kept[: max(0, len(kept) - MOST)]:
        Path(each).unlink(missing_ok=True)
