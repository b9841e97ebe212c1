"""What no engine can read in a schema: half characters, and numbers beyond a double's range."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from guard.grammar.walk import escape
from guard.types import Json

LARGEST = int(sys.float_info.max)


def unreadable(document: Json) -> str | None:
    """Where and why a schema cannot be given to a grammar engine, or None."""
    return next(_reasons(document), None)


def _reasons(document: Json) -> Iterator[str]:
    waiting: list[tuple[Json, str]] = [(document, "")]
    while waiting:
        node, at = waiting.pop()
        where = at or "the top"
        if isinstance(node, str) and not _is_text(node):
            yield f"the text at {where} has half of a surrogate pair"
        elif isinstance(node, int) and abs(node) > LARGEST:
            yield f"the number at {where} has {len(str(abs(node))):,} digits"
        elif isinstance(node, dict):
            if not all(_is_text(name) for name in node):
                yield f"a name at {where} has half of a surrogate pair"
            waiting += [(child, f"{at}/{escape(name)}") for name, child in node.items()]
        elif isinstance(node, list):
            waiting += [(child, f"{at}/{index}") for index, child in enumerate(node)]


def _is_text(text: str) -> bool:
    # Most texts are ASCII, which is known without looking at them.
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)
