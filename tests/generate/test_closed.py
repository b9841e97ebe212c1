"""A value or a part of one that was ended for the model is told as such in the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guard import Document, Guard
from guard.config import Config
from guard.knowledge import Encoder
from guard.models import Model
from guard.testing import KeywordEncoder, ScriptedModel
from guard.types import Generation

MILL = Document(name="mill", text="The mill was built in 1871. It burnt down twice.")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"story": {"type": "string"}, "moral": {"type": "string"}},
    "required": ["story", "moral"],
    "additionalProperties": False,
}


@pytest.mark.slow
def test_a_report_says_that_its_value_was_ended(
    writer: Model, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where there is no index
    guard = Guard(model=writer, encoder=encoder, config=Config(max_tokens=30))
    report = guard.run("Tell the long story of the mill.", schema=SCHEMA, documents=[MILL])
    assert report.generation is not None
    assert report.generation.finish == "closed"
    assert report.generation.usage.completion_tokens <= 30
    assert isinstance(report.value, dict)
    assert report.value.keys() == {"story", "moral"}
    (violation,) = report.violations
    assert violation.keyword == "length"
    assert "what comes last in it is filler" in violation.message
    assert not report.clean


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "a string, number or list was ended"), (3, "3 strings, numbers or lists were ended")],
)
def test_a_report_says_that_fields_were_ended(
    count: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many, and which settings decide about it; such a report is not clean."""
    monkeypatch.chdir(tmp_path)  # where there is no index
    made = Generation(text='{"story": "", "moral": ""}', model="scripted", shortened=count)
    guard = Guard(
        model=ScriptedModel([made]),
        encoder=KeywordEncoder(),
        entailment="baseline",
        config=Config(),
    )
    report = guard.run("Tell the long story of the mill.", schema=SCHEMA, documents=[MILL])
    (violation,) = report.violations
    assert violation.keyword == "length"
    assert said in violation.message
    assert "raise max_characters, max_items or max_digits" in violation.message
    assert not report.clean
