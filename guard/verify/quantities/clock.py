"""Times of day and running times."""

from __future__ import annotations

from fractions import Fraction

from guard.verify.quantities.days import When
from guard.verify.quantities.model import Reading
from guard.verify.quantities.periods import number
from guard.verify.quantities.tokens import Tokens, at, glued


def clock(tokens: Tokens, index: int) -> When | None:
    """11:00, 3:30 pm, 3 p.m., as minutes of the day; without am or pm both halves of the day."""
    hour = number(tokens, index, digits=(1, 2))
    if hour is None or hour > 24:
        return None
    minute, place = 0, index + 1
    dotted = at(tokens, place).text == "." and any(half_of_day(tokens, place + 2)[0])
    timed = (
        (at(tokens, place).text == ":" or dotted)
        and glued(tokens, place)
        and glued(tokens, place + 1)
    )
    if timed:
        found = number(tokens, place + 1, digits=(2,))
        if found is None or found > 59:
            return None
        minute, place = found, place + 2
        if at(tokens, place).text == ":" and number(tokens, place + 1, digits=(2,)) is not None:
            place += 2
    half, place = half_of_day(tokens, place)
    if not timed and not half:
        return None
    return When(clock_readings(hour, minute, half), place, kind="time")


def running_time(tokens: Tokens, index: int) -> When | None:
    """42:15 in a line on a length: minutes and seconds, or hours and minutes."""
    first, second = (number(tokens, index + step, digits=(1, 2, 3)) for step in (0, 2))
    if first is None or second is None or second > 59 or at(tokens, index + 1).text != ":":
        return None
    line = {token.low for token in tokens[max(index - 4, 0) : index]}
    if not line & {"length", "duration", "runtime", "lasts", "long", "time"}:
        return None
    values = [Fraction(60 * first + second), Fraction(3600 * first + 60 * second)]
    readings = [Reading(low=value, high=value, unit="second", surface="clock") for value in values]
    return When(tuple(readings), index + 3)


def half_of_day(tokens: Tokens, place: int) -> tuple[str, int]:
    """ "am" or "pm" at `place` in any spelling, "" when none is given."""
    token = at(tokens, place)
    if token.low in {"am", "pm"} and token.text != "Am":
        return token.low, place + 1
    dotted = [at(tokens, place + step).low for step in range(3)]
    if dotted[0] in {"a", "p"} and dotted[1:] == [".", "m"]:
        return f"{dotted[0]}m", place + 3 + (at(tokens, place + 3).text == ".")
    return "", place


def clock_readings(hour: int, minute: int, half: str) -> tuple[Reading, ...]:
    """The minutes of the day that the clock may mean."""
    if half:
        hours = [hour % 12 + (12 if half == "pm" else 0)]
    else:
        hours = [hour, hour + 12] if 1 <= hour < 12 else [hour]
    minutes = [Fraction(60 * value + minute) for value in hours]
    return tuple(Reading(low=value, high=value, unit="minute-of-day") for value in minutes)


def named_time(tokens: Tokens, index: int) -> When | None:
    """Noon and midnight."""
    value = {"noon": 720, "midnight": 0}.get(at(tokens, index).low)
    if value is None:
        return None
    reading = Reading(low=Fraction(value), high=Fraction(value), unit="minute-of-day")
    return When((reading,), index + 1, kind="time")
