"""The words that guard itself says to a model: the system prompts and the two tasks."""

from __future__ import annotations

from collections.abc import Sequence

from guard.types import Evidence, Message

FROM_NOTES = (
    "Answer the question from the notes in one or two full sentences. "
    "Where they do not say, answer: I don't know."
)
FROM_MEMORY = (
    "Answer the question in one or two full sentences, with facts that you are sure of. "
    "Where you are not sure, answer: I don't know."
)
EXTRACT = (
    "You read one document and fill in a form. Copy values exactly as the document states them. "
    "Leave out what the document does not say."
)


def answer(prompt: str, notes: Sequence[Evidence], *, system: str | None) -> tuple[Message, ...]:
    """The conversation that asks `prompt`, with the `notes` to write from before it."""
    user = prompt
    if notes:
        listed = "\n\n".join(f"{note.passage.title}: {note.passage.text}" for note in notes)
        user = f"Notes:\n{listed}\n\nQuestion: {prompt}"
    return (
        Message(role="system", content=system or (FROM_NOTES if notes else FROM_MEMORY)),
        Message(role="user", content=user),
    )


def extraction(text: str, *, instructions: str | None, system: str | None) -> tuple[Message, ...]:
    """The conversation that asks for the fields of one document."""
    task = instructions or "Fill in the form from this document."
    return (
        Message(role="system", content=system or EXTRACT),
        Message(role="user", content=f"{task}\n\nDocument:\n{text}"),
    )
