"""Edits are data; the answer is derived from them here. Pure functions over `guard.types`.

Two kinds of edit meet: those the policy asks for because of a verdict (their `cause` is a label),
and those of trimming (their `cause` is a rule). `derive` makes the first kind anew, keeps the
second, and applies both.
"""
