"""Many questions at once."""

from __future__ import annotations

from collections.abc import Sequence

from guard.generate.one import Question, answering
from guard.generate.steps import Batching, Cancelled, Outcome, one_by_one, run, together, until
from guard.models.base import Model


def generate_many(
    model: Model, questions: Sequence[Question], *, cancelled: Cancelled | None = None
) -> list[Outcome]:
    """What `generate` would give for each question, or the error it would raise; in their order.

    Prompts, schemas and samplings may all differ. A model that writes several texts in one pass
    (`write_many`) is given first attempts together, 64 at a time, then what is to be mended or
    written again; the rounding of its sums may differ from that of one text alone, and `seconds`
    are those of all that was written with an answer. Any other model writes one after another.
    No question's error touches another; once `cancelled` gives True, those that have no answer yet
    come to CancelledError.
    """
    watch = until(cancelled)
    if isinstance(model, Batching):
        write = together(model, watch)
    else:
        write = one_by_one(model, lambda _: watch)
    return run([answering(model, question) for question in questions], write)
