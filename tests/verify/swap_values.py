"""Numbers, percentages, units, money, approximations, ordinals and codes that are swapped."""

from __future__ import annotations

import random
from collections.abc import Callable

from swap_words import (
    ORDINAL_WORDS,
    PLACES,
    PRODUCTS,
    Case,
    among,
    capital,
    in_words,
    plain,
    suffixed,
)

COUNTS = (
    (
        "The works at {n} employ {v} people.",
        ("{v} people work at the works in {n}.", "The {n} works have {v} employees."),
    ),
    (
        "The museum of {n} drew {v} visitors last year.",
        ("Last year {v} visitors came to the {n} museum.", "The {n} museum had {v} visitors."),
    ),
    (
        "The library of {n} holds {v} books.",
        ("There are {v} books in the library of {n}.", "{n} has a library with {v} books."),
    ),
    ("{n} has {v} inhabitants.", ("The population of {n} is {v}.", "{v} people live in {n}.")),
    (
        "The orchards around {n} produced {v} crates of apples.",
        (
            "{v} crates of apples came from the orchards around {n}.",
            "The {n} orchards yielded {v} crates of apples.",
        ),
    ),
    (
        "The stadium in {n} seats {v} spectators.",
        (
            "The {n} stadium has room for {v} spectators.",
            "{v} spectators fit into the {n} stadium.",
        ),
    ),
)


def counted(
    chance: random.Random,
    numbers: tuple[int, int],
    written: Callable[[int], str],
    said: Callable[[int], str],
    wrong: Callable[[random.Random, int], int],
) -> Case:
    """A count in one spelling, claimed in another, among counts of other places."""
    template, claims = chance.choice(COUNTS)
    place, *rest = chance.sample(PLACES, 4)
    value, *values = chance.sample(range(*numbers), 4)
    others = [template.format(n=n, v=written(v)) for n, v in zip(rest, values, strict=True)]
    evidence = among(chance, template.format(n=place, v=written(value)), others)
    false = wrong(chance, value)
    near = [v for v in values if written(v) in evidence]
    if near and chance.random() < 0.35:
        false = chance.choice(near)
    claim = chance.choice((template, *claims, *claims))
    return Case(
        evidence,
        capital(claim.format(n=place, v=said(value))),
        capital(claim.format(n=place, v=said(false))),
    )


def digit_off(chance: random.Random, value: int) -> int:
    """A number that differs in one digit, or has two exchanged."""
    digits = list(str(value))
    place = chance.randrange(len(digits))
    digits[place] = chance.choice([d for d in "123456789" if d != digits[place]])
    return int("".join(digits))


def scaled(chance: random.Random, value: int) -> int:
    """A number ten or a thousand times as large, or one that is off by a digit."""
    return chance.choice((value * 10, value * 1000, digit_off(chance, value)))


def separators(chance: random.Random) -> Case:
    marks = [lambda v: f"{v:,}", str, lambda v: f"{v:,}".replace(",", "\u202f")]
    written, said = chance.sample(marks, 2)
    return counted(chance, (1_100, 980_000), written, said, digit_off)


def magnitudes(chance: random.Random) -> Case:
    forms = [
        lambda v: f"{v * 100_000:,}",
        lambda v: f"{plain(v / 10)} million",
        lambda v: f"{v * 100:,} thousand" if v < 10 else f"{plain(v / 10)} mn",
    ]
    written, said = chance.sample(forms, 2)
    return counted(chance, (11, 98), written, said, scaled)


def number_words(chance: random.Random) -> Case:
    forms = [in_words, str] if chance.random() < 0.5 else [str, in_words]
    return counted(chance, (13, 900), forms[0], forms[1], digit_off)


