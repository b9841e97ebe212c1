from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from guard.errors import KnowledgeError
from guard.fold import fold
from guard.knowledge import Encoder
from guard.types import Claim, Evidence, Passage, Policy, Span, Verdict
from guard.verify import Entailment, Scores, load_entailment, verify
from guard.verify import checks as table
from guard.verify.checks import Check

PUMP = "The Halden pump moves 30 litres per minute. It weighs 12 kg and was built in Bergen."
HOSE = "The Halden hose is 4 m long. It is made of rubber."
LAMP = "The Sund lamp uses 8 W and was built in Oslo."


@dataclass(frozen=True)
class Shelf:
    """A searcher that always returns the same passages."""

    texts: tuple[str, ...]
    name: str = "p"
    score: float = 0.7
    snapshot: str | None = None
    asked: list[str] = field(default_factory=list)

    def search(self, queries: Sequence[str], *, k: int) -> list[tuple[Evidence, ...]]:
        self.asked.extend(queries)
        return [tuple(map(self.piece, range(min(k, len(self.texts))))) for _ in queries]

    def piece(self, index: int) -> Evidence:
        text = self.texts[index]
        span = Span(start=0, end=len(text))
        passage = Passage(
            id=f"{self.name}{index}",
            document="handbook",
            title="Handbook",
            text=text,
            span=span,
            sha256=f"{hash(text)}",
        )
        return Evidence(passage=passage, quote=span, score=self.score, how="search")


@dataclass(frozen=True)
class Broken:
    """An entailment that fails on claims with a given word, or always."""

    word: str = ""
    id: str = "broken"

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        if any(self.word in claim for _, claim in pairs):
            raise RuntimeError("out of memory")
        return [Scores(supported=0.8, contradicted=0.0, neutral=0.2) for _ in pairs]


@dataclass(frozen=True)
class Odd:
    """An entailment whose scores are no probabilities."""

    value: float
    id: str = "odd"

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Scores]:
        return [Scores(supported=self.value, contradicted=0.0, neutral=0.0) for _ in pairs]


def claim(text: str, id: str = "c1") -> Claim:
    return Claim(id=id, text=text, kind="prose")


@pytest.fixture(scope="module")
def baseline(encoder: Encoder) -> Entailment:
    return load_entailment("baseline", encoder=encoder)


def check(text: str, entailment: Entailment, *texts: str) -> Verdict:
    shelf = Shelf(texts or (PUMP, HOSE, LAMP))
    return verify([claim(text)], searchers=[shelf], entailment=entailment, policy=Policy())[0]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The Halden pump moves 30 litres per minute.", "supported"),
        ("The Halden pump weighs 12 kg.", "supported"),
        ("The Halden pump was built in Bergen and its hose is 4 m long.", "supported"),
        ("The Halden pump moves 80 litres per minute.", "contradicted"),
        ("The Halden hose is not made of rubber.", "contradicted"),
        ("The Halden pump was built in Trondheim.", "not_in_knowledge"),
        ("Parliament met in the afternoon to vote on fishing quotas.", "not_in_knowledge"),
    ],
)
def test_claims_are_checked_against_passages(text: str, label: str, baseline: Entailment) -> None:
    """True, false and unknown statements get their label, the pair of passages included."""
    verdict = check(text, baseline)
    assert verdict.label == label, verdict
    assert verdict.reason


def test_the_quote_is_the_sentence_that_decided(baseline: Entailment) -> None:
    """Evidence and findings quote the sentence, not the passage."""
    verdict = check("The Halden pump weighs 12 kg.", baseline)
    assert verdict.decided_by is not None
    finding = verdict.findings[verdict.decided_by]
    texts = {piece.passage.id: piece for piece in verdict.evidence}
    piece = texts[finding.passages[0]]
    assert finding.quote is not None
    wanted = "It weighs 12 kg and was built in Bergen."
    assert finding.quote.of(piece.passage.text) == wanted
    assert piece.quote.of(piece.passage.text) == wanted


