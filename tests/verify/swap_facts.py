"""Names, roles, negation, opposites and quantifiers that are swapped."""

from __future__ import annotations

import random
from collections.abc import Sequence

from swap_words import FIRMS, PEOPLE, PLACES, Case, among

NAMED: dict[str, tuple[Sequence[str], Sequence[tuple[str, str]]]] = {
    "persons": (
        PEOPLE,
        [
            ("The bridge at {p} was designed by {n}.", "{n} designed the bridge at {p}."),
            ("{n} led the excavation near {p}.", "The excavation near {p} was led by {n}."),
            ("The hymn of {p} was written by {n}.", "{n} wrote the hymn of {p}."),
            ("{n} won the chess prize of {p}.", "The chess prize of {p} was won by {n}."),
            ("The mayor of {p} is {n}.", "{n} is the mayor of {p}."),
            ("{n} keeps the lighthouse of {p}.", "The lighthouse of {p} is kept by {n}."),
        ],
    ),
    "organisations": (
        FIRMS,
        [
            ("The turbines in {p} were built by {n}.", "{n} built the turbines in {p}."),
            ("{n} runs the ferry of {p}.", "The ferry of {p} is run by {n}."),
            (
                "The contract for the {p} tunnel went to {n}.",
                "{n} got the contract for the {p} tunnel.",
            ),
            ("{n} owns the cannery in {p}.", "The cannery in {p} belongs to {n}."),
            ("{n} opened a laboratory in {p}.", "A laboratory was opened in {p} by {n}."),
        ],
    ),
}


def named(chance: random.Random, kind: str) -> Case:
    """Two sentences of one kind with two names; the false claim takes the other's."""
    pool, topics = NAMED[kind]
    written, said = chance.choice(topics)
    place, another = chance.sample(PLACES, 2)
    name, rival = chance.sample(list(pool), 2)
    sentences = [written.format(p=place, n=name), written.format(p=another, n=rival)]
    if chance.random() < 0.3:
        far, _ = chance.choice(topics)
        sentences.append(far.format(p=another, n=rival))
    chance.shuffle(sentences)
    claim = chance.choice((written, said, said))
    return Case(" ".join(sentences), claim.format(p=place, n=name), claim.format(p=place, n=rival))


def persons(chance: random.Random) -> Case:
    return named(chance, "persons")


def organisations(chance: random.Random) -> Case:
    return named(chance, "organisations")


def places(chance: random.Random) -> Case:
    firm, rival = chance.sample(FIRMS, 2)
    place, another = chance.sample(PLACES, 2)
    written, said = chance.choice(
        [
            ("{n} has its head office in {p}.", "The head office of {n} is in {p}."),
            ("{n} was founded in {p}.", "{n} has its origins in {p}."),
            ("{n} trains its apprentices in {p}.", "The apprentices of {n} are trained in {p}."),
            ("The main depot of {n} lies in {p}.", "{n} has its main depot in {p}."),
        ]
    )
    sentences = [written.format(n=firm, p=place), written.format(n=rival, p=another)]
    chance.shuffle(sentences)
    claim = chance.choice((written, said, said))
    return Case(" ".join(sentences), claim.format(n=firm, p=place), claim.format(n=firm, p=another))


ACTS = (
    ("bought", "bought", FIRMS),
    ("sued", "sued", FIRMS),
    ("hired", "hired", PEOPLE),
    ("defeated", "defeated", PEOPLE),
    ("taught", "taught", PEOPLE),
    ("praised", "praised", PEOPLE),
    ("supplied", "supplied", FIRMS),
    ("replaced", "replaced", PEOPLE),
    ("owes", "owed", FIRMS),
    ("succeeded", "succeeded", PEOPLE),
    ("employs", "employed", FIRMS),
    ("visited", "visited", PEOPLE),
    ("invited", "invited", PEOPLE),
    ("financed", "financed", FIRMS),
    ("painted", "painted", PEOPLE),
)


def roles(chance: random.Random) -> Case:
    verb, past, pool = chance.choice([act for act in ACTS if act[0] == act[1]])
    one, two = chance.sample(list(pool), 2)
    place, year = chance.choice(PLACES), chance.randrange(1950, 2020)
    active, passive = f"{{a}} {verb} {{b}}", f"{{b}} was {past} by {{a}}"
    tail = chance.choice(("", f" in {year}", f" in {place}"))
    forms = [active, passive]
    written = chance.choice(forms)
    said = chance.choice((written, forms[1 - forms.index(written)]))
    evidence = among(
        chance,
        written.format(a=one, b=two) + tail + ".",
        [f"Newspapers in {place} wrote about it.", "Both were well known by then."],
    )
    ends = [tail, ""]
    end = chance.choice(ends)
    return Case(
        evidence, said.format(a=one, b=two) + end + ".", said.format(a=two, b=one) + end + "."
    )


DENIALS = (
    ("The council of {p} approved the plan.", "The council of {p} did not approve the plan."),
    ("{p} joined the customs union.", "{p} never joined the customs union."),
    ("The {p} bridge carries heavy lorries.", "The {p} bridge does not carry heavy lorries."),
    ("The museum in {p} charges an entrance fee.", "The museum in {p} charges no entrance fee."),
    ("The crew reached the summit above {p}.", "The crew failed to reach the summit above {p}."),
    ("The {p} clinic accepts new patients.", "The {p} clinic does not accept new patients."),
    ("The storm damaged the roofs of {p}.", "The storm did not damage the roofs of {p}."),
    ("The water of {p} contains lead.", "The water of {p} contains no lead."),
    ("Trains stop in {p} on Sundays.", "Trains do not stop in {p} on Sundays."),
    ("The drug from {p} reduced the fever.", "The drug from {p} failed to reduce the fever."),
    ("The works in {p} can burn coal.", "The works in {p} cannot burn coal."),
    ("The mine at {p} has reopened.", "The mine at {p} hasn't reopened."),
    ("Foreign firms may bid in {p}.", "Foreign firms may not bid in {p}."),
    ("The archive of {p} was open to students.", "The archive of {p} wasn't open to students."),
)


