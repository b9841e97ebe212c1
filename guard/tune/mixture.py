"""Rows to train on: a share of each labelled set, and rows made from them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from guard.errors import InputError
from guard.tune import figures, passages, persons, polarity, siblings
from guard.tune.rows import Answer, Row, read_rows
from guard.verify.windows import sentence_spans
from guard.verify.words import coverage, stems

TRIES = 12
"""So many rows are tried for each row to be made before the kind is given up."""

FLIPPED: Mapping[Answer, Answer] = {
    "supported": "contradicted",
    "contradicted": "supported",
    "neutral": "neutral",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How much of a set is taken: at most `cap` rows, each `repeat` times.

    `make` says whether rows may be made from it, `licence` under which licence it is.
    """

    cap: int
    repeat: int = 1
    make: bool = True
    licence: str = "not stated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixture:
    """Shares by set name, and how many rows of each kind in `MAKERS` are made."""

    sets: Mapping[str, Share]
    made: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Source:
    """The rows that others are made from, grouped as the makers need them."""

    rows: Sequence[Row]
    chance: random.Random
    by_label: Mapping[str, Sequence[Row]] = field(init=False)
    by_evidence: Mapping[str, Sequence[Row]] = field(init=False)
    sentences: Mapping[str, Sequence[str]] = field(init=False)
    names: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        labels: dict[str, list[Row]] = defaultdict(list)
        evidence: dict[str, list[Row]] = defaultdict(list)
        sentences: dict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            labels[row.label].append(row)
            evidence[row.evidence].append(row)
            sentences[row.source] += _sentences(row.evidence)
        names = {name for row in self.rows for name in persons.names_in(row.claim)}
        object.__setattr__(self, "by_label", labels)
        object.__setattr__(self, "by_evidence", evidence)
        object.__setattr__(self, "sentences", sentences)
        object.__setattr__(self, "names", sorted(names))

    @cached_property
    def neighbours(self) -> siblings.Neighbours:
        """The words that stand before each word, in all claims and evidence."""
        claims = (row.claim for row in self.rows)
        return siblings.neighbours(chain(claims, *self.sentences.values()))

    def any(self, *labels: str) -> Row:
        """A random row with one of the labels. Raises InputError where there is none."""
        there = [label for label in labels if self.by_label.get(label)]
        if not there:
            raise InputError(
                f"no row to make others from is {' or '.join(labels)}",
                hint="take [made] out of the recipe, or add such rows",
            )
        return self.chance.choice(self.by_label[self.chance.choice(there)])


def _sentences(evidence: str) -> list[str]:
    return [span.of(evidence) for span in sentence_spans(evidence)][:12]


def mix(mixture: Mixture, files: Mapping[str, Path], *, seed: int) -> list[Row]:
    """All rows of a mixture, in a random order that `seed` fixes.

    Raises InputError for a broken file, KeyError for a set that `files` lacks.
    """
    chance = random.Random(seed)
    rows: list[Row] = []
    makers: list[Row] = []
    for name, share in mixture.sets.items():
        found = read_rows(files[name])
        chosen = chance.sample(found, share.cap) if len(found) > share.cap else found
        rows += chosen * share.repeat
        makers += chosen if share.make else []
    source = Source(rows=makers, chance=chance)
    for kind, count in mixture.made.items():
        rows += make(kind, source, count)
    chance.shuffle(rows)
    return rows


def make(kind: str, source: Source, count: int) -> list[Row]:
    """About `count` rows of a kind in `MAKERS`; fewer where the source has not the makings."""
    made: list[Row] = []
    for _ in range(count * TRIES):
        if len(made) >= count:
            break
        made += [replace(row, source=f"{row.source} {kind}") for row in MAKERS[kind](source)]
    return made


def _changed_figure(source: Source) -> Iterator[Row]:
    """A supported claim with another number, and the same claim as it was."""
    row = source.any("supported")
    claim = figures.changed(row.claim, row.evidence, source.chance)
    if claim is None or not figures.has_figure(row.evidence):
        return
    yield replace(row, claim=claim, label="contradicted")
    if source.chance.random() < 0.5:
        yield row


def _restated_figure(source: Source) -> Iterator[Row]:
    """A supported claim with a number written otherwise, and that one with a wrong number."""
    row = source.any("supported", "supported", "contradicted")
    claim = figures.restated(row.claim, source.chance)
    if claim is None:
        return
    yield replace(row, claim=claim)
    wrong = figures.changed(claim, row.evidence, source.chance)
    if wrong is not None and row.label == "supported" and source.chance.random() < 0.3:
        yield replace(row, claim=wrong, label="not_supported")


def _renamed(source: Source) -> Iterator[Row]:
    row = source.any("supported")
    claim = persons.renamed(row.claim, row.evidence, source.names, source.chance)
    if claim is not None:
        yield replace(row, claim=claim, label="not_supported")


