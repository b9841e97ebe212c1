"""The shipped verifier: what it says, that it always says the same, and what it refuses."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.errors import ModelError
from guard.verify import Pair, judge, load_entailment
from guard.verify.entailment import Scores
from guard.verify.focus import FOCUS_WORDS
from guard.verify.settings import FEATURES
from guard.verify.verifier import (
    MODEL,
    SETTINGS,
    SHIPPED,
    TOKENIZER,
    Verifier,
    load_verifier,
    views,
)

MILL = (
    "The Norrby mill was founded by Ada Lind in 1884. At first it employed a dozen workers, most of"
    " them from the village. Lind sold the mill to Otto Berg after a fire had destroyed its wheel."
)
LONG = " ".join(
    f"In week {n} the wheel turned and flour was sent down the river." for n in range(90)
)


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return load_verifier()


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        ("Ada Lind founded the mill in Norrby.", "supported"),
        ("The mill was sold to Otto Berg.", "supported"),
        ("Nobody ever founded the mill.", "other"),
        ("The mill has a restaurant for tourists.", "other"),
        ("Otto Berg's daughter became a famous singer.", "other"),
    ],
)
def test_it_tells_support(verifier: Verifier, claim: str, label: str) -> None:
    score = verifier.score([(MILL, claim)])[0]
    assert (score.supported >= 0.5) == (label == "supported")


def test_support_is_found_in_long_evidence(verifier: Verifier) -> None:
    claim = "The mill was sold to Otto Berg."
    hidden = LONG[:3000].rsplit(".", 1)[0] + ". " + MILL + " " + LONG[3000:].split(". ", 1)[1]
    with_it, without = (one.supported for one in verifier.score([(hidden, claim), (LONG, claim)]))
    assert with_it >= 0.5 > without


def test_long_evidence_is_read_in_parts() -> None:
    assert views("The wheel turned.", MILL) == (MILL,)
    parts = views("The wheel turned.", LONG)
    assert 2 <= len(parts) <= 4
    assert all(len(part.split()) <= 160 for part in parts)


PAIRS = [
    (MILL, "Ada Lind founded the mill."),
    (LONG, "Flour was sent down the river in week 7."),
    (MILL, ""),
    ("", "Ada Lind founded the mill."),
    (" \n", "\t"),
    ("Kvarnen såldes till Otto Berg.", "Otto Berg köpte kvarnen."),
    ("水车被卖掉了。", "水车还在。"),
    ("🎉🎉 party", "🎉"),
    ("a\x00b\x1b[31m", "\x07bell"),
    ("def f(x): return x + 1", "f(1) == 2"),
    ("See https://example.org/a?b=c#d for more.", "https://example.org/a?b=c#d"),
    ("\ud800 lone", "lone \udfff"),
    ("word" * 30_000, "word" * 200),
]


def fits(score: Scores) -> bool:
    values = (score.supported, score.contradicted, score.neutral)
    return all(0.0 <= value <= 1.0 for value in values) and abs(sum(values) - 1.0) < 1e-6


def test_every_input_has_scores(verifier: Verifier) -> None:
    assert all(fits(score) for score in verifier.score(PAIRS))


def test_nothing_supports_nothing(verifier: Verifier) -> None:
    for pair in (("", "A claim."), ("Evidence.", ""), ("", "")):
        assert verifier.score([pair]) == [Scores(supported=0.0, contradicted=0.0, neutral=1.0)]


def test_a_pair_has_the_same_score_alone_and_among_others(verifier: Verifier) -> None:
    together = verifier.score(PAIRS * 2)
    assert together == [verifier.score([pair])[0] for pair in PAIRS] * 2


@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_do_not_change_scores(
    verifier: Verifier, threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [verifier.score([pair])[0] for pair in PAIRS[:6]]
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    assert verifier.score(PAIRS[:6] * 3) == expected * 3


def test_another_process_gives_the_same_scores(verifier: Verifier) -> None:
    script = (
        "import sys, json\n"
        "from guard.verify.verifier import load_verifier\n"
        "pairs = [tuple(p) for p in json.load(sys.stdin)]\n"
        "print([s.supported for s in load_verifier().score(pairs)])\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(PAIRS[:4]),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert json.loads(out.stdout) == [one.supported for one in verifier.score(PAIRS[:4])]


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_has_scores(evidence: str, claim: str) -> None:
    assert fits(load_verifier().score([(evidence, claim)])[0])


def test_a_hundred_thousand_words_are_read(verifier: Verifier) -> None:
    evidence = " ".join([LONG] * 85 + [MILL] + [LONG] * 10)
    assert len(evidence.split()) > 100_000
    assert verifier.score([(evidence, "The mill was sold to Otto Berg.")])[0].supported >= 0.5


# What is refused.


@pytest.mark.parametrize("claim", ["The mill was sold. " * 40, "mill" * 600])
def test_a_claim_is_not_read_in_part(verifier: Verifier, claim: str) -> None:
    """What stands behind the part that fits might be untrue."""
    with pytest.raises(ModelError, match=r"longer than the 128 tokens.*split the claim"):
        verifier.score([(MILL, claim)])


def test_a_claim_that_is_too_long_is_not_checked_and_others_are(verifier: Verifier) -> None:
    true = "Ada Lind founded the mill in Norrby."
    pairs = [Pair(id=str(i), claim=c, evidence=MILL) for i, c in enumerate((true, true * 20))]
    assert [one.label for one in judge(pairs, entailment=verifier)] == ["supported", "not_checked"]


def test_evidence_is_not_read_in_part(verifier: Verifier) -> None:
    with pytest.raises(ModelError, match="more than 5,000,000"):
        verifier.score([("mill " * 1_000_001, "A claim.")])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that can be spoilt."""
    for name in (MODEL, TOKENIZER, SETTINGS):
        shutil.copyfile(SHIPPED / name, tmp_path / name)
    return tmp_path


