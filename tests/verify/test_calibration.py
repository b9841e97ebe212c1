"""Calibrations: what the map does, what a promised risk is worth, what a broken file says."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guard import Config, ConfigError, Document, Guard, InputError, Policy
from guard.fold import refold
from guard.testing import KeywordEncoder
from guard.types import Claim, Evidence, Finding, Passage, Span, Verdict
from guard.verify import (
    Calibrated,
    Calibration,
    Pair,
    Scores,
    judge,
    read_calibration,
    with_risk,
    write_calibration,
)
from guard.verify.calibrate import calibrate, level, propose
from guard.verify.calibration import Rows
from guard.verify.platt import fit_map, logit, sigmoid
from guard.verify.quality import balanced_accuracy, calibration_error
from guard.verify.risk import Count, Step, at_most, least_passed, lowest_safe, upper_bound

DRAWS = 500
untimed = settings(deadline=None)
SUPPORTS = st.floats(0, 1)


def step(threshold: float, *counts: int) -> Step:
    """A step from scouts passed and wrong, tested passed and wrong."""
    one, other, passed, wrong = counts
    return Step(
        threshold=threshold,
        scout=Count(passed=one, wrong=other),
        test=Count(passed=passed, wrong=wrong),
    )


PLAIN = Calibration(
    entailment="table",
    slope=0.8,
    intercept=-0.3,
    contradiction=0.5,
    delta=0.1,
    fitted=Rows(supported=60, other=40),
    tested=Rows(supported=120, other=80),
    steps=(step(0.9, 40, 0, 80, 1), step(0.7, 55, 3, 110, 6), step(0.5, 65, 12, 130, 24)),
)


@dataclass(frozen=True, slots=True)
class Table:
    """An entailment that looks the support of a claim up; one that is not there makes it fail."""

    supports: Mapping[str, float]
    contradicted: float = 0.0
    id: str = "table"
    asked: list[int] = field(default_factory=list)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        self.asked.append(len(pairs))
        return [self._one(self.supports[claim]) for _, claim in pairs]

    def _one(self, supported: float) -> Scores:
        against = self.contradicted * (1 - supported)
        return Scores(supported=supported, contradicted=against, neutral=1 - supported - against)


KINDS = ("copper", "wooden", "painted", "hollow", "folding", "narrow", "heavy", "woven", "glazed")
THINGS = ("lamp", "basket", "ladder", "kettle", "mirror", "bench", "drum", "lantern", "shutter")
PLACES = ("barn", "pantry", "cellar", "workshop", "porch", "attic", "stable")
CLAIMS = [f"The {a} {b} is kept in the {c}." for a, b, c in product(KINDS, THINGS, PLACES)]


def drawn(rows: int, told: Callable[[float], float]) -> tuple[list[Pair], list[bool], Table]:
    """Pairs whose true chance of support is even over 0 to 1, and an entailment that says `told`
    of it."""
    chance = random.Random(5)
    chances = [chance.uniform(0.02, 0.98) for _ in range(rows)]
    pairs = [Pair(id=str(i), claim=c, evidence=c) for i, c in enumerate(CLAIMS[:rows])]
    labels = [chance.random() < one for one in chances]
    supports = {pair.claim: told(one) for pair, one in zip(pairs, chances, strict=True)}
    return pairs, labels, Table(supports)


def overconfident(chance: float) -> float:
    return sigmoid(2 * logit(chance) + 3)


# The binomial tail and the bound


@untimed
@given(st.integers(1, 60), st.data())
def test_the_tail_is_the_binomial_one(tries: int, data: st.DataObject) -> None:
    """The tail agrees with the sum of exact fractions."""
    hits = data.draw(st.integers(0, tries))
    share = data.draw(st.fractions("1/1000", "999/1000", max_denominator=1000))
    exact = sum(
        math.comb(tries, i) * share**i * (1 - share) ** (tries - i) for i in range(hits + 1)
    )
    assert at_most(hits, tries, float(share)) == pytest.approx(float(Fraction(exact)), rel=1e-9)


@pytest.mark.parametrize(
    ("hits", "tries", "share", "expected"),
    [(0, 0, 0.5, 1.0), (-1, 5, 0.5, 0.0), (2, 5, 0.0, 1.0), (2, 5, 1.0, 0.0), (5, 5, 0.9, 1.0)],
)
def test_the_tail_at_its_ends(hits: int, tries: int, share: float, expected: float) -> None:
    """Nothing tried, nothing hit, sure hits and sure misses."""
    assert at_most(hits, tries, share) == expected


def test_the_tail_of_many() -> None:
    """A million tries take neither long nor too much of a float."""
    assert at_most(500_000, 1_000_000, 0.5) == pytest.approx(0.5004, abs=1e-4)
    assert at_most(1_000, 1_000_000, 0.01) < 1e-300
    assert at_most(990_000, 1_000_000, 0.5) == 1.0


@untimed
@given(st.integers(1, 3000), st.data(), st.floats(0.01, 0.5))
def test_the_bound_is_where_the_tail_is_delta(
    passed: int, data: st.DataObject, delta: float
) -> None:
    """The bound lies above what was seen, and as many wrong ones there have chance delta."""
    wrong = data.draw(st.integers(0, passed))
    bound = upper_bound(Count(passed=passed, wrong=wrong), delta)
    assert wrong / passed <= bound <= 1.0
    if wrong < passed:
        assert at_most(wrong, passed, bound) == pytest.approx(delta, rel=1e-6)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2, 0.5])
def test_the_least_that_must_pass(alpha: float) -> None:
    """So many right ones are enough for a promise, and one fewer is not."""
    least = least_passed(alpha, 0.1)
    assert at_most(0, least, alpha) <= 0.1 < at_most(0, least - 1, alpha)


# The promise


def falling(support: float) -> float:
    return support


def bent(support: float) -> float:
    """The surest are not the best, so what passes is no better for a stricter threshold."""
    return 0.75 if support > 0.9 else min(1.0, support + 0.2)


def just_too_bad(support: float) -> float:
    del support
    return 0.8999


@pytest.mark.parametrize("right", [falling, bent, just_too_bad])
@pytest.mark.parametrize("rows", [60, 400])
def test_a_promise_is_broken_in_few_draws_only(right: Callable[[float], float], rows: int) -> None:
    """Over many draws of rows, at most a share delta gives a threshold at which more than alpha of
    all claims that pass are wrong: where the wrong ones are at the bottom, at the top, or
    everywhere."""
    alpha, delta = 0.1, 0.1
    chance = random.Random(rows)
    grid = [(i + 0.5) / 20_000 for i in range(20_000)]

    def true_share(threshold: float) -> float:
        passed = [1 - right(one) for one in grid if one >= threshold]
        return math.fsum(passed) / len(passed)

    known: dict[float, bool] = {}
    broken = 0
    for _ in range(DRAWS):
        supports = [chance.random() for _ in range(rows)]
        drawn_rows = [(one, chance.random() < right(one)) for one in supports]
        found = lowest_safe(
            propose(drawn_rows[: rows // 3], drawn_rows[rows // 3 :]), alpha=alpha, delta=delta
        )
        if found is not None:
            at = round(found.threshold, 3)
            known.setdefault(at, true_share(at) > alpha)
            broken += known[at]
    assert broken / DRAWS <= delta + 3 * math.sqrt(delta * (1 - delta) / DRAWS)


def test_a_promise_is_not_needlessly_strict() -> None:
    """With many rows the threshold is near the one that knowledge of everything would give."""
    chance = random.Random(3)
    supports = [chance.random() for _ in range(12_000)]
    rows = [(one, chance.random() < one) for one in supports]
    found = lowest_safe(propose(rows[:4_000], rows[4_000:]), alpha=0.1, delta=0.1)
    assert found is not None
    assert found.threshold == pytest.approx(0.8, abs=0.04)


LEVELS = st.lists(st.tuples(SUPPORTS, st.booleans()), max_size=80)


@untimed
@given(LEVELS, LEVELS, st.floats(0.01, 0.6), st.floats(0.01, 0.6), st.floats(0.01, 0.6))
def test_a_threshold_keeps_its_own_promise(
    scout: list[tuple[float, bool]],
    test: list[tuple[float, bool]],
    alpha: float,
    delta: float,
    other: float,
) -> None:
    """A threshold lies in 0.5 to 1, its bound below alpha, and a larger delta only lowers it."""
    steps = propose(scout, test)
    found = lowest_safe(steps, alpha=alpha, delta=delta)
    if found is None:
        return
    assert 0.5 <= found.threshold <= 1.0
    assert found.test.passed == sum(one >= found.threshold for one, _ in test)
    assert upper_bound(found.test, delta) <= alpha + 1e-9
    laxer = lowest_safe(steps, alpha=alpha, delta=max(delta, other))
    assert laxer is not None
    assert laxer.threshold <= found.threshold


def test_steps_are_searched_from_where_the_scouts_point() -> None:
    """A strict threshold that too few pass does not end the search, a laxer failure does."""
    steps = (step(0.95, 3, 0, 6, 0), *PLAIN.steps)
    assert lowest_safe(steps, alpha=0.1, delta=0.1) == PLAIN.steps[1]
    assert lowest_safe(steps, alpha=0.01, delta=0.1) is None
    assert lowest_safe((), alpha=0.1, delta=0.1) is None


# The map


@untimed
@given(st.floats(0.01, 20), st.floats(-10, 10), SUPPORTS, SUPPORTS)
@example(slope=20.0, intercept=-10.0, one=0.0, other=1.0)
def test_the_map_keeps_the_order(slope: float, intercept: float, one: float, other: float) -> None:
    """More support never becomes less, and stays a probability."""
    calibration = replace(PLAIN, slope=slope, intercept=intercept)
    low, high = sorted((one, other))
    assert 0.0 <= calibration.probability(low) <= calibration.probability(high) <= 1.0


@untimed
@given(SUPPORTS, SUPPORTS)
def test_what_is_left_is_shared_as_before(supported: float, share: float) -> None:
    """Mapped scores sum to 1, and contradiction keeps its part of what is not support."""
    table = Table({"a": supported}, contradicted=share)
    (one,) = Calibrated(table, PLAIN).score([("", "a")])
    assert one.supported == PLAIN.probability(supported)
    assert one.supported + one.contradicted + one.neutral == pytest.approx(1.0)
    assert min(one.contradicted, one.neutral) >= 0.0
    if supported < 0.999:
        assert one.contradicted == pytest.approx(share * (1 - one.supported), abs=1e-9)


def test_a_fitted_map_is_the_one_that_made_the_rows() -> None:
    """Slope and intercept are found again."""
    chance = random.Random(1)
    values = [chance.gauss(0, 2) for _ in range(4_000)]
    hits = [chance.random() < sigmoid(1.5 * value - 0.7) for value in values]
    slope, intercept = fit_map(values, hits)
    assert slope == pytest.approx(1.5, abs=0.15)
    assert intercept == pytest.approx(-0.7, abs=0.15)


@pytest.mark.parametrize(
    ("values", "hits"),
    [
        ([-9.0, -8.0, 8.0, 9.0], [False, False, True, True]),
        ([13.8] * 500 + [-13.8], [True] * 500 + [False]),
        ([2.0, 2.0, 2.0], [True, False, True]),
    ],
)
def test_odd_rows_give_a_finite_map(values: list[float], hits: list[bool]) -> None:
    """Rows without a mistake, with all but one alike, and without a difference."""
    assert all(math.isfinite(one) and abs(one) < 50 for one in fit_map(values, hits))


def test_a_calibration_is_for_one_entailment() -> None:
    """Support of another entailment is not mapped."""
    with pytest.raises(ConfigError, match="fitted for the entailment table, not for other"):
        Calibrated(Table({}, id="other"), PLAIN)
    assert Calibrated(Table({}), PLAIN).id.startswith("table, calibrated")


# Quality


def test_quality_of_known_rows() -> None:
    """Balanced accuracy and calibration error of rows worked out by hand."""
    labels = [True, True, True, False]
    assert balanced_accuracy([True, True, False, False], labels) == pytest.approx(5 / 6)
    assert calibration_error([0.75] * 4, labels) == 0.0
    assert calibration_error([0.9, 0.9, 0.9, 0.1], labels) == pytest.approx(0.1)
    assert calibration_error([0.0, 0.0, 0.0, 1.0], labels) == 1.0


@untimed
@given(st.lists(st.tuples(SUPPORTS, st.booleans()), min_size=1, max_size=60), st.randoms())
def test_the_error_does_not_depend_on_the_order(
    rows: list[tuple[float, bool]], chance: random.Random
) -> None:
    """The calibration error is a share, and the same for the rows in another order."""
    before = calibration_error([s for s, _ in rows], [label for _, label in rows])
    chance.shuffle(rows)
    after = calibration_error([s for s, _ in rows], [label for _, label in rows])
    assert after == pytest.approx(before)
    assert 0.0 <= before <= 1.0


# Fitting


def test_an_overconfident_entailment_is_set_right() -> None:
    """Support that is too sure means what it says afterwards; every pair is asked about once."""
    pairs, labels, table = drawn(420, overconfident)
    seen: list[tuple[int, int]] = []
    fit = calibrate(
        pairs, labels, entailment=table, progress=lambda done, total, _: seen.append((done, total))
    )
    assert fit.calibration.entailment == "table"
    assert fit.calibration.slope == pytest.approx(1 / 2, abs=0.2)
    assert fit.after.calibration_error < 0.6 * fit.before.calibration_error
    assert fit.after.balanced_accuracy > fit.before.balanced_accuracy
    assert fit.unchecked == ()
    assert sum(table.asked) == len(pairs)
    assert seen[-1] == (2 * len(pairs), 2 * len(pairs))


def test_the_steps_count_what_the_engine_lets_pass() -> None:
    """Judging the tested rows with the calibration gives the counts that a promise rests on."""
    pairs, labels, table = drawn(300, overconfident)
    fit = calibrate(pairs, labels, entailment=table)
    one = fit.calibration
    threshold = one.threshold_for(0.3)
    assert threshold is not None
    judged = judge(pairs, entailment=Calibrated(table, one), policy=Policy(threshold=threshold))
    passed = [label for it, label in zip(judged, labels, strict=True) if it.label == "supported"]
    found = next(step for step in one.steps if step.threshold == threshold)
    assert len(passed) == found.scout.passed + found.test.passed
    assert passed.count(False) == found.scout.wrong + found.test.wrong
    assert one.fitted.total + one.tested.total == len(pairs)


def test_rows_that_cannot_be_checked_are_counted() -> None:
    """A claim that the entailment fails on passes at no threshold, and is told of."""
    pairs, labels, table = drawn(120, falling)
    supports = dict(table.supports)
    del supports[pairs[7].claim]
    fit = calibrate(pairs, labels, entailment=Table(supports))
    assert len(fit.unchecked) == 1
    assert "KeyError" in fit.unchecked[0]


def test_values_that_checks_refute_do_not_bend_the_map() -> None:
    """A row whose number is wrong has lost its label; the map is the same without it."""
    pairs, labels, table = drawn(150, falling)
    wrong = [
        Pair(id=f"w{i}", claim=f"{c[:-1]} for 40 years.", evidence=f"{c[:-1]} for 70 years.")
        for i, c in enumerate(CLAIMS[:150])
    ]
    supports = {**table.supports, **{pair.claim: 0.99 for pair in wrong}}
    everything = [*pairs, *wrong]
    fit = calibrate(everything, [*labels, *[False] * 150], entailment=Table(supports))
    assert fit.calibration.slope == pytest.approx(1.0, abs=0.5)
    assert fit.calibration.intercept == pytest.approx(0.0, abs=0.6)


@pytest.mark.parametrize(
    ("rows", "told", "label", "message"),
    [
        (30, falling, None, "too few to calibrate"),
        (100, falling, True, "100 supported and 0 other rows are too few"),
        (200, lambda one: 1 - one, None, "support does not rise"),
        (200, lambda _: 0.6, None, "support does not rise"),
        (100, lambda _: math.nan, None, "could not be checked"),
    ],
)
def test_rows_to_learn_nothing_from(
    rows: int, told: Callable[[float], float], label: bool | None, message: str
) -> None:
    """Too few rows, rows of one kind, wrong labels and scores that say nothing are refused."""
    pairs, labels, table = drawn(rows, told)
    with pytest.raises(InputError, match=message) as caught:
        calibrate(pairs, labels if label is None else [label] * rows, entailment=table)
    assert caught.value.hint


def piece(name: str, score: float) -> Evidence:
    text = "The lamp is kept in the barn."
    span = Span(start=0, end=len(text))
    passage = Passage(id=name, document="d", title="", text=text, span=span, sha256="0")
    return Evidence(passage=passage, quote=span, score=score, how="given")


FINDINGS = st.builds(
    Finding,
    check=st.sampled_from(["entailment", "quantities", "names"]),
    label=st.sampled_from(["supported", "contradicted", "not_in_knowledge", "not_checked"]),
    score=SUPPORTS,
    reason=st.just("Because."),
    decisive=st.booleans(),
    passages=st.sampled_from([(), ("a",), ("b",), ("a", "b")]),
)


@untimed
@given(st.lists(FINDINGS, max_size=8), SUPPORTS, SUPPORTS)
def test_a_level_says_which_thresholds_pass(
    findings: list[Finding], threshold: float, contradiction: float
) -> None:
    """Whatever the findings, a claim is supported exactly at thresholds up to its level."""
    verdict = Verdict(
        claim=Claim(id="1", text="The lamp is kept in the barn.", kind="prose"),
        label="not_checked",
        score=0.0,
        reason="",
        findings=tuple(findings),
        evidence=(piece("a", 0.9), piece("b", 0.2)),
    )
    policy = Policy(contradiction=contradiction)
    highest = level(verdict, policy)
    passes = refold(verdict, replace(policy, threshold=threshold)).label == "supported"
    assert passes == (highest >= threshold) or highest == threshold == 0.0


# The policy


def test_a_risk_takes_its_threshold_from_the_calibration() -> None:
    """The threshold that keeps the risk is put in; a policy without a risk stays as it is."""
    assert with_risk(Policy(risk=0.1), PLAIN) == Policy(risk=0.1, threshold=0.7)
    assert with_risk(Policy(threshold=0.6), PLAIN) == Policy(threshold=0.6)
    assert with_risk(Policy(threshold=0.6), None) == Policy(threshold=0.6)


@pytest.mark.parametrize(
    ("policy", "calibration", "message"),
    [
        (Policy(risk=0.1), None, "no calibration"),
        (Policy(risk=0.01), PLAIN, "it takes 230 without a wrong one"),
        (Policy(risk=0.02), PLAIN, "too many of the claims"),
        (Policy(risk=0.1, contradiction=0.8), PLAIN, "holds for policy.contradiction 0.5"),
    ],
)
def test_a_risk_that_cannot_be_kept(
    policy: Policy, calibration: Calibration | None, message: str
) -> None:
    """It is refused, with what to do; nothing falls back to another threshold."""
    with pytest.raises(ConfigError, match=message) as caught:
        with_risk(policy, calibration)
    assert caught.value.hint


def test_a_guard_with_a_risk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports of a Guard with a calibration carry the risk and its threshold; labels follow."""
    monkeypatch.chdir(tmp_path)  # where there is no index
    path = tmp_path / "calibration.json"
    write_calibration(path, PLAIN)
    claims = {CLAIMS[0]: 0.97, CLAIMS[1]: 0.75}
    guard = Guard(
        entailment=Table(claims),
        encoder=KeywordEncoder(),
        policy=Policy(risk=0.1),
        config=Config(calibration=str(path)),
    )
    document = Document(name="d", text=" ".join(claims))
    report = guard.check(" ".join(claims), documents=[document])
    assert report.policy == Policy(risk=0.1, threshold=0.7)
    assert [verdict.label for verdict in report.verdicts] == ["supported", "not_in_knowledge"]
    assert report.verdicts[0].score == pytest.approx(PLAIN.probability(0.97))
    assert report.provenance.entailment == Calibrated(Table({}), PLAIN).id


