"""What can go wrong, as one small tree.

    GuardError
    |- UsageError                 the caller's to mend; the CLI exits with 2
    |  |- ConfigError             a key, value or file of the configuration
    |  |- SchemaError             not JSON, not a schema, unsatisfiable, remote $ref
    |  |- InputError              a prompt, document or line that cannot be read
    |  `- MissingExtraError       an optional package is not installed
    `- RunError                   the work could not be done; the CLI exits with 3
       |- ModelError              a model could not be loaded or did not answer
       |  `- ServerError          a model server was down, slow, busy or answered nonsense
       |- OutputError             a model's text does not satisfy the schema
       |- NotCleanError           a verdict that the policy answers with `fail`
       `- KnowledgeError          an index is missing, damaged or of another encoder

Every error has a `message` that says what and where, a `hint` that says what to do, and
`retryable`: whether the same call may succeed later.
"""

from __future__ import annotations

from typing import ClassVar

from guard.types import Report, Violation

INSTALL = "pip install 'guard-llm[{extra}]'"


class GuardError(Exception):
    """The root of the tree. `exit_code` is what the CLI ends with."""

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str | None = None, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(GuardError):
    """The call itself is wrong: the caller can mend it."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file, environment variable or argument is not what it must be."""


class SchemaError(UsageError):
    """A schema cannot be used: it is not JSON, not a schema, unsatisfiable or refers elsewhere."""


class InputError(UsageError):
    """A prompt, a document or a line of input cannot be read."""


class MissingExtraError(UsageError):
    """A package that this call needs is in an extra which is not installed."""

    def __init__(self, package: str, *, extra: str, what: str) -> None:
        super().__init__(
            f"{what} needs the package {package}, which is not installed",
            hint=INSTALL.format(extra=extra),
        )


class RunError(GuardError):
    """The call is right but the work could not be done."""


class ModelError(RunError):
    """A model could not be loaded, or did not write."""


class ServerError(ModelError):
    """A model server could not be reached, was too slow, refused, or answered nonsense."""


class OutputError(RunError):
    """A model's text does not satisfy the schema, after every attempt.

    `violations` say why and `text` is the last attempt, so that nothing is lost.
    """

    def __init__(
        self,
        message: str,
        *,
        violations: tuple[Violation, ...] = (),
        text: str = "",
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint, retryable=True)
        self.violations = violations
        self.text = text


class CancelledError(RunError):
    """The caller stopped the writing before there was an answer. Nothing of it is kept."""


class NotCleanError(RunError):
    """An answer was withheld: it breaks its schema, or the policy says `fail` to a verdict.

    `report` has everything, the answer included.
    """

    exit_code = 1

    def __init__(self, message: str, *, report: Report) -> None:
        super().__init__(message, hint="see the report, or change the policy's action")
        self.report = report


class KnowledgeError(RunError):
    """A knowledge base is missing, damaged, or made with another encoder."""
