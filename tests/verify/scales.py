"""Write the table of unit factors anew, from pint.

python tests/verify/scales.py
"""

from __future__ import annotations

import json
from fractions import Fraction

import pint

from guard.verify.quantities.units import SCALES, atoms


def table() -> dict[str, tuple[str, dict[str, str]]]:
    """Factor and base units of each name by pint, as exact fractions."""
    registry = pint.UnitRegistry(non_int_type=Fraction)
    found = {}
    for name in sorted(set(atoms())):
        # A degree is a step of its scale here; where the scale has its zero is another matter.
        step = f"delta_{name}" if name in {"degree_Celsius", "degree_Fahrenheit"} else name
        value = registry.Quantity(Fraction(1), step).to_base_units()
        base = {unit: str(Fraction(power)) for unit, power in sorted(value.unit_items())}
        found[name] = (str(Fraction(value.magnitude)), base)
    return found


if __name__ == "__main__":
    rows = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in table().items())
    SCALES.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
