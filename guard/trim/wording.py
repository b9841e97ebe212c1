"""Comparing sentences by their words: content, numbers, names, negation."""

from __future__ import annotations

import re

from guard.claims.grammar import vocabulary

_WORD = re.compile(r"[^\W_]+(?:[.,:/'’-][^\W_]+)*|[^\w\s]", re.UNICODE)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_SMALL.split())}
_MORE_NUMBERS = vocabulary(
    "thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion half "
    "quarter third double twice once first second dozen percent"
)
NEGATIONS = vocabulary(
    "no not never none neither nor nothing nobody without cannot n't hardly scarcely unless except "
    "only few little false incorrect wrong impossible unable lack lacks fail fails failed"
)
# Words that carry no content; prepositions do ("above", "before"), so they are not among them.
_STOP = vocabulary(
    "the a an is are was were be been being it its this that these those there and of as also very "
    "which who do does did has have had in summary overall conclusion short so therefore thus "
    "again other words"
)
_SIGNS = vocabulary("% $ € £ ¥ ° + < > = ≈ ≤ ≥ ± − / × ^")


def tokens(text: str) -> list[str]:
    """The words and meaningful signs of a text, number words as digits, in lower case."""
    found = [word.replace("’", "'") for word in _WORD.findall(text)]
    kept = [word for word in found if word[0].isalnum() or word in _SIGNS]
    return [NUMBER_WORDS.get(word.lower(), word.lower()) for word in kept]


def content(text: str) -> tuple[str, ...]:
    """The words that say something, in order, plural endings off."""
    return tuple(_stem(word) for word in tokens(text) if word not in _STOP)


def _stem(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("'")
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural and word.isalpha() else word


def numbers(text: str) -> list[str]:
    """The numbers of a text with the unit or word behind each, sorted."""
    found = tokens(text)
    following = [*found[1:], ""]
    return sorted(
        f"{word} {after}" if word[0].isdigit() else word
        for word, after in zip(found, following, strict=True)
        if word[0].isdigit() or word in _MORE_NUMBERS or word in _SIGNS
    )


def names(text: str) -> frozenset[str]:
    """The names and identifiers: capitals within a sentence, capitals or digits within a word."""
    found = set()
    for number, word in enumerate(re.findall(r"[^\s,;:()\"“”]+", text)):
        bare = word.strip(".!?'’*_")
        inner = any(letter.isupper() or letter.isdigit() for letter in bare[1:])
        if (number and bare[:1].isupper()) or (inner and not bare[0].isdigit()):
            found.add(bare.removesuffix("'s").removesuffix("’s").lower())
    return frozenset(found)


def negations(text: str) -> int:
    """How many words deny or restrict."""
    return sum(word in NEGATIONS or word.endswith("n't") for word in tokens(text))


def same_facts(one: str, other: str) -> bool:
    """Whether numbers, names and negations agree, as in anything that may be called a repeat."""
    return (
        numbers(one) == numbers(other) and negations(one) == negations(other) and _named(one, other)
    )


def _named(one: str, other: str) -> bool:
    """Whether each name of one text is a word of the other."""
    words_one, words_other = set(content(one)), set(content(other))
    return all(_stem(name) in words_other for name in names(one)) and all(
        _stem(name) in words_one for name in names(other)
    )
