"""What the keywords for strings say, and the opposites of lengths."""

from __future__ import annotations

import math

from guard.grammar.addresses import IPV6
from guard.grammar.alternative import Alternative, Alternatives, Texts
from guard.grammar.calendar import PATTERNS
from guard.grammar.engine import complaint
from guard.grammar.expand import Expander, Keyword

FORMATS = {
    "idn-email": "@",
    "json-pointer": "^(/([^/~]|~[01])*)*$",
    "relative-json-pointer": "^(0|[1-9][0-9]*)(#|(/([^/~]|~[01])*)*)$",
}
"""Formats that the engine does not know, as patterns that every text of that format has."""


def length(_: Expander, one: Keyword) -> Alternatives:
    """`minLength` and `maxLength`."""
    size = math.ceil(one.value) if one.name == "minLength" else math.floor(one.value)
    limits = Texts(least=size) if one.name == "minLength" else Texts(most=size)
    return (Alternative(text=limits),)


def not_length(_: Expander, one: Keyword) -> Alternatives:
    """The opposites of lengths, which strings only can have."""
    if one.name == "minLength":
        size = math.ceil(one.value) - 1
        return _only("string", text=Texts(most=size)) if size >= 0 else ()
    return _only("string", text=Texts(least=math.floor(one.value) + 1))


def _only(name: str, *, text: Texts) -> Alternatives:
    return (Alternative(types=frozenset([name]), text=text),)


def pattern(see: Expander, one: Keyword) -> Alternatives:
    """`pattern`, where the engine knows it."""
    reason = complaint({"type": "string", "pattern": one.value})
    if reason:
        see.note(one.at, reason)
        return see.anything()
    return (Alternative(text=Texts(patterns=(one.value,))),)


def text_format(see: Expander, one: Keyword) -> Alternatives:
    """`format`: the engine's own, or a pattern that says what is checked afterwards."""
    reason = complaint({"type": "string", "format": one.value})
    if one.value in FORMATS:
        see.note(one.at, f"{reason}; a pattern stands for it, as far as one can")
        return (Alternative(text=Texts(patterns=(FORMATS[one.value],))),)
    if reason:
        see.note(one.at, reason)
        return see.anything()
    if one.value == "ipv6":
        return (Alternative(text=Texts(patterns=(IPV6,))),)
    patterns = (PATTERNS[one.value],) if one.value in PATTERNS else ()
    return (Alternative(text=Texts(patterns=patterns, formats=(one.value,))),)
