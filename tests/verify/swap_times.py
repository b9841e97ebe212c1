"""Dates and times of day that are swapped."""

from __future__ import annotations

import random
from collections.abc import Callable

from swap_words import MONTHS, PEOPLE, PLACES, Case, among, suffixed

Day = tuple[int, int, int]
EVENTS = (
    ("The {n} observatory opened on {v}.", "On {v} the observatory in {n} was opened."),
    ("Fire destroyed the mill at {n} on {v}.", "The mill at {n} burned down on {v}."),
    ("The treaty of {n} was signed on {v}.", "Envoys signed the treaty of {n} on {v}."),
    ("The town hall of {n} was finished on {v}.", "{n} finished its town hall on {v}."),
)
YEARS = (
    ("The {n} observatory opened in {v}.", "The observatory of {n} was opened {w}."),
    ("The mill at {n} burned down in {v}.", "Fire took the mill at {n} {w}."),
    ("The railway reached {n} in {v}.", "{n} was reached by the railway {w}."),
    ("The first school of {n} was built in {v}.", "{n} built its first school {w}."),
)


def day(chance: random.Random) -> Day:
    return chance.randrange(1850, 2020), chance.randrange(1, 13), chance.randrange(13, 28)


def moved(chance: random.Random, when: Day) -> Day:
    """Another day: one part of the date differs."""
    year, month, number = when
    return chance.choice(
        [
            (year + chance.choice((-10, -1, 1, 3)), month, number),
            (year, month % 12 + 1, number),
            (year, month, number - chance.randint(1, 9)),
        ]
    )


FORMS: tuple[Callable[[Day], str], ...] = (
    lambda d: f"{d[2]} {MONTHS[d[1] - 1]} {d[0]}",
    lambda d: f"{MONTHS[d[1] - 1]} {d[2]}, {d[0]}",
    lambda d: f"{d[0]}-{d[1]:02}-{d[2]:02}",
    lambda d: f"{suffixed(d[2])} {MONTHS[d[1] - 1][:3]} {d[0]}",
    lambda d: f"{d[2]}/{d[1]}/{d[0]}",
    lambda d: f"the {suffixed(d[2])} of {MONTHS[d[1] - 1]}, {d[0]}",
)


def dates(chance: random.Random) -> Case:
    written, said = chance.choice(EVENTS)
    place, another = chance.sample(PLACES, 2)
    when, far = day(chance), day(chance)
    here, there = chance.sample(FORMS, 2)
    evidence = among(
        chance, written.format(n=place, v=here(when)), [written.format(n=another, v=here(far))]
    )
    wrong = far if another in evidence and chance.random() < 0.35 else moved(chance, when)
    return Case(evidence, *(said.format(n=place, v=there(d)) for d in (when, wrong)))


def century(year: int) -> str:
    return f"in the {suffixed((year - 1) // 100 + 1)} century"


def periods(chance: random.Random) -> Case:
    written, said = chance.choice(YEARS)
    place, another = chance.sample(PLACES, 2)
    year = chance.randrange(1830, 2018)
    far = year + chance.choice((-40, 35, 60))
    decade = year // 10 * 10
    right, wrong = chance.choice(
        [
            (f"in the {decade}s", f"in the {decade + chance.choice((-10, 10, 20))}s"),
            (century(year), century(year + 100)),
            (f"before {year + 3}", f"before {year - 4}"),
            (f"after {year - 2}", f"after {year + 5}"),
            (f"between {year - 3} and {year + 2}", f"between {year + 2} and {year + 9}"),
            (f"in {year}", f"in {year + chance.choice((-1, 1, 10))}"),
            (f"by {year + 1}", f"by {year - 6}"),
        ]
    )
    evidence = among(chance, written.format(n=place, v=year), [written.format(n=another, v=far)])
    return Case(evidence, *(said.format(n=place, w=w) for w in (right, wrong)))


def parts(chance: random.Random) -> Case:
    """A month, a year or a quarter of a full date."""
    written, said = chance.choice(EVENTS)
    place = chance.choice(PLACES)
    when = day(chance)
    year, month, _ = when
    after = month % 12
    right, wrong = chance.choice(
        [
            (f"in {MONTHS[month - 1]} {year}", f"in {MONTHS[after]} {year}"),
            (f"in {year}", f"in {year + 2}"),
            (f"in the {year // 10 * 10}s", f"in the {year // 10 * 10 - 10}s"),
            (f"in {MONTHS[month - 1]}", f"in {MONTHS[after]}"),
            (f"in Q{(month - 1) // 3 + 1} {year}", f"in Q{(month + 2) // 3 % 4 + 1} {year}"),
        ]
    )
    claims = [said.replace("On {v}", "{v}").replace("on {v}", "{v}") for _ in range(2)]
    lead = claims[0].startswith("{v}")
    texts = [w[0].upper() + w[1:] if lead else w for w in (right, wrong)]
    evidence = among(
        chance,
        written.format(n=place, v=chance.choice(FORMS)(when)),
        [f"The weather in {place} was mild.", "Many guests had come by train."],
    )
    return Case(evidence, *(claims[0].format(n=place, v=w) for w in texts))


def clock(chance: random.Random) -> Case:
    place, another = chance.sample(PLACES, 2)
    hour, minute = chance.randrange(13, 23), chance.choice((0, 0, 15, 30, 45))
    forms: list[Callable[[int], str]] = [
        lambda h: f"{h}:{minute:02}",
        lambda h: f"{h - 12}:{minute:02} pm" if minute else f"{h - 12} pm",
        lambda h: f"{h - 12}.{minute:02} p.m." if minute else f"{h - 12} p.m.",
    ]
    here, there = chance.sample(forms, 2)
    written, said = chance.choice(
        [
            ("The last ferry to {n} leaves at {v}.", "At {v} the last ferry leaves for {n}."),
            ("The market in {n} closes at {v}.", "At {v} the {n} market closes."),
            ("The concert in {n} begins at {v}.", "The {n} concert starts at {v}."),
        ]
    )
    evidence = among(
        chance, written.format(n=place, v=here(hour)), [written.format(n=another, v=here(hour - 1))]
    )
    wrong = there(hour + 1)
    if chance.random() < 0.25:
        wrong = f"{hour - 12}:{minute:02} am"
    return Case(evidence, *(said.format(n=place, v=v) for v in (there(hour), wrong)))


def lives(chance: random.Random) -> Case:
    """Two people with two years each: who was born when, who died when."""
    one, two = chance.sample(PEOPLE, 2)
    born, other = chance.sample(range(1830, 1900), 2)
    ends = born + chance.randrange(50, 80), other + chance.randrange(81, 95)
    evidence = chance.choice(
        [
            f"{one} was born in {born} and died in {ends[0]}. "
            f"{two} was born in {other} and died in {ends[1]}.",
            f"{one} ({born}–{ends[0]}) taught {two} ({other}–{ends[1]}).",
            f"The painter {one}, born in {born}, met the poet {two}, born in {other}.",
        ]
    )
    claim = chance.choice(("{n} was born in {v}.", "The birth year of {n} is {v}."))
    return Case(evidence, claim.format(n=one, v=born), claim.format(n=one, v=other))


FAMILIES = {
    "dates": dates,
    "periods": periods,
    "parts of dates": parts,
    "clock": clock,
    "two lives": lives,
}
