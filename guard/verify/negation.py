"""Negation and antonyms: the same statement with its sign turned.

Careful on purpose. It speaks only where one sentence has nearly all of the claim's words and
exactly one sign differs; two signs that differ may cancel, so then it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from guard.types import Claim, Evidence, Finding, Label, Span
from guard.verify.antonyms import opposites
from guard.verify.context import Context
from guard.verify.quantifiers import WORDS, compared
from guard.verify.vocabulary import NEGATORS, STOP
from guard.verify.windows import sentence_spans
from guard.verify.words import Word, content, stem, stems, words

NAME = "negation"
Outcome = Literal["given", "against", "part", "unclear"]
AMOUNTS = frozenset(WORDS)
OVERLAP = 0.75
"""The share of the claim's content words that a sentence must have to be compared."""

SURE = 0.8
REACH = 4
"""How many words behind a negator the word it negates may stand."""

_BLUR = re.compile(
    r"\bnot (?:only|just|merely|simply|until|necessarily|all|every|always)\b|\bno (?:doubt|longer|"
    r"matter|more than|less than|fewer than|later than|sooner)\b|\bnot\b[^.;]{0,60}\bbut\b|"
    r"\bwhether or not\b|\bno\. ?\d",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b[Nn]o\. ?(?=[A-Z]{1,8}[-/ ]?\d)")
"""The abbreviation of "number" before a code: "invoice no. AB-12"."""
_NOT_ONE = re.compile(r"\bnot (?:a single )?one\b", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:according to [^,.;]{1,60}|in the end|in fact|as a result|reportedly|eventually|finally|"
    r"indeed|however|it is said that|[A-Z][\w ]{0,30} (?:said|says|reported|reports) that),? ",
    re.IGNORECASE,
)
"""What a claim is introduced with and does not claim."""
_CONTRACTION = re.compile(r"n['’]t\b", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:it|they|he|she|this|these|both)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;:()—–]|, | but | although | though | while | whereas | however ")


def check_negation(claim: Claim, evidence: Evidence, context: Context) -> Iterator[Finding]:
    """Sentences that say the claim with the opposite sign or of a part only, unless another says
    it as it is."""
    text = evidence.passage.text
    said = _LEAD.sub("", _plain(claim.text), count=1)
    wanted = [word for word in content(said) if word.folded not in NEGATORS | AMOUNTS]
    if len(wanted) < 2 or _BLUR.search(said):
        return
    found: dict[Outcome, Span] = {}
    for span, sentence in _near(wanted, text):
        found.setdefault(_outcome(said, sentence), span)
    if "given" in found:
        return
    if against := found.get("against"):
        reason = f"The evidence says the opposite: “{against.of(text)}”"
        yield _finding("contradicted", reason, against)
    elif less := found.get("part"):
        reason = f"The evidence says this only of a part: “{less.of(text)}”"
        yield _finding("not_in_knowledge", reason, less)


def _near(wanted: Sequence[Word], text: str) -> Iterator[tuple[Span, str]]:
    """The sentences with nearly all of the claim's words."""
    before: frozenset[str] = frozenset()
    for span in sentence_spans(text):
        sentence = _plain(span.of(text))
        subject = before if _PRONOUN.match(sentence) else frozenset()
        before = stems(sentence) | subject
        if not _BLUR.search(sentence) and _close(wanted, sentence, subject):
            yield span, sentence


def _outcome(said: str, sentence: str) -> Outcome:
    """What a sentence with the claim's words makes of it."""
    turned = _differences(said, sentence)
    amounts = compared(said, sentence)
    if turned > 1:
        return "unclear"
    if turned or amounts == "against":
        return "against"
    return "part" if amounts == "open" else "given"


def _finding(label: Label, reason: str, quote: Span) -> Finding:
    return Finding(check=NAME, label=label, score=SURE, reason=reason, quote=quote, decisive=True)


def _plain(text: str) -> str:
    """`text` with contracted negations written out, and "no." before a code as what it means."""
    return _NOT_ONE.sub("none", _CONTRACTION.sub(" not", _NUMBERED.sub("number ", text)))


def _close(wanted: Sequence[Word], sentence: str, subject: frozenset[str]) -> bool:
    """Whether the sentence has so much of the claim that only the sign can differ.

    `subject` are the stems of the sentence before, for one that begins with a pronoun; half of the
    claim has to stand in the sentence itself all the same.
    """
    there = stems(sentence)
    folded = frozenset(word.folded for word in words(sentence))
    own = {w for w in wanted if w.stem in there or opposites(w.folded) & folded}
    hits = len(own) + sum(word.stem in subject for word in wanted if word not in own)
    return hits >= OVERLAP * len(wanted) and 2 * len(own) >= len(wanted)


def _differences(said: str, sentence: str) -> int:
    """How many signs differ: negated words that both share, and antonyms."""
    one, other = _signs(said), _signs(sentence)
    turned = sum(one[key] != other[key] for key in one.keys() & other.keys())
    return turned + _antonyms(said, sentence, one, other)


def _signs(text: str) -> dict[str, bool]:
    """Whether each content word of the text stands behind a negator of its clause.

    A negator reaches the first content words behind it; two of them in a clause cancel.
    """
    signs: dict[str, bool] = {}
    for clause in _CLAUSE.split(text):
        reach = 0
        negated = False
        for word in words(clause):
            if word.folded in NEGATORS:
                negated, reach = not (negated and reach), REACH
                continue
            if word.folded not in STOP:
                signs[word.stem] = negated and reach > 0
                negated = False if reach > 0 else negated
            reach -= 1
    return signs


def _antonyms(said: str, sentence: str, one: dict[str, bool], other: dict[str, bool]) -> int:
    """How many words of the claim the sentence replaces by their opposite, under the same sign."""
    there = frozenset(word.folded for word in words(sentence)) - NEGATORS
    mine = frozenset(word.folded for word in words(said)) - NEGATORS
    turned = 0
    for word in mine - there:
        against = opposites(word) & (there - mine)
        if against and not opposites(word) & mine:
            negated = other.get(stem(min(against)), False)
            turned += one.get(stem(word), False) == negated
    return turned
