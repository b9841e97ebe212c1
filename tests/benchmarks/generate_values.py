"""What comes of schemas: of guard, and of outlines alone with each of its engines.

All get the same prompt, the same model, the same budget, and decode greedily; only guard tries more
than once, as it does by default. Every value is held against its schema by jsonschema. Each may
take some seconds to make its grammar, and then writes 2 tokens a second or more; what takes longer
than both counts as too long, guard's own answers as well. Where other work keeps the cores busy,
raise `--patience`.
"""

from __future__ import annotations

import gzip
import json
import time
from argparse import Namespace
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

from generate_peers import Answer, Peers, Question
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import best_match

from guard.errors import GuardError, InputError, SchemaError
from guard.generate import generate
from guard.generate.prompt import with_form
from guard.models.local import LocalModel
from guard.models.prompting import render
from guard.schema import Schema, load_schema, validate
from guard.types import Message, Sampling

ASK = Message(role="user", content="Make up an example and write it down.")
KINDS = ("values", "invalid", "not JSON", "empty", "refused", "error", "too long")
TOKENS = 512
PATIENCE = 30.0
PACE = 2.0
"""Tokens a second that anything writes, even on a busy machine."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One of KINDS, and why; for guard's values, how the text ended."""

    kind: str
    why: str
    seconds: float


def values(model: LocalModel, peers: Peers, options: Namespace) -> None:
    """Ask for a value of each schema, and print what came of them; Ctrl-C prints it at once."""
    rows: dict[str, list[Outcome]] = {"guard": []}
    try:
        for at, line in enumerate(_lines(options)):
            is_shared = options.peers > 0 and at % options.peers == 0
            _ask(model, peers if is_shared else None, line, options, rows)
    except KeyboardInterrupt:
        print("stopped")
    _table(rows, f"{options.tokens or TOKENS} tokens")


def _ask(
    model: LocalModel,
    peers: Peers | None,
    line: dict[str, Any],
    options: Namespace,
    rows: dict[str, list[Outcome]],
) -> None:
    """Add what comes of one schema to `rows`, and print what came of it but a value."""
    tokens, patience = options.tokens or TOKENS, options.patience or PATIENCE
    found = ours(model, line["schema"], tokens=tokens, attempts=options.attempts)
    found = _in_time(found, patience + tokens / PACE)
    rows["guard"].append(found)
    if found.kind != "values":
        print(f"  {line['name']}: {found.kind}: {found.why[:150]}", flush=True)
    if peers is None:
        return
    if options.peers > 1:
        rows.setdefault("guard, the same ones", []).append(found)
    for backend in peers.backends:
        theirs = _theirs(model, peers, backend, line["schema"], tokens, patience)
        rows.setdefault(backend, []).extend(theirs)
        for each in theirs if options.show_peers else ():
            if each.kind != "values":
                print(f"    {backend} {line['name']}: {each.kind}: {each.why[:100]!r}", flush=True)


def _lines(options: Namespace) -> list[dict[str, Any]]:
    with gzip.open(options.schemas, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    step = max(1, len(lines) // options.limit)
    return lines[options.offset :: step][: options.limit]


def ours(model: LocalModel, document: Any, *, tokens: int, attempts: int) -> Outcome:
    """What guard makes of a schema."""
    start = time.perf_counter()
    kind = "values"
    try:
        schema = load_schema(document)
        sampling = Sampling(max_tokens=tokens)
        made = generate(model, [ASK], schema=schema, sampling=sampling, attempts=attempts)
        wrong = [*validate(made.value, schema), *by_jsonschema(made.value, document)]
        kind, why = ("invalid", str(wrong[0])) if wrong else ("values", made.finish)
    except (SchemaError, InputError) as error:
        kind, why = "refused", f"{type(error).__name__}: {error}"
    except GuardError as error:
        kind, why = "error", f"{type(error).__name__}: {error}"
    except Exception as error:  # noqa: BLE001 - a crash is a finding, and the others go on
        kind, why = "error", f"CRASH, {type(error).__name__}: {error}"
    return Outcome(kind=kind, why=why, seconds=time.perf_counter() - start)


def by_jsonschema(value: Any, document: Any) -> list[str]:
    """What jsonschema by itself says against a value; nothing where it cannot read the schema."""
    validator = validators.validator_for(document, default=Draft202012Validator)
    try:
        found = best_match(validator(document).iter_errors(value))
    except Exception as error:  # noqa: BLE001 - of its patterns, mostly, which are Python's
        print(f"    jsonschema: {type(error).__name__}: {str(error)[:80]}", flush=True)
        return []
    return [f"by jsonschema: {found.message}"] if found else []


def _in_time(found: Outcome, limit: float) -> Outcome:
    if found.seconds <= limit:
        return found
    why = f"{found.kind} after {found.seconds:.0f} s: {found.why}"
    return Outcome(kind="too long", why=why, seconds=found.seconds)


def _theirs(
    model: LocalModel, peers: Peers, backend: str, document: Any, tokens: int, patience: float
) -> list[Outcome]:
    """What outlines makes of a schema; nothing where guard cannot read it for the prompt."""
    try:
        schema = load_schema(document)
    except SchemaError:
        return []
    prompt = render(model._tokenizer, with_form([ASK], schema), model.profile)
    question = Question(backend=backend, prompt=prompt, schema=json.dumps(document), tokens=tokens)
    answer = peers.ask(question, patience=patience, writing=tokens / PACE)
    kind, why = judged(answer, schema)
    return [Outcome(kind=kind, why=why, seconds=answer.seconds)]


def judged(answer: Answer, schema: Schema) -> tuple[str, str]:
    """One of KINDS, and why."""
    if answer.problem:
        return answer.problem, answer.why
    if not answer.text.strip():
        return "empty", answer.why
    try:
        value = json.loads(answer.text)
    except ValueError as error:
        return "not JSON", f"{answer.tokens} tokens, {error}: …{answer.text[-40:]}"
    wrong = validate(value, schema)
    return ("invalid", f"{wrong[0].pointer}: {wrong[0].message}") if wrong else ("values", "")


def _table(rows: dict[str, list[Outcome]], title: str) -> None:
    print(f"{title:32}" + "".join(f"{kind:>10}" for kind in ("of", *KINDS)) + f"{'median s':>10}")
    for name, found in rows.items():
        counts = Counter(each.kind for each in found)
        shown = name if name.startswith("guard") else f"outlines with {name}"
        numbers = "".join(f"{count:10}" for count in (len(found), *(counts[k] for k in KINDS)))
        seconds = median([each.seconds for each in found] or [0.0])
        print(f"{shown:32}{numbers}{seconds:10.1f}")
    ends = Counter(each.why for each in rows["guard"] if each.kind == "values")
    print("guard's values:", ", ".join(f"{name} {count}" for name, count in ends.most_common()))
