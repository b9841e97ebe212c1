from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from guard.cli.judge import read_pairs, run_judge
from guard.config import Config
from guard.errors import InputError
from guard.knowledge import Encoder
from guard.types import LABELS
from guard.verify import Entailment, Pair, judge, load_entailment
from guard.verify.verifier import load_verifier

PUMP = "The Halden pump moves 30 litres per minute. It weighs 12 kg and was built in Bergen."
FILLER = "Ferries leave the harbour every morning with mail, fish and a few tourists. "


@pytest.fixture(scope="module")
def baseline(encoder: Encoder) -> Entailment:
    return load_entailment("baseline", encoder=encoder)


def pairs(*rows: tuple[str, str]) -> list[Pair]:
    return [Pair(id=str(i), claim=c, evidence=e) for i, (c, e) in enumerate(rows)]


@pytest.mark.parametrize(
    ("claim", "evidence", "label"),
    [
        ("The Halden pump weighs 12 kg.", PUMP, "supported"),
        ("The Halden pump weighs 12 kg.", FILLER * 60 + PUMP + FILLER * 60, "supported"),
        ("The Halden pump weighs 21 kg.", PUMP, "contradicted"),
        ("The pump was sold to a museum in 1990.", PUMP, "not_in_knowledge"),
        ("", PUMP, "not_checkable"),
        ("  ", "", "not_checkable"),
        ("The Halden pump weighs 12 kg.", "", "not_in_knowledge"),
        ("word " * 2000, PUMP, "not_checked"),
    ],
)
def test_labels(claim: str, evidence: str, label: str, baseline: Entailment) -> None:
    """Evidence of any length, and missing parts, get the label that fits."""
    (one,) = judge(pairs((claim, evidence)), entailment=baseline)
    assert one.label == label
    assert 0.0 <= one.score <= 1.0
    assert (one.support >= 0.5) == (label == "supported")


def test_a_pair_is_judged_the_same_alone_and_in_a_batch(baseline: Entailment) -> None:
    """Order and company of pairs do not change a judgement."""
    rows = pairs(
        ("The Halden pump weighs 12 kg.", PUMP),
        ("The pump is blue.", FILLER * 40 + PUMP),
        ("Ferries carry mail.", FILLER),
    )
    together = judge(rows, entailment=baseline)
    assert together == [judge([row], entailment=baseline)[0] for row in rows]
    assert [one.id for one in together] == ["0", "1", "2"]


def test_one_claim_on_two_pieces_of_evidence_is_two_pairs() -> None:
    """What one piece of evidence comes to has no bearing on the other."""
    claim = "The Norrby mill was founded by Ada Lind in 1884."
    rest = " ".join(f"Sentence {n} speaks of the harbour and its old cranes." for n in range(60))
    pairs = [Pair(id=str(n), claim=claim, evidence=e) for n, e in enumerate((claim, rest + claim))]
    alone = [judge([pair], entailment=load_verifier())[0] for pair in pairs]
    assert judge(pairs, entailment=load_verifier()) == alone


@pytest.mark.parametrize(
    "text",
    [
        "🙂🙂🙂",
        "\x01\x02",
        "这是一个测试。",
        "def f(x): return x",
        "https://example.org/a?b=c",
        "a " * 3000,
    ],
)
def test_odd_text_is_judged(text: str, baseline: Entailment) -> None:
    """Emoji, control characters, other languages, code and links get a label of the six."""
    for one in judge(pairs((text[:3000], PUMP), ("The pump is red.", text)), entailment=baseline):
        assert one.label in LABELS


def test_very_long_evidence(baseline: Entailment) -> None:
    """A hundred thousand words of evidence are judged, and the one sentence is found."""
    text = FILLER * 4000 + PUMP + FILLER * 4000
    (one,) = judge(pairs(("The Halden pump weighs 12 kg.", text)), entailment=baseline)
    assert one.label == "supported"


def write(path: Path, rows: list[object]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_the_command_keeps_order_and_ids(tmp_path: Path, encoder: Encoder) -> None:
    """Each line of the input has its line in the output, with its id as it was written."""
    rows: list[object] = [
        {"id": "b", "claim": "The Halden pump weighs 12 kg.", "evidence": PUMP, "label": "x"},
        {"id": 7, "claim": "", "evidence": PUMP},
    ]
    out = tmp_path / "out.jsonl"
    source = write(tmp_path / "in.jsonl", rows)
    code = run_judge(source, output=str(out), config=Config(), stdout=io.StringIO())
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert code == 0
    assert [row["id"] for row in found] == ["b", 7]
    assert [row["label"] for row in found] == ["supported", "not_checkable"]
    assert all(set(row) == {"id", "label", "score", "support"} for row in found)


def test_the_command_writes_to_stdout(tmp_path: Path, encoder: Encoder) -> None:
    """Without -o the lines go to stdout; a pair that could not be checked means exit code 4."""
    source = write(tmp_path / "in.jsonl", [{"id": 1, "claim": "w " * 3000, "evidence": PUMP}])
    stdout = io.StringIO()
    assert run_judge(source, output="-", config=Config(), stdout=stdout) == 4
    assert json.loads(stdout.getvalue())["label"] == "not_checked"


BAD = [
    ('{"id": 1, "claim": "a", "evidence": "b"}\n{"id": 2,', "line 2"),
    ('{"id": 1, "claim": "a"}', "'evidence' is missing"),
    ('{"id": 1, "claim": 3, "evidence": "b"}', "'claim' is not a string"),
    ('{"claim": "a", "evidence": "b"}', "'id'"),
    ('{"id": true, "claim": "a", "evidence": "b"}', "'id'"),
    ("[1]", "no JSON object"),
    ('{"id": 1, "id": 2, "claim": "a", "evidence": "b"}', "twice"),
    ("\n\n", "has no pairs"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad_lines_are_named(text: str, message: str) -> None:
    """A line that is no pair stops the command with the line's number, before any model loads."""
    with pytest.raises(InputError, match=message) as caught:
        read_pairs(text, where="pairs.jsonl")
    assert caught.value.exit_code == 2
    assert caught.value.hint


def test_a_line_separator_inside_a_string_is_no_line_end() -> None:
    """JSON strings may hold U+2028, which must not cut a line in two."""
    text = json.dumps({"id": 1, "claim": "a\u2028b", "evidence": "c"}, ensure_ascii=False)
    assert read_pairs(text, where="x").pairs[0].claim == "a\u2028b"
