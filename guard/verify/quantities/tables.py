"""Markdown tables: which header and which row a cell belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from guard.verify.quantities.tokens import Tokens

RULE = frozenset("|-:–—+")


class Cell(NamedTuple):
    """A cell of a table's body: its tokens, the column's header's, and the row's first cell's."""

    inside: range
    header: range
    row: range


def cells(tokens: Tokens) -> list[Cell]:
    """The cells of every table in `tokens`, in order."""
    return [cell for block in blocks(tokens) for cell in body(tokens, block)]


def cell_at(found: Sequence[Cell], index: int) -> Cell | None:
    """The cell that holds the token at `index`, if one does."""
    place = bisect_right(found, index, key=lambda cell: cell.inside.start) - 1
    return found[place] if place >= 0 and index in found[place].inside else None


def blocks(tokens: Tokens) -> Iterator[list[range]]:
    """Runs of at least three lines that start with a stroke, the second one a rule."""
    block: list[range] = []
    for line in lines(tokens):
        if tokens[line.start].text == "|":
            block.append(line)
            continue
        if is_table(tokens, block):
            yield block
        block = []
    if is_table(tokens, block):
        yield block


def lines(tokens: Tokens) -> Iterator[range]:
    """The lines of `tokens`."""
    start = 0
    for index in range(1, len(tokens) + 1):
        if index == len(tokens) or "\n" in tokens[index].gap:
            yield range(start, index)
            start = index


def is_table(tokens: Tokens, block: Sequence[range]) -> bool:
    """Whether lines are a table: a header, a rule and a row."""
    return len(block) > 2 and all(tokens[index].text in RULE for index in block[1])


def body(tokens: Tokens, block: Sequence[range]) -> Iterator[Cell]:
    """The cells of the rows under the rule, each with its header and the first cell of its row."""
    header = columns(tokens, block[0])
    for line in block[2:]:
        row = columns(tokens, line)
        for place, inside in enumerate(row):
            top = header[place] if place < len(header) else range(0)
            yield Cell(inside, top, row[0] if place else range(0))


def columns(tokens: Tokens, line: range) -> list[range]:
    """The ranges of tokens between the strokes of a line."""
    strokes = [index for index in line if tokens[index].text == "|"]
    if tokens[line.stop - 1].text != "|":
        strokes.append(line.stop)
    return [range(left + 1, right) for left, right in pairwise(strokes)]
