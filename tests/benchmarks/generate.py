"""How fast the embedded writer writes under a schema, and how many schemas give a value.

    python tests/benchmarks/generate.py [--part schemas] [--tokens 256] [--repeat 1]
    python tests/benchmarks/generate.py --part values --schemas FILE.jsonl.gz [--limit 40]

schemas, pages: tokens a second on the schemas of `schemas/`, for an example that is made up, and on
one-page documents, for what stands in them; greedy, one sequence. `free` is transformers' own
`generate` without a schema, as many tokens on the same prompt, the model as transformers loads it;
`free, layers` is the same with guard's linear layers. Then outlines alone with each of its engines,
up to the budget, the model as transformers loads it. Everything includes making the grammar and
reading the prompt; the fastest of the repetitions counts.
batch: eight extractions in one batch, and the schemas of `schemas/` with one of them twice, beside
one after another. bookkeeping: microseconds of settling a chosen token, and beside a pass, there,
in a model with 100,352 rows like Phi-4, and in transformers' own `generate`. values: what comes of
every so many-th line of `{"name", "schema"}`, with guard and with each engine.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from generate_cost import bookkeeping, free_bookkeeping, heading, wide
from generate_pages import PAGES
from generate_peers import Answer, Peers, Question, installed
from generate_values import ASK, values

from guard.errors import GuardError
from guard.generate.prompt import with_form
from guard.models.base import Request
from guard.models.drafts import Drafts
from guard.models.embedded import writer_dir
from guard.models.loading import load
from guard.models.local import LocalModel, open_local
from guard.models.prompting import render
from guard.schema import load_schema
from guard.types import Generation, Json, Message, Sampling

SCHEMAS = Path(__file__).parents[2] / "schemas"
TOKENS = 256
PATIENCE = 60.0
PARTS = ("schemas", "pages", "batch", "bookkeeping")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One prompt and the schema of its answer."""

    name: str
    messages: tuple[Message, ...]
    schema: Json


def main() -> None:
    """Measure and print."""
    options = parsed()
    model = open_local(str(writer_dir()))
    backends = installed() if options.peers else ()
    with closing(Peers(str(writer_dir()), backends)) as peers:
        for part in options.part or PARTS:
            print(f"# {part}", flush=True)
            measure(part, model, peers, options)


def parsed() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--part", action="append", choices=(*PARTS, "values"), help="only these")
    add("--schemas", type=Path, help="a .jsonl.gz file with schemas")
    add("--limit", type=int, default=40, help="schemas of the file")
    add("--offset", type=int, default=0, help="the line to begin with")
    add("--attempts", type=int, default=3, help="guard's, for a value")
    add("--tokens", type=int, help="the budget (256; for values 512)")
    add("--repeat", type=int, default=1, help="how often each is timed")
    add("--peers", type=int, default=1, help="ask outlines for each so many-th value; 0: never")
    add("--patience", type=float, help="seconds for outlines (60; for values 30)")
    add("--show-peers", action="store_true", help="say what became of each value of outlines")
    return parser.parse_args()


def measure(part: str, model: LocalModel, peers: Peers, options: argparse.Namespace) -> None:
    """One part."""
    tokens = options.tokens or TOKENS
    if part in ("schemas", "pages"):
        speeds(model, peers, made_up() if part == "schemas" else pages(), options)
    elif part == "batch":
        batch("pages", model, [*pages(), *pages("Fill in the fields from the page below")], tokens)
        batch("schemas", model, [*made_up(), made_up()[0]], tokens)
    elif part == "bookkeeping":
        costs(model, tokens)
    elif options.schemas is None or not options.schemas.is_file():
        print(f"no file with schemas at --schemas {options.schemas}: values are not measured")
    else:
        values(model, peers, options)


def made_up() -> list[Trial]:
    """An example of each of guard's own schemas."""
    paths = [path for path in SCHEMAS.glob("*.json") if path.name != "report.schema.json"]
    return [trial(path.stem, ASK, load_schema(path).document) for path in sorted(paths)]


def pages(task: str = "Copy the fields from this page") -> list[Trial]:
    """What stands in each of the documents."""
    return [
        trial(name, Message(role="user", content=f"{task}:\n\n{text}"), schema)
        for name, (text, schema) in PAGES.items()
    ]


def trial(name: str, message: Message, document: Json) -> Trial:
    """A prompt as guard asks it."""
    schema = load_schema(document)
    return Trial(name=name, messages=with_form([message], schema), schema=schema.document)


