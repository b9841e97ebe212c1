"""The arithmetic check: what a claim computes itself, computed exactly.

"12 % of 340 is 40.8", "the average of 2, 4 and 9 is 5" and "30 °C is 86 °F" need no evidence. A
small parser (`guard.verify.formula`) reads them; nothing is ever handed to an evaluator.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from guard.types import Claim, Evidence, Finding
from guard.verify.equations import Equation, equations
from guard.verify.quantities.units import scale
from guard.verify.values import Value

if TYPE_CHECKING:
    from guard.verify.context import Context

CHECK = "arithmetic"
DECIMALS = 10
CALENDAR = frozenset(("month", "year", "decade", "century"))
BYTES = {"byte": 0, "kilobyte": 1, "megabyte": 2, "gigabyte": 3, "terabyte": 4, "petabyte": 5}


def check_arithmetic(
    claim: Claim, evidence: Evidence | None, context: Context
) -> Iterator[Finding]:
    """A finding for each equation in the claim; no passage is needed or named.

    A wrong one is `contradicted`, decisive, with the right result in the reason. A right one is
    `supported`, and decisive where the claim says nothing else. What cannot be read as an equation
    for certain yields nothing.
    """
    del evidence, context
    for equation in equations(claim.text):
        right = holds(equation)
        if right:
            yield found(equation, f"The calculation “{equation.text}” is right.", right=True)
        elif not doubtful(equation):
            result = spelled(equation)
            yield found(
                equation,
                f"The calculation “{equation.text}” is wrong: it is {result}.",
                right=False,
            )


def found(equation: Equation, reason: str, *, right: bool) -> Finding:
    """One equation as a finding."""
    return Finding(
        check=CHECK,
        label="supported" if right else "contradicted",
        score=1.0,
        reason=reason,
        decisive=equation.whole or not right,
    )


def holds(equation: Equation) -> bool:
    """Whether both sides are equal, at the precision that the stated result shows.

    Decimals are taken as rounded (1/3 is 0.33); a whole number has to be exact unless the claim
    says "about". A conversion may be off by half of its last digit, and by 2 % at most.
    """
    exact, stated = equation.left, equation.right
    gap, half = abs(exact.number - stated.number), stated.ulp / 2
    if exact.unit is not None and stated.unit is None:
        size = scale(exact.surface).factor if exact.surface else Fraction(1)
        gap = abs(exact.number - stated.number * size)
        half *= size
    if equation.about:
        return gap <= max(half, abs(exact.number) / 20)
    if equation.converts and exact.surface.startswith("degree_"):
        return gap <= half
    if equation.converts and exact.unit is not None:
        return gap <= min(half, abs(exact.number) / 50)
    fine = stated.ulp / (scale(stated.surface).factor if stated.unit else 1)
    fine *= 100 if stated.percent else 1
    return gap == 0 or ((fine < 1 or stated.scaled or stated.percent) and gap <= half)


def doubtful(equation: Equation) -> bool:
    """Whether a wrong equation may be right in another reading: no finding is made of it.

    Digits that can be grouped two ways, months and years of differing length, and bytes counted
    in thousands or in 1024s.
    """
    sides = (equation.left, equation.right)
    if any(side.unsure for side in sides) or misscaled(*sides):
        return True
    if not equation.converts:
        return False
    if any(side.surface in CALENDAR for side in sides):
        return abs(sides[0].number - sides[1].number) <= abs(sides[0].number) / 20
    if all(side.surface in BYTES for side in sides):
        binary = [side.number * Fraction(1024, 1000) ** BYTES[side.surface] for side in sides]
        return binary[0] == binary[1]
    return False


def misscaled(left: Value, right: Value) -> bool:
    """Whether one side leaves out the magnitude of the other: "5 + 3 = 8 million"."""
    if left.scaled == right.scaled or not (left.number and right.number):
        return False
    ratio = max(left.number / right.number, right.number / left.number)
    return ratio in {10**3, 10**5, 10**6, 10**7, 10**9, 10**12}


def spelled(equation: Equation) -> str:
    """The exact result, in decimals and in the unit of the stated one."""
    exact, stated = equation.left.number, equation.right
    if stated.percent:
        return f"{decimals(exact * 100)} %"
    surface = stated.surface or equation.left.surface
    if not surface or surface.startswith("%"):
        return decimals(exact)
    size = scale(surface)
    name = surface.strip("$!").replace("degree_", "°").replace("_", " ")
    return f"{decimals((exact - size.offset) / size.factor)} {name}"


def decimals(number: Fraction) -> str:
    """A fraction in decimal digits, rounded to four where it does not end within ten."""
    places = DECIMALS if (number * 10**DECIMALS).denominator == 1 else 4
    scaled = round(abs(number) * 10**places)
    whole, part = divmod(scaled, 10**places)
    digits = f"{part:0{places}d}".rstrip("0")
    if number and not scaled:
        return f"{float(number):.4g}"
    return f"{'-' if number < 0 else ''}{whole:,}{'.' if digits else ''}{digits}"
