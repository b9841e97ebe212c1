"""From a JSON value to claims: one per leaf, worded so that it stands alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from guard.claims.answers import from_question, is_compound, is_short
from guard.claims.checkable import NO_VALUE, UNKNOWING, is_unknown, why_not
from guard.claims.grammar import DETERMINERS, is_statement, vocabulary
from guard.claims.prose import claims_from_text
from guard.claims.sentences import sentences
from guard.edits import apply_value, escape
from guard.types import Claim, Edit, Json

Titles = Callable[[str], tuple[str, ...]]
MAX_REMOVABLE = 100
_ANSWERS = vocabulary("answer result response reply output text value")
_NAMING = ("name", "title", "label", "id", "key", "code", "sku", "symbol", "description")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.\s]+")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A leaf, its pointer, the keys on the way, and the containers those keys are looked up in."""

    value: Json
    pointer: str
    keys: tuple[str | int, ...]
    nodes: tuple[Json, ...]


def claims_from_value(
    value: Json,
    *,
    titles: Titles | None = None,
    question: str | None = None,
    is_valid: Callable[[Json], bool] | None = None,
) -> tuple[Claim, ...]:
    """The claims of a JSON value, in reading order: every leaf is in at least one.

    `titles(pointer)` names the fields on the way to a leaf. A string that is prose gives the claims
    of its sentences, with spans into that string. With `is_valid`, claims whose removal (alone, or
    together with the removable ones before it) would make the value invalid are not `removable`.
    """
    found = [
        claim for leaf in _leaves(value) for claim in _of_leaf(leaf, titles or _humanised, question)
    ]
    made = [replace(claim, id=f"c{number}") for number, claim in enumerate(found, start=1)]
    return tuple(_with_removable(value, made, is_valid))


def _leaves(value: Json) -> Iterator[_Leaf]:
    stack = [_Leaf(value, "", (), ())]
    while stack:
        leaf = stack.pop()
        node = leaf.value
        pairs: list[tuple[str | int, Json]] = []
        if isinstance(node, dict):
            pairs = list(node.items())
        elif isinstance(node, list):
            pairs = list(enumerate(node))
        if not pairs:
            yield leaf
        for key, child in reversed(pairs):
            pointer = f"{leaf.pointer}/{escape(str(key))}"
            stack.append(_Leaf(child, pointer, (*leaf.keys, key), (*leaf.nodes, node)))


def _of_leaf(leaf: _Leaf, titles: Titles, question: str | None) -> Iterator[Claim]:
    value = leaf.value
    phrase = _phrase(leaf, titles(leaf.pointer))
    if isinstance(value, str) and (_is_prose(value) or _is_stated(leaf, value)):
        yield from _of_prose(leaf, value)
        return
    missing = (
        value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())
    )
    yield Claim(
        id="",
        text=f"{phrase} has no value." if missing else _worded(leaf, phrase, question),
        kind="value",
        pointer=leaf.pointer,
        value=value,
        not_checkable=NO_VALUE if missing else _unknown(value),
    )


def _unknown(value: Json) -> str | None:
    if not isinstance(value, str):
        return None
    if not any(letter.isalnum() for letter in value):
        return NO_VALUE
    return UNKNOWING if is_unknown(value) else None


def _is_prose(text: str) -> bool:
    """Whether a string makes statements itself, rather than being the value of its field."""
    if len(sentences(text)) > 1:
        return True
    ends = text.rstrip("\"'”’) ").endswith((".", "!", "?", ":"))
    return len(text.split()) > 2 and (
        (is_statement(text) and ends) or why_not(text) is not None or len(text.split()) > 12
    )


def _is_stated(leaf: _Leaf, text: str) -> bool:
    """Whether an item of a list is a statement, though without its full stop."""
    is_item = bool(leaf.keys) and isinstance(leaf.keys[-1], int)
    return is_item and len(text.split()) > 2 and not text.istitle() and is_statement(text)


def _of_prose(leaf: _Leaf, text: str) -> Iterator[Claim]:
    """The sentences of a string; a lone one stands for the whole leaf."""
    claims = claims_from_text(text)
    for claim in claims:
        made = replace(claim, kind="value", pointer=leaf.pointer, value=text)
        yield replace(made, span=None, sentence=None, body=None) if len(claims) == 1 else made


