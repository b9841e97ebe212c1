"""A support reply, checked against the handbook before it is sent.

The draft is what a chat model may write: it restates the question, it is wordy, and two of its
numbers are wrong. guard finds the passages that bear on each sentence, removes what the handbook
contradicts, cuts the filler, and says why. No model is run here; the checking is all there is.

Run it from the top of the repository after `make demo`: python examples/technical_support.py
"""

from __future__ import annotations

from guard import Guard, Report

QUESTION = "My new USB4 dock is slower than I hoped. How fast can it be, and which cable do I need?"
DRAFT = """\
Great question! You asked how fast your USB4 dock can be and which cable it needs.
USB4 always uses USB-C connectors. USB4 version 2.0 reaches 80 Gbit/s.
The longest USB 2.0 cable is 15 metres. USB-C was published in August 2016.
Our shop in Lund opens at nine. I hope this helps, and please let me know if you need more!
"""


def show(report: Report) -> None:
    """Print each claim with its verdict and where the evidence stands."""
    for verdict in report.verdicts:
        print(f"{verdict.label:16} {verdict.claim.text}")
        if verdict.evidence and verdict.label in ("supported", "contradicted"):
            print(f"{'':16}   {verdict.reason} [{verdict.evidence[0].passage.document}]")
    print("\nanswer:", report.answer)
    if report.certificate:
        before, after = report.certificate.before.words, report.certificate.after.words
        print(f"\n{before} words before, {after} after")


def main() -> None:
    """Check the draft against the knowledge base and print what is left of it."""
    guard = Guard()  # the index in .guard/index, or where GUARD_INDEX points
    show(guard.check(DRAFT, question=QUESTION, source="draft reply", trim=True))


if __name__ == "__main__":
    main()