UNITS = (
    (
        ("{v} km", 1),
        ("{v} m", 1000),
        "The trail from {n} is {x} long.",
        "From {n} the trail runs for {x}.",
        (2, 60),
    ),
    (
        ("{v} m", 1),
        ("{v} cm", 100),
        "The gate of {n} is {x} wide.",
        "The gate of {n} has a width of {x}.",
        (2, 12),
    ),
    (
        ("{v} kg", 1),
        ("{v} pounds", 2.20462),
        "The bell of {n} weighs {x}.",
        "The weight of the bell in {n} is {x}.",
        (120, 900),
    ),
    (
        ("{v} miles", 1),
        ("{v} km", 1.609344),
        "The canal at {n} is {x} long.",
        "The {n} canal has a length of {x}.",
        (12, 90),
    ),
    (
        ("{v} GB", 1),
        ("{v} MB", 1000),
        "The archive of {n} takes {x}.",
        "{x} of storage hold the archive of {n}.",
        (3, 80),
    ),
    (
        ("{v} tonnes", 1),
        ("{v} kg", 1000),
        "The crane in {n} lifts {x}.",
        "The crane in {n} can lift {x}.",
        (2, 60),
    ),
    (
        ("{v} hours", 1),
        ("{v} minutes", 60),
        "The ferry to {n} takes {x}.",
        "It takes {x} to reach {n} by ferry.",
        (2, 9),
    ),
    (
        ("{v} litres", 1),
        ("{v} ml", 1000),
        "The jug from {n} holds {x}.",
        "The jug from {n} has a volume of {x}.",
        (2, 9),
    ),
    (
        ("{v} ha", 1),
        ("{v} m²", 10_000),
        "The park of {n} covers {x}.",
        "The area of the park in {n} is {x}.",
        (2, 60),
    ),
    (
        ("{v} kW", 1),
        ("{v} watts", 1000),
        "The pump at {n} draws {x}.",
        "The pump at {n} has a power of {x}.",
        (2, 60),
    ),
)


def units(chance: random.Random) -> Case:
    one, two, written, said, numbers = chance.choice(UNITS)
    (here, here_size), (there, there_size) = chance.sample((one, two), 2)
    place, *rest = chance.sample(PLACES, 3)
    value, wrong, *values = chance.sample(range(*numbers), 4)

    def spelled(form: str, size: float, number: float) -> str:
        amount = number * size
        return form.format(v=f"{round(amount):,}" if amount >= 100 else plain(round(amount, 1)))

    others = [
        written.format(n=n, x=spelled(here, here_size, v))
        for n, v in zip(rest, values, strict=True)
    ]
    evidence = among(chance, written.format(n=place, x=spelled(here, here_size, value)), others)
    false = spelled(there, there_size, wrong)
    if chance.random() < 0.3:  # the number stays, the unit changes
        false = spelled(there, here_size, value)
    return Case(
        evidence,
        capital(said.format(n=place, x=spelled(there, there_size, value))),
        capital(said.format(n=place, x=false)),
    )


def temperatures(chance: random.Random) -> Case:
    place, another = chance.sample(PLACES, 2)
    value, wrong, far = chance.sample(range(-10, 46), 3)
    warm = chance.choice(
        (
            "The spring at {n} has a temperature of {x}.",
            "In {n} the record stands at {x}.",
            "The cellar of {n} is kept at {x}.",
        )
    )
    evidence = among(
        chance, warm.format(n=place, x=f"{value} °C"), [warm.format(n=another, x=f"{far} °C")]
    )
    said = warm.replace("has a temperature of", "is at").replace("stands at", "is")
    fahrenheit = [f"{plain(round(v * 1.8 + 32))} °F" for v in (value, wrong)]
    if chance.random() < 0.25:
        fahrenheit[1] = f"{value} °F"
    return Case(evidence, *(said.format(n=place, x=x) for x in fahrenheit))


PARTS = {
    "a quarter": 25,
    "half": 50,
    "three quarters": 75,
    "a fifth": 20,
    "two fifths": 40,
    "a tenth": 10,
    "three tenths": 30,
    "four fifths": 80,
    "one in five": 20,
    "one in four": 25,
    "one in ten": 10,
    "three in ten": 30,
    "two in five": 40,
}


def shares(chance: random.Random) -> Case:
    place = chance.choice(PLACES)
    part, percent = chance.choice(list(PARTS.items()))
    wrong = chance.choice([p for p in PARTS.values() if p != percent])
    of = f"{part} of" if " in " not in part else part
    topic, noun = chance.choice(
        [("walk to school", "pupils"), ("voted by post", "voters"), ("burn wood", "households")]
    )
    far = f"In {other_place(chance, place)}, {percent + 7} % of the {noun} {topic}."
    worded = f"In {place}, {of} {'the ' if ' in ' not in part else ''}{noun} {topic}."
    digits = [f"{p} % of the {noun} in {place} {topic}." for p in (percent, wrong)]
    if chance.random() < 0.5:
        return Case(among(chance, worded, [far]), *digits)
    evidence = among(chance, f"In {place}, {percent} percent of the {noun} {topic}.", [far])
    wrong_part = chance.choice([p for p, v in PARTS.items() if v != percent])
    return Case(evidence, worded, worded.replace(part, wrong_part))


