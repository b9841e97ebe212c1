"""The words around a value: what is counted, of whom, in which line."""

from __future__ import annotations

from guard.verify.quantities.tokens import Tokens, at, listed

FUNCTION_WORDS = frozenset(
    listed(
        "a about after all also although am among an and any are as at be because been before "
        "being both but by can could did do does during each for from had has have he her his "
        "how i if in including into is it its just less many may might more most much must no "
        "nor not now of on one only or other our out over own per same she should since so "
        "some such than that the their them then there these they this those through to too "
        "under until up upon us very was we were what when where which while who whom whose "
        "why will with within without would you your s t st et al etc vs via ago later every "
        "total between around nearly almost"
    )
)
IRREGULAR = {
    "men": "man", "women": "woman", "people": "person", "persons": "person", "children": "child",
    "kids": "child", "kid": "child", "feet": "foot", "teeth": "tooth", "mice": "mouse",
    "geese": "goose", "died": "die", "death": "die", "deaths": "die", "dead": "die", "dies": "die",
    "born": "birth", "births": "birth", "movie": "film", "movies": "film", "lives": "life",
    "wives": "wife", "wolves": "wolf", "knives": "knife", "species": "species",
    "series": "series", "analyses": "analysis", "crises": "crisis", "data": "data",
    "employees": "employee", "won": "win", "wins": "win", "winning": "win", "weighs": "weight",
    "weighed": "weight", "weigh": "weight", "tall": "height", "high": "height",
    "long": "length", "wide": "width", "deep": "depth", "heavy": "weight", "old": "age",
    "aged": "age", "ages": "age", "founded": "found", "founding": "found", "sold": "sale",
    "began": "begin", "begun": "begin", "wrote": "write", "written": "write", "paid": "pay",
    "costs": "cost", "made": "make", "grew": "grow", "rose": "rise", "fell": "fall",
    "married": "marry", "marriage": "marry", "marriages": "marry", "times": "time",
    "recoveries": "recover", "albums": "album", "vehicles": "vehicle",
}  # fmt: skip
PLURAL_ONLY_SINGULAR = ("ss", "us", "is")
RUN = 4
SEGMENT = 10


def stem(word: str) -> str:
    """A folded word without its inflection, the same for all forms of most words."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 5 and word.endswith(("ing", "ers")):
        word = word[:-3]
    elif len(word) > 4 and word.endswith(("ed", "es", "er")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(PLURAL_ONLY_SINGULAR):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] in "nmptrgbd":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def plural(word: str) -> bool:
    """Whether a folded word looks like a plural."""
    if word in IRREGULAR and IRREGULAR[word] in {"man", "woman", "person", "child", "foot"}:
        return True
    return len(word) > 3 and word.endswith("s") and not word.endswith(PLURAL_ONLY_SINGULAR)


def run_after(tokens: Tokens, index: int) -> list[str]:
    """The words from `index` on that can name what a number counts, folded."""
    place = index
    if at(tokens, place).text == "-":
        place += 1
    if at(tokens, place).low == "of":
        place += 1
        place += at(tokens, place).low in {"all", "both"}
        place += at(tokens, place).low in {"the", "its", "their", "his", "her", "our", "these"}
    run: list[str] = []
    while len(run) < RUN:
        token = at(tokens, place)
        if token.text == "-" and run and not token.gap:
            # "COVID-19 cases": the number of a name does not end what is counted.
            place += 1 + (at(tokens, place + 1).kind == "d")
            continue
        if token.kind != "w" or token.low in FUNCTION_WORDS or "\n" in token.gap:
            break
        run.append(token.low)
        place += 1
    return run


def noun_after(tokens: Tokens, index: int) -> str:
    """The head word that a number counts, singular: the first plural behind it, else the last.

    The empty string when no word follows.
    """
    run = run_after(tokens, index)
    if not run:
        return ""
    for word in run:
        if plural(word):
            return singular(word)
    return singular(run[0] if len(run) > 2 else run[-1])


def plural_after(tokens: Tokens, index: int) -> bool:
    """Whether a plural follows: what comes behind a number is surely a noun then."""
    return any(plural(word) for word in run_after(tokens, index))


def singular(word: str) -> str:
    """A folded noun without its plural ending."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if plural(word) else word
