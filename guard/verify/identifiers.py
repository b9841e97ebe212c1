"""Identifiers that have to match to the letter: addresses, links, codes and part numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from guard.verify.words import fold_case

_CHUNK = re.compile(r"\S+")
_PUNCTUATION = ".,;:!?()[]{}<>\"'“”‘’«»"
_SCHEMES = ("https://", "http://", "www.")
_SEPARATORS = "-_/.:"
_PLAIN = re.compile(r"[QH][1-4]|(?:[kcmd]|sq)?m[23]|(?:ft|in)[23]")
"""Quarters and powers of units, which the check of quantities reads."""


@dataclass(frozen=True, slots=True)
class Identifiers:
    """The words of a text, and of its neighbouring pairs, without separators."""

    squashed: frozenset[str]

    def has(self, written: str) -> bool:
        """Whether `written` is there, whatever separates its parts."""
        return squash(written) in self.squashed


def squash(text: str) -> str:
    """`text` without case, scheme and separators."""
    folded = fold_case(text)
    for scheme in _SCHEMES:
        folded = folded.removeprefix(scheme)
    return "".join(c for c in folded if c.isalnum() or c in "@+#")


@lru_cache(maxsize=2048)
def identifiers(text: str) -> Identifiers:
    """The identifiers that can be found in `text`."""
    chunks = [squash(part) for part in _CHUNK.findall(text)]
    pairs = [one + other for one, other in pairwise(chunks)]
    parts = [squash(part) for chunk in _CHUNK.findall(text) for part in re.split(r"[/,;]", chunk)]
    plain = [re.sub(r"'s$|’s$", "", part) for part in _CHUNK.findall(text)]
    return Identifiers(frozenset((*chunks, *pairs, *parts, *map(squash, plain))))


@lru_cache(maxsize=8192)
def identifiers_of(claim: str) -> tuple[str, ...]:
    """The addresses, links and codes that a claim names, as written."""
    chunks = (part.strip(_PUNCTUATION) for part in _CHUNK.findall(claim))
    plain = (part.removesuffix("'s").removesuffix("’s") for part in chunks)
    return tuple(part for part in plain if _is_identifier(part))


def _is_identifier(part: str) -> bool:
    if part.lower().startswith(_SCHEMES):
        return True
    name, at, host = part.partition("@")
    if at and name and "." in host:
        return True
    return _is_code(part)


def _is_code(part: str) -> bool:
    """Letters and digits in one word, such as `XR-200`: not `5km`, `1990s`, `3rd` or `2-fold`."""
    if not part or not part[0].isalpha() or not part.isascii() or _PLAIN.fullmatch(part):
        return False
    bare = "".join(c for c in part if c not in _SEPARATORS)
    digits = sum(c.isdigit() for c in bare)
    return bool(digits) and bare.isalnum() and _upper_before_digit(part)


def _upper_before_digit(part: str) -> bool:
    """Whether the letters that lead are capitals or at most two: `E42`, `v2.3`; not `page12`."""
    lead = part[: next(i for i, c in enumerate(part) if c.isdigit())].rstrip(_SEPARATORS)
    return lead.isupper() or len(lead) <= 2
