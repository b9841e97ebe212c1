"""Invented names and small helpers of the generated suite."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple


class Case(NamedTuple):
    """One evidence with a claim that it supports and one that it does not."""

    evidence: str
    true: str
    false: str


PLACES = [
    "Orsham",
    "Pellworth",
    "Benningen",
    "Calder",
    "Tarnbrook",
    "Velmere",
    "Haldis",
    "Norvik",
    "Quillon",
    "Marbeck",
    "Ostrava-Lind",
    "Ferndal",
    "Gravesby",
    "Iskola",
    "Dunmarra",
    "Lowick",
    "Saltholm",
    "Brevik",
    "Castelmar",
    "Tolnay",
]
PEOPLE = [
    "Ada Brandt",
    "Lukas Ferrin",
    "Mira Okoro",
    "Jonas Veldt",
    "Elena Rusk",
    "Tomas Hale",
    "Priya Nandan",
    "Owen Castell",
    "Ingrid Solberg",
    "Rafael Duarte",
    "Hana Mizuno",
    "Peter Lindqvist",
    "Clara Aldous",
    "Samuel Adeyemi",
    "Nora Whitlock",
    "Viktor Zelenko",
]
FIRMS = [
    "Halden Works",
    "Brightwater Energy",
    "Corvid Systems",
    "Tessel Optics",
    "Maren Shipping",
    "Ostwind Power",
    "Pallas Robotics",
    "Quarry Lane Foods",
    "Redfern Textiles",
    "Lumen Glass",
    "Vantor Steel",
    "Astrel Labs",
]
PRODUCTS = ["Kestrel", "Heron", "Plover", "Merlin", "Osprey", "Sandpiper", "Dunlin", "Curlew"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
ORDINAL_WORDS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    """A whole number below a million in English words."""
    if number < 20:
        return ONES[number]
    if number < 100:
        rest = number % 10
        return TENS[number // 10 - 2] + (f"-{ONES[rest]}" if rest else "")
    if number < 1000:
        rest = number % 100
        return f"{ONES[number // 100]} hundred" + (f" and {in_words(rest)}" if rest else "")
    rest = number % 1000
    small = f" and {in_words(rest)}" if rest < 100 else f" {in_words(rest)}"
    return f"{in_words(number // 1000)} thousand" + (small if rest else "")


def suffixed(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    teen = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def plain(number: float) -> str:
    """A number without needless zeros."""
    return f"{number:.3f}".rstrip("0").rstrip(".")


def among(chance: random.Random, needed: str, others: Sequence[str], *, most: int = 3) -> str:
    """The needed sentence alone in four cases of ten, else somewhere among others."""
    if chance.random() < 0.4:
        return needed
    chosen = chance.sample(list(others), min(len(others), chance.randint(1, most)))
    chosen.insert(chance.randint(0, len(chosen)), needed)
    return " ".join(chosen)


def other(chance: random.Random, pool: Sequence[str], *taken: str) -> str:
    """One of the pool that is not taken."""
    return chance.choice([item for item in pool if item not in taken])


def capital(text: str) -> str:
    """`text` with a capital first."""
    return text[:1].upper() + text[1:]