def negation(chance: random.Random) -> Case:
    yes, no = chance.choice(DENIALS)
    place, another = chance.sample(PLACES, 2)
    if chance.random() < 0.5:
        yes, no = no, yes
    lead = chance.choice(("", "", "According to the report, ", "In the end, "))
    claims = [sentence.format(p=place) for sentence in (yes, no)]
    if lead:
        claims = [lead + (c[0].lower() + c[1:] if not c.startswith(place) else c) for c in claims]
    evidence = among(
        chance,
        yes.format(p=place),
        [f"The region around {another} is poor.", f"{another} lies further down the valley."],
    )
    return Case(evidence, *claims)


OPPOSITES = (
    ("Exports from {p} rose last year.", "rose", "fell", "Last year exports from {p} {v}."),
    ("Rents in {p} increased sharply.", "increased", "decreased", "In {p} rents {v} sharply."),
    (
        "{p} has more bakeries than butchers.",
        "more",
        "fewer",
        "There are {v} bakeries than butchers in {p}.",
    ),
    (
        "The mayor of {p} opposed the dam.",
        "opposed",
        "supported",
        "The dam was {v} by the mayor of {p}.",
    ),
    ("The upper road to {p} is longer.", "longer", "shorter", "The upper road is {v} to {p}."),
    (
        "The bakery in {p} opened before the war.",
        "before",
        "after",
        "{v} the war the bakery in {p} opened.",
    ),
    ("Winters in {p} became colder.", "colder", "warmer", "In {p} winters grew {v}."),
    ("The harbour lies north of {p}.", "north", "south", "{v} of {p} lies the harbour."),
    (
        "The court in {p} accepted the appeal.",
        "accepted",
        "rejected",
        "The appeal was {v} by the court in {p}.",
    ),
    ("The team from {p} won the final.", "won", "lost", "The final was {v} by the team from {p}."),
    (
        "The tax in {p} is higher than elsewhere.",
        "higher",
        "lower",
        "{p} has a {v} tax than elsewhere.",
    ),
    (
        "The glacier above {p} is shrinking.",
        "shrinking",
        "growing",
        "Above {p} the glacier is {v}.",
    ),
    (
        "The works at {p} strengthened the river bank.",
        "strengthened",
        "weakened",
        "The river bank was {v} by the works at {p}.",
    ),
    (
        "The union in {p} welcomed the offer.",
        "welcomed",
        "criticised",
        "The offer was {v} by the union in {p}.",
    ),
    (
        "The {p} line is the cheapest of all.",
        "cheapest",
        "most expensive",
        "Of all lines, that of {p} is the {v}.",
    ),
    ("Fishing is allowed in {p}.", "allowed", "forbidden", "In {p} it is {v} to go fishing."),
)


def opposites(chance: random.Random) -> Case:
    written, word, turned, said = chance.choice(OPPOSITES)
    place, another = chance.sample(PLACES, 2)
    evidence = among(
        chance,
        written.format(p=place),
        [f"The road to {another} was repaired.", f"A new school stands in {another}."],
    )
    claim = said if chance.random() < 0.6 else written.replace(word, "{v}")
    claims = [claim.format(p=place, v=v) for v in (word, turned)]
    return Case(evidence, *(text[0].upper() + text[1:] for text in claims))


QUANTIFIED = (
    ("{q} of the wells in {p} {are} dry.", "In {p}, {q} of the wells {are} dry."),
    ("{q} of the boats from {p} came back.", "Of the boats from {p}, {q} came back."),
    ("{q} of the pupils in {p} passed the test.", "In {p}, {q} of the pupils passed the test."),
    ("{q} of the streets of {p} are lit at night.", "At night, {q} of the streets of {p} are lit."),
    ("{q} of the shops in {p} open on Sundays.", "On Sundays {q} of the shops in {p} open."),
)
STRONGER = (
    ("some", "some", "all"),
    ("some", "some", "none"),
    ("most", "most", "all"),
    ("none", "none", "some"),
    ("all", "all", "none"),
    ("few", "few", "most"),
    ("most", "most", "none"),
    ("all", "every one", "none"),
    ("a few", "some", "all"),
    ("most", "a majority", "a minority"),
    ("many", "many", "few"),
    ("none", "not one", "all"),
)


def quantifiers(chance: random.Random) -> Case:
    written, said = chance.choice(QUANTIFIED)
    given, right, wrong = chance.choice(STRONGER)
    place, another = chance.sample(PLACES, 2)

    def filled(template: str, q: str) -> str:
        text = template.format(q=q, p=place, are="are")
        return text[0].upper() + text[1:]

    evidence = among(
        chance,
        filled(written, given),
        [f"The year was a hard one for {another}.", f"The road to {another} is steep."],
    )
    claim = chance.choice((written, said))
    return Case(evidence, filled(claim, right), filled(claim, wrong))


FAMILIES = {
    "persons": persons,
    "organisations": organisations,
    "places": places,
    "roles": roles,
    "negation": negation,
    "opposites": opposites,
    "quantifiers": quantifiers,
}
