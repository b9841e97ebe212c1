from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.fold import fold, refold
from guard.types import LABELS, Claim, Evidence, Finding, Passage, Policy, Span

CLAIM = Claim(id="c1", text="The mast is 40 m tall.", kind="prose")
IDS = ("a", "b", "c")


def piece(name: str, score: float = 0.8) -> Evidence:
    passage = Passage(
        id=name, document="d", title="t", text=name, span=Span(start=0, end=1), sha256=name
    )
    return Evidence(passage=passage, quote=Span(start=0, end=1), score=score, how="search")


def says(
    label: str, score: float, *passages: str, check: str = "entailment", decisive: bool = False
) -> Finding:
    return Finding(
        check=check,
        label=label,  # type: ignore[arg-type]
        score=score,
        reason=f"{check} {label}",
        passages=passages,
        decisive=decisive,
    )


def exact(label: str, *passages: str, score: float = 0.9) -> Finding:
    return says(label, score, *passages, check="quantities", decisive=True)


TWO = (piece("a"), piece("b"))

CASES = {
    "one passage supports": ([says("supported", 0.8, "a")], TWO, "supported"),
    "support is a union, not the worst": (
        [says("supported", 0.1, "a"), says("supported", 0.8, "b")],
        TWO,
        "supported",
    ),
    "weak support": ([says("supported", 0.4, "a")], TWO, "not_in_knowledge"),
    "no evidence": ([], (), "not_in_knowledge"),
    "an absent value blocks its passage": (
        [says("supported", 0.9, "a"), exact("not_in_knowledge", "a")],
        TWO,
        "not_in_knowledge",
    ),
    "but not another passage": (
        [
            says("supported", 0.9, "a"),
            exact("not_in_knowledge", "a"),
            says("supported", 0.7, "b"),
        ],
        TWO,
        "supported",
    ),
    "a wrong value contradicts": (
        [says("supported", 0.9, "a"), exact("contradicted", "a")],
        TWO,
        "contradicted",
    ),
    "a wrong value off topic does not": (
        [exact("contradicted", "a")],
        (piece("a", score=0.1),),
        "not_in_knowledge",
    ),
    "entailment alone contradicts": (
        [says("supported", 0.1, "a"), says("contradicted", 0.8, "a")],
        TWO,
        "contradicted",
    ),
    "different passages conflict": (
        [says("supported", 0.9, "a"), exact("contradicted", "b")],
        TWO,
        "conflicting",
    ),
    "a far less relevant passage does not conflict": (
        [says("supported", 0.9, "a"), exact("contradicted", "b")],
        (piece("a", score=0.9), piece("b", score=0.4)),
        "supported",
    ),
    "joined passages inherit contradictions": (
        [says("supported", 0.9, "a", "b"), exact("contradicted", "a")],
        TWO,
        "contradicted",
    ),
    "joined passages do not inherit absences": (
        [
            exact("not_in_knowledge", "a"),
            exact("not_in_knowledge", "b"),
            says("supported", 0.9, "a", "b"),
        ],
        TWO,
        "supported",
    ),
    "a passage with all values casts doubt on another's value": (
        [
            says("supported", 0.4, "a"),
            says("supported", 1.0, "a", check="quantities"),
            says("contradicted", 0.95, "b"),
            exact("contradicted", "b", score=0.7),
        ],
        TWO,
        "not_in_knowledge",
    ),
    "but not where that says all of the claim": (
        [
            says("supported", 0.4, "a"),
            says("supported", 1.0, "a", check="quantities"),
            exact("contradicted", "b", score=0.95),
        ],
        TWO,
        "contradicted",
    ),
    "nor does a passage that hardly supports": (
        [
            says("supported", 0.1, "a"),
            says("supported", 1.0, "a", check="quantities"),
            exact("contradicted", "b", score=0.7),
        ],
        TWO,
        "contradicted",
    ),
    "a failed check": (
        [says("supported", 0.9, "a"), says("not_checked", 1.0, "a", check="names")],
        TWO,
        "not_checked",
    ),
    "a failed check where an exact one has settled it": (
        [exact("contradicted", "a"), says("not_checked", 1.0, "a", check="names")],
        TWO,
        "contradicted",
    ),
    "arithmetic needs no evidence": ([exact("supported")], (), "supported"),
    "wrong arithmetic needs none either": ([exact("contradicted")], (), "contradicted"),
    "wrong arithmetic outweighs a passage": (
        [exact("contradicted"), says("supported", 0.9, "a")],
        TWO,
        "contradicted",
    ),
    "right arithmetic without a source of evidence": (
        [exact("supported"), says("not_checked", 1.0, check="evidence")],
        (),
        "supported",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_label_follows_the_rules(case: tuple) -> None:
    """Findings fold into the label that the rules of the module name."""
    findings, evidence, label = case
    verdict = fold(CLAIM, findings, evidence, Policy())
    assert verdict.label == label
    assert verdict.reason


def test_what_is_no_claim_is_not_checkable() -> None:
    """A claim marked not checkable keeps its reason and has no findings."""
    claim = replace(CLAIM, not_checkable="a question")
    verdict = fold(claim, (), (), Policy())
    assert (verdict.label, verdict.reason, verdict.findings) == ("not_checkable", "a question", ())


def test_the_deciding_finding_is_named() -> None:
    """`decided_by` points at the finding whose reason the verdict gives."""
    findings = [says("supported", 0.9, "a"), exact("contradicted", "a")]
    verdict = fold(CLAIM, findings, TWO, Policy())
    assert verdict.decided_by is not None
    assert verdict.findings[verdict.decided_by].check == "quantities"


LABEL = st.sampled_from(("supported", "contradicted", "not_in_knowledge"))
UNIT = st.sampled_from(((), ("a",), ("b",), ("c",), ("a", "b"), ("b", "a")))
SCORE = st.integers(0, 20).map(lambda n: n / 20)
PLAIN = st.builds(lambda label, score, unit: says(label, score, *unit), LABEL, SCORE, UNIT)
DECISIVE = st.builds(
    lambda label, score, unit: exact(label, *unit, score=score), LABEL, SCORE, UNIT
)
MISSING = st.builds(lambda unit: says("not_checked", 1.0, *unit, check="names"), UNIT)
FINDINGS = st.lists(st.one_of(PLAIN, DECISIVE), max_size=10)
ANY = st.lists(st.one_of(PLAIN, DECISIVE, MISSING), max_size=10)
EVIDENCE = st.lists(SCORE, min_size=3, max_size=3).map(
    lambda scores: tuple(piece(name, score) for name, score in zip(IDS, scores, strict=True))
)
POLICY = st.builds(lambda t, c: Policy(threshold=t, contradiction=c), SCORE, SCORE)


@given(ANY, EVIDENCE, POLICY, POLICY)
def test_refolding_is_folding_anew(
    findings: list[Finding], evidence: tuple[Evidence, ...], old: Policy, new: Policy
) -> None:
    """A verdict refolded under a policy is the verdict of a fresh run with that policy."""
    verdict = fold(CLAIM, findings, evidence, old)
    assert refold(verdict, new) == fold(CLAIM, findings, evidence, new)
    assert refold(refold(verdict, new), old) == verdict


@given(ANY, EVIDENCE, POLICY)
def test_labels_and_scores_are_of_their_kind(
    findings: list[Finding], evidence: tuple[Evidence, ...], policy: Policy
) -> None:
    """A label is one of the six, a score lies in [0, 1] and does not depend on the policy."""
    verdict = fold(CLAIM, findings, evidence, policy)
    assert verdict.label in LABELS
    assert 0.0 <= verdict.score <= 1.0
    assert verdict.score == fold(CLAIM, findings, evidence, Policy()).score
    assert verdict.reason


@given(FINDINGS, EVIDENCE, POLICY, SCORE)
def test_a_higher_threshold_supports_no_more(
    findings: list[Finding], evidence: tuple[Evidence, ...], policy: Policy, higher: float
) -> None:
    """What is supported at a threshold is supported at every lower one."""
    low, high = sorted((policy.threshold, higher))
    strict = fold(CLAIM, findings, evidence, replace(policy, threshold=high))
    loose = fold(CLAIM, findings, evidence, replace(policy, threshold=low))
    if strict.label == "supported":
        assert loose.label == "supported"


@given(FINDINGS, EVIDENCE, POLICY, st.sampled_from(("contradicted", "not_in_knowledge")))
def test_blocked_everywhere_is_never_supported(
    findings: list[Finding], evidence: tuple[Evidence, ...], policy: Policy, label: str
) -> None:
    """A claim with a decisive finding against it in every unit is supported at no threshold."""
    units = {finding.passages for finding in findings}
    blocked = findings + [exact(label, *unit) for unit in units]
    assert fold(CLAIM, blocked, evidence, policy).label != "supported"


@given(FINDINGS, EVIDENCE, POLICY)
def test_a_failed_check_never_passes(
    findings: list[Finding], evidence: tuple[Evidence, ...], policy: Policy
) -> None:
    """With a failed check a claim is not checked, unless something exact settles it."""
    failed = [*findings, says("not_checked", 1.0, "a", check="names")]
    verdict = fold(CLAIM, failed, evidence, policy)
    if verdict.label != "not_checked":
        assert verdict.decided_by is not None
        assert verdict.findings[verdict.decided_by].decisive


def carried(*passages: str) -> Finding:
    return says("supported", 1.0, *passages, check="quantities")


@pytest.mark.parametrize(("score", "label"), [(0.75, "supported"), (0.95, "conflicting")])
def test_a_loose_contradiction_yields_to_a_passage_with_every_value(
    score: float, label: str
) -> None:
    """Against a passage that gives all values only a sentence that says all of the claim counts."""
    findings = [says("supported", 0.82, "a"), carried("a"), exact("contradicted", "b", score=score)]
    assert fold(CLAIM, findings, TWO, Policy()).label == label


def test_a_reason_that_ends_with_a_quote_gets_its_full_stop() -> None:
    """A quote at the end of a reason ends the sentence only if it has an end itself."""
    for reason, whole in (
        ("it says “0 °C”", "It says “0 °C”."),
        ("it says “No.”", "It says “No.”"),
    ):
        finding = replace(exact("contradicted", "a"), reason=reason)
        assert fold(CLAIM, [finding], TWO, Policy()).reason == whole
