"""Continuing prompts with a local model until they end or their budgets do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from guard.errors import GuardError, InputError
from guard.models.base import Watch
from guard.models.choosing import Chooser, packed_entries
from guard.models.decoding import Shares, loop
from guard.models.drafts import Drafts, Guessing, plain_tokens
from guard.models.lines import Line
from guard.models.matching import FREE, Matching
from guard.models.profiles import THINK, Profile, profile_for
from guard.models.reading import reads_many
from guard.models.steering import Steering, Stopped
from guard.models.streaming import Stream, certain, first_stop, whole
from guard.models.tasks import Task, Written
from guard.models.thinking import CLOSE, split_thinking
from guard.models.vocabulary import (
    byte_tokens,
    end_tokens,
    entries,
    grammar_tokenizer,
    rows,
    steady,
    token_texts,
    window,
)
from guard.types import Finish, Usage

AT_ONCE = 64  # texts that are taken on together; what prompts have alike is kept for them
MAX_CHARACTERS_PER_TOKEN = 64  # beyond this many no prompt fits, and counting takes minutes
SHARES = {"cpu": Shares(one=14.0, many=36.0)}  # measured with SmolLM2
SHARES_ELSEWHERE = Shares(one=64.0, many=64.0)


class Writer:
    """A model, its tokenizer, and what is made of them once. Not to be used by two threads."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str) -> None:
        vocabulary = tokenizer.get_vocab()
        self.name = name
        self.profile: Profile = profile_for(
            name=name, template=tokenizer.chat_template, vocabulary=vocabulary
        )
        self.ends: tuple[int, ...] = end_tokens(model, tokenizer, self.profile, vocabulary)
        self.window: int = window(model)
        self._model = model
        self._tokenizer = tokenizer
        self._bytes = byte_tokens(vocabulary)
        known = entries(vocabulary)
        self._entries = packed_entries(known, max(rows(model, tokenizer), len(known)))
        self._grammar_tokenizer = grammar_tokenizer(model, tokenizer, self.ends)
        texts = token_texts(tokenizer, len(known))
        self._matching = Matching(self._grammar_tokenizer, texts, name=name)
        self._shares = SHARES.get(model.device.type, SHARES_ELSEWHERE)
        self._guessing = Guessing(
            texts=texts, plain=plain_tokens(texts), tokenizer=self._grammar_tokenizer
        )
        marks = {vocabulary.get(mark) for mark in (THINK, CLOSE)}
        self._dropped = frozenset(tokenizer.all_special_ids) - marks
        self._outlines = _through_outlines(model, tokenizer, self.ends)

    def _decode(self, tasks: Sequence[Task], watch: Watch | None) -> list[Written | GuardError]:
        """What becomes of each task. The one place that runs the model."""
        lines = [self._line(task, watch) for task in tasks]
        going = [
            (task, line) for task, line in zip(tasks, lines, strict=True) if isinstance(line, Line)
        ]
        for batch in self._batches(going):
            self._run(batch)
        return [
            line if isinstance(line, GuardError) else self._written(task, line)
            for task, line in zip(tasks, lines, strict=True)
        ]

    def _batches(self, going: list[tuple[Task, Line]]) -> Iterator[list[tuple[Task, Line]]]:
        """What is written together; one by one what the model cannot read with others."""
        longest = steady(self._model) if reads_many(self._model) else 0
        lone: list[tuple[Task, Line]] = []
        joined: list[tuple[Task, Line]] = []
        for task, line in going:
            is_long = line.prompt_tokens + line.steering.room > longest
            (lone if is_long else joined).append((task, line))
        yield from ([one] for one in lone)
        yield from (joined[at : at + AT_ONCE] for at in range(0, len(joined), AT_ONCE))

    def _run(self, batch: list[tuple[Task, Line]]) -> None:
        """Let outlines tokenize the prompts and drive the model over them."""
        import outlines
        from transformers import GenerationConfig

        settings: Any = GenerationConfig  # its stub has no types
        config = settings(
            max_new_tokens=max(line.steering.room for _, line in batch),
            eos_token_id=list(self.ends),
            pad_token_id=self.ends[0],
        )
        # The text that outlines returns has lost its control tokens, among them <think> perhaps.
        generator: Any = outlines.Generator(self._outlines)
        lines = [line for _, line in batch]
        options = {
            "generation_config": config,
            "custom_generate": loop(lines, shares=self._shares),
        }
        prompts = [task.prompt for task, _ in batch]
        if len(batch) == 1:
            generator(prompts[0], **options)
        else:
            generator.batch(prompts, **options)

    def _line(self, task: Task, watch: Watch | None) -> Line | GuardError:
        """What writes one task, or why it cannot be written."""
        try:
            prompt = self._fit(task.prompt)
            steering = self._steering(task, self.window - len(prompt))
        except GuardError as error:
            return error
        seen = None
        if watch is not None:
            seen = Stream(watch, partial(self._so_far, task, steering))
        drafts = Drafts(self._guessing, prompt)
        return Line(steering=steering, drafts=drafts, seen=seen, prompt_tokens=len(prompt))

    def _steering(self, task: Task, room: int) -> Steering:
        sampling = task.sampling
        budget = min(sampling.max_tokens, room)
        ready = self._matching.fitting(task.grammar, budget) if task.grammar else FREE
        chooser = Chooser(
            entries=self._entries,
            matcher=ready.matcher,
            temperature=sampling.temperature,
            seed=sampling.seed,
        )
        free_stop = None if task.grammar else self._stop_watch(task)
        return Steering(
            chooser=chooser,
            ends=self.ends,
            budget=budget,
            ready=ready,
            closer=self._matching.closer if task.grammar else None,
            limits=sampling.limits,
            stopped=task.stopped or free_stop,
        )

    def _fit(self, prompt: str) -> list[int]:
        """The tokens of the prompt. Raises InputError when they leave no room for an answer."""
        long = len(prompt) > MAX_CHARACTERS_PER_TOKEN * self.window
        tokens: list[int] = [] if long else list(self._tokenizer(prompt).input_ids)
        if long or len(tokens) >= self.window:
            counted = f"{len(prompt):,} characters" if long else f"{len(tokens):,} tokens"
            raise InputError(
                f"the prompt has {counted}; {self.name} reads at most {self.window:,} tokens, "
                "the answer included",
                hint="shorten it, or pass long material as documents instead",
            )
        return tokens

    def _stop_watch(self, task: Task) -> Stopped | None:
        """A test of whether the answer so far holds a stop string, in its last few tokens."""
        stops = task.sampling.stop
        if not stops:
            return None
        reach = max(len(stop.encode()) for stop in stops) + 4

        def stopped(tokens: Sequence[int]) -> bool:
            if first_stop(self._text(tokens[-reach:]), stops) is None:
                return False
            answer = self._parts(task, self._text(tokens))[1]  # there may be more in its thinking
            return first_stop(answer, stops) is not None

        return stopped

    def _parts(self, task: Task, text: str) -> tuple[str | None, str]:
        """A text as the thinking that a free answer begins with, and what comes after it."""
        if not (self.profile.thinks and task.is_answer):
            return None, text
        return split_thinking(text, opened=task.opened)

    def _so_far(self, task: Task, steering: Steering) -> str:
        """The part of an unfinished text that will stay, whatever comes next."""
        tokens = steering.tokens[: steering.settled]
        if task.grammar is not None:
            return whole(self._text(tokens))
        while tokens and tokens[-1] in self._bytes:
            tokens.pop()
        text = self._text(tokens)
        return certain(text, stops=task.sampling.stop, thinks=self.profile.thinks)

    def _written(self, task: Task, line: Line) -> Written | GuardError:
        if line.error is not None:
            return line.error
        thinking, text = self._parts(task, self._text(line.steering.content))
        cut = None if task.grammar else first_stop(text, task.sampling.stop)
        finish = _finish(line.steering, cut=cut)
        if line.cancelled and isinstance(line.seen, Stream):
            text, finish = line.seen.shown, "cancelled"
        else:
            text = text[:cut] if finish != "length" else whole(text)
            if isinstance(line.seen, Stream):
                line.seen.show(text)  # what was held back
        tokens = len(line.steering.tokens)
        usage = Usage(prompt_tokens=line.prompt_tokens, completion_tokens=tokens)
        shortened = line.steering.shortened
        return Written(
            text=text, finish=finish, usage=usage, shortened=shortened, thinking=thinking
        )

    def _text(self, tokens: Sequence[int]) -> str:
        """The tokens as text, without control tokens other than those around thinking."""
        kept = [token for token in tokens if token not in self._dropped]
        text: str = self._tokenizer.decode(kept, clean_up_tokenization_spaces=False)
        return text


def _finish(steering: Steering, *, cut: int | None) -> Finish:
    if steering.closed:
        return "closed"
    return "stop" if steering.complete or cut is not None else "length"


def _through_outlines(model: Any, tokenizer: Any, ends: tuple[int, ...]) -> Any:
    """The model as outlines takes it, for prompts that are rendered already."""
    import outlines

    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.convert_ids_to_tokens(ends[0])
    wrapped: Any = outlines.from_transformers(model, tokenizer)
    wrapped.type_adapter.has_chat_template = False
    return wrapped