def test_every_quote_lies_in_its_passage(baseline: Entailment) -> None:
    """The quote of a finding on joined passages points into the first passage it names."""
    verdict = check("The Halden pump was built in Bergen and its hose is 4 m long.", baseline)
    texts = {piece.passage.id: piece.passage.text for piece in verdict.evidence}
    assert any(len(finding.passages) == 2 for finding in verdict.findings)
    for finding in verdict.findings:
        if finding.quote is not None:
            assert finding.quote.end <= len(texts[finding.passages[0]])


def test_without_a_searcher_nothing_is_checked(baseline: Entailment) -> None:
    """No source of evidence means not_checked with the reason, at every policy."""
    for policy in (Policy(), Policy(threshold=0.0, contradiction=0.0)):
        (verdict,) = verify([claim(PUMP)], searchers=[], entailment=baseline, policy=policy)
        assert verdict.label == "not_checked"
        assert "knowledge base" in verdict.reason


@pytest.mark.parametrize(
    ("text", "label"),
    [("12 % of 340 is 40.8.", "supported"), ("12 % of 340 is 48.", "contradicted")],
)
def test_arithmetic_needs_no_searcher(text: str, label: str, baseline: Entailment) -> None:
    """A calculation is evaluated even where there is nothing to search."""
    (verdict,) = verify([claim(text)], searchers=[], entailment=baseline, policy=Policy())
    assert verdict.label == label


def test_no_passage_found(baseline: Entailment) -> None:
    """A search that finds nothing leaves the claim not in the knowledge, with a reason."""
    shelf = Shelf(())
    (verdict,) = verify([claim(PUMP)], searchers=[shelf], entailment=baseline, policy=Policy())
    assert verdict.label == "not_in_knowledge"
    assert "No passage" in verdict.reason


def test_what_is_no_claim_is_passed_through(baseline: Entailment) -> None:
    """A claim that is not checkable is neither searched for nor scored."""
    shelf = Shelf((PUMP,))
    question = replace(claim("Is it heavy?"), not_checkable="a question")
    (verdict,) = verify([question], searchers=[shelf], entailment=Broken(), policy=Policy())
    assert (verdict.label, verdict.reason) == ("not_checkable", "a question")
    assert shelf.asked == []


def test_verdicts_keep_the_order_and_ids(baseline: Entailment) -> None:
    """There is one verdict per claim, in order; a claim said twice is searched for once."""
    shelf = Shelf((PUMP,))
    said = ["The pump weighs 12 kg.", "The lamp is red.", "The pump weighs 12 kg."]
    claims = [claim(text, f"c{i}") for i, text in enumerate(said)]
    verdicts = verify(claims, searchers=[shelf], entailment=baseline, policy=Policy())
    assert [verdict.claim for verdict in verdicts] == claims
    assert len(shelf.asked) == 2
    assert verdicts[0].label == verdicts[2].label


def test_too_long_a_claim_is_not_checked(baseline: Entailment) -> None:
    """A limit gives not_checked with the reason, and the other claims go on."""
    claims = [claim("word " * 5000), claim("The Halden pump weighs 12 kg.", "c2")]
    one, other = verify(claims, searchers=[Shelf((PUMP,))], entailment=baseline, policy=Policy())
    assert one.label == "not_checked"
    assert "characters" in one.reason
    assert other.label == "supported"


