"""Claims near to the truth, checked against the shipped knowledge as `guard check` does.

    python tests/benchmarks/check.py [--passages 60] [--show N]

From passages of `knowledge/` a sentence each is taken as a true claim. The same claim is checked
with its own passage taken out of what is found, and with a figure, a name or a word put for another
or its sense negated. Printed is how each kind is judged: a true claim should be supported, and none
of the others. All claims are made by a fixed seed, and some make little sense; the passages were
never trained on.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from guard.knowledge import Knowledge, build_index, load_encoder, open_index, quick
from guard.models.embedded import encoder_dir
from guard.tune import figures, persons, polarity, siblings
from guard.types import Claim, Evidence, Passage, Policy
from guard.verify import Entailment, load_entailment
from guard.verify.engine import verify
from guard.verify.windows import sentence_spans

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
SEED = 3
SHORTEST, LONGEST = 6, 25
LABELS = ("supported", "contradicted", "conflicting", "not_in_knowledge", "not_checked")
PRONOUNS = frozenset(["It", "They", "He", "She", "This", "These", "Its", "Their"])


@dataclass(frozen=True, kw_only=True)
class Case:
    """A claim of a kind, made from a passage."""

    kind: str
    claim: str
    passage: Passage


@dataclass(frozen=True)
class Without:
    """A search that does not find one passage."""

    knowledge: Knowledge
    hidden: str

    def search(self, queries: Sequence[str], *, k: int) -> list[tuple[Evidence, ...]]:
        """The best `k` of the others."""
        found = self.knowledge.search(queries, k=k + 1)
        kept = ([piece for piece in one if piece.passage.id != self.hidden] for one in found)
        return [tuple(one[:k]) for one in kept]


def main() -> None:
    """Build, check, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=60)
    parser.add_argument("--entailment", default="verifier", help="as in the configuration")
    parser.add_argument("--show", type=int, default=0, help="wrong ones to print of each kind")
    options = parser.parse_args()
    encoder = load_encoder(encoder_dir())
    with tempfile.TemporaryDirectory() as folder:
        build_index(KNOWLEDGE, Path(folder, "index"), encoder=encoder)
        knowledge = open_index(Path(folder, "index"), encoder=quick(encoder))
    entailment = load_entailment(options.entailment, encoder=knowledge.encoder)
    some = list(cases(knowledge.passages, options.passages))
    print(f"{'claims':20}{'number':>8}" + "".join(f"{label:>18}" for label in LABELS))
    for kind in dict.fromkeys(case.kind for case in some):
        of_kind = [case for case in some if case.kind == kind]
        print(line(kind, of_kind, knowledge, entailment, options.show), flush=True)


def cases(passages: Sequence[Passage], count: int) -> Iterator[Case]:
    """A true claim of each of `count` passages, and what can be made of it."""
    chance = random.Random(SEED)
    names = sorted({name for passage in passages for name in persons.names_in(passage.text)})
    before = siblings.neighbours(passage.text for passage in passages)
    chosen = [(p, said) for p in passages if (said := sentences(p))]
    for passage, said in chance.sample(chosen, min(count, len(chosen))):
        claim, text = chance.choice(said), passage.text
        made = {
            "true": claim,
            "its passage hidden": claim,
            "another figure": figures.changed(claim, text, chance),
            "another name": persons.renamed(claim, text, names, chance),
            "another word": siblings.replaced(claim, text, before, chance),
            "negated": polarity.negated(claim),
        }
        for kind, other in made.items():
            if other is not None:
                yield Case(kind=kind, claim=other, passage=passage)


def sentences(passage: Passage) -> list[str]:
    """Sentences that can stand alone."""
    found = (span.of(passage.text).strip() for span in sentence_spans(passage.text))
    return [
        one
        for one in found
        if SHORTEST <= len(one.split()) <= LONGEST
        and one[0].isupper()
        and one.endswith(".")
        and "|" not in one
        and one.split()[0] not in PRONOUNS
    ]


def line(
    kind: str, some: Sequence[Case], knowledge: Knowledge, entailment: Entailment, show: int
) -> str:
    """How the claims of one kind are judged."""
    labels: Counter[str] = Counter()
    for case in some:
        hidden = kind == "its passage hidden"
        searcher = Without(knowledge, case.passage.id) if hidden else knowledge
        claim = Claim(id="c", text=case.claim, kind="prose")
        (verdict,) = verify([claim], searchers=[searcher], entailment=entailment, policy=Policy())
        labels[verdict.label] += 1
        if show > 0 and (verdict.label == "supported") != (kind == "true"):
            show -= 1
            print(f"  {verdict.label} {verdict.score:.2f}  {case.claim}\n      {verdict.reason}")
    cells = "".join(f"{labels[label]:18}" for label in LABELS)
    return f"{kind:20}{len(some):8}{cells}"


if __name__ == "__main__":
    main()
