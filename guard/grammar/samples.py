"""Short texts that match a pattern, to end a string with that has to match it.

They are guesses: whoever uses one tries it on the grammar. The pattern is read by Python's own
parser of regular expressions; what it does not know gives no sample.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from guard.grammar.walk import subschemas
from guard.types import Json

MOST = 64
"""Samples of one schema, at most."""

LONGEST = 200
"""Characters of a sample, at most."""

LIKELY = "k10aA -_./:@"
"""Characters that are tried where a class has many."""

FORMATS = {
    "date": "2024-01-01",
    "time": "10:00:00Z",
    "date-time": "2024-01-01T10:00:00Z",
    "duration": "P1D",
    "email": "k@k.kk",
    "hostname": "k.kk",
    "ipv4": "1.1.1.1",
    "ipv6": "::1",
    "uri": "k:k",
    "uuid": "10000000-0000-4000-8000-000000000000",
}


def samples(schema: Json) -> tuple[str, ...]:
    """A text for each pattern and format of a plain schema."""
    found: dict[str, None] = {}
    for _, node in subschemas(schema):
        if isinstance(node, dict):
            found |= dict.fromkeys(_of(node))
    return tuple(found)[:MOST]


def _of(node: dict[str, Json]) -> Iterator[str]:
    patterns = [node["pattern"]] if isinstance(node.get("pattern"), str) else []
    for pattern in (*patterns, *node.get("patternProperties", ())):
        text = sample(pattern)
        if text:
            yield text
    if node.get("format") in FORMATS:
        yield FORMATS[node["format"]]


@lru_cache(maxsize=1024)
def sample(pattern: str) -> str | None:
    """A short text in which the pattern is found; None where none is known."""
    # There is no public parser; this one is in every Python that guard runs on.
    from re import _parser  # type: ignore[attr-defined]

    try:
        text = _sequence(_parser.parse(pattern))
        is_right = len(text) <= LONGEST and re.search(pattern, text) is not None
    except (re.error, OverflowError, RecursionError, LookupError, StopIteration, ValueError):
        return None
    return text if is_right else None


def _sequence(parsed: Any) -> str:
    text = ""
    for operation, argument in parsed:
        text += RULES[str(operation)](argument)
        if len(text) > LONGEST:
            raise ValueError("the text becomes too long")
    return text


def _repeat(argument: Any) -> str:
    least, _, inner = argument
    if least > LONGEST:
        raise ValueError("the text becomes too long")
    return _sequence(inner) * int(least) if least else ""


def _one_of(members: Any) -> str:
    """A character of a class: a likely one, else the first one of it."""
    shown = re.compile(_class(members))
    letters: list[str] = [*LIKELY, *map(chr, range(33, 0x250))]
    fitting = (letter for letter in letters if shown.fullmatch(letter))
    return next(fitting)


def _class(members: Any) -> str:
    text = ""
    for operation, argument in members:
        if str(operation) == "NEGATE":
            text += "^"
        elif str(operation) == "RANGE":
            text += f"{_code(argument[0])}-{_code(argument[1])}"
        elif str(operation) == "CATEGORY":
            text += CATEGORIES[str(argument)]
        else:
            text += _code(argument)
    return f"[{text}]"


def _code(letter: int) -> str:
    return f"\\U{letter:08x}"


CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
RULES: dict[str, Callable[[Any], str]] = {
    "LITERAL": chr,
    "NOT_LITERAL": lambda letter: "k" if chr(letter) != "k" else "a",
    "ANY": lambda _: "k",
    "IN": _one_of,
    "AT": lambda _: "",
    "BRANCH": lambda argument: min((_sequence(each) for each in argument[1]), key=len),
    "SUBPATTERN": lambda argument: _sequence(argument[3]),
    "ATOMIC_GROUP": _sequence,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,
    "POSSESSIVE_REPEAT": _repeat,
}
