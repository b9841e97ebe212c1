"""From findings to one verdict per claim. Pure, and nothing but the standard library.

The rules, per piece of evidence (findings that looked at the same passages form a *unit*):

- A unit supports the claim as far as entailment says so, or, for a field of a value, as far as the
  value stands beside its field's words; the surest decisive finding against it (a wrong or absent
  number, code, date) cuts that down. A unit with such a finding is *blocked*.
- A joined unit also inherits the decisive contradictions of the passages it was joined from, so
  that a number borrowed from the second passage cannot cover up what the first one says.
- Support of the claim is the best of its units (a union): taking the worst would ask every
  passage to say everything.
- Contradiction is the best of the units that are on topic.

Everything a verdict needs is in its findings and evidence, so `refold` gives exactly what a new
run under another policy would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from guard.types import Claim, Evidence, Finding, Label, Policy, Verdict

ENTAILMENT = "entailment"
FIELD = "field"
"""The two checks that carry support; the others only speak against it."""

ON_TOPIC = 0.3
"""The least retrieval score at which a passage may contradict a claim."""

COMPARABLE = 0.8
"""Against support elsewhere, a contradiction counts from this share of its score and relevance."""

CLOSE = 0.9
"""The same, where the support comes from a passage that gives every value of the claim: then a
contradiction counts from this score on, that is, if its sentence says all that the claim says. So
does one that only a model sees."""

NEARLY = 0.25
"""A passage that gives every value of the claim casts doubt on the contradiction of another from
this support on, though it does not carry the claim."""

VALUES = "quantities"
"""The check that finds every value of a claim in a passage."""

CUT: Mapping[Label, float] = {"contradicted": 0.6, "not_in_knowledge": 0.0}
"""How much of a unit's support goes with a decisive finding of full score against it, beyond what
the finding has already moved it by. The label is lost either way; what is left keeps claims in a
sensible order."""

BLOCKED = 0.49
"""The most support that is left with a decisive finding against a unit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unit:
    """What the findings say about one piece of evidence; numbers are indices of findings."""

    passages: frozenset[str]
    relevance: float
    support: float = 0.0
    supporter: int | None = None
    blocker: int | None = None
    contradiction: float = 0.0
    contradictor: int | None = None
    differs: float = 0.0
    exact: bool = False
    lacking: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    label: Label
    reason: str
    decided_by: int | None = None


def fold(
    claim: Claim, findings: Iterable[Finding], evidence: Sequence[Evidence], policy: Policy
) -> Verdict:
    """The verdict on `claim`. Keeps the findings that can matter under any policy."""
    if claim.not_checkable is not None:
        return Verdict(claim=claim, label="not_checkable", score=0.0, reason=claim.not_checkable)
    kept = prune(findings)
    units = _units(kept, evidence)
    score = max((unit.support for unit in units), default=0.0)
    outcome = _outcome(kept, units, bool(evidence), policy)
    return Verdict(
        claim=claim,
        label=outcome.label,
        score=score,
        reason=_sentence(outcome.reason),
        findings=kept,
        evidence=tuple(evidence),
        decided_by=outcome.decided_by,
    )


def _sentence(reason: str) -> str:
    """A reason as a sentence: a capital first and a full stop last."""
    text = reason.strip() or "No reason was given."
    end = text.rstrip('”"')[-1:]
    return text[0].upper() + text[1:] + ("" if end in {".", "!", "?", "…"} else ".")


def refold(verdict: Verdict, policy: Policy) -> Verdict:
    """The verdict that `policy` would have given, from the findings kept in this one."""
    return fold(verdict.claim, verdict.findings, verdict.evidence, policy)


