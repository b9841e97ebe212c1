"""Getting a text, or a value that satisfies a schema, out of a model; or an error that says why.

One engine (`one`, `mend`) in several shapes: a call, a stream, both for asyncio, many at once.
"""

from __future__ import annotations

from guard.generate.aio import agenerate, apart, astream
from guard.generate.many import generate_many
from guard.generate.one import Question, generate
from guard.generate.stream import Partial, stream

__all__ = [
    "Partial",
    "Question",
    "agenerate",
    "apart",
    "astream",
    "generate",
    "generate_many",
    "stream",
]
