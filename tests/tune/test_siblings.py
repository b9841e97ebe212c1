"""Words put in each other's place, found by the words they stand before."""

import random

from guard.tune.siblings import neighbours, replaced

TEXTS = (
    "They wrote about special relativity and about general relativity.",
    "A heavy barge took the narrow channel. A light barge took the broad channel.",
)


def test_siblings_stand_before_the_same_word() -> None:
    before = neighbours(TEXTS)
    assert {"heavy", "light"} <= before["barge"]
    assert before["relativity"] == {"general", "special"}


def test_a_word_gives_way_to_one_that_the_evidence_lacks() -> None:
    before = neighbours(("The heavy barge sank.", "The light barge sank."))
    claim = replaced(
        "The heavy barge sank early.", "The heavy barge sank.", before, random.Random(0)
    )
    assert claim == "The light barge sank early."


def test_nothing_is_replaced_where_both_words_are_given() -> None:
    before = neighbours(("The heavy barge sank.", "The light barge sank."))
    evidence = "The heavy barge and the light barge sank."
    assert replaced("The heavy barge sank.", evidence, before, random.Random(0)) is None