def _sibling(source: Source) -> Iterator[Row]:
    row = source.any("supported")
    claim = siblings.replaced(row.claim, row.evidence, source.neighbours, source.chance)
    if claim is not None:
        yield replace(row, claim=claim, label="not_supported")


def _exchanged(source: Source) -> Iterator[Row]:
    row = source.any("supported")
    claim = persons.exchanged(row.claim)
    if claim is not None:
        yield replace(row, claim=claim, label="not_supported")


def _negated(source: Source) -> Iterator[Row]:
    row = source.any("supported", "contradicted", "neutral")
    claim = polarity.negated(row.claim)
    if claim is not None:
        yield replace(row, claim=claim, label=FLIPPED[row.label])


def _opposed(source: Source) -> Iterator[Row]:
    row = source.any("supported")
    claim = polarity.opposed(row.claim, source.chance)
    if claim is not None:
        yield replace(row, claim=claim, label="contradicted")


def _deleted(source: Source) -> Iterator[Row]:
    row = passages.deleted(source.any("supported"))
    if row is not None:
        yield row


def _padded(source: Source) -> Iterator[Row]:
    row = source.any("supported", "contradicted", "neutral", "not_supported")
    if len(row.evidence.split()) > 100 or "\n" in row.evidence:
        return
    words = source.chance.choice((60, 90, 120, 160))
    yield passages.padded(row, source.sentences[row.source], words, source.chance)


def _padded_deletion(source: Source) -> Iterator[Row]:
    """Long evidence with and without the sentence that matters."""
    row = source.any("supported")
    if not 8 < len(row.evidence.split()) <= 100 or "\n" in row.evidence:
        return
    spans = sentence_spans(row.evidence)
    rest = passages.deleted(row) if len(spans) > 2 else None
    if rest is None and len(spans) == 2:
        drop = max(spans, key=lambda span: coverage(row.claim, stems(span.of(row.evidence))))
        left = row.evidence.replace(drop.of(row.evidence), "").strip()
        rest = replace(row, evidence=left, label="neutral")
    if rest is None or coverage(row.claim, stems(rest.evidence)) > 0.7:
        return
    for one in (row, rest):
        yield passages.padded(one, source.sentences[row.source], 110, source.chance)


def _joined(source: Source) -> Iterator[Row]:
    """Two claims in one, of the same evidence where it has several."""
    one = source.any("supported", "supported", "neutral", "contradicted")
    same = source.by_evidence[one.evidence]
    other = source.chance.choice(same) if len(same) > 1 else source.any("supported", "neutral")
    if one.claim == other.claim or len(one.evidence.split()) > 120 or one.source != other.source:
        return
    row = passages.joined(one, other, source.chance)
    if row is not None:
        yield row


def _extracted(source: Source) -> Iterator[Row]:
    """A claim cut from a text, and ones that the text no longer, or never, said."""
    chance = source.chance
    text = source.any("supported").evidence
    row = passages.extracted(text, "text", chance)
    if row is None:
        return
    yield row
    ways: tuple[Callable[[], Row | None], ...] = (
        lambda: passages.deleted(row),
        lambda: passages.spliced(row, chance),
        lambda: _with(row, figures.changed(row.claim, text, chance), "contradicted"),
        lambda: _with(row, persons.renamed(row.claim, text, source.names, chance), "not_supported"),
        lambda: _with(row, polarity.negated(row.claim), "contradicted"),
    )
    for way in chance.sample(ways, len(ways)):
        if (wrong := way()) is not None:
            yield wrong
            return


def _with(row: Row, claim: str | None, label: Answer) -> Row | None:
    return None if claim is None else replace(row, claim=claim, label=label)


def _told(source: Source) -> Iterator[Row]:
    row = source.chance.choice(source.rows)
    if row.evidence.count("\n") < 3:
        return
    yield from passages.told(row.evidence, row.source, source.chance) or ()


def _elsewhere(source: Source) -> Iterator[Row]:
    """A claim with the evidence of others that shares most of its words: near, but not it."""
    row = source.any("supported")
    pool = [source.chance.choice(source.rows) for _ in range(30)]
    pool = [one for one in pool if one.source == row.source and one.evidence != row.evidence]
    if not pool:
        return
    near = max(pool, key=lambda one: coverage(row.claim, stems(one.evidence)))
    if coverage(row.claim, stems(near.evidence)) < 0.8:
        yield replace(row, evidence=near.evidence, label="neutral")


MAKERS: Mapping[str, Callable[[Source], Iterator[Row]]] = {
    "changed figure": _changed_figure,
    "restated figure": _restated_figure,
    "renamed": _renamed,
    "exchanged": _exchanged,
    "sibling": _sibling,
    "negated": _negated,
    "opposed": _opposed,
    "deleted": _deleted,
    "padded": _padded,
    "padded deletion": _padded_deletion,
    "joined": _joined,
    "extracted": _extracted,
    "told": _told,
    "elsewhere": _elsewhere,
}
"""Kinds of made rows. Each maker yields the rows it can make from a random one, or none."""
