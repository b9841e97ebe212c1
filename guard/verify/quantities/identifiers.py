"""Versions, part numbers and standards; and the numbers that only number things."""

from __future__ import annotations

from guard.verify.quantities.tokens import Tokens, at, glued, listed

STANDARDS = frozenset(
    listed("ISO IEC RFC DIN EN IEEE ANSI ASTM BS MIL ISBN ISSN DOI PEP CVE GB JIS NF UL")
)
VERSION_WORDS = frozenset(("version", "v", "release", "firmware", "build", "revision", "rev"))
REFERENCES = frozenset(
    listed(
        "page pages p pp figure fig table section chapter appendix footnote equation eq line "
        "lines item step paragraph clause"
    )
)
RENAMED = frozenset(("covid-19", "covid19", "sars-cov-2", "sars-cov2", "2019-ncov"))
"""The one disease and virus that texts name in many ways ("the virus", "the pandemic"), none of
them a number of a series: names, and no values."""

MAX_PARTS = 16
JOINTS = frozenset((".", "-", "_", ":", "‑", "‐"))


def identifier_at(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """The exact folded string of the identifier at `index`, and the index behind it."""
    return (
        standard(tokens, index)
        or version(tokens, index)
        or part_number(tokens, index)
        or score(tokens, index)
    )


def renamed(key: str) -> bool:
    """Whether an identifier is the name of something that goes by many: COVID-19, SARS-CoV-2."""
    return key in RENAMED


def score(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """A result that is no rising range: 1-1, 10–7."""
    first, dash, second = (at(tokens, index + step) for step in range(3))
    if first.kind != "d" or second.kind != "d" or dash.text not in "-–" or glued(tokens, index):
        return None
    if not (glued(tokens, index + 1) and glued(tokens, index + 2)) or glued(tokens, index + 3):
        return None
    if max(len(first.text), len(second.text)) > 3 or int(first.text) < int(second.text):
        return None
    return f"{first.text}-{second.text}", index + 3


def standard(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """ISO 9001, IEC 62304, RFC 2616, ISO 9001:2015."""
    if tokens[index].text not in STANDARDS:
        return None
    place = index + 1
    place += at(tokens, place).text in {"-", "/"}
    if at(tokens, place).kind != "d" or len(at(tokens, place).text) < 3:
        return None
    end = run_end(tokens, place)
    return f"{tokens[index].low} {joined(tokens, place, end)}", end


def version(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """v2.4.1, version 2.4, 2.4.1, 192.168.0.1."""
    token = tokens[index]
    named = token.low in VERSION_WORDS
    start = index
    if named:
        if token.low == "v" and not glued(tokens, index + 1):
            return None
        start = index + 1
    if at(tokens, start).kind != "d":
        return None
    end = run_end(tokens, start)
    dots = sum(tokens[place].text == "." for place in range(start, end))
    commas = at(tokens, end).text == "," and glued(tokens, end + 1)
    if (dots >= 2 and not commas and not grouped(tokens, start, end)) or (named and end > start):
        return joined(tokens, start, end), end
    return None


def grouped(tokens: Tokens, start: int, end: int) -> bool:
    """Whether 1.234.567 is a number with points between thousands."""
    digits = [tokens[place].text for place in range(start, end) if tokens[place].kind == "d"]
    signs = {tokens[place].text for place in range(start, end) if tokens[place].kind != "d"}
    return signs == {"."} and len(digits[0]) <= 3 and all(len(piece) == 3 for piece in digits[1:])


def part_number(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """AX-200, B52, SARS-CoV-2, H2O: letters and digits in one run, a letter first."""
    token = tokens[index]
    if token.kind != "w" or (glued(tokens, index) and at(tokens, index - 1).kind != "s"):
        return None
    end = run_end(tokens, index)
    kinds = {tokens[place].kind for place in range(index, end)}
    if "d" not in kinds or not any(tokens[place].text[:1].isupper() for place in range(index, end)):
        return None
    while end > index + 2 and tokens[end - 1].text.islower() and len(tokens[end - 1].text) > 2:
        end -= 2
    if all(tokens[place].kind != "d" for place in range(index, end)):
        return None
    return joined(tokens, index, end), end


def run_end(tokens: Tokens, index: int) -> int:
    """The end of the run of glued letters and digits from `index` on, over single joints."""
    place = index + 1
    while place < len(tokens) and place - index < MAX_PARTS and glued(tokens, place):
        if tokens[place].kind != "s":
            place += 1
        elif tokens[place].text in JOINTS and joint(tokens, place):
            place += 2
        else:
            break
    return place


def joint(tokens: Tokens, place: int) -> bool:
    """Whether a sign joins two pieces of an identifier."""
    follower = at(tokens, place + 1)
    return glued(tokens, place + 1) and follower.kind in "dw"


def joined(tokens: Tokens, start: int, end: int) -> str:
    """The folded string of a run."""
    return "".join(
        "-" if tokens[place].text in "‑‐" else tokens[place].low for place in range(start, end)
    )


def numbering_at(tokens: Tokens, index: int) -> int:
    """The index behind a number that only numbers: a list mark, a citation, a page; else 0."""
    token = tokens[index]
    if token.low in REFERENCES:
        return reference(tokens, index)
    if token.text == "[" and at(tokens, index + 1).kind == "d":
        return citation(tokens, index)
    if token.kind == "d" and len(token.text) <= 3 and line_start(tokens, index):
        mark = at(tokens, index + 1)
        if mark.text in {".", ")"} and not mark.gap and at(tokens, index + 2).gap:
            return index + 2
    return 0


def reference(tokens: Tokens, index: int) -> int:
    """ "page 12", "Fig. 3": the index behind, or 0 when no number follows."""
    place = index + 1
    place += at(tokens, place).text == "."
    return place + 1 if at(tokens, place).kind == "d" and len(tokens[place].text) <= 5 else 0


def citation(tokens: Tokens, index: int) -> int:
    """ "[12]" or "[3, 4]": the index behind, or 0."""
    place = index + 1
    while place < index + 12 and (at(tokens, place).kind == "d" or at(tokens, place).text in ",-–"):
        place += 1
    return place + 1 if at(tokens, place).text == "]" else 0


def line_start(tokens: Tokens, index: int) -> bool:
    """Whether a token begins its line, over heading marks."""
    place = index
    while place > 0 and index - place < 4 and at(tokens, place - 1).text in {"#", ">", "*"}:
        place -= 1
    return place == 0 or "\n" in tokens[place].gap
