"""Values that sit beside each other: in a sentence, a list, a table; and what is computed."""

from __future__ import annotations

import random

from swap_words import FIRMS, PEOPLE, PLACES, PRODUCTS, Case, in_words, plain

PAIRS = (
    ("engineers", "technicians"), ("apple trees", "pear trees"), ("cows", "sheep"),
    ("teachers", "nurses"), ("buses", "trams"), ("windows", "doors"), ("novels", "plays"),
    ("wins", "defeats"), ("adults", "children"), ("lorries", "vans"),
)  # fmt: skip


def two_counts(chance: random.Random) -> Case:
    one, two = chance.choice(PAIRS)
    place = chance.choice(PLACES)
    first, second = chance.sample(range(12, 95), 2)
    written = chance.choice(
        (
            "{p} counted {a} {x} and {b} {y}.",
            "There were {a} {x} in {p}, but {b} {y}.",
            "{a} {x} and {b} {y} were registered in {p}.",
        )
    )
    spell = chance.choice((str, str, in_words))
    evidence = written.format(p=place, a=first, b=second, x=one, y=two)
    claim = chance.choice(
        ("{p} had {v} {x}.", "There were {v} {x} in {p}.", "In {p}, {v} {x} were counted.")
    )
    noun, right, wrong = chance.choice([(one, first, second), (two, second, first)])
    return Case(
        evidence[0].upper() + evidence[1:],
        *(claim.format(p=place, v=spell(v), x=noun) for v in (right, wrong)),
    )


def two_holders(chance: random.Random) -> Case:
    """One sentence that gives two names a value each."""
    one, two = chance.sample(PLACES, 2)
    first, second = chance.sample(range(120, 980), 2)
    written, said = chance.choice(
        [
            ("The tower of {a} is {x} m tall, and that of {b} is {y} m tall.",
             "The tower of {n} has a height of {v} m."),
            ("{a} has {x} lamps, whereas {b} has {y} lamps.", "There are {v} lamps in {n}."),
            ("While {a} sold {x} tickets, {b} sold {y} tickets.", "{v} tickets were sold in {n}."),
            ("The pass to {a} opened in 1{x}, the pass to {b} in 1{y}.",
             "The pass to {n} was opened in 1{v}."),
            ("{a} sent {x} tonnes of grain; {b} sent {y} tonnes.",
             "{v} tonnes of grain came from {n}."),
        ]
    )  # fmt: skip
    name, right, wrong = chance.choice([(one, first, second), (two, second, first)])
    return Case(
        written.format(a=one, b=two, x=first, y=second),
        *(said.format(n=name, v=v) for v in (right, wrong)),
    )


def respectively(chance: random.Random) -> Case:
    names = chance.sample(PLACES, chance.choice((2, 3)))
    values = chance.sample(range(20, 98), len(names))

    def joined(items: list[str]) -> str:
        return f"{', '.join(items[:-1])} and {items[-1]}"

    written, said = chance.choice(
        [
            ("{n} have {v} schools, respectively.", "{n} has {v} schools."),
            ("The walls of {n} are {v} m high, respectively.", "The wall of {n} is {v} m high."),
            ("{n} sent {v} delegates respectively.", "{v} delegates came from {n}."),
            ("The wells of {n} are {v} metres deep, respectively.",
             "The depth of the well in {n} is {v} metres."),
        ]
    )  # fmt: skip
    which, wrong = chance.sample(range(len(names)), 2)
    evidence = written.format(n=joined(names), v=joined([str(v) for v in values]))
    return Case(evidence, *(said.format(n=names[which], v=values[i]) for i in (which, wrong)))


COLUMNS = (
    ("Length (km)", (12, 90), "The {n} line is {v} km long."),
    ("Founded", (1820, 1990), "{n} was founded in {v}."),
    ("Staff", (21, 99), "{n} has a staff of {v}."),
    ("Height (m)", (101, 399), "The height of {n} is {v} m."),
    ("Price (€)", (401, 799), "{n} has a price of €{v}."),
    ("Stations", (5, 20), "{n} has {v} stations."),
    ("Mass (kg)", (1001, 1810), "{n} has a mass of {v} kg."),
)


def tables(chance: random.Random) -> Case:
    columns = chance.sample(COLUMNS, 3)
    names = chance.sample([*PLACES, *PRODUCTS], 3)
    grid = [[chance.randrange(*numbers) for _, numbers, _ in columns] for _ in names]
    for place in range(3):  # no two rows alike in a column
        while len({row[place] for row in grid}) < 3:
            for row in grid:
                row[place] = chance.randrange(*columns[place][1])
    heads = [head for head, _, _ in columns]
    row, rival = chance.sample(range(3), 2)
    column = chance.randrange(3)
    wrong = grid[rival][column]
    if chance.random() < 0.4:
        wrong = grid[row][(column + 1) % 3]
    claim = columns[column][2]
    if chance.random() < 0.7:
        lines = ["| Name | " + " | ".join(heads) + " |", "|---" * 4 + "|"]
        lines += [
            f"| {name} | " + " | ".join(map(str, values)) + " |"
            for name, values in zip(names, grid, strict=True)
        ]
    else:
        lines = ["Name; " + "; ".join(heads)]
        lines = [
            f"Name: {name}; " + "; ".join(f"{h}: {v}" for h, v in zip(heads, values, strict=True))
            for name, values in zip(names, grid, strict=True)
        ]
    return Case(
        "\n".join(lines),
        claim.format(n=names[row], v=grid[row][column]),
        claim.format(n=names[row], v=wrong),
    )