def test_a_guard_with_a_calibration_of_another_entailment(tmp_path: Path) -> None:
    """It checks nothing, and says so."""
    path = tmp_path / "calibration.json"
    write_calibration(path, PLAIN)
    guard = Guard(
        entailment=Table({}, id="other"),
        encoder=KeywordEncoder(),
        config=Config(calibration=str(path)),
    )
    with pytest.raises(ConfigError, match="not for other"):
        guard.check("A lamp.", documents=[Document(name="d", text="A lamp.")])


# Files


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    """Nothing is lost on the way through a file."""
    path = tmp_path / "new" / "calibration.json"
    odd = replace(PLAIN, entailment="modèle “x”", slope=1 / 3, intercept=-1e-9)
    write_calibration(path, odd)
    assert read_calibration(path) == odd


def written(**changes: Any) -> str:
    table = {"kind": "guard calibration", "version": 1, **asdict(PLAIN), **changes}
    return json.dumps({key: value for key, value in table.items() if value is not ...})


STEPS: list[Any] = json.loads(written())["steps"]

BAD = [
    ("", "is not JSON"),
    (written()[:200], "is not JSON"),
    ("[]", "is no calibration"),
    ('{"kind": "something"}', "is no calibration"),
    (written(version=2), "has version 2; this guard reads 1"),
    (written(version=True), "has version True"),
    (written(version=...), "has version None"),
    (written(slope=math.nan), "NaN"),
    (written(intercept=-math.inf), "-Infinity"),
    (written().replace('"slope": 0.8', '"slope": 1e999'), "1e999"),
    (written(slope=0), "slope is 0"),
    (written(slope=-1.5), "slope is -1.5"),
    (written(slope="1"), "slope is '1'"),
    (written(intercept=True), "intercept is True"),
    (written(intercept=10**400), "intercept is 1000"),
    (written(contradiction=1.5), "contradiction is 1.5"),
    (written(delta=0), "delta is 0"),
    (written(entailment=""), "entailment is no text"),
    (written(entailment=3), "entailment is no text"),
    (written(entailment=...), "'entailment' is missing"),
    (written(extra=1), "'extra' is not known"),
    (written(fitted=None), "fitted is no JSON object"),
    (written(fitted={"supported": 1.5, "other": 2}), "fitted: supported is 1.5"),
    (written(fitted={"supported": -1, "other": 2}), "fitted: supported is -1"),
    (written(tested={"supported": 3, "other": 80}), "count more than the rows"),
    (written(steps={}), "steps is no list"),
    (written(steps=[1]), "step 1 is no JSON object"),
    (written(steps=STEPS[::-1]), "out of order"),
    (written(steps=[*STEPS, STEPS[-1]]), "out of order"),
    (written(steps=[{**STEPS[0], "threshold": 0.4}]), "step 1: threshold is 0.4"),
    (written(steps=[{**STEPS[0], "test": {"passed": 3, "wrong": 4}}]), "step 1: test: wrong is 4"),
    (written(steps=[{**STEPS[0], "test": {"passed": 3}}]), "'wrong' is missing"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=[message for _, message in BAD])
def test_a_broken_file_is_named(text: str, message: str, tmp_path: Path) -> None:
    """What is wrong, in which file, and what to do; nothing is guessed."""
    path = tmp_path / "calibration.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_calibration(path)
    assert message in caught.value.message
    assert "calibration.json" in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file, and a folder, are named."""
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError, match=f"cannot read calibration .*{path.name}"):
            read_calibration(path)


@untimed
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["passed", "wrong", "test"]), inner)
        ),
        max_leaves=5,
    ),
    st.sampled_from([*asdict(PLAIN), "version", "kind"]),
)
def test_any_field_may_be_anything(
    tmp_path_factory: pytest.TempPathFactory, value: Any, key: str
) -> None:
    """Whatever stands in a field, the file is read or refused, never misread."""
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(written(**{key: value}), encoding="utf-8")
    try:
        found = read_calibration(path)
    except InputError:
        return
    assert all(map(math.isfinite, (found.slope, found.intercept, found.delta)))
    assert found.slope > 0
