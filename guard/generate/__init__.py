"""Getting a text, or a value that satisfies a schema, out of a model; or an error that says why.

One engine (`one`, `mend`) in several shapes: a call, an awaited call, a stream, many at once.
"""

from __future__ import annotations

from guard.generate.many import generate_many
from guard.generate.one import Question, generate

__all__ = ["Question", "generate", "generate_many"]
