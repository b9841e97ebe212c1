"""Thinking sections are no part of an answer."""

from __future__ import annotations

import pytest

from guard.models.thinking import split_thinking


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("Water.", None, "Water."),
        ("<think>Hm.</think>\n\nWater.", "Hm.", "Water."),
        ("\n<think>\nHm.\n</think>Water.", "Hm.", "Water."),
        ("<think></think>Water.", "", "Water."),
        ("<think>Hm, and then", "Hm, and then", ""),
        ("Hm.</think>Water.", "Hm.", "Water."),
        ("The tag <think> opens a section.", None, "The tag <think> opens a section."),
        ("<think>a</think>b</think>c", "a", "b</think>c"),
        ("", None, ""),
    ],
)
def test_a_thinking_section_is_split_off(text: str, thinking: str | None, answer: str) -> None:
    """Closed, cut off or without its opening tag, the section never stays in the answer."""
    assert split_thinking(text) == (thinking, answer)
