"""What a grammar comes to for one model's tokenizer: its matcher, kept ready, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from guard.errors import InputError, ModelError
from guard.grammar import Grammar
from guard.grammar.engine import compact, limits
from guard.grammar.samples import samples
from guard.grammar.sizes import Sizes, sizes
from guard.models.closing import Closer, Ending, Samples

MOST = 64
"""Grammars that are kept ready."""

MAX_SAMPLES = 200
"""Ends of strings that are tried."""

LONGEST = 16_384
"""Tokens of the shortest value that is looked for regardless of the budget."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A grammar as it is before the first token.

    `matcher` is llguidance's, and the caller's own; `samples` are what its strings may have to end
    with; `ending` are the tokens of a short value, or None where none was found; `sizes` are those
    that the schema itself speaks of.
    """

    matcher: Any
    samples: Samples
    ending: Ending | None
    sizes: Sizes = Sizes()


FREE = Ready(matcher=None, samples=(), ending=None)
"""No grammar."""


class Matching:
    """Grammars for one tokenizer; the latest are kept. Not to be used by two threads."""

    def __init__(self, tokenizer: Any, texts: Sequence[str], *, name: str) -> None:
        self.closer = Closer(texts, tokenizer)
        self._tokenizer = tokenizer
        self._name = name
        self._kept: dict[str, Ready] = {}

    def fitting(self, grammar: Grammar, budget: int) -> Ready:
        """The grammar, without blanks between the parts of a value where it fits only so.

        Raises InputError where even the shortest value found takes more than `budget` tokens.
        """
        ready = self.ready(grammar)
        if ready.ending is None or len(ready.ending) <= budget:
            return ready
        short = self.ready(compact(grammar))
        least = len(short.ending or ready.ending)
        if least <= budget:
            return short
        raise InputError(
            f"there is room for {budget:,} tokens, and the shortest value found for this schema"
            f" takes {least:,}",
            hint="raise max_tokens, or shorten the prompt if it fills the model's window",
        )

    def ready(self, grammar: Grammar) -> Ready:
        """The grammar as it was made once, with a matcher for one text."""
        kept = self._kept.pop(grammar.text, None) or self._made(grammar)
        while len(self._kept) >= MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[grammar.text] = kept  # now the latest
        return replace(kept, matcher=kept.matcher.deep_copy())

    def _made(self, grammar: Grammar) -> Ready:
        matcher, found = self._matcher(grammar), self._samples(grammar)
        ending = self.closer.ending(matcher, LONGEST, samples=found)
        own = sizes(grammar.plain)
        return Ready(matcher=matcher, samples=found, ending=ending, sizes=own)

    def _matcher(self, grammar: Grammar) -> Any:
        from llguidance import LLMatcher

        matcher = LLMatcher(self._tokenizer, grammar.text, log_level=0, limits=limits())
        if matcher.is_error():
            raise ModelError(
                f"the grammar engine cannot use {self._name}'s tokenizer with this schema: "
                f"{matcher.get_error().splitlines()[0][:200]}",
                hint="simplify the schema",
            )
        return matcher

    def _samples(self, grammar: Grammar) -> Samples:
        """What strings may have to end with, in tokens: the samples, and the ends of them."""
        texts = [json.dumps(text, ensure_ascii=False)[1:] for text in samples(grammar.plain)]
        ends = dict.fromkeys(text[at:] for text in texts for at in range(len(text) - 1))
        return [self._tokenizer.tokenize_str(text) for text in [*ends][:MAX_SAMPLES]]
