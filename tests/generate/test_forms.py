"""Types, choices and patterns as output, written by real models."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

import pytest

from guard import Choice, Config, Document, Guard, NotCleanError, Policy, Regex
from guard.generate import generate
from guard.generate.prompt import with_form
from guard.knowledge import Encoder
from guard.models import Model
from guard.models.local import LocalModel
from guard.report import render
from guard.schema import load_schema, to_python
from guard.testing import ScriptedModel
from guard.types import Message, Sampling

NOTE = Document(name="note.md", text="The number of the fan is INV-007.")
ASK = (Message(role="user", content="Which part is it?"),)


class Kind(enum.Enum):
    PUMP = "pump"
    FAN = "fan"


@dataclass
class Part:
    kind: Kind
    count: int


FORMS: list[tuple[Any, type]] = [
    (int, int),
    (bool, bool),
    (date, date),
    (Kind, Kind),
    (Part, Part),
    (list[Literal[1, 2]], list),
    (Choice(["pump", "fan"]), str),
    (Regex("[A-Z]{2}-[0-9]{3}"), str),
]


@pytest.mark.parametrize(("form", "kind"), FORMS)
def test_a_model_writes_a_form(phi_4: LocalModel, form: Any, kind: type) -> None:
    """Whatever a model draws, it is a value of the form."""
    schema = load_schema(form)
    sampling = Sampling(max_tokens=80, temperature=1.0, seed=3)
    made = to_python(schema, generate(phi_4, ASK, schema=schema, sampling=sampling).value)
    assert isinstance(made, kind)
    if isinstance(form, Regex):
        assert re.fullmatch(form.pattern, made)


@pytest.mark.parametrize(
    ("form", "kind"),
    [(Choice(["cold", "hot"]), str), (Regex("(very )?(cold|hot)"), str), (date, date), (int, int)],
)
def test_the_writer_writes_a_form(writer: Model, form: Any, kind: type) -> None:
    """The default writer keeps to the form at its first attempt and in a small budget."""
    ask = (Message(role="user", content="Is ice cold or hot?"),)
    schema = load_schema(form)
    made = generate(writer, ask, schema=schema, sampling=Sampling(max_tokens=24))
    assert isinstance(to_python(schema, made.value), kind)
    assert made.attempts == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Choice(["pump", "fan"]), 'It is one of "pump", "fan".'),
        (Regex("INV-[0-9]{3}"), "It is a string that matches ^(?:INV-[0-9]{3})$"),
        (date, "Its type is date."),
        (int, "Its type is integer."),
        (list[int], "Its type is array."),
        (Choice([str(n) for n in range(99)]), "Answer with a JSON value and nothing else."),
    ],
)
def test_the_model_is_told_the_form(form: Any, words: str) -> None:
    """The prompt says what is to be chosen from, unless there is too much of it."""
    assert with_form(ASK, load_schema(form))[0].content.endswith(words)


@pytest.fixture(scope="module")
def guarded(encoder: Encoder) -> Any:
    """A Guard whose model answers with the given texts."""

    def make(*answers: str, policy: Policy | None = None) -> Guard:
        return Guard(model=ScriptedModel(answers), encoder=encoder, policy=policy, config=Config())

    return make


def test_a_bare_text_has_no_quotes(guarded: Any) -> None:
    """The report on a pattern's text shows the text, and keeps doing so under another policy."""
    report = guarded('"INV-007"').run(
        "Which number?", schema=Regex("INV-[0-9]{3}"), documents=[NOTE]
    )
    assert report.text == report.answer == report.answer_value == "INV-007"
    assert report.rethreshold(Policy(not_in_knowledge="keep")).answer == "INV-007"
    for kind in ("console", "markdown", "html"):
        assert "INV-007" in render(report, format=kind)
        assert '"INV-007"' not in render(report, format=kind)


def test_a_schema_of_strings_keeps_its_quotes(guarded: Any) -> None:
    """A JSON Schema asks for JSON, and JSON it stays."""
    report = guarded('"INV-007"').run("Which number?", schema={"type": "string"})
    assert report.answer == '"INV-007"'


def test_value_gives_what_was_asked_for(guarded: Any) -> None:
    """An Enum member, an instance, a bare text, JSON for JSON, prose without a schema."""
    ask = partial(
        guarded(
            '"fan"',
            '{"kind": "pump", "count": 3}',
            '"pump"',
            "[1]",
            "I am not sure.",
            policy=Policy(not_in_knowledge="keep", not_checked="keep"),
        ).value,
        "Which?",
    )
    assert ask(schema=Kind) is Kind.FAN
    assert ask(schema=Part) == Part(Kind.PUMP, 3)
    assert ask(schema=Choice(["pump", "fan"])) == "pump"
    assert ask(schema={"type": "array"}) == [1]
    assert ask() == "I am not sure."


def test_value_is_withheld_where_the_policy_says_fail(guarded: Any) -> None:
    """An answer that the policy does not let through is an error and no value."""
    guard = guarded('"fan"', policy=Policy(not_in_knowledge="fail", contradicted="fail"))
    with pytest.raises(NotCleanError):
        guard.value(
            "What is the Veltor P3?",
            schema=Kind,
            documents=[Document(name="p3.md", text="The Veltor P3 is a pump.")],
        )


def test_a_text_is_checked_against_a_form(guarded: Any) -> None:
    """A string is a value where the schema is a form."""
    report = guarded().check("INV-7", schema=Regex("INV-[0-9]{3}"))
    assert [found.keyword for found in report.violations] == ["pattern"]
    assert report.answer == "INV-7"