KEYS = (
    ("Doors", "{n} has {v} doors.", (2, 9)), ("Weight", "{n} weighs {v} kg.", (110, 190)),
    ("Length", "The length of {n} is {v} m.", (31, 79)), ("Seats", "{n} has {v} seats.", (12, 30)),
    ("Year built", "{n} was built in {v}.", (1890, 1990)),
    ("Total", "The amount due for {n} is ${v}.", (201, 400)),
    ("Top speed", "The top speed of {n} is {v} km/h.", (191, 199)),
)  # fmt: skip
UNITS = {"Weight": "{v} kg", "Length": "{v} m", "Total": "${v}", "Top speed": "{v} km/h"}


def fields(chance: random.Random) -> Case:
    """Lines of keys and values, as a list or one after the other."""
    name = chance.choice(PRODUCTS)
    chosen = chance.sample(KEYS, 4)
    values = [chance.randrange(*numbers) for _, _, numbers in chosen]
    lines = [
        f"{key}: {UNITS.get(key, '{v}').format(v=value)}"
        for (key, _, _), value in zip(chosen, values, strict=True)
    ]
    mark = chance.choice(("", "- ", "* "))
    which, rival = chance.sample(range(4), 2)
    claim = chosen[which][1]
    wrong = chance.choice((values[rival], values[which] + chance.randint(1, 9)))
    return Case(
        f"{name}\n" + "\n".join(mark + line for line in lines),
        claim.format(n=name, v=values[which]),
        claim.format(n=name, v=wrong),
    )


def lists(chance: random.Random) -> Case:
    """Items of a list, each with its name."""
    pool = chance.choice((PEOPLE, FIRMS, PLACES))
    names = chance.sample(list(pool), 4)
    values = chance.sample(range(31, 99), 4)
    head, item, said = chance.choice(
        [
            ("Points of the season:", "{n}: {v}", "{n} got {v} points."),
            ("Donations in thousand euros:", "{n}: {v}", "{n} gave {v} thousand euros."),
            ("Votes in the last round:", "{n} – {v} votes", "{n} received {v} votes."),
            ("Deliveries of the week:", "{n} ({v} crates)", "{v} crates went to {n}."),
        ]
    )
    lines = [f"- {item.format(n=n, v=v)}" for n, v in zip(names, values, strict=True)]
    which, rival = chance.sample(range(4), 2)
    return Case(
        head + "\n" + "\n".join(lines),
        said.format(n=names[which], v=values[which]),
        said.format(n=names[which], v=values[rival]),
    )


def arithmetic(chance: random.Random) -> Case:
    place = chance.choice(PLACES)
    a, b = chance.randrange(40, 90), chance.randrange(11, 39)
    off = chance.choice((-7, -3, 4, 9))
    percent = chance.choice((10, 20, 25, 50))
    base = chance.randrange(2, 20) * 20
    return chance.choice(
        [
            Case(
                f"{place} has {a} buses and {b} trams.",
                f"Together, {place} has {a + b} buses and trams.",
                f"Together, {place} has {a + b + off} buses and trams.",
            ),
            Case(
                f"In spring {place} had {a} beehives. In autumn it had {b} beehives.",
                f"From spring to autumn {place} lost {a - b} beehives.",
                f"From spring to autumn {place} lost {a - b + off} beehives.",
            ),
            Case(
                f"Output in {place} rose from {base} tonnes to {base * (100 + percent) // 100} "
                "tonnes.",
                f"Output in {place} rose by {percent} %.",
                f"Output in {place} rose by {percent + abs(off)} %.",
            ),
            Case(
                f"The three wells of {place} gave {a}, {a + 3} and {a + 6} litres.",
                f"The wells of {place} gave {a + 3} litres on average.",
                f"The wells of {place} gave {a + 3 + off} litres on average.",
            ),
            Case(
                f"A loaf costs €{plain(a / 10)} in {place}, a cake €{plain(b / 10)}.",
                f"In {place} a loaf and a cake cost €{plain((a + b) / 10)} together.",
                f"In {place} a loaf and a cake cost €{plain((a + b + off) / 10)} together.",
            ),
            Case(
                f"Of the {base} houses in {place}, {base * percent // 100} are empty.",
                f"{percent} % of the houses in {place} are empty.",
                f"{percent + abs(off)} % of the houses in {place} are empty.",
            ),
            Case(
                f"{place} spent €{a} million on roads and €{b} million on schools.",
                f"The sum of €{a} million and €{b} million is €{a + b} million.",
                f"The sum of €{a} million and €{b} million is €{a + b + off} million.",
            ),
        ]
    )


FAMILIES = {
    "two counts": two_counts,
    "two holders": two_holders,
    "respectively": respectively,
    "tables": tables,
    "fields": fields,
    "lists": lists,
    "arithmetic": arithmetic,
}