def _worded(leaf: _Leaf, phrase: str, question: str | None) -> str:
    said = spoken(leaf.value)
    if question and len(leaf.keys) <= 1 and is_short(said):
        key = _humanise(str(leaf.keys[0])).lower() if leaf.keys else ""
        named = re.search(rf"\b{re.escape(key)}\b", question.lower()) and not is_compound(question)
        if not key or key in _ANSWERS or named:
            return from_question(question, said)
    if isinstance(leaf.value, bool):
        return f"{phrase}: {said}."
    if isinstance(leaf.value, str):
        said = _inside(said)
    if phrase.endswith(" include"):
        return f"{phrase} {said}."
    return f"{phrase} is {said}."


def _inside(said: str) -> str:
    """Words as they stand inside of a sentence: "the pump", while "The Hague" is a name."""
    first, _, rest = said.partition(" ")
    plain = first.lower() in DETERMINERS and first.istitle() and rest[:1].islower()
    return f"{first.lower()} {rest}" if plain else said


def spoken(value: Json) -> str:
    """A scalar as a reader would say it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return " ".join(value.split()).rstrip(".")
    return json.dumps(value, ensure_ascii=False)


def _humanised(pointer: str) -> tuple[str, ...]:
    """Names for the fields on the way when no schema gives any."""
    tokens = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    return tuple(
        f"item {int(part) + 1}" if part.isdecimal() else _humanise(part) for part in tokens
    )


def _humanise(name: str) -> str:
    words = [word for word in _HUMPS.split(name) if word]
    return " ".join(word if word.isupper() else word.lower() for word in words) or name


def _phrase(leaf: _Leaf, names: Sequence[str]) -> str:
    """What the leaf is called: "The supplier's name", "The price of Widget", "The tags include"."""
    names = [_lower(name) for name in names]
    if len(names) != len(leaf.keys) or not names:
        return "The value" if not names else f"The {_possessive(names)}"
    items = [number for number, key in enumerate(leaf.keys) if isinstance(key, int)]
    if not items:
        return f"The {_possessive(names)}"
    last = items[-1]
    fields, outer = names[last + 1 :], [n for i, n in enumerate(names[:last]) if i not in items]
    many = _possessive(outer) or "items"
    naming = _naming(leaf.nodes[last + 1]) if fields else None
    if not fields or naming == leaf.keys[last + 1]:
        return f"The {many} include"
    if naming is not None:
        return f"The {_possessive(fields)} of {spoken(leaf.nodes[last + 1][naming])}"
    return f"The {_possessive(fields)} of {names[last]} of the {many}"


def _lower(name: str) -> str:
    return name if not name or name[:2].isupper() else name[0].lower() + name[1:]


def _possessive(names: Sequence[str]) -> str:
    owners = [f"{name}'" if name.endswith("s") else f"{name}'s" for name in names[:-1]]
    return " ".join([*owners, *names[-1:]])


def _naming(node: Json) -> str | None:
    """The field by which readers tell this object from its neighbours."""
    if not isinstance(node, dict):
        return None
    for field in _NAMING:
        for key, value in node.items():
            words = _humanise(key).split()
            if words and words[-1] == field and isinstance(value, str) and 0 < len(value) <= 80:
                return str(key)
    return None


def _with_removable(
    value: Json, claims: list[Claim], is_valid: Callable[[Json], bool] | None
) -> Iterator[Claim]:
    """Mark what must stay. Beyond MAX_REMOVABLE claims all of it stays: each costs two checks."""
    if is_valid is None:
        yield from (replace(claim, removable=claim.pointer != "") for claim in claims)
        return
    gone: list[Edit] = []
    for claim in claims:
        edit = Edit(action="remove", cause="", reason="", span=claim.span, pointer=claim.pointer)
        removable = claim.pointer != "" or claim.span is not None
        removable = removable and len(claims) <= MAX_REMOVABLE
        if removable:
            trials = ([edit], [*gone, edit])
            removable = all(is_valid(apply_value(value, trial)) for trial in trials)
        if removable:
            gone.append(edit)
        yield replace(claim, removable=removable)
