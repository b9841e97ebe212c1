from __future__ import annotations

from pathlib import Path

import pytest

from guard.errors import ModelError
from guard.knowledge import Encoder
from guard.verify import Entailment, load_entailment
from guard.verify.baseline import CEILING
from guard.verify.cross_encoder import CrossEncoder, roles_of

NLI = {0: "CONTRADICTION", 1: "ENTAILMENT", 2: "NEUTRAL"}
WORDS = [
    "the",
    "a",
    "pump",
    "weighs",
    "is",
    "heavy",
    "12",
    "kg",
    "lamp",
    "red",
    "blue",
    "not",
    "and",
    "it",
    "was",
    "built",
    "in",
    "bergen",
    ".",
    ",",
]


def build(folder: Path, labels: dict[int, str], *, longest: int = 64, seed: int = 0) -> Path:
    """A tiny classifier with random weights and a word-level tokenizer, saved in `folder`."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=longest)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=longest,
        initializer_range=2.0,
        id2label=labels,
        label2id={label: index for index, label in labels.items()},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("models") / "nli", NLI)


PAIRS = [
    ("the pump weighs 12 kg .", "the pump is heavy"),
    ("the lamp is red and it was built in bergen .", "the lamp is blue"),
    ("a pump", "the pump is not heavy"),
]


def test_scores_are_probabilities_in_order(folder: Path, encoder: Encoder) -> None:
    """A pair has the same scores alone and among others, and they sum to 1."""
    model = load_entailment(str(folder), encoder=encoder)
    together = model.score(PAIRS)
    for pair, scores in zip(PAIRS, together, strict=True):
        (alone,) = model.score([pair])
        assert alone.supported == pytest.approx(scores.supported, abs=1e-5)
        total = scores.supported + scores.contradicted + scores.neutral
        assert total == pytest.approx(1.0, abs=1e-5)
    assert model.score([]) == []
    assert model.id == "nli"


def test_labels_are_read_by_name_not_by_place(
    folder: Path, tmp_path: Path, encoder: Encoder
) -> None:
    """The same weights with the labels in another order give the scores in that order."""
    other = build(tmp_path / "other", {0: "neutral", 1: "contradiction", 2: "entailment"})
    one = load_entailment(folder, encoder=encoder).score(PAIRS)
    two = load_entailment(other, encoder=encoder).score(PAIRS)
    for a, b in zip(one, two, strict=True):
        assert b.contradicted == pytest.approx(a.supported, abs=1e-4)
        assert b.supported == pytest.approx(a.neutral, abs=1e-4)


def test_long_evidence_is_read_to_the_end(folder: Path, encoder: Encoder) -> None:
    """Windows hold every token of long evidence, in order, and none is longer than allowed."""
    model = load_entailment(folder, encoder=encoder)
    assert isinstance(model, CrossEncoder)
    evidence = "it was built in bergen , and the lamp is blue . " * 30 + "not heavy"
    windows = model.windows(evidence, "the pump is heavy")
    whole = model.tokenizer(evidence, add_special_tokens=False)["input_ids"]
    seen = 0
    for window in windows:
        ids = window["input_ids"]
        assert len(ids) <= model.longest
        part = ids[1 : ids.index(3)]  # up to the first [SEP]
        starts = [i for i in range(seen + 1) if whole[i : i + len(part)] == part]
        assert starts
        seen = max(seen, starts[-1] + len(part))
    assert seen == len(whole)
    assert model.score([(evidence, "the pump is heavy")])


def test_two_labels_and_one_number(tmp_path: Path, encoder: Encoder) -> None:
    """Yes/no classifiers and single scores never claim a contradiction."""
    for name, labels in {"two": {0: "unsupported", 1: "supported"}, "one": {0: "LABEL_0"}}.items():
        model = load_entailment(build(tmp_path / name, labels), encoder=encoder)
        for scores in model.score(PAIRS):
            assert scores.contradicted == 0.0
            assert 0.0 <= scores.supported <= 1.0


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        (NLI, ("contradicted", "supported", "neutral")),
        ({0: "entailment", 1: "not_entailment"}, ("supported", "neutral")),
        ({0: "No", 1: "Yes"}, ("neutral", "supported")),
        ({0: "hallucinated", 1: "consistent"}, ("neutral", "supported")),
        (
            {0: "SUPPORTS", 1: "REFUTES", 2: "NOT ENOUGH INFO"},
            ("supported", "contradicted", "neutral"),
        ),
    ],
)
def test_label_names(labels: dict[int, str], roles: tuple[str, ...]) -> None:
    """Label names of the usual families are understood, in any order and case."""
    assert roles_of("x", labels) == roles


@pytest.mark.parametrize(
    "labels",
    [{0: "LABEL_0", 1: "LABEL_1"}, {0: "neutral", 1: "contradiction"}, {0: "joy", 1: "yes"}],
)
def test_labels_that_say_nothing_are_refused(labels: dict[int, str]) -> None:
    """Unknown labels are an error that names them: a guess could turn verdicts round."""
    with pytest.raises(ModelError, match=labels[0]):
        roles_of("x", labels)


def test_a_claim_longer_than_the_model_is_refused(folder: Path, encoder: Encoder) -> None:
    """A claim is never cut: one that leaves no room for evidence is an error."""
    model = load_entailment(folder, encoder=encoder)
    with pytest.raises(ModelError, match="no room"):
        model.score([("the pump .", "the pump is heavy " * 40)])


def test_what_is_no_model(tmp_path: Path, encoder: Encoder) -> None:
    """A folder without a model, and pickled weights, are clear errors."""
    with pytest.raises(ModelError, match="no entailment model"):
        load_entailment(tmp_path, encoder=encoder)
    pickled = build(tmp_path / "pickled", NLI)
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(ModelError, match="no entailment model"):
        load_entailment(pickled, encoder=encoder)


@pytest.fixture(scope="module")
def baseline(encoder: Encoder) -> Entailment:
    return load_entailment("baseline", encoder=encoder)


def test_the_baseline_never_claims_certainty(baseline: Entailment) -> None:
    """Similarity is no proof: support is capped, and contradiction is always 0."""
    text = "The Halden pump weighs 12 kg."
    same, opposite = baseline.score([(text, text), ("The Halden pump weighs 90 kg.", text)])
    assert 0.5 < same.supported <= CEILING
    assert same.contradicted == opposite.contradicted == 0.0
    assert opposite.supported < same.supported


def test_the_baseline_prefers_what_says_more(baseline: Entailment) -> None:
    """More of the claim in the evidence gives more support."""
    claim = "The Halden pump was built in Bergen in 1998."
    evidence = ["Fish swim.", "A pump was built.", "The Halden pump was built in Bergen in 1998."]
    scores = [one.supported for one in baseline.score([(text, claim) for text in evidence])]
    assert scores == sorted(scores)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00\x07", "🙂🙂", "这是一个测试。", "a" * 100_000, "\ud800"]
)
def test_the_baseline_takes_any_text(text: str, baseline: Entailment) -> None:
    """Odd evidence and odd claims get scores, not exceptions."""
    for pair in ((text, "The pump weighs 12 kg."), ("The pump weighs 12 kg.", text)):
        (scores,) = baseline.score([pair])
        assert 0.0 <= scores.supported <= CEILING
