"""`guard calibrate`: from labelled rows to a calibration that the other commands use."""

from __future__ import annotations

import gzip
import io
import json
import math
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from guard import Config, Policy
from guard.cli import common
from guard.cli.calibrate import ALPHAS, run_calibrate
from guard.types import Claim, Provenance, Report, Verdict
from guard.verify import Scores, read_calibration

Run = Callable[..., Any]
COLOURS = ("red", "green", "yellow", "grey", "brown", "black", "white", "purple", "pink", "orange")
TOOLS = ("hammer", "chisel", "rasp", "mallet", "spade", "sickle", "trowel", "adze", "saw", "plane")
ROOMS = ("barn", "cellar", "attic", "porch", "stable", "pantry")
CLAIMS = [f"The {c} {t} hangs in the {r}." for r in ROOMS for t in TOOLS for c in COLOURS]


@dataclass(frozen=True, slots=True)
class Table:
    """An entailment that looks the support of a claim up."""

    supports: Mapping[str, float]
    id: str = "table"

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        found = [self.supports[claim] for _, claim in pairs]
        return [Scores(supported=one, contradicted=0.0, neutral=1.0 - one) for one in found]


def rows(count: int) -> tuple[list[dict[str, str]], Table]:
    """Rows of which the surer ones are right more often, and the entailment that is that sure."""
    chance = random.Random(11)
    others = ("contradicted", "neutral", "not_supported")
    found, supports = [], {}
    for claim in CLAIMS[:count]:
        support = chance.random()
        right = chance.random() < 1 / (1 + math.exp(-12 * (support - 0.5)))
        supports[claim] = support
        label = "supported" if right else chance.choice(others)
        found.append({"claim": claim, "evidence": claim, "label": label})
    return found, Table(supports)


def write(path: Path, table: Sequence[object]) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in table)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def calibrated(path: Path, entailment: Table, **changes: Any) -> tuple[int, str]:
    """The exit code and what went to stdout."""
    given: dict[str, Any] = {
        "output": None, "alphas": ALPHAS, "delta": 0.1, "config": Config(), "json": False,
    }  # fmt: skip
    stdout = io.StringIO()
    code = run_calibrate(path, **{**given, **changes}, stdout=stdout, entailment=entailment)
    return code, stdout.getvalue()


def test_the_table_says_what_can_be_promised(tmp_path: Path) -> None:
    """Rows, quality before and after, and a line for each risk, with the reason where none."""
    table, entailment = rows(450)
    code, text = calibrated(write(tmp_path / "rows.jsonl", table), entailment)
    lines = text.splitlines()
    assert code == 0
    assert lines[0].startswith("rows: 450, ")
    assert "150 to fit on, 300 for the figures below" in text
    risks = {line.split()[0]: line for line in lines if line[:2] == "0."}
    assert list(risks) == ["0.01", "0.05", "0.1", "0.2"]
    assert "it takes 230 without a wrong one" in risks["0.01"]
    _, threshold, *shares = risks["0.2"].replace("%", "").split()
    passed, wrong, bound = map(float, shares)
    assert 0.5 <= float(threshold) < 1.0
    assert 0 <= wrong < bound <= 20 < passed


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_json_and_the_file_agree(tmp_path: Path, name: str) -> None:
    """What is printed as JSON is what the written calibration says."""
    table, entailment = rows(300)
    out = tmp_path / "calibration.json"
    path = write(tmp_path / name, table)
    code, text = calibrated(
        path, entailment, output=out, json=True, alphas=(0.3, 0.1, 0.3), delta=0.2
    )
    said, one = json.loads(text), read_calibration(out)
    assert code == 0
    assert (said["slope"], said["intercept"], said["delta"]) == (one.slope, one.intercept, 0.2)
    assert one.entailment == "table"
    assert one.delta == 0.2
    assert [risk["alpha"] for risk in said["risks"]] == [0.1, 0.3]
    for risk in said["risks"]:
        assert risk["threshold"] == one.threshold_for(risk["alpha"])
        assert (risk["threshold"] is None) == (risk["reason"] is not None)
    assert said["risks"][1]["bound"] <= 0.3


def test_repeated_rows_count_once(tmp_path: Path) -> None:
    """The same rows ten times over promise no more than once."""
    table, entailment = rows(200)
    once = calibrated(write(tmp_path / "once.jsonl", table), entailment, json=True)
    often = calibrated(write(tmp_path / "often.jsonl", table * 10), entailment, json=True)
    assert json.loads(often[1]) == {**json.loads(once[1]), "repeated": 1_800}
    assert "1,800 repeated" in calibrated(tmp_path / "often.jsonl", entailment)[1]


def test_rows_that_cannot_be_checked_make_exit_code_4(tmp_path: Path) -> None:
    """A claim that is too long is told of, and the rest is calibrated."""
    table, entailment = rows(150)
    table.append({"claim": "hammer " * 1_000, "evidence": "A hammer.", "label": "neutral"})
    out = tmp_path / "calibration.json"
    code, text = calibrated(write(tmp_path / "rows.jsonl", table), entailment, output=out)
    assert code == 4
    assert "1 could not be checked" in text
    assert out.exists()


