"""Where in a JSON text one stands is known after each piece of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guard.models.fields import OBJECT, Fields

TEXTS = st.text(st.characters() | st.sampled_from('"\\/\n\u00e9\U0001f600,:[]{}'), max_size=8)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


Place = tuple[str, tuple[tuple[int, ...], str | None, int]]
"""A character, and what is known behind it: what is open, the kind of scalar, and its length."""


def places(value: Any, write: json.JSONEncoder, opened: tuple[int, ...] = ()) -> Iterator[Place]:
    """The characters of a value as JSON."""
    if isinstance(value, dict):
        yield from of_object(value, write, opened)
    elif isinstance(value, list):
        yield "[", ((*opened, 0), None, 0)
        for at, item in enumerate(value, 1):
            yield from plain(write.item_separator if at > 1 else "", (*opened, at))
            yield from places(item, write, (*opened, at))
        yield "]", (opened, None, 0)
    elif isinstance(value, str):
        yield from of_string(value, write, opened, "string")
    elif isinstance(value, bool) or value is None:
        yield from plain(write.encode(value), opened)
    else:
        text = write.encode(value)
        for size, char in enumerate(text, 1):
            yield char, (opened, "number", sum(map(str.isdigit, text[:size])))


def plain(text: str, opened: tuple[int, ...]) -> Iterator[Place]:
    yield from ((char, (opened, None, 0)) for char in text)


def of_object(
    value: dict[str, Any], write: json.JSONEncoder, opened: tuple[int, ...]
) -> Iterator[Place]:
    inside = (*opened, OBJECT)
    yield "{", (inside, None, 0)
    for at, (name, item) in enumerate(value.items()):
        yield from plain(write.item_separator if at else "", inside)
        yield from of_string(name, write, inside, "name")
        yield from plain(write.key_separator, inside)
        yield from places(item, write, inside)
    yield "}", (opened, None, 0)


def of_string(
    text: str, write: json.JSONEncoder, opened: tuple[int, ...], kind: str
) -> Iterator[Place]:
    yield '"', (opened, kind, 0)
    for size, char in enumerate(text, 1):
        *first, last = write.encode(char)[1:-1]
        pair = len(first) == 11  # the first half of a pair counts as the character
        for at, each in enumerate(first):
            yield each, (opened, kind, size if pair and at >= 5 else size - 1)
        yield last, (opened, kind, size)
    yield '"', (opened, None, 0)


def standing(fields: Fields) -> Any:
    opened = tuple(fields.open)
    if fields.in_string:
        return opened, "name" if fields.in_name else "string", fields.characters
    return (opened, "number", fields.digits) if fields.in_number else (opened, None, 0)


@given(VALUES, st.booleans(), st.booleans(), st.lists(st.integers(1, 9), max_size=40))
def test_the_place_is_known_after_each_piece(
    value: Any, ascii_only: bool, compact: bool, cuts: list[int]
) -> None:
    """Any value, however it is written and cut into pieces."""
    separators = (",", ":") if compact else (", ", ": ")
    write = json.JSONEncoder(ensure_ascii=ascii_only, separators=separators)
    known = list(places(value, write))
    assert "".join(char for char, _ in known) == write.encode(value)
    fields, at = Fields(), 0
    for size in (*cuts, *[3] * len(known)):
        piece = known[at : at + size]
        fields.take("".join(char for char, _ in piece))
        at += len(piece)
        if piece:
            assert standing(fields) == piece[-1][1]


@given(st.lists(st.text(max_size=5)))
def test_a_text_that_is_no_json_is_followed_somehow(pieces: list[str]) -> None:
    """What it says of one means nothing, but there is no error."""
    fields = Fields()
    for piece in pieces:
        fields.take(piece)
    assert fields.characters <= sum(len(piece) or 1 for piece in pieces)


def test_parts_of_characters_and_pieces_are_counted() -> None:
    """A part of a character is one in a string and nothing elsewhere."""
    fields = Fields()
    for piece in ("[", "", '"a', "", "\ufffd", "b c", '"'):
        fields.take(piece)
        if fields.in_string:
            last = (fields.characters, fields.pieces)
    assert last == (6, 4)
    assert fields.open == [1]
    fields.take(", -1")
    assert (fields.digits, fields.pieces, fields.scalars) == (1, 1, 2)


def test_what_a_piece_would_do_is_known_before_it_is_taken() -> None:
    """Whether it ends the string or number, and where it begins an item too many."""
    fields = Fields()
    fields.take('{"sizes": [[1, 2], [3, "4')
    ends = {text: fields.ends_scalar(text) for text in ("5", '\\"', '"', '", "', '"]]', '\\\\"')}
    assert ends == {"5": False, '\\"': False, '"': True, '", "': True, '"]]': True, '\\\\"': True}
    rooms = {text: fields.room(text, 2) for text in (", , ,", '", 5', '"], [', '"]], ', "\\")}
    assert rooms == {", , ,": 5, '", 5': 1, '"], [': 2, '"]], ': 5, "\\": 1}
    assert (fields.open, fields.characters) == ([OBJECT, 2, 2], 1)
