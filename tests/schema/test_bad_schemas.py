"""Schemas that are huge, deep, dangerous or broken: a clear error or the right value, in bounds.

What can be read is analysed and written under by a tiny model, in a process whose address space and
time are limited.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from guard.errors import SchemaError
from guard.schema import load_schema, validate

SECONDS = 30.0  # for one schema: several times what a busy machine takes for the slowest
ADDRESS_SPACE = 12 << 30  # torch reserves much more than it uses
RESIDENT = 1 << 30
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux are used")

SCRIPT = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, ({space}, {space}))
from pathlib import Path
from guard.errors import GuardError
from guard.generate import generate
from guard.models.local import open_local
from guard.schema import analyse, load_schema
from guard.types import Message, Sampling

ask = [Message(role="user", content="Go on.")]
model = open_local(sys.argv[1])

def written(path, budget):
    schema = load_schema(path)
    analyse(schema)
    sampling = Sampling(max_tokens=budget, temperature=1.0, seed=2)
    made = generate(model, ask, schema=schema, sampling=sampling, attempts=1)
    return {{"value": made.value, "tokens": made.usage.completion_tokens}}

def peak():
    # Not ru_maxrss, which counts the memory of the process that started this one.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024

for line in sys.stdin:
    name, path, budget = json.loads(line)
    start = time.monotonic()
    try:
        end = written(Path(path), budget)
    except GuardError as error:
        end = {{"error": type(error).__name__, "message": str(error)}}
    except Exception as error:
        end = {{"error": repr(error)[:500]}}
    end["seconds"] = time.monotonic() - start
    end["peak"] = peak()
    print(json.dumps([name, end]), flush=True)
"""


