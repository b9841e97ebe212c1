"""What a value of the evidence belongs to: the key before it, or the name its sentence opens with.

"atomic number: 79; atomic weight: 196.97" gives gold no atomic number of 196.97, and a sentence
that opens with POP3 gives IMAP no port. Such a value neither carries a value of the claim nor
speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from guard.types import Span
from guard.verify.quantities.identifiers import REFERENCES
from guard.verify.quantities.placing import Placed
from guard.verify.windows import sentence_spans
from guard.verify.words import stems

KEYED = re.compile(r"(?:^|(?<=[;\n]))[ \t|*-]*([^:;\n|]{2,60}):(?= )", re.MULTILINE)
"""The key of a "key: value" piece, at the start of a line or behind a semicolon."""

LONGEST = 12
"""Words under a key; where more follow, the text before the colon is the title of a sentence."""

ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,9}\b")
REFERS = frozenset(word.upper() for word in REFERENCES)


def bound(claim: str, text: str, values: Sequence[Placed]) -> tuple[Placed, ...]:
    """The values of `text` that belong to what the claim speaks of, as far as that can be told."""
    away = [*_other_keys(claim, text), *_other_names(claim, text)]
    if not away:
        return tuple(values)
    return tuple(value for value in values if not any(_in(value, span) for span in away))


def _in(value: Placed, span: Span) -> bool:
    return span.start <= value.quantity.span.start < span.end


def _other_keys(claim: str, text: str) -> Iterator[Span]:
    """The pieces under keys that the claim does not name, in a text of which it names just one."""
    keys = list(KEYED.finditer(text))
    if len(keys) < 2 or any(len(piece.split()) > LONGEST for piece in _pieces(keys, text)):
        return
    wanted = stems(claim)
    own = [bool(stems(key[1])) and stems(key[1]) <= wanted for key in keys]
    if len({stems(key[1]) for key, is_own in zip(keys, own, strict=True) if is_own}) != 1:
        return  # a claim that names two keys may bind its values either way
    ends = [key.start() for key in keys[1:]] + [len(text)]
    for key, is_own, end in zip(keys, own, ends, strict=True):
        # A line that follows the pieces without a key of its own belongs to none of them.
        line = text.find("\n", key.end(), end)
        if not is_own:
            yield Span(start=key.end(), end=end if line < 0 else line)


def _other_names(claim: str, text: str) -> Iterator[Span]:
    """The sentences that open with another acronym than the claim's first, and do not have that."""
    names = _acronyms(claim)
    subject = next((name[0] for name in ACRONYM.finditer(claim) if name[0] in names), None)
    if subject is None or subject not in _acronyms(text):
        return
    for span in sentence_spans(text):
        said = span.of(text).lstrip("|*#- ")
        first = ACRONYM.match(said)
        if first and first[0] not in names | REFERS and subject not in _acronyms(said):
            yield span


def _pieces(keys: Sequence[re.Match[str]], text: str) -> Iterator[str]:
    """What stands under each key, to the end of its line."""
    for key, following in zip_longest(keys, keys[1:]):
        yield text[key.end() : following.start() if following else len(text)].split("\n", 1)[0]


def _acronyms(text: str) -> frozenset[str]:
    return frozenset(ACRONYM.findall(text)) - REFERS