def other_place(chance: random.Random, *taken: str) -> str:
    return chance.choice([place for place in PLACES if place not in taken])


def percentages(chance: random.Random) -> Case:
    place, another = chance.sample(PLACES, 2)
    value, wrong, far = (v / 10 for v in chance.sample(range(11, 900), 3))
    written = chance.choice(
        (
            "Rents in {n} rose by {v} %.",
            "Turnout in {n} was {v} %.",
            "{v} % of the roofs in {n} are tiled.",
        )
    )
    said = chance.choice(
        (written, written.replace(" %", " percent"), written.replace(" %", " per cent"))
    )
    evidence = among(
        chance, written.format(n=place, v=plain(value)), [written.format(n=another, v=plain(far))]
    )
    if chance.random() < 0.3 and another in evidence:
        wrong = far
    return Case(evidence, *(said.format(n=place, v=plain(v)) for v in (value, wrong)))


def approximations(chance: random.Random) -> Case:
    value = chance.randrange(210, 980)
    low, high = value // 100 * 100, value // 100 * 100 + 100
    place, another = chance.sample(PLACES, 2)
    right, wrong = chance.choice(
        [
            (f"about {round(value, -1)}", f"about {value + 160}"),
            (f"more than {low}", f"more than {high}"),
            (f"at least {low}", f"at least {high + 1}"),
            (f"fewer than {high + 1}", f"fewer than {low}"),
            (f"at most {high}", f"at most {low - 1}"),
            (f"between {low} and {high}", f"between {high + 50} and {high + 150}"),
            (f"nearly {high}" if high - value < 10 else f"over {low - 10}", f"over {high + 20}"),
            (f"roughly {round(value, -1)}", f"roughly {value * 2}"),
        ]
    )
    written = chance.choice(
        (
            "{v} runners took part in the race at {n}.",
            "The choir of {n} sang for {v} guests.",
            "{v} trees were planted in {n}.",
        )
    )
    evidence = among(
        chance,
        written.format(n=place, v=value),
        [written.format(n=another, v=value + 400), f"The day in {place} was sunny."],
    )
    claims = (capital(written.format(n=place, v=v)) for v in (right, wrong))
    return Case(evidence, *claims)


def only_bounds(chance: random.Random) -> Case:
    """Evidence that gives a bound or a rough value: no exact claim follows, a looser one does."""
    value = chance.randrange(3, 40) * 100
    place = chance.choice(PLACES)
    given, right, wrong = chance.choice(
        [
            ("more than {a}", "over {b}", "{c}"),
            ("at least {a}", "no fewer than {a}", "more than {d}"),
            ("about {a}", "roughly {a}", "exactly {c}"),
            ("fewer than {a}", "less than {a}", "{c}"),
            ("up to {a}", "at most {a}", "at least {d}"),
            ("between {a} and {d}", "at least {a}", "more than {e}"),
        ]
    )
    fill = {"a": value, "b": value - 50 if chance.random() < 0.3 else value, "c": value + 37}
    fill |= {"d": value + 300, "e": value + 400}
    written = chance.choice(
        (
            "{v} lamps light the harbour of {n}.",
            "{v} bees live in the {n} hive.",
            "{v} tickets were sold in {n}.",
        )
    )
    filled = (capital(written.format(n=place, v=v.format(**fill))) for v in (given, right, wrong))
    return Case(*filled)


def ordinals(chance: random.Random) -> Case:
    place, another = chance.sample(PLACES, 2)
    value, wrong, far = chance.sample(range(3, 13), 3)
    written, said = chance.choice(
        [
            ("{n} finished in {v} place.", "{n} came {v} in the end."),
            ("The {v} mayor of {n} was a baker.", "A baker was the {v} mayor of {n}."),
            ("{n} held its {v} fair in May.", "The fair that {n} held in May was the {v}."),
            ("The tower of {n} is the {v} tallest.", "{n} has the {v} tallest tower."),
        ]
    )
    forms = [lambda v: ORDINAL_WORDS[v - 1], suffixed]
    chance.shuffle(forms)
    evidence = among(
        chance,
        written.format(n=place, v=forms[0](value)),
        [written.format(n=another, v=forms[0](far))],
    )
    if another in evidence and chance.random() < 0.35:
        wrong = far
    return Case(evidence, *(said.format(n=place, v=forms[1](v)) for v in (value, wrong)))