@pytest.fixture(scope="module")
def ends(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What became of each schema that was written under, in one process with limits."""
    folder = tmp_path_factory.mktemp("bad")
    lines = []
    for number, (name, text, budget) in enumerate(CASES):
        path = folder / f"{number}.json"
        path.write_text(text)
        lines.append(json.dumps([name, str(path), budget]))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(space=ADDRESS_SPACE), str(tiny.phi_4(folder / "m"))],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=SECONDS * len(CASES),
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, dict[str, Any]] = dict(map(json.loads, done.stdout.splitlines()))
    return found


def end_of(name: str, ends: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What became of one schema, which took its time and memory within the limits."""
    end = ends[name]
    assert end["seconds"] < SECONDS
    assert end["peak"] < RESIDENT
    return end


def nested(before: str, after: str, levels: int) -> str:
    return before * levels + '{"type": "integer"}' + after * levels


def objects(levels: int) -> str:
    before = '{"type": "object", "required": ["a"], "additionalProperties": false, '
    return nested(before + '"properties": {"a": ', "}}", levels)


def properties(count: int, size: int) -> dict[str, Any]:
    """A closed object with `count` optional texts, each with a title of `size` letters."""
    texts = {f"p{n}": {"type": "string", "title": "x" * size} for n in range(count)}
    return {"type": "object", "properties": texts, "additionalProperties": False}


REFUSED: list[tuple[str, str]] = [
    (objects(1000), "nested"),
    (nested('{"allOf": [', "]}", 1000), "nested"),
    (json.dumps(properties(10_000, 500)), "more than 4,194,304"),
    ('{"type": "string", "type": "integer"}', "'type' twice"),
    ('{"properties": {"a": {}, "a": true}}', "'a' twice"),
    ('{"maximum": NaN}', "NaN"),
    ('{"maximum": -Infinity}', "Infinity"),
    ('{"maximum": 1e400}', "1e400"),
    ('{"type": "integer", "maximum": ' + "9" * 5000 + "}", "5000 digits"),
    ('{"enum": [1, ' + "9" * 5000 + "]}", "5000 digits"),
    ('{"const": ' + "9" * 4000 + "}", "at /const has 4,000 digits"),
    ('{"type": "integer", "minimum": -' + "9" * 400 + "}", "/minimum has 400"),
    ('{"enum": ["\\ud800", "b"]}', "/enum/0 has half of a surrogate pair"),
    ('{"const": "\\udfff"}', "/const has half of a surrogate pair"),
    ('{"properties": {"a\\ud800": {}}}', "a name at /properties has half"),
    ('{"required": ["\\ud800"]}', "/required/0 has half"),
    ('{"type": "string", "pattern": "\\ud800"}', "/pattern has half"),
    ('{"type": "string", "title": "\\ud800"}', "/title has half"),
    ('{"type": "string", "pattern": "^(a*)*\\\\1$"}', "exponential time"),
    ('{"type": "string", "pattern": "^(?=(a+)+$)b"}', "exponential time"),
    ('{"type": "string", "pattern": "("}', "not a regular expression"),
    (
        '{"patternProperties": {"(a+)+$": {}}, "unevaluatedProperties": false}',
        "cannot be tried on property names",
    ),
    ("\ud800", "not UTF-8"),
    ("\0{}", "binary"),
    ("", "not JSON"),
    ("[" * 100_000, "nested"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[case[0][:30] for case in REFUSED])
def test_a_schema_that_cannot_be_used_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """It is refused when it is read, and the message says what is wrong and where."""
    path = tmp_path / "schema.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    start = time.monotonic()
    with pytest.raises(SchemaError) as caught:
        load_schema(path)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert time.monotonic() - start < SECONDS


WRITTEN: list[tuple[str, Any, int]] = [
    ("50 objects", json.loads(objects(50)), 400),
    ("50 allOf", json.loads(nested('{"allOf": [', "]}", 50)), 64),
    ("many required", {**properties(9, 9), "required": [f"p{n}" for n in range(9)]}, 120),
    ("a repeat inside a repeat", {"type": "string", "pattern": "^(a+)+$"}, 64),
    ("nested repeats", {"type": "string", "pattern": "^((a{1,100}){1,100}){1,100}$"}, 64),
    ("50,000 values", {"enum": [f"value {n}" for n in range(50_000)]}, 64),
    ("a tiny step", {"type": "number", "multipleOf": 1e-300}, 64),
    ("15 digits", {"const": 999_999_999_999_999}, 64),
]
HOPELESS: list[tuple[str, Any, int]] = [
    ("3 MB of properties", properties(10_000, 260), 64),
    ("look-around", {"type": "string", "pattern": "^(?=.*a)(?=.*b).{3,9}$"}, 64),
    ("a far end", {"type": "string", "pattern": "^a{99999999}$"}, 64),
    ("a megabyte of pattern", {"type": "string", "pattern": "a" * 1_000_000}, 64),
    ("too many states", {"type": "string", "pattern": "^(.*a.{30}b.*){5}$"}, 64),
    ("a long text", {"type": "string", "minLength": 10**12}, 64),
    ("a long list", {"type": "array", "minItems": 10**9, "items": {"type": "integer"}}, 64),
]
ERRORS = ("OutputError", "InputError", "SchemaError", "ModelError")
DEEP, MANY, LONG = "90 objects", "100,000 values", "17 digits"
CASES: list[tuple[str, str, int]] = [
    *((name, json.dumps(schema), budget) for name, schema, budget in (*WRITTEN, *HOPELESS)),
    (DEEP, objects(90), 700),
    (MANY, json.dumps({"enum": [f"value number {n}" for n in range(100_000)]}), 64),
    (LONG, '{"const": 12345678901234567}', 64),
]


@pytest.mark.parametrize(("name", "schema", "budget"), WRITTEN, ids=[case[0] for case in WRITTEN])
def test_a_hard_schema_is_written_under(
    name: str, schema: Any, budget: int, ends: dict[str, dict[str, Any]]
) -> None:
    """The value satisfies the schema, and is there within the limits."""
    end = end_of(name, ends)
    assert "error" not in end, end
    assert validate(end["value"], load_schema(schema)) == ()
    assert end["tokens"] <= budget


@pytest.mark.parametrize("name", [case[0] for case in HOPELESS])
def test_what_cannot_be_written_within_the_budget_is_an_error(
    name: str, ends: dict[str, dict[str, Any]]
) -> None:
    """The error is one of guard's, after seconds and not hours."""
    end = end_of(name, ends)
    assert end.get("error") in ERRORS, end
    assert 20 < len(end["message"]) < 2000


def test_objects_deeper_than_the_engine_reads(ends: dict[str, dict[str, Any]]) -> None:
    """Ninety levels of objects are written under, or refused by an error of guard's."""
    assert end_of(DEEP, ends).get("error", "SchemaError") == "SchemaError"


def test_an_enumeration_of_a_hundred_thousand(ends: dict[str, dict[str, Any]]) -> None:
    """One of many values is written."""
    assert str(end_of(MANY, ends).get("value")).startswith("value number ")


def test_a_number_that_is_no_double(ends: dict[str, dict[str, Any]]) -> None:
    """A constant that the engine would round is refused before anything is written."""
    assert "12345678901234567 at /const cannot be written" in end_of(LONG, ends)["message"]


def test_ways_that_double_without_end() -> None:
    """A schema that would be gone through 2**40 times for one value is refused at once."""
    twice = {
        f"d{at}": {"allOf": [{"$ref": f"#/$defs/d{at + 1}"}, {"$ref": f"#/$defs/d{at + 1}"}]}
        for at in range(40)
    }
    with pytest.raises(SchemaError, match="more than 200,000 schemas"):
        load_schema({"$ref": "#/$defs/d0", "$defs": {**twice, "d40": {"type": "string"}}})
