"""Short answers: "42" or "Paris" says nothing alone, so the claim is made with the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from guard.claims.grammar import is_statement, words

MAX_WORDS = 6
_I = re.IGNORECASE
_IS = r"(is|are|was|were)"
_WHAT = re.compile(rf"(?:what|who|which)\s+{_IS}\s+(.{{2,200}})", _I)
_WHERE = re.compile(rf"where\s+{_IS}\s+(.{{2,200}}?)(?:\s+located)?", _I)
_WHEN = re.compile(
    rf"(when|where|in\s+(?:which|what)\s+year)\s+{_IS}\s+(.{{2,200}})\s+(\w+ed|\w+en|\w+own|born|built|made|held|sold|won|found|set)",
    _I,
)
_WHO = re.compile(
    r"(?:who|which\s+\w+)\s+(?!is\b|are\b|was\b|were\b|did\b|do\b|does\b)(\w+\s+.{2,200})", _I
)
_THERE = re.compile(
    r"how\s+(?:many|much)\s+(.{2,100})\s+(is|are|was|were)\s+there\s*(.{0,200})", _I
)
_MANY = re.compile(
    r"how\s+(?:many|much)\s+(.{2,100})\s+(?:do|does|did)\s+(.{2,200})\s+(have|contain|need|use|take|hold)",
    _I,
)
_DOES = re.compile(r"how\s+much\s+(?:do|does)\s+(.{2,200})\s+(weigh|cost|hold|contain)", _I)
_HOW = re.compile(
    rf"how\s+(tall|long|old|deep|wide|high|thick|far|heavy|big|hot|cold|fast|large)\s+{_IS}\s+(.{{2,200}})",
    _I,
)
_TWO = re.compile(
    r"\b(?:and|or)\s+(?:(?:at|by|for|from|in|of|on|to|with)\s+)?(?:what|who|which|when|where|how|why)\b",
    _I,
)
_PLACED = re.compile(
    r"(?:in|on|at|near|under|above|below|inside|behind|between|outside|next)\b", _I
)
_TIMED = re.compile(r"(?:in|on|at|during|around|before|after|since)\b", _I)


def is_short(text: str) -> bool:
    """Whether a plain text is an answer but no statement."""
    bare = text.strip(" .!")
    return 0 < len(bare.split()) <= MAX_WORDS and not is_statement(bare) and ":" not in bare


def is_compound(question: str) -> bool:
    """Whether more than one thing is asked, so that a short answer answers only a part."""
    return question.count("?") > 1 or _TWO.search(" ".join(question.split())) is not None


def from_question(question: str, answer: str) -> str:
    """A statement made of question and answer; where the grammar is too hard, both, in order.

    "What is the capital of France?" and "Paris" give "The capital of France is Paris."
    """
    asked = " ".join(question.split()).rstrip("? ")
    said = answer.strip().rstrip(".! ")
    if _TIMED.match(said) or _PLACED.match(said):
        said = said[0].lower() + said[1:]
    simple = len(words(asked)) <= 25 and not any(sign in asked for sign in ".,;:?!")
    simple = simple and not is_compound(asked)
    for form in _FORMS if simple and said.lower() not in ("yes", "no") else ():
        for made in form(asked, said):
            return made[0].upper() + made[1:] + "."
    return f"{' '.join(question.split())} {said}."


def _when(asked: str, said: str) -> Iterator[str]:
    if match := _WHEN.fullmatch(asked):
        place = match[1].lower() == "where"
        bare = (_PLACED if place else _TIMED).match(said) is None
        yield f"{match[3]} {match[2]} {match[4]} {'in ' if bare else ''}{said}"


def _where(asked: str, said: str) -> Iterator[str]:
    if match := _WHERE.fullmatch(asked):
        yield f"{match[2]} {match[1]} {'' if _PLACED.match(said) else 'in '}{said}"


def _what(asked: str, said: str) -> Iterator[str]:
    if match := _WHAT.fullmatch(asked):
        yield f"{match[2]} {match[1]} {said}"


def _there(asked: str, said: str) -> Iterator[str]:
    if match := _THERE.fullmatch(asked):
        yield f"there {match[2]} {said} {match[1]} {match[3]}".strip()


def _many(asked: str, said: str) -> Iterator[str]:
    if match := _MANY.fullmatch(asked):
        verb = {"have": "has"}.get(match[3].lower(), f"{match[3]}s")
        named = "" if match[1].split()[-1] in said.split() else f" {match[1]}"
        yield f"{match[2]} {verb} {said}{named}"


def _does(asked: str, said: str) -> Iterator[str]:
    if match := _DOES.fullmatch(asked):
        yield f"{match[1]} {match[2]}s {said}"


def _how(asked: str, said: str) -> Iterator[str]:
    if match := _HOW.fullmatch(asked):
        yield f"{match[3]} {match[2]} {said} {match[1]}"


def _who(asked: str, said: str) -> Iterator[str]:
    if match := _WHO.fullmatch(asked):
        yield f"{said} {match[1]}"


_FORMS: tuple[Callable[[str, str], Iterator[str]], ...] = (
    _when,
    _where,
    _what,
    _there,
    _does,
    _many,
    _how,
    _who,
)
