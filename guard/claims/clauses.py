"""Compound sentences, split into clauses that each make a statement.

Conservative: a sentence is split at `and`, `but`, `;`, `while` only when what follows is a verb of
the same subject, or a subject with its own verb. Lists, conditions, relative clauses and reported
speech stay whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from guard.claims.grammar import (
    PRONOUNS,
    RELATIVES,
    SUBORDINATORS,
    Word,
    first_verb,
    is_subject,
    is_verb,
    words,
)

_JOIN = re.compile(r",?\s+(?:and|but)\s+(?:also\s+|then\s+)?|;\s+|,\s+(?:while|whereas)\s+")
_CONTRAST = re.compile(r"[,;]\s+(?:but|however,?)\s+")
_BALANCED = ("*", "_", "(", "`")


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement of a sentence, as offsets into it.

    `[start, end)` are its words with the conjunction before them; `[body, body_end)` is what says
    it. `subject` is where the subject is that it takes over from the first clause, or None.
    """

    start: int
    end: int
    body: int
    body_end: int
    subject: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Join:
    start: int
    end: int
    shared: bool
    body: int


def clauses(masked: str, *, start: int = 0) -> tuple[Clause, ...]:
    """The clauses of one masked sentence whose statement begins at `start`; one if it is whole."""
    end = _statement_end(masked)
    whole = (Clause(0, len(masked), start, len(masked)),)
    found = words(masked, start)
    verb = first_verb(found)
    if verb is None or not is_subject(found[:verb], masked):
        return whole
    joins = _joins(masked, start, end, found[verb])
    kinds: list[Literal[True, False]] = [True, False]
    for shared in kinds:
        chosen = [join for join in joins if join.shared is shared]
        made = _cut(masked, chosen, found[: verb + 1], start, end)
        if len(made) > 1 and all(_balanced(masked[c.body : c.body_end]) for c in made):
            return made
    return whole


def contrast(masked: str) -> int | None:
    """Where a second statement begins behind `, but`, however the first one is made."""
    match = _CONTRAST.search(masked)
    return match.end() if match else None


def _statement_end(masked: str) -> int:
    """The offset behind the last word, before the stop and what closes it."""
    return len(masked.rstrip().rstrip(".!?…\"'”’)]*_ "))


def _joins(masked: str, start: int, end: int, verb: Word) -> list[_Join]:
    joins: list[_Join] = []
    since = verb.end
    for match in _JOIN.finditer(masked, verb.end, end):
        if _bound(masked[since : match.start()]) or not masked[since : match.start()].strip():
            return joins
        join = _join(masked, match, end)
        if join is not None:
            joins.append(join)
            since = match.end()
    return joins


def _bound(words_before: str) -> bool:
    """Whether what follows may belong to something inside the clause before."""
    keys = {word.key for word in words(words_before)}
    opened = words_before.count("(") != words_before.count(")")
    quoted = words_before.count('"') % 2 == 1 or words_before.count("“") != words_before.count("”")
    return bool(keys & (RELATIVES | {"both", "either", "neither", "between", "said", "says"})) or (
        opened or quoted
    )


def _join(masked: str, match: re.Match[str], end: int) -> _Join | None:
    following = words(masked[:end], match.end())[:12]
    if len(following) < 2:
        return None
    if is_verb(following, 0) and ";" not in match[0] and following[0].key not in ("do", "does"):
        return _Join(match.start(), match.end(), shared=True, body=following[0].start)
    if following[0].key in PRONOUNS and is_verb(following, 1) and len(following) > 2:
        return _Join(match.start(), match.end(), shared=True, body=following[1].start)
    parted = match[0].lstrip()[0] in ",;"
    verb = first_verb(following, most=7)
    if not parted or verb is None or verb + 1 >= len(following):
        return None
    if following[0].key in SUBORDINATORS or not is_subject(following[:verb], masked):
        return None
    return _Join(match.start(), match.end(), shared=False, body=following[0].start)


def _cut(
    masked: str, joins: list[_Join], head: list[Word], start: int, end: int
) -> tuple[Clause, ...]:
    """Clauses between the joins; `head` is the subject of the first, and its verb."""
    if not joins:
        return ()
    shared = joins[0].shared
    subject = (start, head[-2].end) if shared else None
    bodies = [head[-1].start if shared else start, *(join.body for join in joins)]
    ends = [*(join.start for join in joins), end]
    starts = [0, *ends[:-1]]
    made = []
    for number, body in enumerate(bodies):
        last = number == len(bodies) - 1
        stop = len(masked) if last else ends[number]
        made.append(Clause(starts[number], stop, body, ends[number], subject))
    return tuple(made)


def _balanced(body: str) -> bool:
    return all(body.count(sign) % 2 == 0 for sign in '*_`"') and body.count("(") == body.count(")")