def test_a_check_that_raises_is_named(
    baseline: Entailment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that raises makes its claim not_checked, with its name and error."""

    def fragile(claim: Claim, evidence: Evidence, context: object) -> object:
        if "pump" in claim.text:
            raise ZeroDivisionError("division by zero")
        yield from ()

    rows = (*table.CHECKS, Check("fragile", fragile))  # type: ignore[arg-type]
    monkeypatch.setattr("guard.verify.findings.CHECKS", rows)
    claims = [claim("The Halden pump weighs 12 kg."), claim("The Sund lamp uses 8 W.", "c2")]
    one, other = verify(
        claims, searchers=[Shelf((PUMP, LAMP))], entailment=baseline, policy=Policy()
    )
    assert one.label == "not_checked"
    assert "fragile" in one.reason
    assert "division by zero" in one.reason
    assert other.label == "supported"


def test_a_claim_that_entailment_fails_on_does_not_cost_the_others() -> None:
    """One claim's failure in the common batch leaves that claim not_checked, and only that one."""
    claims = [claim("The pump is poison."), claim("The pump weighs 12 kg.", "c2")]
    one, other = verify(
        claims, searchers=[Shelf((PUMP,))], entailment=Broken("poison"), policy=Policy()
    )
    assert one.label == "not_checked"
    assert "out of memory" in one.reason
    assert other.label == "supported"


@pytest.mark.parametrize("value", [float("nan"), 1.7, -0.1, 0.4])
def test_scores_that_are_no_probabilities_are_not_used(value: float) -> None:
    """NaN, scores outside [0, 1] and scores that do not sum to 1 mean not_checked."""
    assert check("The pump weighs 12 kg.", Odd(value)).label == "not_checked"


def test_a_search_that_fails_says_so(baseline: Entailment) -> None:
    """A damaged index is an error of the run, not a verdict."""

    class Damaged(Shelf):
        def search(self, queries: Sequence[str], *, k: int) -> list[tuple[Evidence, ...]]:
            raise KnowledgeError("the index is damaged")

    with pytest.raises(KnowledgeError, match="damaged"):
        verify([claim(PUMP)], searchers=[Damaged(())], entailment=baseline, policy=Policy())


def test_sources_that_number_alike_are_kept_apart(baseline: Entailment) -> None:
    """Passages of two searchers with the same id are both looked at, the same passage once."""
    one, other = Shelf((PUMP,)), Shelf((LAMP,))
    (verdict,) = verify(
        [claim("The Sund lamp uses 8 W.")],
        searchers=[one, other, one],
        entailment=baseline,
        policy=Policy(),
    )
    assert len(verdict.evidence) == 2
    assert len({piece.passage.id for piece in verdict.evidence}) == 2
    assert verdict.label == "supported"


def test_disagreeing_sources_conflict(baseline: Entailment) -> None:
    """Two passages that give different values for the same thing are conflicting."""
    verdict = check("The Sund lamp uses 8 W.", baseline, LAMP, "The Sund lamp uses 11 W.")
    assert verdict.label == "conflicting"


def test_short_claims_are_searched_with_their_question(baseline: Entailment) -> None:
    """The words of the question help to find evidence for a bare answer."""
    shelf = Shelf((PUMP,))
    verify(
        [claim("It weighs 12 kg.")],
        searchers=[shelf],
        entailment=baseline,
        policy=Policy(),
        question="How heavy is the Halden pump?",
    )
    assert shelf.asked == ["How heavy is the Halden pump? It weighs 12 kg."]


def test_progress_counts_to_the_end(baseline: Entailment) -> None:
    """Progress is told once per distinct claim."""
    told: list[tuple[int, int]] = []
    claims = [claim(f"The pump has {n} valves.", f"c{n}") for n in range(3)]
    verify(
        claims,
        searchers=[Shelf((PUMP,))],
        entailment=baseline,
        policy=Policy(),
        progress=lambda done, total, text: told.append((done, total)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_another_threshold_needs_no_second_run(baseline: Entailment) -> None:
    """Refolding real findings gives what a run under that policy gives."""
    policies = [Policy(threshold=t, contradiction=t) for t in (0.0, 0.3, 0.85)]
    texts = ["The Halden pump weighs 12 kg.", "The Sund lamp uses 9 W.", "Fish swim in the sea."]
    claims = [claim(text, text[:8]) for text in texts]
    shelf = Shelf((PUMP, HOSE, LAMP))
    first = verify(claims, searchers=[shelf], entailment=baseline, policy=Policy())
    for policy in policies:
        again = verify(claims, searchers=[shelf], entailment=baseline, policy=policy)
        assert again == tuple(fold(v.claim, v.findings, v.evidence, policy) for v in first)
