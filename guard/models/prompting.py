"""From messages to the text that a model reads, through its chat template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from guard.errors import InputError, ModelError
from guard.models.profiles import Profile
from guard.types import Message

# Some templates put in a system prompt of their own where there is none: SmolLM2's names itself
# and its maker, and those words turn up in extracted fields. So there always is one.
SYSTEM = "You answer precisely and briefly, and you make nothing up."
ROLES = ("system", "user", "assistant")
MARKER = re.compile(r"<[^<>\s]+>")


def render(tokenizer: Any, messages: Sequence[Message], profile: Profile) -> str:
    """The prompt for `messages`, ending where the assistant's turn begins.

    Raises InputError for no message or an unknown role, which templates drop without a word, and
    ModelError for a template that leaves out what the user said.
    """
    said = _with_system(_checked(messages))
    said = [(role, _disarmed(content, _markers(tokenizer))) for role, content in said]
    template = tokenizer.chat_template or profile.template
    if template is None:
        return "\n\n".join(content for _, content in said) + "\n\n"
    for turns in (said, _folded(said)):
        prompt = _apply(tokenizer, turns, template)
        if prompt is not None:
            return _without_bos(tokenizer, prompt)
    raise ModelError(
        "the model's chat template leaves out a message or takes no such conversation",
        hint="begin with a user message, or mend chat_template in the model's folder",
    )


def _checked(messages: Sequence[Message]) -> list[tuple[str, str]]:
    if not messages:
        raise InputError("there is no message to answer", hint="pass a user message")
    for message in messages:
        if message.role not in ROLES:
            raise InputError(
                f"unknown role {message.role!r}", hint=f"use one of {', '.join(ROLES)}"
            )
    return [(message.role, message.content) for message in messages]


def _with_system(said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    has_one = any(role == "system" for role, _ in said)
    return said if has_one else [("system", SYSTEM), *said]


def _markers(tokenizer: Any) -> tuple[str, ...]:
    """The tokenizer's control tokens, such as `<|im_end|>`."""
    added = tokenizer.added_tokens_decoder.values()
    names = {str(token) for token in added if token.special or MARKER.fullmatch(str(token))}
    return tuple(sorted(names - {""}))


def _disarmed(content: str, markers: tuple[str, ...]) -> str:
    """Text from outside must not end its own turn and speak as somebody else."""
    for marker in markers:
        if marker in content:
            content = content.replace(marker, f"{marker[0]} {marker[1:]}")
    return content


def _folded(said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The conversation with its system messages put before the first user message."""
    system = [content for role, content in said if role == "system"]
    rest = [turn for turn in said if turn[0] != "system"]
    first = next((at for at, (role, _) in enumerate(rest) if role == "user"), None)
    if first is None:
        return [("user", "\n\n".join(system)), *rest]
    rest[first] = ("user", "\n\n".join([*system, rest[first][1]]))
    return rest


def _apply(tokenizer: Any, said: list[tuple[str, str]], template: str) -> str | None:
    """The rendered conversation, or None when the template refuses it or drops a part of it."""
    from jinja2 import TemplateError

    turns = [{"role": role, "content": content} for role, content in said]
    try:
        prompt: str = tokenizer.apply_chat_template(
            turns, chat_template=template, tokenize=False, add_generation_prompt=True
        )
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
        return None  # a template can do all that its language has
    must = [content.strip() for role, content in said if role != "assistant"]
    return prompt if all(content in prompt for content in must) else None


def _without_bos(tokenizer: Any, prompt: str) -> str:
    """The prompt without a first token that the tokenizer will put there itself."""
    bos = tokenizer.bos_token
    adds = bos is not None and tokenizer("").input_ids[:1] == [tokenizer.bos_token_id]
    return prompt.removeprefix(bos) if adds else prompt