def test_a_folder_that_guard_tune_wrote_takes_the_seat(folder: Path, verifier: Verifier) -> None:
    loaded = load_entailment(folder, encoder=None)  # type: ignore[arg-type]
    assert loaded.score(PAIRS[:2]) == verifier.score(PAIRS[:2])


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ModelError, match=r"its sha256 differs.*guard tune"):
        load_verifier(folder)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, SETTINGS])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match="there is no verifier in"):
        load_verifier(folder)


def spoil(folder: Path, **changes: object) -> None:
    table = json.loads((folder / SETTINGS).read_text())
    (folder / SETTINGS).write_text(json.dumps({**table, **changes}))


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 99},
        {"longest": "long"},
        {"blend": {"intercept": 0.0, "weights": [1.0]}},
        {"blend": {"intercept": None, "weights": [0.0] * len(FEATURES)}},
        {"blend": 3},
        {"sha256": None},
    ],
)
def test_wrong_settings_are_refused(folder: Path, changes: dict[str, object]) -> None:
    spoil(folder, **changes)
    with pytest.raises(ModelError, match="does not describe a verifier"):
        load_verifier(folder)


def test_another_network_is_refused(folder: Path) -> None:
    """An ONNX file with other inputs, its hash written into the settings, is still no verifier."""
    from guard.files import sha256_file
    from guard.knowledge.quick_encoder import GRAPH

    shutil.copyfile(GRAPH, folder / MODEL)
    hashes = {name: sha256_file(folder / name) for name in (MODEL, TOKENIZER)}
    spoil(folder, sha256=hashes)
    with pytest.raises(ModelError, match=r"no ONNX model that can be run|no verifier"):
        load_verifier(folder)


def test_a_text_file_is_no_model(folder: Path) -> None:
    from guard.files import sha256_file

    (folder / MODEL).write_text("not a model")
    spoil(folder, sha256={MODEL: sha256_file(folder / MODEL)})
    with pytest.raises(ModelError, match="no ONNX model that can be run"):
        load_verifier(folder)


def test_dense_evidence_is_read_to_its_end(verifier: Verifier) -> None:
    """Figures make more tokens of their words than one view holds."""
    said = "The pump in the cellar was replaced in May by a quieter one."
    rows = "\n".join(f"{i * 7.31:.4f}|{i * 13.7:.4f}|{i * 19.3:.4f}" for i in range(50))
    assert len(rows.split()) < FOCUS_WORDS - len(said.split())
    assert not verifier.encoder.fits(f"{rows}\n{said}", said)
    (scores,) = verifier.score([(f"{rows}\n{said}", said)])
    assert scores.supported > 0.5