def test_a_broken_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full, the calibration that was there stays whole."""
    table, entailment = rows(150)
    path, out = write(tmp_path / "rows.jsonl", table), tmp_path / "calibration.json"
    calibrated(path, entailment, output=out)
    before = out.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Exception, match="No space left"):
        calibrated(path, entailment, output=out, delta=0.3)
    assert out.read_bytes() == before
    assert [one.name for one in tmp_path.glob("*.tmp")] == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["rows.jsonl", "--alpha", "0"], 2, "--alpha is 0"),
        (["rows.jsonl", "--alpha", "0.1", "--alpha", "1"], 2, "--alpha is 1"),
        (["rows.jsonl", "--delta", "nan"], 2, "--delta is nan"),
        (["rows.jsonl", "-o", "-"], 2, "goes to a file"),
        (["none.jsonl"], 2, "cannot read none.jsonl"),
        (["broken.jsonl"], 2, "broken.jsonl, line 2"),
        (["odd.jsonl"], 2, "'maybe' is no label"),
    ],
)
def test_wrong_calls(
    cli: Run, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    """What is wrong is said before any model is loaded."""
    write(tmp_path / "rows.jsonl", rows(60)[0])
    write(tmp_path / "odd.jsonl", [{"claim": "a", "evidence": "b", "label": "maybe"}])
    (tmp_path / "broken.jsonl").write_text(json.dumps(rows(1)[0][0]) + "\n{", encoding="utf-8")
    result = cli("calibrate", *arguments)
    assert result.code == code
    assert message in result.err
    assert "hint:" in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"GUARD_POLICY_RISK": "0.1"}, "there is no calibration to keep it with"),
        ({"GUARD_CALIBRATION": "none.json"}, "cannot read calibration none.json"),
        ({"GUARD_CALIBRATION": "rows.jsonl"}, "rows.jsonl"),
    ],
)
def test_commands_that_cannot_keep_a_promise(
    cli: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    message: str,
) -> None:
    """`judge` and `check` stop with a reason instead of judging by another threshold."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    table = [{"id": i, **row} for i, row in enumerate(rows(3)[0])]
    write(tmp_path / "rows.jsonl", table)
    for command in (("judge", "rows.jsonl"), ("check", "-", "-d", "rows.jsonl")):
        result = cli(*command, stdin="A red hammer hangs in the barn.")
        assert result.code == 2
        assert message in result.err
        assert result.out == ""


def test_from_rows_to_a_report(cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way with the real baseline: calibrate, set a risk, judge; and a calibration of
    another entailment is refused."""
    chance = random.Random(2)
    table = []
    for claim in CLAIMS[:120]:
        told = chance.random() < 0.5
        other = f"{claim.split(' hangs')[0]} was sold to a neighbour."
        label = "supported" if told else "neutral"
        table.append({"claim": claim, "evidence": claim if told else other, "label": label})
    write(tmp_path / "rows.jsonl", table)
    result = cli(
        "calibrate", "rows.jsonl", "-o", "c.json", "--entailment", "baseline", "--alpha", "0.1"
    )
    assert result.code == 0
    assert "wrote c.json" in result.err
    threshold = read_calibration(tmp_path / "c.json").threshold_for(0.1)
    assert threshold is not None

    (tmp_path / "guard.toml").write_text(
        'entailment = "baseline"\ncalibration = "c.json"\n[policy]\nrisk = 0.1\n', encoding="utf-8"
    )
    pairs = [{"id": i, **row} for i, row in enumerate(table)]
    write(tmp_path / "pairs.jsonl", pairs)
    judged = [json.loads(line) for line in cli("judge", "pairs.jsonl").out.splitlines()]
    for row, one in zip(table, judged, strict=True):
        assert (one["label"] == "supported") == (row["label"] == "supported")
        assert (one["support"] >= threshold) == (one["label"] == "supported")

    path = tmp_path / "c.json"
    path.write_text(path.read_text("utf-8").replace('"baseline (', '"other ('), encoding="utf-8")
    result = cli("judge", "pairs.jsonl")
    assert result.code == 2
    assert "was fitted for the entailment other" in result.err


def test_another_threshold_ends_the_promise() -> None:
    """A saved report keeps its risk under another fail_on, and loses it with the threshold."""
    claim = Claim(id="1", text="The red hammer hangs in the barn.", kind="prose")
    report = Report(
        source="text",
        text=claim.text,
        answer=claim.text,
        verdicts=(Verdict(claim=claim, label="not_in_knowledge", score=0.0, reason="No."),),
        policy=Policy(risk=0.1, threshold=0.83),
        provenance=Provenance(guard="0", created="2026-01-01T00:00:00Z"),
    )
    kept = common.rethresholded(report, fail_on="never", threshold=None).policy
    assert kept == Policy(risk=0.1, threshold=0.83, fail_on="never")
    lost = common.rethresholded(report, fail_on=None, threshold=0.6).policy
    assert lost == Policy(threshold=0.6)


def test_help_loads_nothing_heavy(cli: Run) -> None:
    """The help names the labels, and shows the command to copy."""
    result = cli("calibrate", "--help")
    assert result.code == 0
    assert "guard calibrate labelled.jsonl -o calibration.json" in result.out
    assert "not_supported" in result.out
    assert "guard.verify.calibrate" not in sys.modules or result.err == ""
