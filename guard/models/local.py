"""A transformers model on this machine, steered through outlines by llguidance's grammar."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guard.errors import InputError, ModelError
from guard.grammar import compile_grammar
from guard.grammar.engine import limits
from guard.models.closing import Closer
from guard.models.decoding import loop
from guard.models.loading import load
from guard.models.profiles import THINK, Profile, profile_for
from guard.models.prompting import render
from guard.models.steering import Steering, Stopped
from guard.models.thinking import CLOSE, split_thinking
from guard.types import Finish, Generation, Json, Message, Sampling, Usage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_CHARACTERS_PER_TOKEN = 64  # beyond this many no prompt fits, and counting takes minutes
THINKING_SHARE = 0.5  # of the budget, before the value is begun


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """One stretch of writing: its text, how it ended, and token counts."""

    text: str
    finish: Finish
    usage: Usage


def open_local(source: str, *, name: str | None = None) -> LocalModel:
    """The model in a folder, a GGUF file or a hub repository. Raises ModelError."""
    model, tokenizer = load(source)
    path = Path(source).expanduser()
    return LocalModel(model, tokenizer, name=name or (path.name if path.exists() else source))


class LocalModel:
    """A local causal language model. Safe to call from several threads, which then take turns."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str) -> None:
        vocabulary = tokenizer.get_vocab()
        self.name = name
        self.profile: Profile = profile_for(
            name=name, template=tokenizer.chat_template, vocabulary=vocabulary
        )
        self.ends: tuple[int, ...] = _ends(model, tokenizer, self.profile, vocabulary)
        self.window: int = _window(model)
        self._model = model
        self._tokenizer = tokenizer
        self._entries = _entries(vocabulary)
        self._grammar_tokenizer = _grammar_tokenizer(model, tokenizer, self.ends)
        self._closer = Closer(_texts(tokenizer, len(self._entries)))
        self._outlines = _through_outlines(model, tokenizer, self.ends)
        # A tokenizer must not be used by two threads at once, and one text uses all cores anyway.
        self._lock = threading.Lock()

    def write(
        self, messages: Sequence[Message], *, schema: Json | None, sampling: Sampling
    ) -> Generation:
        """Write one answer; see `guard.models.base.Model`."""
        start = time.perf_counter()
        grammar = None if schema is None else compile_grammar(schema).text
        prompt = render(self._tokenizer, messages, self.profile)
        with self._lock:
            decoded, thinking = self._answer(prompt, grammar, sampling)
        return Generation(
            text=decoded.text,
            finish=decoded.finish,
            model=self.name,
            seed=sampling.seed,
            usage=decoded.usage,
            seconds=time.perf_counter() - start,
            thinking=thinking,
        )

    def _answer(
        self, prompt: str, grammar: str | None, sampling: Sampling
    ) -> tuple[Decoded, str | None]:
        """The answer, and the thinking before it, which is free of any grammar."""
        if grammar is None:
            decoded = self._decode(prompt, None, sampling)
            if not self.profile.thinks:
                return decoded, None
            thinking, text = split_thinking(decoded.text)
            return replace(decoded, text=text), thinking
        if not self.profile.thinks:
            return self._decode(prompt, grammar, sampling), None
        return self._think_first(prompt, grammar, sampling)

    def _think_first(
        self, prompt: str, grammar: str, sampling: Sampling
    ) -> tuple[Decoded, str | None]:
        """Free thinking for a part of the budget, closed if need be, then the value."""
        budget = max(1, int(sampling.max_tokens * THINKING_SHARE))
        opened = prompt.rstrip().endswith(THINK)
        first = self._decode(
            prompt,
            None,
            replace(sampling, max_tokens=budget, stop=()),
            self._thought(opened=opened),
        )
        thinking = None
        if opened or first.text.lstrip().startswith(THINK):
            thinking = first.text.strip().removeprefix(THINK).partition(CLOSE)[0].strip()
            prompt += f"{'' if opened else THINK}\n{thinking}\n{CLOSE}\n\n"
        left = max(1, sampling.max_tokens - first.usage.completion_tokens)
        second = self._decode(prompt, grammar, replace(sampling, max_tokens=left))
        written = first.usage.completion_tokens + second.usage.completion_tokens
        usage = Usage(prompt_tokens=first.usage.prompt_tokens, completion_tokens=written)
        return replace(second, usage=usage), thinking

    def _thought(self, *, opened: bool) -> Stopped:
        """A test of whether thinking has ended, or is not going to begin."""

        def stopped(tokens: Sequence[int]) -> bool:
            text = self._text(tokens).lstrip()
            begun = opened or text.startswith(THINK[: len(text)])
            return CLOSE in text or not (begun or text.startswith(THINK))

        return stopped

    def _decode(
        self,
        prompt: str,
        grammar: str | None,
        sampling: Sampling,
        stopped: Stopped | None = None,
    ) -> Decoded:
        """Continue `prompt` until it ends or the budget does. The one place that runs the model."""
        import outlines
        from transformers import GenerationConfig

        size = self._fit(prompt)
        budget = min(sampling.max_tokens, self.window - size)
        steering = Steering(
            entries=self._entries,
            ends=self.ends,
            budget=budget,
            temperature=sampling.temperature,
            seed=sampling.seed,
            matcher=self._matcher(grammar) if grammar else None,
            closer=self._closer if grammar else None,
            stopped=stopped or (None if grammar else self._stop_watch(sampling.stop)),
        )
        settings: Any = GenerationConfig  # its stub has no types
        config = settings(
            max_new_tokens=budget,
            eos_token_id=list(self.ends),
            pad_token_id=self.ends[0],
        )
        # The text that outlines returns has lost its control tokens, among them <think> perhaps.
        generator: Any = outlines.Generator(self._outlines)
        generator(prompt, generation_config=config, custom_generate=loop(steering))
        text = self._text(steering.content)
        cut = None if grammar else _first_stop(text, sampling.stop)
        return Decoded(
            text=text if cut is None else text[:cut],
            finish=_finish(steering, cut=cut),
            usage=Usage(prompt_tokens=size, completion_tokens=len(steering.tokens)),
        )

    def _fit(self, prompt: str) -> int:
        """The tokens of the prompt. Raises InputError when they leave no room for an answer."""
        long = len(prompt) > MAX_CHARACTERS_PER_TOKEN * self.window
        size = 0 if long else len(self._tokenizer(prompt).input_ids)
        if long or size >= self.window:
            counted = f"{len(prompt):,} characters" if long else f"{size:,} tokens"
            raise InputError(
                f"the prompt has {counted}; {self.name} reads at most {self.window:,} tokens, "
                "the answer included",
                hint="shorten it, or pass long material as documents instead",
            )
        return size

    def _matcher(self, grammar: str) -> Any:
        from llguidance import LLMatcher

        matcher = LLMatcher(self._grammar_tokenizer, grammar, log_level=0, limits=limits())
        if matcher.is_error():
            raise ModelError(
                f"the grammar engine cannot use {self.name}'s tokenizer with this schema: "
                f"{matcher.get_error().splitlines()[0][:200]}",
                hint="simplify the schema",
            )
        return matcher

    def _stop_watch(self, stops: tuple[str, ...]) -> Stopped | None:
        """A test of whether the tokens so far hold a stop string, in their last few."""
        if not stops:
            return None
        reach = max(len(stop.encode()) for stop in stops) + 4
        return lambda tokens: _first_stop(self._text(tokens[-reach:]), stops) is not None

    def _text(self, tokens: Sequence[int]) -> str:
        """The tokens as text, without control tokens other than those around thinking."""
        marks = self._tokenizer.convert_tokens_to_ids([THINK, CLOSE])
        dropped = set(self._tokenizer.all_special_ids) - set(marks)
        kept = [token for token in tokens if token not in dropped]
        text: str = self._tokenizer.decode(kept, clean_up_tokenization_spaces=False)
        return text


