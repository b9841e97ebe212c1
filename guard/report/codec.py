"""Reports as JSON and back, read off the type hints of the dataclasses in `guard.types`.

Writing never loses anything; reading trusts nothing. Whatever is wrong with a document raises an
InputError that names the place by JSON Pointer.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, NoReturn, get_args, get_origin, get_type_hints

from guard.edits import escape
from guard.errors import InputError
from guard.files import parse_json
from guard.report.sound import problems
from guard.types import REPORT_VERSION, Json, Report

HINT: Final = "a report follows schemas/report.schema.json"
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
NAMES: Final[dict[Any, str]] = {str: "a string", bool: "true or false", int: "an integer"}


def report_to_json(report: Report) -> dict[str, Json]:
    """The report as a JSON object, every field present.

    `summary` is added for programs: it counts the verdicts per label and says whether the report
    is clean. It is derived, so reading only compares it.
    """
    body = _encode(report)
    return {"version": body.pop("version"), "summary": summary(report), **body}


def to_json(report: Report) -> str:
    """The report as indented JSON text, readable in any language."""
    return json_text(report_to_json(report))


def json_text(value: Json) -> str:
    """A JSON value as indented text that can be encoded as UTF-8, ending in a newline."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    # Half a surrogate pair is legal in a JSON string, but only as an escape.
    return LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def summary(report: Report) -> dict[str, Json]:
    """What a program wants to know first: is it clean, and how many claims got which label."""
    return {"clean": report.clean, "claims": len(report.verdicts), "counts": report.counts()}


def report_from_json(text: str, *, where: str = "report") -> Report:
    """The report that `text` holds. `where` is what errors call it.

    Raises InputError on anything that is not a report of this version, whole and consistent: not
    JSON, a missing or unknown field, a wrong type, a span outside its text, a false summary.
    """
    data = parse_json(text, where=where)
    if not isinstance(data, dict) or "version" not in data:
        raise InputError(f"{where} is not a guard report: it has no version", hint=HINT)
    _require_version(data["version"], where=where)
    claimed = data.pop("summary", None)
    report: Report = _object(Report, data, _Place(where=where, pointer=""))
    for pointer, message in problems(report):
        raise InputError(f"{where}: {pointer} {message}", hint=HINT)
    _compare_summary(claimed, summary(report), where=where)
    return report


def _require_version(version: Json, *, where: str) -> None:
    if version != REPORT_VERSION:
        raise InputError(
            f"{where} has the report version {version!r}; this guard reads {REPORT_VERSION!r}",
            hint="read it with the guard that wrote it, or check the text again",
        )


def _compare_summary(claimed: Json, derived: dict[str, Json], *, where: str) -> None:
    if claimed is None:
        raise InputError(f"{where}: /summary is missing", hint=HINT)
    if claimed != derived:
        raise InputError(
            f"{where}: /summary does not say what the verdicts say",
            hint="the file was changed by hand; check the text again",
        )


def _encode(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: _encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encode(item) for item in value]
    return value


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where decoding is: in which document, and the JSON Pointer there."""

    where: str
    pointer: str

    def at(self, key: str | int) -> _Place:
        return _Place(where=self.where, pointer=f"{self.pointer}/{escape(str(key))}")

    def refuse(self, message: str) -> NoReturn:
        raise InputError(f"{self.where}: {self.pointer or 'the document'} {message}", hint=HINT)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _decode(hint: Any, value: Json, place: _Place) -> Any:
    """`value` as the type `hint` asks for. The hints are those that `guard.types` uses."""
    if hint is Any:
        return value
    if dataclasses.is_dataclass(hint):
        return _object(hint, value, place)
    decoders: dict[Any, Callable[[Any, Json, _Place], Any]] = {
        Literal: _choice,
        tuple: _items,
        Mapping: _table,
        UnionType: _optional,
    }
    return decoders.get(get_origin(hint), _scalar)(hint, value, place)


def _object(cls: Any, value: Json, place: _Place) -> Any:
    if not isinstance(value, dict):
        place.refuse(f"must be an object, not {_kind(value)}")
    fields = {field.name: field for field in dataclasses.fields(cls)}
    for key in value.keys() - fields.keys():
        place.at(key).refuse("is not a field of a report")
    for name, field in fields.items():
        if name not in value and _required(field):
            place.at(name).refuse("is missing")
    hints = _hints(cls)
    given = {key: _decode(hints[key], item, place.at(key)) for key, item in value.items()}
    try:
        return cls(**given)
    except ValueError as error:
        place.refuse(f"is {error}")


def _required(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _choice(hint: Any, value: Json, place: _Place) -> Any:
    choices = get_args(hint)
    if not isinstance(value, str) or value not in choices:
        place.refuse(f"must be one of {', '.join(choices)}, not {_kind(value)}")
    return value


def _items(hint: Any, value: Json, place: _Place) -> tuple[Any, ...]:
    if not isinstance(value, list):
        place.refuse(f"must be an array, not {_kind(value)}")
    inner = get_args(hint)[0]
    return tuple(_decode(inner, item, place.at(index)) for index, item in enumerate(value))


def _optional(hint: Any, value: Json, place: _Place) -> Any:
    if value is None:
        return None
    (inner,) = (option for option in get_args(hint) if option is not NoneType)
    return _decode(inner, value, place)


def _table(hint: Any, value: Json, place: _Place) -> dict[str, Any]:
    if not isinstance(value, dict):
        place.refuse(f"must be an object, not {_kind(value)}")
    inner = get_args(hint)[1]
    return {key: _decode(inner, item, place.at(key)) for key, item in value.items()}


def _scalar(hint: Any, value: Json, place: _Place) -> Any:
    if hint is float:
        return _number(value, place)
    if type(value) is not hint:
        place.refuse(f"must be {NAMES[hint]}, not {_kind(value)}")
    return value


def _number(value: Json, place: _Place) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        place.refuse(f"must be a number, not {_kind(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        place.refuse("is too large a number")
    return number


def _kind(value: Json) -> str:
    """What a value is, in words short enough for a message."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "an array"
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."
