"""Reports in the shapes that people and programs read: one renderer a file, one table here.

Renderers read `guard.types` only; rich and jinja2 are imported when a page is made.
"""

from __future__ import annotations

from collections.abc import Callable

from guard.errors import UsageError
from guard.report.codec import report_from_json, report_to_json, to_json
from guard.report.console import to_console
from guard.report.html import to_html
from guard.report.junit import to_junit
from guard.report.markdown import to_markdown
from guard.report.sarif import to_sarif
from guard.types import Report

__all__ = ["FORMATS", "render", "report_from_json", "report_to_json"]

_RENDERERS: dict[str, Callable[[Report], str]] = {
    "console": to_console,
    "json": to_json,
    "html": to_html,
    "markdown": to_markdown,
    "junit": to_junit,
    "sarif": to_sarif,
}
FORMATS: tuple[str, ...] = tuple(_RENDERERS)


def render(report: Report, *, format: str, color: bool = False, width: int = 100) -> str:
    """`report` as text in one of `FORMATS`, ending in a newline.

    `color` and `width` (in columns) matter to the console format only. Raises UsageError on a
    format that does not exist.
    """
    if format not in _RENDERERS:
        raise UsageError(f"no report format {format!r}", hint=f"use one of {', '.join(FORMATS)}")
    if format == "console":
        return to_console(report, color=color, width=width)
    return _RENDERERS[format](report)
