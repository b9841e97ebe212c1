"""Grammars for values: a JSON Schema in the terms of the engine that steers the writing.

    schema -> expand (alternatives of each place) -> states -> emit (plain schema) -> llguidance

llguidance enforces exactly what it accepts and refuses a schema as a whole for one keyword it does
not know; behind outlines that shows as an empty answer. So every schema is first put into plain
terms that it takes. What cannot be put so is left out, which leaves a superset: every valid value
can still be written, and whoever wrote it is checked against the whole schema afterwards.
"""

from __future__ import annotations

from guard.grammar.compiling import compile_grammar
from guard.grammar.plain import Grammar, Refusal

__all__ = ["Grammar", "Refusal", "compile_grammar"]