def speeds(model: LocalModel, peers: Peers, trials: list[Trial], options: Any) -> None:
    """A line for each trial."""
    plain, _ = load(str(writer_dir()))
    tokens, patience = options.tokens or TOKENS, options.patience or PATIENCE
    print(
        f"{'tokens a second':18}{'guard':>8}{'free':>8}{'free, layers':>14}"
        + "".join(f"{name:>15}" for name in peers.backends)
        + f"{'guard/free':>12}{'tokens':>8}{'passes':>8}{'finish':>8}"
    )
    ratios = []
    for each in trials:
        try:
            lines = [line(model, plain, each, tokens) for _ in range(options.repeat)]
        except GuardError as error:
            print(f"{each.name:18} {type(error).__name__}: {error}", flush=True)
            continue
        ours, free, layers = (max(rates) for rates in zip(*(r for r, _ in lines), strict=True))
        ratios.append(ours / free)
        print(f"{each.name:18}{ours:8.1f}{free:8.1f}{layers:14.1f}", end="", flush=True)
        for name in peers.backends:
            asked = question(model, each, name, tokens)
            found = [peers.ask(asked, patience=patience) for _ in range(options.repeat)]
            print(f"{cell(found, patience):>15}", end="", flush=True)
        print(f"{ours / free:12.2f}{lines[0][1]}", flush=True)
    print(f"{'median':{48 + 15 * len(peers.backends)}}{median(ratios or [0]):12.2f}")


def question(model: LocalModel, each: Trial, backend: str, tokens: int) -> Question:
    """A trial as outlines gets it."""
    prompt = render(model._tokenizer, each.messages, model.profile)
    schema = json.dumps(each.schema)
    return Question(backend=backend, prompt=prompt, schema=schema, tokens=tokens)


def line(
    model: LocalModel, plain: Any, each: Trial, tokens: int
) -> tuple[tuple[float, float, float], str]:
    """The rates of guard, free, and free with guard's layers; and what guard wrote."""
    passes = 0

    def count(*_: object) -> None:
        nonlocal passes
        passes += 1

    hook = model._model.register_forward_hook(count)
    sampling = Sampling(max_tokens=tokens)
    written = model.write(each.messages, schema=each.schema, sampling=sampling)
    hook.remove()
    size = written.usage.completion_tokens
    prompt = render(model._tokenizer, each.messages, model.profile)
    free = free_rate(plain, model._tokenizer, prompt, size)
    layers = free_rate(model._model, model._tokenizer, prompt, size)
    about = f"{size:8}{passes:8}{written.finish:>8}"
    return (size / written.seconds, free, layers), about


def free_rate(model: Any, tokenizer: Any, prompt: str, tokens: int) -> float:
    """Tokens a second of transformers without a schema."""
    import torch

    inputs = tokenizer(prompt, return_tensors="pt")
    start = time.perf_counter()
    with torch.inference_mode():
        found = model.generate(
            **inputs, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False
        )
    return float(found.shape[1] - inputs.input_ids.shape[1]) / (time.perf_counter() - start)


def cell(answers: list[Answer], patience: float) -> str:
    """The best of an engine's answers: its rate, or why there is none."""
    best = max(answers, key=lambda each: each.rate)
    if best.problem == "too long":
        return f">{patience:.0f} s"
    return best.problem or (f"{best.rate:.1f}" if best.tokens else "empty")


def batch(name: str, model: LocalModel, trials: list[Trial], tokens: int) -> None:
    """All trials at once, beside one after another, with drafts and without."""
    sampling = Sampling(max_tokens=tokens)
    asked = [
        Request(messages=each.messages, schema=each.schema, sampling=sampling) for each in trials
    ]
    one, alone = rate(lambda: one_by_one(model, asked))
    many, found = rate(lambda: model.write_many(asked))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Drafts, "propose", lambda *_, **__: [])
        bare, _ = rate(lambda: one_by_one(model, asked))
        bare_many, _ = rate(lambda: model.write_many(asked))
    same = sum(a.text == b.text for a, b in zip(alone, found, strict=True))
    print(f"{name + ', tokens/s':18}{'one':>8}{'eight':>8}{'times':>8}")
    print(f"{'with drafts':18}{one:8.1f}{many:8.1f}{many / one:8.2f}")
    print(f"{'without drafts':18}{bare:8.1f}{bare_many:8.1f}{bare_many / bare:8.2f}")
    print(f"eight with drafts over one without: {many / bare:.2f} times")
    print(f"{same} of {len(found)} texts are the same in the batch as alone")


def one_by_one(model: LocalModel, asked: list[Request]) -> list[Generation | GuardError]:
    """Each request by itself."""
    return [model.write(r.messages, schema=r.schema, sampling=r.sampling) for r in asked]


def rate(
    write: Callable[[], list[Generation | GuardError]],
) -> tuple[float, list[Generation]]:
    """Tokens a second over all texts, and the texts."""
    start = time.perf_counter()
    found = [each for each in write() if isinstance(each, Generation)]
    seconds = time.perf_counter() - start
    return sum(each.usage.completion_tokens for each in found) / seconds, found


def costs(model: LocalModel, tokens: int) -> None:
    """Bookkeeping of the embedded model, and of one with the rows of Phi-4."""
    print(heading())
    broad = wide(model)
    for each in [*made_up(), *pages()]:
        bookkeeping(each.name, model, each.messages, each.schema, tokens)
        bookkeeping(
            f"  {broad._entries.size * 32:,} rows", broad, each.messages, each.schema, tokens
        )
        prompt = render(model._tokenizer, each.messages, model.profile)
        free_bookkeeping("  transformers, free", model, prompt, tokens)


if __name__ == "__main__":
    main()
