"""How many schemas give a value, and how fast, with the embedded writer.

    python tests/benchmarks/generate.py [--schemas FILE.jsonl.gz] [--limit 40] [--tokens 256]

Speed, on the schemas of `schemas/`: tokens a second of guard, of transformers' own `generate`
without any schema, and of outlines alone with llguidance, same model and prompt, greedy, one
sequence. Values, on lines of `{"name", "schema"}` such as MaskBench's, every so many-th of them:
what comes of each within the budget, the value checked by jsonschema.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from guard.errors import GuardError
from guard.generate import generate
from guard.generate.prompt import with_form
from guard.models.embedded import writer_dir
from guard.models.local import LocalModel, open_local
from guard.models.prompting import render
from guard.schema import Schema, load_schema, validate
from guard.types import Message, Sampling

SCHEMAS = Path(__file__).parents[2] / "schemas"
ASK = Message(role="user", content="Make up an example and write it down.")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--schemas", type=Path, help="a .jsonl.gz file with schemas")
    parser.add_argument("--limit", type=int, default=40, help="schemas of the file")
    parser.add_argument("--tokens", type=int, default=256, help="the budget")
    options = parser.parse_args()
    model = open_local(str(writer_dir()))
    speeds(model, options.tokens)
    if options.schemas:
        values(model, options.schemas, options.limit, options.tokens)


def speeds(model: LocalModel, tokens: int) -> None:
    """A line for each schema of guard's own."""
    print(f"{'tokens a second':22}{'guard':>9}{'free':>9}{'outlines':>10}{'guard/free':>12}")
    ratios = []
    for path in sorted(SCHEMAS.glob("*.json")):
        if path.name == "report.schema.json":
            continue
        schema = load_schema(path)
        ours, free, alone = ours_rate(model, schema, tokens), *theirs(model, schema, tokens)
        ratios.append(ours / free)
        print(f"{path.stem:22}{ours:9.1f}{free:9.1f}{alone:10.1f}{ours / free:12.2f}", flush=True)
    print(f"{'median':50}{median(ratios):12.2f}")


def ours_rate(model: LocalModel, schema: Schema, tokens: int) -> float:
    """Tokens a second of guard, compiling included."""
    messages = with_form([ASK], schema)
    written = model.write(messages, schema=schema.document, sampling=Sampling(max_tokens=tokens))
    return written.usage.completion_tokens / written.seconds


def theirs(model: LocalModel, schema: Schema, tokens: int) -> tuple[float, float]:
    """The same of transformers without a schema, and of outlines with one."""
    import outlines
    import torch

    tokenizer: Any = model._tokenizer
    prompt = render(tokenizer, with_form([ASK], schema), model.profile)
    inputs = tokenizer(prompt, return_tensors="pt")
    start = time.perf_counter()
    with torch.inference_mode():
        found = model._model.generate(
            **inputs, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False
        )
    free = (found.shape[1] - inputs.input_ids.shape[1]) / (time.perf_counter() - start)
    generator: Any = outlines.Generator(
        model._outlines, outlines.json_schema(json.dumps(schema.document)), backend="llguidance"
    )
    start = time.perf_counter()
    text = generator(prompt, max_new_tokens=tokens, do_sample=False)
    return free, len(tokenizer(text).input_ids) / (time.perf_counter() - start)


def values(model: LocalModel, path: Path, limit: int, tokens: int) -> None:
    """What comes of each schema."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    outcomes: Counter[str] = Counter()
    for line in lines[:: max(1, len(lines) // limit)][:limit]:
        outcome = value(model, line["schema"], tokens)
        outcomes[outcome.partition(":")[0]] += 1
        if outcome not in ("stop", "closed"):
            print(f"  {line['name']}: {outcome[:150]}", flush=True)
    print(", ".join(f"{name} {count}" for name, count in outcomes.most_common()))


def value(model: LocalModel, document: Any, tokens: int) -> str:
    """How the value of a schema ended, or why there is none."""
    try:
        schema = load_schema(document)
        sampling = Sampling(max_tokens=tokens)
        made = generate(model, [ASK], schema=schema, sampling=sampling, attempts=1)
    except GuardError as error:
        return f"{type(error).__name__}: {error}"
    return "INVALID" if validate(made.value, schema) else made.finish


if __name__ == "__main__":
    main()
