"""The words that guard itself says to a model: the system prompt and the two tasks."""

from __future__ import annotations

from collections.abc import Sequence

from guard.types import Evidence, Message

SYSTEM = (
    "You answer questions for professionals. Use only facts you are sure of, and the notes when "
    "there are any. Answer directly and briefly. If you do not know, say: I don't know."
)
EXTRACT = (
    "You read one document and fill in a form. Copy values exactly as the document states them. "
    "Leave out what the document does not say."
)


def answer(prompt: str, notes: Sequence[Evidence], *, system: str | None) -> tuple[Message, ...]:
    """The conversation that asks `prompt`, with the `notes` to write from before it."""
    user = prompt
    if notes:
        listed = "\n\n".join(f"[{n}] {note.passage.text}" for n, note in enumerate(notes, 1))
        user = f"Notes:\n{listed}\n\nQuestion: {prompt}"
    return (
        Message(role="system", content=system or SYSTEM),
        Message(role="user", content=user),
    )


def extraction(text: str, *, instructions: str | None, system: str | None) -> tuple[Message, ...]:
    """The conversation that asks for the fields of one document."""
    task = instructions or "Fill in the form from this document."
    return (
        Message(role="system", content=system or EXTRACT),
        Message(role="user", content=f"{task}\n\nDocument:\n{text}"),
    )
