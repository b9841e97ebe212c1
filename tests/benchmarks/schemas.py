"""What becomes of schemas before a token is written: plain terms, the engine, and the check.

    python tests/benchmarks/schemas.py --schemas maskbench-dev.jsonl.gz --suite suite.tar.gz

`--schemas`: lines of `{"name", "schema", "tests"}` as MaskBench has them. How many are enforced
exactly, in part, or refused, and how long that takes; beside llguidance as outlines uses it, strict
and lenient. Of each labelled instance: whether the grammar, and the grammar with the check, take
it, and whether putting the schema into plain terms lost it. `--suite`: the official
JSON-Schema-Test-Suite as a tar file; its required tests of the five drafts, formats asserted.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from guard.errors import SchemaError
from guard.grammar.compiling import compile_grammar
from guard.grammar.engine import ask
from guard.grammar.normalise import normalise
from guard.schema import Schema, load_schema, satisfies

DRAFTS = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}
REMOTE = "http://localhost:1234/"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--schemas", type=Path, help="a .jsonl.gz file with schemas")
    parser.add_argument("--suite", type=Path, help="the JSON-Schema-Test-Suite, a .tar.gz file")
    options = parser.parse_args()
    if options.schemas:
        with gzip.open(options.schemas, "rt", encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        compiled(lines)
        instances(lines)
    if options.suite:
        suite(options.suite)


def compiled(lines: list[dict[str, Any]]) -> None:
    """How many schemas are taken, and how long that takes."""
    ways: dict[str, Callable[[Any], str]] = {
        "guard": _ours,
        "llguidance": lambda schema: _theirs(schema, lenient=False),
        "llguidance, lenient": lambda schema: _theirs(schema, lenient=True),
    }
    print(
        f"{'of ' + str(len(lines)) + ' schemas':22}{'exact':>8}{'in part':>8}{'refused':>8}", end=""
    )
    print(f"{'median':>10}{'p95':>10}{'max ms':>10}")
    compile_grammar({"type": "string"})  # imports
    for name, way in ways.items():
        found, times = Counter[str](), []
        for line in lines:
            start = time.perf_counter()
            found[way(line["schema"])] += 1
            times.append(1000 * (time.perf_counter() - start))
        counts = "".join(f"{found[kind]:8}" for kind in ("exact", "in part", "refused"))
        p95 = quantiles(times, n=20)[-1]
        print(f"{name:22}{counts}{median(times):10.1f}{p95:10.1f}{max(times):10.1f}", flush=True)
    again = [_timed(line["schema"]) for line in lines[-200:]]
    print(f"{'guard, from memory':46}{median(again):10.2f}{quantiles(again, n=20)[-1]:10.2f}")


def _timed(schema: Any) -> float:
    start = time.perf_counter()
    _ours(schema)
    return 1000 * (time.perf_counter() - start)


def _ours(schema: Any) -> str:
    try:
        return "in part" if compile_grammar(schema).refusals else "exact"
    except SchemaError:
        return "refused"


def _theirs(schema: Any, *, lenient: bool) -> str:
    kind = "in part" if lenient else "exact"
    return "refused" if ask(schema, lenient=lenient)[1] else kind


def instances(lines: list[dict[str, Any]]) -> None:
    """What the grammar and the check make of labelled instances."""
    found = Counter[str]()
    for line in lines:
        try:
            schema = load_schema(line["schema"])
            plain = load_schema(normalise(schema.document).document)
        except SchemaError as error:
            print(f"  refused: {line['name']}: {str(error)[:120]}")
            continue
        for test in line.get("tests", []):
            found[_kind(schema, plain, test["data"])] += 1
    print("instances:", ", ".join(f"{name} {count:,}" for name, count in found.most_common()))


def _kind(schema: Schema, plain: Schema, value: Any) -> str:
    is_valid, is_taken = satisfies(schema, value), satisfies(plain, value)
    if is_valid:
        return "valid, taken" if is_taken else "VALID, LOST"
    return "invalid, left to the check" if is_taken else "invalid, not taken"


def suite(path: Path) -> None:
    """The required tests of the official suite, whose remote schemas are given as files."""
    found, remotes = Counter[str](), _remotes(path)
    for case in _cases(path):
        try:
            schema = load_schema(case["schema"], references=remotes)
            normal = normalise(schema.document)
        except SchemaError as error:
            found["schemas refused"] += 1
            found[f"  because {_why(error)}"] += 1
            lost = any(test["valid"] for test in case["tests"])
            found["  of them with valid instances"] += lost
            continue
        plain = load_schema(normal.document)
        for test in case["tests"]:
            found[_verdict(schema, plain, test, exact=not normal.notes)] += 1
    for name, count in sorted(found.items()):
        print(f"{name:60}{count:7,}")


def _why(error: SchemaError) -> str:
    known = ("leads out of the document", "no value can satisfy", "unknown draft", "leads nowhere")
    return next((why for why in known if why in error.message), error.message[:40])


def _verdict(schema: Schema, plain: Schema, test: dict[str, Any], *, exact: bool) -> str:
    ours, told, taken = (
        satisfies(schema, test["data"]),
        test["valid"],
        satisfies(plain, test["data"]),
    )
    if ours != told:
        return "verdicts other than the suite's (formats are asserted)"
    if told:
        return "valid, taken" if taken else "VALID, LOST"
    if taken:
        return "INVALID, TAKEN AS EXACT" if exact else "invalid, left to the check"
    return "invalid, not taken"


def _remotes(path: Path) -> dict[str, Any]:
    """The suite's remote schemas by the address that its tests refer to them with."""
    with tarfile.open(path) as archive:
        files = {
            member.name.partition("remotes/")[2]: archive.extractfile(member)
            for member in archive.getmembers()
            if "remotes/" in member.name and member.name.endswith(".json")
        }
        return {REMOTE + name: json.load(file) for name, file in files.items() if file}


def _cases(path: Path) -> Iterator[dict[str, Any]]:
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            parts = member.name.split("/")
            at = parts.index("tests") + 1 if "tests" in parts else 0
            if not at or "optional" in parts or not member.name.endswith(".json"):
                continue
            draft, file = DRAFTS.get(parts[at]), archive.extractfile(member)
            for case in json.load(file) if draft and file else ():
                if isinstance(case["schema"], dict):
                    case["schema"] = {"$schema": draft, **case["schema"]}
                yield case


if __name__ == "__main__":
    main()
