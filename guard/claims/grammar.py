"""Just enough English: finite verbs, subjects, and the words that join clauses.

Tables of words, no tagger. A word that is not here is no verb, so the error is always on the side
of leaving a sentence whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_BE = "is are was were has have had does do did can could will would may might must shall"
_NEGATED = (
    "isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't can't cannot couldn't "
    "won't wouldn't"
)
_CLEAR = (
    "became becomes began begins belonged belongs brought brings built came comes consisted "
    "consists contained contains converts created creates delivers depends described describes "
    "developed died discovered emits employed employs existed exists founded gave gets gives got "
    "grew grows happened happens held holds includes included invented involves involved keeps "
    "kept knew knows lasts lasted led lies lived lives lost made makes means meant melts needs "
    "occurred occurs opened operates operated orbits owned owns paid published ran reached reaches "
    "received receives remains remained represents requires required runs said says sells serves "
    "served showed shows sold spans speaks spent spoke stands started starts stored stores stood "
    "takes tells took uses used wants went weighed weighs won works worked writes wrote allows "
    "allowed applies applied appears appeared arrives arrived absorbs attracts boils freezes "
    "conducts produces produced provides provided prevents protects generates generated carries "
    "carried connects connected detects detected determines enables ensures equals explains "
    "expands follows followed forms formed grants indicates increases decreases reduces reduced "
    "improves introduced joined launched located moves moved "
    "offers offered passes performs plays played possesses precedes prints proposed puts reads "
    "recommends releases released relies replaced replaces returns sends sent separates "
    "serves signed stays stops succeeded suggests supplies tends traveled travelled turns turned "
    "varies wore yields elected studied moved graduated retired married premiered debuted"
)
_NOUNISH = (
    "costs measures supports controls uses works runs results changes covers features "
    "hosts houses ships ranges drives covers powers pumps records reports leads rates totals "
    "weights lists links loads lifts heats cools stores stands shows starts stops returns "
    "releases moves turns reads forms increases decreases needs means offers plays puts prints"
)

# Of these, the ones that are seldom nouns between two other words of a phrase.
_SELDOM_NOUNS = (
    "uses supports covers drives powers hosts measures lifts heats cools stores stops shows leads "
    "moves reads needs means offers plays puts prints turns"
)


def vocabulary(listed: str) -> frozenset[str]:
    """The words of a string, as a set."""
    return frozenset(listed.split())


FINITE = vocabulary(f"{_BE} {_NEGATED} {_CLEAR} {_NOUNISH}")
NOUNISH = vocabulary(_NOUNISH)
_ACTIONS = vocabulary(_SELDOM_NOUNS)
_AFTER_VERB = vocabulary(
    "the a an its their his her about approximately roughly around nearly over under up down in "
    "at on from to for only between more less no not of into with by as well"
)
RELATIVES = vocabulary("that which who whom whose where when because if whether although while")
SUBORDINATORS = vocabulary(
    "if when while because although though since unless before after as once until whereas whether "
    "given despite unlike both either neither not what who why how which where to by with"
)
DETERMINERS = vocabulary(
    "the a an this that these those its his her their our your my each every all some most many "
    "both no one two three four five six seven eight nine ten"
)
PRONOUNS = vocabulary("it he she they")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a masked text: where it is, and its letters in lower case."""

    start: int
    end: int
    text: str

    @property
    def key(self) -> str:
        """What the tables call it."""
        return self.text.lower().replace("’", "'")


def words(masked: str, start: int = 0) -> list[Word]:
    """The words of `masked` from `start` on, without the signs around them."""
    found = []
    for match in _WORD.finditer(masked, start):
        text = match[0].strip("*_\"'“”‘’()[],;:.!?«»")
        found.append(Word(match.start(), match.end(), text))
    return found


def is_verb(found: list[Word], number: int) -> bool:
    """Whether word `number` is a finite verb, as far as the tables and its neighbour tell."""
    key = found[number].key
    if key not in FINITE:
        return False
    if key not in NOUNISH:
        return True
    following = found[number + 1].text if number + 1 < len(found) else ""
    return following.lower() in _AFTER_VERB or following[:1].isdigit() or following[:1] in "$€£¥"


def first_verb(found: list[Word], *, most: int = 9) -> int | None:
    """The number of the first finite verb behind a subject of 1 to `most` - 1 words."""
    for number in range(1, min(len(found), most)):
        if is_verb(found, number):
            return number
    return None


def has_verb(masked: str) -> bool:
    """Whether there is a finite verb behind the first word of a masked text."""
    found = words(masked)
    return any(is_verb(found, number) for number in range(1, len(found)))


def is_statement(masked: str) -> bool:
    """Whether a whole text says something of a subject: "The pump lifts water".

    More words count as verbs than for `has_verb`, which is asked where clauses are to be split.
    """
    found = words(masked)
    return has_verb(masked) or any(
        word.text in _ACTIONS and before.key not in DETERMINERS | RELATIVES
        for before, word in pairwise(found[:-1])
    )


def is_short_form(word: Word) -> bool:
    """Whether a word is a pronoun with its verb: "it's", "there's"."""
    stem, _, ending = word.key.partition("'")
    return ending == "s" and stem in PRONOUNS | {"that", "there", "here", "what", "who", "this"}


def is_subject(found: list[Word], masked: str) -> bool:
    """Whether these words can stand alone as a subject."""
    if not found or found[0].key in SUBORDINATORS or len(found) > 8:
        return False
    if any(word.key in RELATIVES and number for number, word in enumerate(found)):
        return False
    if any(word.key.partition("'")[2] not in ("", "s") for word in found) or is_short_form(
        found[0]
    ):
        return False
    inside = masked[found[0].start : found[-1].end]
    first = found[0]
    nominal = first.key in DETERMINERS or first.text[:1].isupper() or first.key in PRONOUNS
    return nominal and not any(sign in inside for sign in ',;:"“”?!')
