"""Numbers and dates of a claim, written otherwise (still true) or changed (no longer true)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}

_MONTH = "|".join(MONTHS)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}}) ({_MONTH}),? (\d{{4}})\b")
_MONTH_FIRST = re.compile(rf"\b({_MONTH}) (\d{{1,2}}),? (\d{{4}})\b")
_NUMBER = re.compile(
    r"(?<![\w.,/-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w/-])"
    r"|(?<![\w.,/-])\d+(?:\.\d+)?(?![\w/-])"
)
_YEAR = re.compile(r"(?<![\w.,/-])(1[5-9]\d\d|20[0-4]\d)(?![\w/-]|,\d|\.\d)")
_WORD = re.compile(rf"\b({'|'.join((*SMALL[1:], *ORDINALS))})\b", re.IGNORECASE)
_MONTHS = re.compile(rf"\b({_MONTH})\b")
_PERCENT = re.compile(r"(\d) ?(?:%|percent\b|per cent\b)")
_IN_YEAR = re.compile(r"\bin (1[5-9]\d\d|20[0-2]\d)(?![\w-]|,\d)")
_SPELLED = tuple(word for word in (*SMALL, *ORDINALS))


def has_figure(text: str) -> bool:
    """Whether `text` has a number, a number word or a month."""
    return any(pattern.search(text) for pattern in (_NUMBER, _WORD, _MONTHS))


def changed(claim: str, evidence: str, chance: random.Random) -> str | None:
    """`claim` with one of its numbers or months made another, or None if it has none.

    Half of the time, where it can, the other value is one that the evidence gives for something
    else: the hard case. A value that the evidence has beside the true one is no help to a model
    that only looks for it.
    """
    found = [*_NUMBER.finditer(claim), *_WORD.finditer(claim), *_MONTHS.finditer(claim)]
    if not found:
        return None
    match = chance.choice(found)
    other = _other(match.group(), claim, evidence, chance)
    return None if other is None else claim[: match.start()] + other + claim[match.end() :]


def _other(old: str, claim: str, evidence: str, chance: random.Random) -> str | None:
    if old in MONTHS:
        return chance.choice([month for month in MONTHS if month not in claim])
    if not old[0].isdigit():
        return _other_word(old, chance)
    year = bool(_YEAR.fullmatch(old))
    pattern = _YEAR if year else _NUMBER
    given = {m.group() for m in pattern.finditer(evidence)} - set(_NUMBER.findall(claim))
    same = sorted(g for g in given if bool(_YEAR.fullmatch(g)) == year)
    if same and chance.random() < 0.5:
        return chance.choice(same)
    return _near(old, year, chance)


def _other_word(old: str, chance: random.Random) -> str:
    words = ORDINALS if old.lower() in ORDINALS else SMALL[1:]
    new = chance.choice([word for word in words if word != old.lower()])
    return new.capitalize() if old[0].isupper() else new


def _near(old: str, year: bool, chance: random.Random) -> str:
    """A number written like `old` but of another size."""
    value = float(old.replace(",", ""))
    if year:
        return str(int(value) + chance.choice((-1, 1)) * chance.choice((1, 2, 5, 10, 20, 100)))
    factor = chance.choice((0.1, 0.5, 0.8, 0.9, 1.1, 1.25, 2, 3, 10))
    places = len(old.partition(".")[2])
    new = max(value * factor, 10.0**-places)
    if round(new, places) == value:
        new = value + chance.choice((1, 2, 3)) * 10.0**-places
    return f"{new:,.{places}f}" if "," in old else f"{new:.{places}f}"


def restated(claim: str, chance: random.Random) -> str | None:
    """`claim` with a number or date written another way, or None if there is none to rewrite."""
    ways = list(_WAYS)
    chance.shuffle(ways)
    return next((new for way in ways if (new := way(claim, chance)) not in (None, claim)), None)


def _dates(claim: str, chance: random.Random) -> str | None:
    for pattern, day, month in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        if match := pattern.search(claim):
            d, m, y = int(match[day]), MONTHS.index(match[month]) + 1, match[3]
            ways = [f"{y}-{m:02}-{d:02}", f"{d} {MONTHS[m - 1]} {y}", f"{MONTHS[m - 1]} {d}, {y}",
                    f"{MONTHS[m - 1]} {y}", y]  # fmt: skip
            return _put(claim, match, chance.choice([w for w in ways if w != match.group()]))
    return None


def _periods(claim: str, chance: random.Random) -> str | None:
    match = _IN_YEAR.search(claim)
    if not match:
        return None
    year = int(match[1])
    decade, century = year // 10 * 10, (year - 1) // 100 + 1
    ways = [
        f"in the {decade}s",
        f"in the {century}th century",
        f"after {year - chance.choice((1, 3, 10))}",
        f"before {year + chance.choice((1, 3, 10))}",
    ]
    return _put(claim, match, chance.choice([w for w in ways if "21th" not in w]))


def _numbers(claim: str, chance: random.Random) -> str | None:
    for match in _NUMBER.finditer(claim):
        if _YEAR.fullmatch(match.group()) or _MONTHS.search(claim):
            continue
        value = float(match.group().replace(",", ""))
        return _put(claim, match, chance.choice(_same(match.group(), value)))
    return None


def _same(written: str, value: float) -> list[str]:
    ways = []
    if value.is_integer() and value >= 1000:
        ways.append(f"{value:,.0f}" if "," not in written else f"{value:.0f}")
        ways += [
            f"{value / size:g} {name}"
            for name, size in SCALES.items()
            if value >= size and value / size < 1000
        ]
    if value.is_integer() and 0 < value < len(SMALL):
        ways.append(SMALL[int(value)])
    if value >= 20:
        ways += [
            f"more than {value * 0.9:.0f}",
            f"fewer than {value * 1.1 + 1:.0f}",
            f"about {_rounded(value)}",
        ]
    return ways or [written]


def _rounded(value: float) -> str:
    step = 10.0 ** (len(str(int(value))) - 2)
    return f"{round(value / step) * step:,.0f}"


def _words(claim: str, chance: random.Random) -> str | None:
    del chance
    match = _WORD.search(claim)
    word = match.group().lower() if match else ""
    return _put(claim, match, str(SMALL.index(word))) if match and word in SMALL[2:] else None


def _percent(claim: str, chance: random.Random) -> str | None:
    del chance
    match = _PERCENT.search(claim)
    if not match:
        return None
    return _put(claim, match, match[1] + (" percent" if "%" in match.group() else "%"))


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


_WAYS: Sequence[Callable[[str, random.Random], str | None]] = (
    _dates, _periods, _numbers, _words, _percent,
)  # fmt: skip
