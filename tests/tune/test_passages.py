"""Evidence taken apart and put together."""

import random
from pathlib import Path

import pytest

from guard.errors import InputError
from guard.tune.passages import deleted, extracted, joined, padded, spliced, told
from guard.tune.rows import Row, read_rows

TEXT = (
    "The ferry to Lill Island runs twice a day. Tickets are sold on board by the mate, who also"
    " sells coffee. The crossing takes forty minutes in calm weather. A lighthouse marks the"
    " harbour."
)


def row(claim: str, label: str = "supported", evidence: str = TEXT) -> Row:
    return Row(evidence=evidence, claim=claim, label=label, source="own")  # type: ignore[arg-type]


def test_the_needed_sentence_goes_and_nothing_else() -> None:
    made = deleted(row("The crossing takes forty minutes."))
    assert made is not None
    assert made.label == "neutral"
    assert "forty" not in made.evidence
    assert made.evidence.startswith("The ferry")
    assert made.evidence.endswith("harbour.")


def test_nothing_is_deleted_where_no_sentence_stands_out() -> None:
    assert deleted(row("Boats are nice.")) is None
    assert deleted(row("The crossing takes forty minutes.", "contradicted")) is None


def test_padding_keeps_the_evidence_whole() -> None:
    made = padded(row("It runs twice a day."), ["Owls hunt at night."], 120, random.Random(0))
    assert TEXT in made.evidence
    assert 120 <= len(made.evidence.split()) < 130
    assert made.label == "supported"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("supported", "supported", "supported"),
        ("supported", "neutral", "neutral"),
        ("contradicted", "supported", "contradicted"),
    ],
)
def test_two_claims_hold_only_if_both_do(one: str, other: str, both: str) -> None:
    made = joined(row("The ferry runs.", one), row("Coffee is sold.", other), random.Random(1))
    assert made is not None
    assert made.label == both
    assert "erry runs" in made.claim
    assert "offee is sold" in made.claim
    assert made.evidence == TEXT


def test_two_claims_of_unclear_sum_are_not_joined() -> None:
    one, other = row("The ferry runs.", "contradicted"), row("Coffee is sold.", "neutral")
    assert joined(one, other, random.Random(0)) is None


def test_an_extracted_claim_is_in_its_text() -> None:
    made = [extracted(TEXT, "own", random.Random(seed)) for seed in range(30)]
    claims = {one.claim for one in made if one}
    assert "The crossing takes forty minutes in calm weather." in claims
    assert "Tickets are sold on board by the mate." in claims
    assert extracted("Too short. To use.", "own", random.Random(0)) is None


def test_a_spliced_claim_is_of_two_sentences() -> None:
    made = spliced(row("The ferry to Lill Island runs twice a day."), random.Random(0))
    assert made is not None
    assert made.label == "not_supported"
    assert made.claim.startswith("The ferry to Lill")
    assert made.claim not in TEXT


def test_table_rows_are_told_with_their_own_and_with_others_values() -> None:
    table = "Lill Island\nArea: 12 km²\nFerries: two\nLanguage: Swedish\nHarbour: Norrhamn"
    right, wrong = told(table, "own", random.Random(3)) or (None, None)
    assert right is not None
    assert wrong is not None
    assert (right.label, wrong.label) == ("supported", "contradicted")
    assert right.claim != wrong.claim
    assert told("Ferries: two\nArea: 12", "own", random.Random(0)) is None


def test_rows_are_read_from_plain_and_packed_files(tmp_path: Path) -> None:
    import gzip

    line = '{"claim": "a", "evidence": "b", "label": "neutral"}\n\n'
    (tmp_path / "one.jsonl").write_text(line)
    (tmp_path / "two.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    assert [r.source for n in ("one.jsonl", "two.jsonl.gz") for r in read_rows(tmp_path / n)] == [
        "one",
        "two",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[]", "line 1 is no JSON object"),
        ('{"claim": "a", "evidence": "b"}', "line 1: 'label' is missing"),
        ('{"claim": 1, "evidence": "b", "label": "neutral"}', "line 1: 'claim' is not a string"),
        ('{"claim": "a", "evidence": "b", "label": "maybe"}', "line 1: 'maybe' is no label"),
        ("", "has no rows"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(line)
    with pytest.raises(InputError, match=message):
        read_rows(path)


def test_a_damaged_archive_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(b"no gzip")
    with pytest.raises(InputError, match="cannot read"):
        read_rows(path)