def _finish(steering: Steering, *, cut: int | None) -> Finish:
    if steering.closed:
        return "closed"
    return "stop" if steering.complete or cut is not None else "length"


def _first_stop(text: str, stops: tuple[str, ...]) -> int | None:
    """Where the first of the stop strings begins in `text`."""
    found = [text.find(stop) for stop in stops if stop and stop in text]
    return min(found) if found else None


def _ends(
    model: Any, tokenizer: Any, profile: Profile, vocabulary: dict[str, int]
) -> tuple[int, ...]:
    """Every token that ends a turn: the profile's, the model's and the tokenizer's."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    own = configured if isinstance(configured, list) else [configured]
    named = [vocabulary.get(token) for token in profile.ends]
    ends = [end for end in (*named, tokenizer.eos_token_id, *own) if end is not None]
    if not ends:
        raise ModelError(
            "the model does not say which token ends a turn",
            hint="set eos_token in its tokenizer_config.json",
        )
    return tuple(dict.fromkeys(ends))


def _entries(vocabulary: dict[str, int]) -> NDArray[np.bool_]:
    """For each id up to the highest whether the tokenizer has an entry for it."""
    import numpy as np

    entries = np.zeros(max(vocabulary.values()) + 1, dtype=bool)
    entries[list(vocabulary.values())] = True
    return entries


def _texts(tokenizer: Any, count: int) -> tuple[str, ...]:
    """What each token writes, "" for control tokens."""
    controls = set(tokenizer.all_special_ids)
    texts = tokenizer.batch_decode([[token] for token in range(count)])
    return tuple("" if token in controls else text for token, text in enumerate(texts))


def _window(model: Any) -> int:
    """How many tokens the model reads and writes at most."""
    config = model.config.get_text_config()
    return int(getattr(config, "max_position_embeddings", None) or 2048)


def _grammar_tokenizer(model: Any, tokenizer: Any, ends: tuple[int, ...]) -> Any:
    """The tokenizer as llguidance needs it, over all rows of the model."""
    import llguidance.hf

    rows = max(int(model.config.get_text_config().vocab_size), len(tokenizer))
    try:
        return llguidance.hf.from_tokenizer(tokenizer, n_vocab=rows, eos_token=list(ends))
    except ValueError as error:
        raise ModelError(
            f"the grammar engine cannot use the model's tokenizer: {error}",
            hint="the model needs a tokenizer.json (a fast tokenizer)",
        ) from error


def _through_outlines(model: Any, tokenizer: Any, ends: tuple[int, ...]) -> Any:
    """The model as outlines takes it, for prompts that are rendered already."""
    import outlines

    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.convert_ids_to_tokens(ends[0])
    wrapped: Any = outlines.from_transformers(model, tokenizer)
    wrapped.type_adapter.has_chat_template = False
    return wrapped
