"""Labels that mean the same field: what a form calls "total" another calls "amount due"."""

from __future__ import annotations

from functools import lru_cache

from guard.verify.words import stems

_ROWS = """
total, amount due, balance due, total due, amount payable, grand total, total amount, sum, to pay
price, cost, unit price, rate, charge
name, full name, customer, client
vendor, supplier, seller, issuer
buyer, customer, bill to, purchaser
founded, established, year built, built, formed, inception
weight, mass, net weight
height, tall, elevation
length, long
width, wide, breadth
depth, deep
area, surface, size
speed, top speed, fast, velocity
population, inhabitants, residents
born, date of birth, birth date, birthday, dob
died, date of death, death
phone, telephone, tel, mobile, phone number
email, e-mail, mail
address, location, street
quantity, qty, count, number, pieces, units
id, number, no, reference, ref, code, identifier
due date, payment due, pay by, deadline
capacity, volume, seats
duration, runtime, running time
vat, tax, sales tax
employer, company, organisation, organization
occupation, job, profession, title, position, role
"""


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[frozenset[str], ...], ...]:
    return tuple(
        tuple(stems(label.strip()) for label in row.split(",") if stems(label.strip()))
        for row in _ROWS.strip().split("\n")
    )


def akin(label: frozenset[str], there: frozenset[str]) -> bool:
    """Whether the words `there` have another label for the field of a label; both are stems."""
    return any(label in row and any(other <= there for other in row) for row in _table())
