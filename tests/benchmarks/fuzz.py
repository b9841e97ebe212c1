"""Random mutations of schemas, random budgets: what comes of them, with a tiny random Phi-4.

    python tests/benchmarks/fuzz.py [--count 10000] [--seed 0] [--schemas FILE.jsonl.gz]

Every schema of `schemas/` (and of FILE) is taken apart: keywords change places, values are replaced
by odd ones, branches are wrapped in `not`, `anyOf`, `if` and the like. Each mutation is read,
compiled, and asked for a value with a random budget. Whatever ends in something else than a value
that jsonschema finds valid, or one of guard's own errors, is a fault; so is what takes a minute.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import importlib.util
import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from guard.errors import GuardError
from guard.generate import generate
from guard.models.local import LocalModel, open_local
from guard.schema import load_schema, satisfies
from guard.types import Message, Sampling

ROOT = Path(__file__).parents[2]
ASK = (Message(role="user", content="Describe the pump."),)
HANGS = 60.0
ODD: list[Any] = [
    *(0, 1, -1, 3, 2.5, 10**6, "", "a", "é", True, False, None, [], {}, ["a", 1], {"a": 1}),
    *({"type": "string"}, {"type": ["integer", "null"]}, {"enum": ["x", 2]}, {"const": None}),
]
WRAPS = ("not", "anyOf", "oneOf", "allOf", "if", "contains", "propertyNames", "items")
EXTRA: dict[str, list[Any]] = {
    "minLength": [0, 3],
    "maxLength": [0, 5],
    "pattern": ["^a", "[0-9]+$", "^(a|b)*c$", "(?=x)y"],
    "format": ["date", "email", "uri", "idn-email", "wombat"],
    "minimum": [-3, 0.5],
    "maximum": [4, 1e30],
    "multipleOf": [2, 0.1],
    "uniqueItems": [True],
    "minItems": [1, 3],
    "maxItems": [0, 2],
    "minProperties": [1, 2],
    "maxProperties": [0, 1],
    "required": [["a"], ["z", "y"]],
    "additionalProperties": [False, True, {"type": "number"}],
    "unevaluatedProperties": [False],
    "dependentRequired": [{"a": ["b"]}],
    "$ref": ["#", "#/$defs/none"],
    "type": ["object", "array", "string", "integer", ["null", "number"]],
}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schemas", type=Path, help="a .jsonl.gz file with schemas")
    options = parser.parse_args()
    found = [json.loads(path.read_text()) for path in sorted((ROOT / "schemas").glob("*.json"))]
    if options.schemas:
        with gzip.open(options.schemas, "rt", encoding="utf-8") as file:
            found += [json.loads(line)["schema"] for line in file]
    chance = random.Random(options.seed)
    outcomes, slowest = Counter[str](), 0.0
    with tempfile.TemporaryDirectory() as folder:
        model = _tiny(Path(folder))
        for at in range(options.count):
            schema = mutated(chance.choice(found), chance)
            start = time.perf_counter()
            outcome = tried(model, schema, chance.randint(1, 200), at)
            slowest = max(slowest, time.perf_counter() - start)
            if time.perf_counter() - start > HANGS:
                outcome = "FAULT: took a minute"
            if outcome.startswith("FAULT"):
                print(f"{outcome}: {json.dumps(schema)[:400]}", flush=True)
            outcomes[outcome.partition(": ")[0]] += 1
    print(", ".join(f"{name} {count:,}" for name, count in outcomes.most_common()))
    print(f"slowest: {slowest:.1f} s")


def _tiny(folder: Path) -> LocalModel:
    spec = importlib.util.spec_from_file_location("tiny_models", ROOT / "tests" / "tiny_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return open_local(str(module.phi_4(folder)))


def tried(model: LocalModel, document: Any, budget: int, seed: int) -> str:
    """What came of one schema."""
    try:
        schema = load_schema(document)
        sampling = Sampling(max_tokens=budget, seed=seed, temperature=seed % 2 * 0.8)
        made = generate(model, ASK, schema=schema, sampling=sampling, attempts=2)
    except GuardError as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - a fault is what is looked for
        return f"FAULT: {error!r:.200}"
    return f"value, {made.finish}" if satisfies(schema, made.value) else "FAULT: invalid"


def mutated(document: Any, chance: random.Random) -> Any:
    """A schema with one to four changes."""
    changed = copy.deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        nodes = [node for node in _nodes(changed) if node]
        if nodes:
            _change(chance.choice(nodes), nodes, chance)
    return changed


def _nodes(node: Any) -> list[Any]:
    inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    own = [node] if isinstance(node, dict) else []
    return own + [each for child in inside for each in _nodes(child)]


def _change(node: dict[str, Any], nodes: list[Any], chance: random.Random) -> None:
    key = chance.choice(list(node))
    kind = chance.randrange(6)
    if kind == 0:
        del node[key]
    elif kind == 1:
        node[key] = copy.deepcopy(chance.choice(ODD))
    elif kind == 2:
        name = chance.choice(list(EXTRA))
        node[name] = copy.deepcopy(chance.choice(EXTRA[name]))
    elif kind == 3:
        node[key] = copy.deepcopy(chance.choice(nodes))
    elif kind == 4:
        wrap, inner = chance.choice(WRAPS), copy.deepcopy(node)
        node.clear()
        node[wrap] = [inner, {"type": "null"}] if wrap.endswith("Of") else inner
    else:
        node["if"] = copy.deepcopy(chance.choice(nodes))
        node["then"] = copy.deepcopy(chance.choice(ODD[-4:]))


if __name__ == "__main__":
    main()
