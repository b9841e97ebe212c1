"""What is said when a model gave no valid answer."""

from __future__ import annotations

from guard.errors import OutputError
from guard.types import Generation, Sampling, Violation

MAX_LISTED = 3
HINT = "try more attempts, another seed, a larger model or a simpler schema"
SERVER_HINT = "take a server that enforces schemas, or a model on this machine"


def failed(
    last: Generation,
    asked: int,
    violations: tuple[Violation, ...],
    sampling: Sampling,
    blamed: Violation | None,
) -> OutputError:
    """The error of a value that is still wrong after the model was `asked` so many times."""
    if last.finish == "length":
        return cut_off(last, violations, sampling)
    listed = "; ".join(f"{v.pointer or 'the top'}: {v.message}" for v in violations[:MAX_LISTED])
    more = f" (and {len(violations) - MAX_LISTED} more)" if len(violations) > MAX_LISTED else ""
    times = "1 attempt" if asked == 1 else f"{asked} attempts"
    return OutputError(
        f"{last.model} wrote no valid value in {times}: {listed}{more}",
        violations=(*violations, blamed) if blamed else violations,
        text=last.text,
        hint=f"{blamed.message}; {SERVER_HINT}" if blamed else HINT,
    )


def cut_off(last: Generation, violations: tuple[Violation, ...], sampling: Sampling) -> OutputError:
    """The error of an answer that was not complete when its budget was spent."""
    written = last.usage.completion_tokens
    part = "while it was thinking" if last.thinking and not last.text else "before it was complete"
    after = f" after {written:,} tokens" if written else ""  # not every server counts them
    budget = f"max_tokens is {sampling.max_tokens:,}: raise it, or ask for less"
    window = "the prompt leaves no more room in the model's window: shorten it"
    return OutputError(
        f"{last.model}'s answer was cut off{after}, {part}",
        violations=violations,
        text=last.text,
        hint=budget if not written or written >= sampling.max_tokens else window,
    )
