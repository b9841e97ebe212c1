"""Sums, units and laws of nature: a worked answer checked number by number.

Arithmetic is evaluated exactly, units are converted, and facts come from the STEM collection. The
first part checks prose, the second a value under schemas/calculation.json, against a document that
is passed with the call.

Run it from the top of the repository after `make demo`: python examples/stem_calculations.py
"""

from __future__ import annotations

from pathlib import Path

from guard import Document, Guard, Report

SCHEMA = Path(__file__).parent.parent / "schemas" / "calculation.json"
WORKED = """\
12 % of 340 is 40.8. 0.5 * 2 * 3^2 = 12. The speed of sound in dry air at 20 °C is 1235 km/h.
Absolute zero is -459.67 °F. The escape speed from the Earth is 13.4 km/s.
"""
SHEET = Document(name="pump-sheet.txt", text="The pump lifts 1.2 tonnes of water per hour by 8 m.")
CALCULATION = {
    "question": "What power does lifting the water need?",
    "expression": "1200 * 9.81 * 8 / 3600",
    "steps": ["The pump lifts water by 9 m.", "1200 * 9.81 * 8 / 3600 is 26.16."],
    "result": 26.16,
    "unit": "W",
}


def show(title: str, report: Report) -> None:
    """Print the verdicts of a report with their reasons."""
    print(title)
    for verdict in report.verdicts:
        print(f"  {verdict.label:16} {verdict.claim.text}\n  {'':16}   {verdict.reason}")


def main() -> None:
    """Check a worked text, then a calculation with its data sheet."""
    guard = Guard()
    show("Prose against the knowledge base", guard.check(WORKED))
    report = guard.check(CALCULATION, schema=SCHEMA, documents=[SHEET])
    show("\nA value against its data sheet", report)
    print("\nschema violations:", len(report.violations))


if __name__ == "__main__":
    main()
