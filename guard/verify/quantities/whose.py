"""Whether a value of the evidence is the claim's own, or of another name than the claim's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guard.verify.quantities.placing import Placed

Names = frozenset[str]

SAID = 0.5
"""The share of the claim's words that are no names which a rival's sentence has at least."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The names that a claimed value is of, as far as the evidence has them.

    `said` are all words of the claim, `known` the names of the evidence.
    """

    names: Names
    said: Names
    known: Names

    def share(self, other: Placed) -> int:
        """How many of the names a value of the evidence is of."""
        return len(self.names & other.holders)

    def apart(self, other: Placed) -> bool:
        """Whether a value of the evidence is of other names only."""
        return bool(self.names and other.holders - self.said) and not self.share(other)

    def yields(self, mine: Placed, rival: Placed, claimed: Placed) -> bool:
        """Whether a value is not the claim's because a rival, as much to the point, is.

        The rival is of more of the claim's names, and the value is of a name that neither has.
        """
        if self.share(mine) >= self.share(rival) or not self.names <= rival.holders:
            return False
        missing = self.names - mine.holders
        other = mine.holders - rival.holders - self.said
        coded = any(any(c.isdigit() for c in name) for name in missing & rival.holders)
        alone = claimed.alone or coded
        if not alone and self.share(mine):
            return False  # a claim of several facts has names for each of them
        return bool(other or coded) and self.as_close(claimed, mine, rival, alone=alone)

    def as_close(self, claimed: Placed, mine: Placed, rival: Placed, *, alone: bool) -> bool:
        """Whether a rival is as much to the point as a value, by what is counted and the words
        in the clause and in the sentence that are no names."""
        vague = rival.quantity.weak and not rival.quantity.key
        if vague or (mine.noun != rival.noun and claimed.noun):
            return False
        far = claimed.far - self.known
        if len(far & rival.far) < len(far & mine.far):
            return False
        if mine.far == rival.far and alone:
            return True  # clauses of one sentence leave out what they have in common
        if len(far & rival.far) < SAID * len(far):
            return False
        near = claimed.near - self.known
        common = len(near & rival.near)
        return common >= len(near & mine.near) and (claimed.alone or common > 0)


def whose(claimed: Placed, evidence: Sequence[Placed]) -> Whose:
    """Whose a claimed value is, among the names of this evidence."""
    known = frozenset[str]().union(*(other.holders for other in evidence))
    rows = frozenset[str]().union(*(other.holders for other in evidence if other.labelled))
    names = (claimed.holders & known) | (claimed.far & rows)
    return Whose(names=names, said=claimed.far | claimed.holders | claimed.names, known=known)
