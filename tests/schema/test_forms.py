"""Python types, choices and regular expressions as schemas, and their values back again."""

from __future__ import annotations

import enum
import typing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated, Any, Literal, TypedDict

import pydantic
import pytest

from guard import Choice, Regex, SchemaError
from guard.schema import load_schema, parse, to_python, validate


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Part:
    name: str
    count: int = 1


class Row(TypedDict):
    part: str
    sizes: list[int]


class Order(pydantic.BaseModel):
    number: Annotated[int, pydantic.Field(ge=1)]
    parts: list[Part] = []

    @pydantic.field_validator("number")
    @classmethod
    def odd(cls, number: int) -> int:
        """Refuse even numbers, which no JSON Schema here says."""
        if number % 2 == 0:
            raise ValueError("even")
        return number


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (int, "3", 3),
        (float, "2.5", 2.5),
        (bool, "true", True),
        (str, '"a"', "a"),
        (date, '"2024-05-17"', date(2024, 5, 17)),
        (time, '"12:30:00Z"', time(12, 30, tzinfo=UTC)),
        (
            datetime,
            '"2024-05-17T12:30:00+02:00"',
            datetime(2024, 5, 17, 12, 30, tzinfo=timezone(timedelta(hours=2))),
        ),
        (Literal["a", 2], "2", 2),
        (Colour, '"blue"', Colour.BLUE),
        (list[Colour], '["red"]', [Colour.RED]),
        (dict[str, date], '{"a": "2024-05-17"}', {"a": date(2024, 5, 17)}),
        (int | None, "null", None),
        (Part, '{"name": "fan"}', Part("fan", 1)),
        (Row, '{"part": "fan", "sizes": [1, 2]}', {"part": "fan", "sizes": [1, 2]}),
        (
            Order,
            '{"number": 3, "parts": [{"name": "fan", "count": 2}]}',
            Order(number=3, parts=[Part("fan", 2)]),
        ),
        (Choice(["a", 2, True]), "true", True),
        (Regex("[a-c]+|x"), '"cab"', "cab"),
        (Regex("^[a-c]+$"), '"cab"', "cab"),
    ],
)
def test_a_form_is_a_schema_and_its_value_is_of_the_form(form: Any, text: str, value: Any) -> None:
    """JSON that satisfies the schema of a form becomes the Python value."""
    schema = load_schema(form)
    found, violations = parse(text, schema)
    assert violations == ()
    made = to_python(schema, found)
    assert made == value
    assert type(made) is type(value)


@pytest.mark.parametrize(
    ("form", "value", "keyword"),
    [
        (int, 2.5, "type"),
        (date, "2023-02-29", "format"),
        (Colour, "green", "enum"),
        (Part, {"name": "fan", "size": 3}, "additionalProperties"),
        (list[Part], [{"count": 3}], "required"),
        (Order, {"number": 0}, "minimum"),
        (Order, {"number": 2}, "type"),
        (Choice(["a"]), "b", "enum"),
        (Regex("a|b"), "ab", "pattern"),
        (Regex("ab"), "xab", "pattern"),
        (Regex("ab"), "ab\n", "pattern"),
        (Regex("(a+)+b"), "a" * 5000, "pattern"),
    ],
)
def test_a_value_not_of_the_form_is_a_violation(form: Any, value: Any, keyword: str) -> None:
    """A class's own rules count as much as the schema, and a pattern is for the whole text."""
    assert [found.keyword for found in validate(value, load_schema(form))] == [keyword]


def test_a_line_end_may_be_part_of_the_pattern() -> None:
    """Only a line end that the pattern has no place for is refused."""
    assert validate("ab\n", load_schema(Regex("ab\\n?"))) == ()


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (Regex("("), "cannot be written by"),
        (Regex("a(?=b)"), "look-ahead"),
        (Regex("(a)\\1"), "backreference"),
        (Regex("\\bfoo\\b"), "lookarounds"),
        (Regex("[^\\s\\S]"), "empty"),
        (Regex("*"), "repetition operator"),
        (Regex("\ud800"), "surrogate"),
        (Regex(3), "it is no text"),  # type: ignore[arg-type]
        (Choice([]), "nothing to choose"),
        (Choice(["a", "b", "a"]), "'a' twice"),
        (Choice([None]), "None, which is no text"),  # type: ignore[list-item]
        (Choice([float("nan")]), "NaN"),
        (object, "says nothing"),
        (typing.Any, "not a schema|says nothing"),
        (type(lambda: 0), "cannot be written as JSON"),
    ],
)
def test_a_form_that_cannot_be_is_refused(form: Any, message: str) -> None:
    """What the engine cannot hold to, and what JSON cannot say, is a SchemaError with a hint."""
    with pytest.raises(SchemaError, match=message) as caught:
        load_schema(form)
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_one_and_true_are_two_choices() -> None:
    """Python counts True as 1; a choice does not."""
    assert load_schema(Choice([1, True])).document == {"enum": [1, True]}
