"""The arithmetic check: what a claim computes itself, computed exactly.

"12 % of 340 is 40.8", "the average of 2, 4 and 9 is 5", "30 °C is 86 °F" need no evidence. A small
parser of its own (`guard.verify.formula`) reads them; nothing is ever handed to an evaluator.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from guard.types import Claim, Evidence, Finding, Label
from guard.verify.formula import Equation, Value, equations

if TYPE_CHECKING:
    from guard.verify.context import Context

CHECK = "arithmetic"
DECIMALS = 10


def check_arithmetic(
    claim: Claim, evidence: Evidence | None, context: Context
) -> Iterator[Finding]:
    """A finding for each equation in the claim, needing no passage.

    A wrong one is `contradicted`, decisive, with the right result. A right one is `supported`;
    it decides the claim only where the claim is nothing but that equation. What cannot be read as
    one equation for certain yields nothing.
    """
    del evidence, context
    for equation in equations(claim.text):
        yield finding(equation, whole=equation.whole)


def finding(equation: Equation, *, whole: bool) -> Finding:
    """One equation as a finding."""
    right = holds(equation)
    label: Label = "supported" if right else "contradicted"
    result = spelled(equation.left, equation.right)
    reason = f"“{equation.text}” is right"
    if not right:
        reason = f"“{equation.text}” is wrong: the result is {result}"
    return Finding(
        check=CHECK,
        label=label,
        score=1.0,
        reason=reason,
        decisive=whole or not right,
    )


def holds(equation: Equation) -> bool:
    """Whether both sides are equal, at the precision that the stated result shows.

    Decimals are taken as rounded (1/3 is 0.33); a whole number has to be exact unless the claim
    says "about".
    """
    exact, stated = equation.left.number, equation.right.number
    gap = abs(exact - stated)
    if equation.about:
        return gap <= max(equation.right.ulp / 2, abs(exact) / 20)
    if equation.converts:
        return gap <= min(equation.right.ulp / 2, abs(exact) / 50)
    rounded = equation.right.ulp < 1 or equation.right.scaled
    return gap == 0 or (rounded and gap <= equation.right.ulp / 2)


def spelled(exact: Value, stated: Value) -> str:
    """The exact result in decimals, on the scale and with the sign of what was stated."""
    number, unit = exact.number, stated.unit
    if stated.percent:
        number *= 100
    return f"{decimals(number)}{unit}"


def decimals(number: Fraction) -> str:
    """A fraction in decimal digits, rounded where it does not end."""
    scaled = round(abs(number) * 10**DECIMALS)
    whole, part = divmod(scaled, 10**DECIMALS)
    digits = f"{part:0{DECIMALS}d}".rstrip("0")
    if number and not scaled:
        return f"{float(number):.6g}"
    if len(digits) == DECIMALS:
        digits = f"{round(abs(number) % 1 * 10**4):04d}".rstrip("0")
        digits = "" if digits == "1" and False else digits
    return f"{'-' if number < 0 else ''}{whole:,}{'.' if digits else ''}{digits}"
