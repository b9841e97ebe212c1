"""What `guard doctor` says of Python, the processor and the packages that guard needs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from typing import Literal

from guard.errors import INSTALL

DISTRIBUTION = "guard-llm"
# `all` repeats the others, and `dev` is for working on guard itself.
NOT_SHOWN = {"all", "dev"}


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at.

    A `note` can be lived with and a `problem` cannot; both carry the one line that mends them.
    """

    name: str
    status: Literal["ok", "note", "problem"]
    detail: str
    fix: str | None = None


def python() -> Check:
    """Whether this Python is one that guard supports."""
    found = platform.python_version()
    wanted = _requires_python()
    detail = f"{found} on {platform.system()} {platform.machine()}"
    if not wanted or _satisfies(found, wanted):
        return Check(name="python", status="ok", detail=detail)
    fix = "make the virtual environment with another Python, for example python3.11 -m venv .venv"
    detail += f"; guard needs {wanted}"
    return Check(name="python", status="problem", detail=detail, fix=fix)


def _requires_python() -> str | None:
    try:
        wanted: str | None = metadata(DISTRIBUTION)["Requires-Python"]
        return wanted
    except PackageNotFoundError:
        return None


def packages() -> Iterator[Check]:
    """guard itself, what it needs, and each extra."""
    try:
        yield Check(name="guard", status="ok", detail=version(DISTRIBUTION))
        extras = [x for x in metadata(DISTRIBUTION).get_all("Provides-Extra") or [] if x]
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        detail, fix = f"the distribution {DISTRIBUTION} is not installed", "pip install -e ."
        yield Check(name="guard", status="problem", detail=detail, fix=fix)
        return
    base = [line for line in lines if _extra_of(line) is None]
    for line in base:
        yield _package(line, name="package", extra=None)
    for extra in sorted(set(extras) - NOT_SHOWN):
        for line in (line for line in lines if _extra_of(line) == extra):
            yield _package(line, name=f"extra {extra}", extra=extra)


def _extra_of(line: str) -> str | None:
    """The extra that a requirement belongs to: `x>=1; extra == "dev"` gives dev."""
    _, _, marker = line.partition(";")
    _, found, quoted = marker.partition("extra ==")
    return quoted.strip(" \"')") if found else None


def _package(line: str, *, name: str, extra: str | None) -> Check:
    requirement = line.partition(";")[0].strip()
    end = next((i for i, char in enumerate(requirement) if char in "<>=!~[ ("), len(requirement))
    package, wanted = requirement[:end], requirement[end:].rpartition("]")[2]
    try:
        found = version(package)
    except PackageNotFoundError:
        detail = f"{package} is not installed"
        if extra is not None:
            return Check(name=name, status="note", detail=detail, fix=INSTALL.format(extra=extra))
        return Check(name=name, status="problem", detail=detail, fix=f"pip install '{requirement}'")
    if _satisfies(found, wanted):
        return Check(name=name, status="ok", detail=f"{package} {found}")
    # A wrong version breaks in ways that an absent package does not, so it is always a problem.
    detail = f"{package} {found}, but guard needs {wanted}"
    return Check(name=name, status="problem", detail=detail, fix=f"pip install '{requirement}'")


def _satisfies(found: str, wanted: str) -> bool:
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:  # it comes with transformers, whose absence is told anyway
        return True
    return SpecifierSet(wanted).contains(found, prereleases=True)


def threads() -> Check:
    """How many cores the models can use."""
    affinity = getattr(os, "sched_getaffinity", None)
    usable = len(affinity(0)) if affinity else os.cpu_count() or 1
    limit = os.environ.get("OMP_NUM_THREADS")
    detail = f"{usable} of {os.cpu_count()} cores usable"
    return Check(
        name="threads",
        status="ok",
        detail=f"{detail}, OMP_NUM_THREADS={limit}" if limit else detail,
    )
