"""What differs between families of local models: template, end of turn, thinking."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace

THINK = "<think>"
PHI_4_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] in ['system', 'user', 'assistant'] %}"
    "{{ '<|im_start|>' + message['role'] + '<|im_sep|>' + message['content'] + '<|im_end|>' }}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_sep|>' }}{% endif %}"
)
PHI_4_MINI_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How to speak with a family of models.

    `ends` are the tokens that end a turn, beside those that the model's own files name; `template`
    is the chat template where a tokenizer comes without one; `thinks` says that a `<think>` section
    comes before the answer.

    Nothing is said about padded vocabularies: a model may have more output rows than its tokenizer
    has entries (Phi-4 has 100,352), and rows without an entry are never chosen, for any model.
    """

    name: str
    ends: tuple[str, ...] = ()
    template: str | None = None
    thinks: bool = False


PHI_4 = Profile(name="phi-4", ends=("<|im_end|>", "<|endoftext|>"), template=PHI_4_TEMPLATE)
PHI_4_REASONING = replace(PHI_4, name="phi-4-reasoning", thinks=True)
PHI_4_MINI = Profile(
    name="phi-4-mini", ends=("<|end|>", "<|endoftext|>"), template=PHI_4_MINI_TEMPLATE
)
PLAIN = Profile(name="plain")


def profile_for(*, name: str, template: str | None, vocabulary: Container[str]) -> Profile:
    """The profile of a model, from its name, its chat template and its tokenizer's entries.

    The tokens decide before the name, which users may choose as they like: only Phi-4 separates
    role from content with `<|im_sep|>`, only Phi-4-mini has a token for each role and `<|end|>`.
    """
    thinks = THINK in vocabulary or THINK in (template or "") or "reasoning" in name.lower()
    if "<|im_sep|>" in vocabulary:
        return PHI_4_REASONING if thinks else PHI_4
    is_mini = "<|end|>" in vocabulary and "<|assistant|>" in vocabulary
    return replace(PHI_4_MINI if is_mini else PLAIN, thinks=thinks)