def versions(chance: random.Random) -> Case:
    product, another = chance.sample(PRODUCTS, 2)
    major, minor, patch = (chance.randrange(1, 9) for _ in range(3))
    right, wrong = f"{major}.{minor}.{patch}", f"{major}.{minor}.{patch + 1}"
    written, said = chance.choice(
        [
            ("{n} {v} fixes the clock.", "The clock is fixed in {n} {v}."),
            ("The {n} server runs version {v}.", "Version {v} runs on the {n} server."),
            ("{n} needs release {v} or newer.", "Release {v} or newer is needed by {n}."),
        ]
    )
    far = written.format(n=another, v=f"{major + 1}.{minor}.{patch}")
    evidence = among(chance, written.format(n=product, v=right), [far])
    return Case(evidence, *(said.format(n=product, v=v) for v in (right, wrong)))


def identifiers(chance: random.Random) -> Case:
    old, new = sorted(chance.sample(range(1100, 8900), 2))
    place, another = chance.sample(PLACES, 2)
    codes = [f"{chance.choice('ABKMTX')}{chance.choice('CDLRZ')}-{old}", f"KX-{new}"]
    return chance.choice(
        [
            Case(
                f"RFC {old} was the first standard of the {place} protocol. "
                f"RFC {new} is the current standard of the {place} protocol.",
                f"The current standard of the {place} protocol is RFC {new}.",
                f"The current standard of the {place} protocol is RFC {old}.",
            ),
            Case(
                f"The pump in {place} is a {codes[0]}. The pump in {another} is a {codes[1]}.",
                f"{place} has a pump of the type {codes[0]}.",
                f"{place} has a pump of the type {codes[1]}.",
            ),
            Case(
                f"The clinic of {place} follows ISO {old}. It was audited in spring.",
                f"ISO {old} is followed by the clinic of {place}.",
                f"ISO {new} is followed by the clinic of {place}.",
            ),
            Case(
                f"Order {codes[0]} went to {place}, and order {codes[1]} went to {another}.",
                f"The order for {another} was {codes[1]}.",
                f"The order for {another} was {codes[0]}.",
            ),
            Case(
                f"The {codes[0].lower()} valve was replaced at {place}.".replace(
                    codes[0].lower(), codes[0]
                ),
                f"At {place}, valve {codes[0].replace('-', '')} was replaced.",
                f"At {place}, valve {codes[0][:-1]}{(int(codes[0][-1]) + 3) % 10} was replaced.",
            ),
        ]
    )


def money(chance: random.Random) -> Case:
    place, another = chance.sample(PLACES, 2)
    value, wrong, far = chance.sample(range(12, 95), 3)
    written, said = chance.choice(
        [
            ("The new school in {n} cost {v}.", "{v} were spent on the new school in {n}."),
            ("The harbour of {n} earned {v}.", "Earnings of the harbour in {n} came to {v}."),
            ("The prize of {n} is worth {v}.", "The {n} prize is worth {v}."),
        ]
    )
    forms: list[Callable[[int], str]] = [
        lambda v: f"${plain(v / 10)} million",
        lambda v: f"{v * 100_000:,} dollars",
        lambda v: f"US${v * 100_000:,}",
        lambda v: f"{plain(v / 10)} million dollars",
    ]
    here, there = chance.sample(forms, 2)
    evidence = among(
        chance, written.format(n=place, v=here(value)), [written.format(n=another, v=here(far))]
    )
    false = there(wrong)
    if chance.random() < 0.3:
        false = there(value).replace("US$", "€").replace("$", "€").replace("dollars", "euros")
    elif another in evidence and chance.random() < 0.4:
        false = there(far)
    return Case(
        evidence,
        capital(said.format(n=place, v=there(value))),
        capital(said.format(n=place, v=false)),
    )


Family = Callable[[random.Random], Case]
FAMILIES: dict[str, Family] = {
    "separators": separators,
    "magnitudes": magnitudes,
    "number words": number_words,
    "units": units,
    "temperatures": temperatures,
    "fractions": shares,
    "percentages": percentages,
    "approximations": approximations,
    "bounds only": only_bounds,
    "ordinals": ordinals,
    "versions": versions,
    "identifiers": identifiers,
    "money": money,
}