def prune(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The surest finding of each check, label and unit, in order; no label depends on the rest."""
    best: dict[tuple[str, Label, bool, frozenset[str]], Finding] = {}
    for finding in findings:
        key = (finding.check, finding.label, finding.decisive, frozenset(finding.passages))
        if key not in best or finding.score > best[key].score:
            best[key] = finding
    return tuple(best.values())


def _units(findings: Sequence[Finding], evidence: Sequence[Evidence]) -> list[_Unit]:
    relevance = {piece.passage.id: piece.score for piece in evidence}
    groups: dict[frozenset[str], list[int]] = {}
    for index, finding in enumerate(findings):
        groups.setdefault(frozenset(finding.passages), []).append(index)
    return [_unit(passages, groups, findings, relevance) for passages in groups]


def _unit(
    passages: frozenset[str],
    groups: Mapping[frozenset[str], list[int]],
    findings: Sequence[Finding],
    relevance: Mapping[str, float],
) -> _Unit:
    own = groups[passages]
    closeness = max((relevance.get(name, 0.0) for name in passages), default=1.0)
    blocker = min(
        _blocking(passages, groups, findings, relevance),
        key=lambda i: (_left(findings[i]), -findings[i].score),
        default=None,
    )
    supporter = _surest([i for i in own if _supports(findings[i])], findings)
    against = [i for i in own if findings[i].label == "contradicted"]
    contradictor = _surest(against, findings) if closeness >= ON_TOPIC else None
    support = findings[supporter].score if supporter is not None else 0.0
    if blocker is not None:
        support = min(BLOCKED, support * _left(findings[blocker]))
    return _Unit(
        passages=passages,
        relevance=closeness,
        support=support,
        supporter=supporter,
        blocker=blocker,
        contradiction=findings[contradictor].score if contradictor is not None else 0.0,
        contradictor=contradictor,
        differs=max(
            (findings[i].score for i in against if findings[i].check == VALUES), default=0.0
        ),
        exact=any(findings[i].check == VALUES and findings[i].label == "supported" for i in own),
        lacking=tuple(i for i in own if findings[i].label == "not_in_knowledge"),
    )


def _supports(finding: Finding) -> bool:
    """Whether a finding carries support: entailment of a passage, or what is exact without one."""
    carries = finding.check in {ENTAILMENT, FIELD} if finding.passages else finding.decisive
    return finding.label == "supported" and carries


def _left(blocker: Finding) -> float:
    """The share of support that a decisive finding against it leaves."""
    return 1.0 - CUT[blocker.label] * blocker.score


def _blocking(
    passages: frozenset[str],
    groups: Mapping[frozenset[str], list[int]],
    findings: Sequence[Finding],
    relevance: Mapping[str, float],
) -> list[int]:
    """The decisive findings against a unit: its own, and contradictions of its parts."""
    found = [i for i in groups[passages] if findings[i].decisive and findings[i].label in CUT]
    for part, indices in groups.items():
        if not part < passages:
            continue
        on_topic = max((relevance.get(name, 0.0) for name in part), default=1.0) >= ON_TOPIC
        if on_topic:
            found += [
                i for i in indices if findings[i].decisive and findings[i].label == "contradicted"
            ]
    return found


def _surest(indices: Iterable[int], findings: Sequence[Finding]) -> int | None:
    return max(indices, key=lambda i: findings[i].score, default=None)


def _outcome(
    findings: Sequence[Finding], units: Sequence[_Unit], has_evidence: bool, policy: Policy
) -> _Outcome:
    free = [u for u in units if u.blocker is None and u.supporter is not None]
    support = max(free, key=lambda u: u.support, default=None)
    pro = support if support is not None and support.support >= policy.threshold else None
    contradiction = max(
        (u for u in units if u.contradictor is not None and (pro or not _doubtful(u, units))),
        key=lambda u: u.contradiction,
        default=None,
    )
    con = contradiction if _counts(contradiction, policy) else None
    outcome = _decided(findings, units, pro, con, has_evidence=has_evidence)
    missing = next((i for i, f in enumerate(findings) if f.label == "not_checked"), None)
    if missing is not None and not _settled(findings, outcome):
        return _Outcome(label="not_checked", reason=findings[missing].reason, decided_by=missing)
    return outcome


def _decided(
    findings: Sequence[Finding],
    units: Sequence[_Unit],
    pro: _Unit | None,
    con: _Unit | None,
    *,
    has_evidence: bool,
) -> _Outcome:
    """The outcome as if no check were missing."""
    if pro is not None and con is not None:
        return _both(findings, pro, con)
    if pro is not None:
        return _pick("supported", pro.supporter, findings)
    if con is not None:
        return _pick("contradicted", con.contradictor, findings)
    return _open(findings, units, has_evidence)


def _counts(unit: _Unit | None, policy: Policy) -> bool:
    return unit is not None and unit.contradiction >= policy.contradiction


def _doubtful(con: _Unit, units: Sequence[_Unit]) -> bool:
    """Whether a passage with another value is likely to speak of a sibling of the claim's subject:
    another one gives all values of the claim, though it does not quite support it."""
    if not 0.0 < con.differs < CLOSE:
        return False
    return any(
        unit.exact
        and unit.blocker is None
        and unit.support >= NEARLY
        and unit.relevance >= COMPARABLE * con.relevance
        and not unit.passages & con.passages
        for unit in units
    )


def _settled(findings: Sequence[Finding], outcome: _Outcome) -> bool:
    """Whether an exact comparison settles the claim whatever a missing check would say: one that
    speaks against it, or one that supports it without any passage."""
    if outcome.decided_by is None or outcome.label == "not_in_knowledge":
        return False
    finding = findings[outcome.decided_by]
    return finding.decisive and not (outcome.label == "supported" and finding.passages)


def _both(findings: Sequence[Finding], pro: _Unit, con: _Unit) -> _Outcome:
    apart = not pro.passages & con.passages
    if apart and not (pro.passages and con.passages):
        # What is exact without any passage (arithmetic) outweighs what a passage says.
        apart = False
        pro_wins = not pro.passages
    else:
        pro_wins = pro.support >= con.contradiction
    if apart and _comparable(con, pro, findings):
        reason = f"One passage supports this, another speaks against it: {_reason(con, findings)}"
        return _Outcome(label="conflicting", reason=reason, decided_by=con.contradictor)
    if apart or pro_wins:
        return _pick("supported", pro.supporter, findings)
    return _pick("contradicted", con.contradictor, findings)


def _comparable(con: _Unit, pro: _Unit, findings: Sequence[Finding]) -> bool:
    """Whether a contradiction is as much to the point as the support that stands against it.

    That of a model alone must be nearly certain: models take what is said of a sibling of the
    claim's subject for a denial.
    """
    modelled = con.contradictor is not None and findings[con.contradictor].check == ENTAILMENT
    least = CLOSE if pro.exact or modelled else COMPARABLE * pro.support
    strong = con.contradiction >= least
    return strong and con.relevance >= COMPARABLE * pro.relevance


def _reason(unit: _Unit, findings: Sequence[Finding]) -> str:
    reason = findings[unit.contradictor].reason if unit.contradictor is not None else ""
    return reason[:1].lower() + reason[1:] if reason[1:2].islower() else reason


def _pick(label: Label, index: int | None, findings: Sequence[Finding]) -> _Outcome:
    reason = findings[index].reason if index is not None else ""
    return _Outcome(label=label, reason=reason, decided_by=index)


def _open(findings: Sequence[Finding], units: Sequence[_Unit], has_evidence: bool) -> _Outcome:
    """Nothing settles the claim: say what is missing, as exactly as the findings can."""
    if not has_evidence:
        return _Outcome(label="not_in_knowledge", reason="No passage was found that bears on this.")
    closest = max(
        (u for u in units if u.supporter is not None),
        key=lambda u: findings[u.supporter].score if u.supporter is not None else 0.0,
        default=None,
    )
    missing = closest.blocker if closest is not None else None
    if closest is not None and missing is None:
        missing = _surest(closest.lacking, findings)
    if missing is not None:
        return _pick("not_in_knowledge", missing, findings)
    return _Outcome(
        label="not_in_knowledge",
        reason="Nothing in the evidence settles this.",
        decided_by=closest.supporter if closest is not None else None,
    )
