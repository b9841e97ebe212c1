"""Regular expressions from schemas, matched without the danger of exponential time.

Python's `re` backtracks: `^(a+)+$` takes years on thirty letters. A pattern whose worst case is a
small power of the text's length goes to `re`; any other goes to the grammar engine, which matches
by derivatives in linear time (and knows `\\p{L}`, but no look-around). A pattern that is dangerous
for the first and unknown to the second is refused when the schema is loaded.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

STEPS = 20_000_000  # about a second of backtracking
MANY = 10  # from this many repeats on, a bounded repeat counts as unbounded
BRACES = re.compile(r"\{(\d*)(?:,(\d*))?\}")


class TooCostly(Exception):  # noqa: N818  (an answer, never seen by callers)
    """The pattern cannot be matched against this text in a reasonable time."""


def problem(pattern: str) -> str | None:
    """Why a pattern cannot be used, or None."""
    if _linear(pattern) is not None:
        return None
    if _compiled(pattern) is None:
        return "is not a regular expression that can be read here"
    if _exponent(pattern) is None:
        return "may take exponential time (a repeat inside a repeat, or a back-reference)"
    return None


def engine_problem(pattern: str) -> str | None:
    """Why the grammar engine cannot write texts that match a pattern, or None."""
    from llguidance import LLMatcher

    try:
        grammar = LLMatcher.grammar_from_json_schema({"type": "string", "pattern": pattern})
    except ValueError:
        return "it has half of a surrogate pair"
    error: str = LLMatcher.validate_grammar(grammar)
    return " ".join(error.split())[-240:] or None


def dangerous(pattern: str) -> bool:
    """Whether `re` must not be trusted with the pattern."""
    return _compiled(pattern) is None or _exponent(pattern) is None


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern` is found in `text`, as JSON Schema has it. Raises TooCostly."""
    compiled, exponent = _compiled(pattern), _exponent(pattern)
    if compiled and exponent is not None and max(len(text), 1) ** exponent <= STEPS:
        return compiled.search(text) is not None
    grammar = _linear(pattern)
    if grammar is None:
        raise TooCostly
    return _match_linear(grammar, text)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


@lru_cache(maxsize=1024)
def _linear(pattern: str) -> str | None:
    """The engine's grammar for JSON strings in which the pattern is found."""
    from llguidance import LLMatcher

    try:
        grammar = LLMatcher.grammar_from_json_schema({"type": "string", "pattern": pattern})
    except ValueError:  # half of a surrogate pair
        return None
    return None if LLMatcher.validate_grammar(grammar) else grammar


@lru_cache(maxsize=1)
def _bytes() -> Any:
    from llguidance import LLTokenizer

    return LLTokenizer("byte")


def _match_linear(grammar: str, text: str) -> bool:
    from llguidance import LLMatcher

    written = list(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    matcher = LLMatcher(_bytes(), grammar, log_level=0)
    return bool(matcher.try_consume_tokens(written) == len(written) and matcher.is_accepting())


@dataclass
class _Scan:
    """What a pass over a pattern has seen: open groups, the last atom, the repeats so far."""

    groups: list[bool] = field(default_factory=lambda: [False])  # whether one can vary inside
    atom_varies: bool = False
    unbounded: int = 0
    optional: int = 0
    exponential: bool = False


@lru_cache(maxsize=1024)
def _exponent(pattern: str) -> int | None:
    """The power of the text's length that bounds the time `re` takes, or None when none does.

    Each unbounded repeat may be tried at every length, and an unanchored search at every start.
    A repeated group is only bounded when nothing varies inside it.
    """
    scan, at = _Scan(), 0
    while at < len(pattern):
        at = _step(scan, pattern, at)
    if scan.exponential or scan.optional > MANY:
        return None
    anchored = pattern.startswith("^") and "|" not in pattern
    return scan.unbounded + (0 if anchored else 1)


def _step(scan: _Scan, pattern: str, at: int) -> int:
    """Take in one element of the pattern; the offset of the next."""
    char = pattern[at]
    if char in "*+?{":
        return _repeat(scan, pattern, at)
    if char == "(":
        scan.groups.append(False)
        return at + (3 if pattern[at + 1 : at + 2] == "?" else 1)
    if char == ")":
        scan.atom_varies = scan.groups.pop() if len(scan.groups) > 1 else True
        scan.groups[-1] |= scan.atom_varies
        return at + 1
    if char == "|":
        scan.groups[-1] = True
        return at + 1
    scan.atom_varies = False
    if char == "\\":
        scan.exponential |= pattern[at + 1 : at + 2] in tuple("123456789")
        return at + 2
    return _class_end(pattern, at) if char == "[" else at + 1


def _class_end(pattern: str, at: int) -> int:
    """The offset behind a character class, in which the first `]` may be a member."""
    at += 2 if pattern[at + 1 : at + 2] == "^" else 1
    at += pattern[at : at + 1] == "]"
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _repeat(scan: _Scan, pattern: str, at: int) -> int:
    """Take in a quantifier and a lazy or possessive mark behind it."""
    braces = BRACES.match(pattern, at) if pattern[at] == "{" else None
    if pattern[at] == "{" and not braces:
        return at + 1  # a literal brace
    end = braces.end() if braces else at + 1
    most = _most(braces) if braces else (1 if pattern[at] == "?" else MANY)
    scan.exponential |= scan.atom_varies and most > 1
    scan.unbounded += most >= MANY
    scan.optional += MANY > 1 and most < MANY and not _fixed(braces)
    scan.groups[-1] = True
    scan.atom_varies = False
    return end + (pattern[end : end + 1] in tuple("?+"))


def _most(braces: re.Match[str]) -> int:
    low, high = braces.groups()
    most = low if high is None else high
    return int(most) if most and len(most) < 9 else MANY


def _fixed(braces: re.Match[str] | None) -> bool:
    return braces is not None and braces[2] is None
