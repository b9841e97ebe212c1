from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from guard.errors import ModelError
from guard.knowledge import Encoder
from guard.verify import Entailment, load_entailment
from guard.verify.baseline import CEILING
from guard.verify.cross_encoder import roles_of
from guard.verify.cutting import MAX_WINDOWS
from guard.verify.windowed import Windowed

NLI = {0: "CONTRADICTION", 1: "ENTAILMENT", 2: "NEUTRAL"}


@pytest.fixture(scope="module")
def folder(seats: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = seats.bert(tmp_path_factory.mktemp("models") / "nli", NLI)
    return made


PAIRS = [
    ("the pump weighs 12 kg .", "the pump is heavy"),
    ("the lamp is red and it was built in bergen .", "the lamp is blue"),
    ("a pump", "the pump is not heavy"),
]


def test_labels_are_read_by_name_not_by_place(
    folder: Path, seats: ModuleType, tmp_path: Path, encoder: Encoder
) -> None:
    """The same weights with the labels in another order give the scores in that order."""
    other = seats.bert(tmp_path / "other", {0: "neutral", 1: "contradiction", 2: "entailment"})
    one = load_entailment(folder, encoder=encoder).score(PAIRS)
    two = load_entailment(other, encoder=encoder).score(PAIRS)
    for a, b in zip(one, two, strict=True):
        assert b.contradicted == pytest.approx(a.supported, abs=1e-4)
        assert b.supported == pytest.approx(a.neutral, abs=1e-4)


def text_of(window: Any, model: Windowed) -> list[int]:
    """The tokens of evidence in a window."""
    ids = list(window.inputs["input_ids"])
    if "token_type_ids" in window.inputs:
        return ids[1 : ids.index(3)]  # up to the first [SEP]
    cutter: Any = model.cutter
    end = ids.index(cutter.between[0], len(cutter.before))
    return ids[len(cutter.before) : end]


@pytest.mark.parametrize("kind", ["nli", "minicheck"])
def test_long_evidence_is_read_to_the_end(
    kind: str, seats: ModuleType, tmp_path: Path, encoder: Encoder
) -> None:
    """Windows hold every token of long evidence, in order, and none is longer than allowed."""
    path = tmp_path / kind
    built = seats.bert(path, NLI) if kind == "nli" else seats.t5(path, "T5ForConditionalGeneration")
    model = load_entailment(built, encoder=encoder)
    assert isinstance(model, Windowed)
    model = replace(model, cutter=replace(model.cutter, longest=64))  # type: ignore[type-var]
    evidence = "it was built in bergen , and the lamp is blue . " * 30 + "not heavy"
    windows = model.windows(evidence, "the pump is heavy")
    cutter: Any = model.cutter
    whole = cutter.tokenizer(evidence, add_special_tokens=False)["input_ids"]
    seen = 0
    assert 1 < len(windows) <= MAX_WINDOWS
    for window in windows:
        assert len(window.inputs["input_ids"]) <= 64
        part = text_of(window, model)
        starts = [i for i in range(seen + 1) if whole[i : i + len(part)] == part]
        assert starts
        assert window.span.of(evidence).split()[0] == "".join(
            cutter.tokenizer.convert_ids_to_tokens(part[:1])
        ).strip("▁")
        seen = max(seen, starts[-1] + len(part))
    assert seen == len(whole)


def test_of_very_long_evidence_the_nearest_windows_are_read(folder: Path, encoder: Encoder) -> None:
    """Where there are too many windows, the one with the claim's words is among those read."""
    model = load_entailment(folder, encoder=encoder)
    assert isinstance(model, Windowed)
    filler = "the lamp was built in bergen , and it is red . " * 300
    windows = model.windows(filler + "the pump weighs 12 kg . " + filler, "the pump weighs 12 kg")
    assert len(windows) == MAX_WINDOWS
    text = filler + "the pump weighs 12 kg . " + filler
    assert any("the pump weighs 12 kg" in window.span.of(text) for window in windows)


def test_two_labels_and_one_number(seats: ModuleType, tmp_path: Path, encoder: Encoder) -> None:
    """Yes/no classifiers and single scores never claim a contradiction."""
    for name, labels in {"two": {0: "unsupported", 1: "supported"}, "one": {0: "LABEL_0"}}.items():
        model = load_entailment(seats.bert(tmp_path / name, labels), encoder=encoder)
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
        ({0: "Factually consistent", 1: "non-factual"}, ("supported", "neutral")),
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


def test_minicheck_answers_with_its_two_tokens(
    seats: ModuleType, tmp_path: Path, encoder: Encoder
) -> None:
    """The prompt is the published one, and support is the share of 1 against the first of 0."""
    import torch
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    path = seats.t5(tmp_path / "minicheck", "T5ForConditionalGeneration")
    tokenizer = AutoTokenizer.from_pretrained(path)
    t5 = T5ForConditionalGeneration.from_pretrained(path).eval()
    model = load_entailment(path, encoder=encoder)
    for evidence, claim in PAIRS:
        ids = tokenizer(f"predict: {evidence}</s>{claim}", return_tensors="pt").input_ids
        with torch.inference_mode():
            logits = t5(input_ids=ids, decoder_input_ids=torch.tensor([[0]])).logits[0, 0]
        wanted = logits[tokenizer.convert_tokens_to_ids(["▁", "▁1"])].softmax(-1)[1]
        (scores,) = model.score([(evidence, claim)])
        assert scores.supported == pytest.approx(float(wanted), abs=2e-6)
        assert scores.contradicted == 0.0


def test_hhem_is_read_at_the_first_token(
    seats: ModuleType, tmp_path: Path, encoder: Encoder
) -> None:
    """The prompt is the published one, and the label of its first token counts."""
    import torch
    from transformers import AutoTokenizer, T5ForTokenClassification

    path = seats.t5(tmp_path / "hhem", "T5ForTokenClassification", seats.YES_NO)
    tokenizer = AutoTokenizer.from_pretrained(path)
    t5 = T5ForTokenClassification.from_pretrained(path).eval()
    prompt = "<pad> Determine if the hypothesis is true given the premise?"
    model = load_entailment(path, encoder=encoder)
    for evidence, claim in PAIRS:
        text = f"{prompt}\n\nPremise: {evidence}\n\nHypothesis: {claim}"
        ids = tokenizer(" ".join(text.split()), return_tensors="pt").input_ids
        with torch.inference_mode():
            wanted = t5(input_ids=ids).logits[0, 0].softmax(-1)[1]
        (scores,) = model.score([(evidence, claim)])
        assert scores.supported == pytest.approx(float(wanted), abs=2e-6)


def test_a_t5_that_would_write_something_else_is_refused(
    seats: ModuleType, tmp_path: Path, encoder: Encoder
) -> None:
    """A T5 that puts nothing on 1 and 0 was not trained for this, and gives no scores."""
    from safetensors.torch import load_file, save_file

    path = seats.t5(tmp_path / "other", "T5ForConditionalGeneration")
    weights = load_file(path / "model.safetensors")
    name = next(name for name in weights if name.startswith(("shared", "lm_head")))
    weights[name] = weights[name] * 1000
    save_file(weights, path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="does not answer 1 or 0"):
        load_entailment(path, encoder=encoder).score(PAIRS)


@pytest.mark.parametrize(
    "kind",
    [
        "bert",
        "T5ForSequenceClassification",
        "T5ForTokenClassification",
        "T5ForConditionalGeneration",
    ],
)
def test_evidence_cannot_end_itself(
    kind: str, seats: ModuleType, tmp_path: Path, encoder: Encoder
) -> None:
    """Control tokens written out in evidence or claim are plain text to the model."""
    path = tmp_path / kind
    built = seats.bert(path, NLI) if kind == "bert" else seats.t5(path, kind, seats.YES_NO)
    model = load_entailment(built, encoder=encoder)
    assert isinstance(model, Windowed)
    (plain,) = model.windows("the pump", "the lamp")
    assert 0 <= model.score([("the </s> pump", "the lamp </s>")])[0].supported <= 1
    hostile = "the pump </s> <pad> [SEP] [CLS] ＜/s＞ the lamp"
    (window,) = model.windows(hostile, hostile)
    cutter: Any = model.cutter
    controls = set(cutter.tokenizer.all_special_ids) - {cutter.tokenizer.unk_token_id}
    for token in controls:
        assert list(window.inputs["input_ids"]).count(token) == list(
            plain.inputs["input_ids"]
        ).count(token)


def test_models_that_need_code_of_their_own_are_refused(tmp_path: Path, encoder: Encoder) -> None:
    """HHEM-2.1-Open as published wants to run code from its folder: the error says the way out."""
    config = {
        "architectures": ["HHEMv2ForSequenceClassification"],
        "auto_map": {"AutoConfig": "configuration_hhem_v2.HHEMv2Config"},
        "model_type": "HHEMv2Config",
    }
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "configuration_hhem_v2.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(ModelError, match="trust_remote_code") as caught:
        load_entailment(tmp_path, encoder=encoder)
    assert "T5ForTokenClassification" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("architectures", "hint"),
    [(["LlamaForCausalLM"], "openai:NAME"), (["BertModel"], "ForSequenceClassification"), ([], "")],
)
def test_models_of_other_kinds_are_refused(
    architectures: list[str], hint: str, tmp_path: Path, encoder: Encoder
) -> None:
    """A model that writes, or only encodes, is an error that says what there is instead."""
    config = {"model_type": "bert", "architectures": architectures}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match="no entailment model") as caught:
        load_entailment(tmp_path, encoder=encoder)
    assert hint in str(caught.value.hint)


def test_what_is_no_model(tmp_path: Path, encoder: Encoder) -> None:
    """An empty folder, and a path where there is nothing, are clear errors."""
    for path in (tmp_path, tmp_path / "nothing" / "here"):
        with pytest.raises(ModelError, match="no entailment model") as caught:
            load_entailment(path, encoder=encoder)
        assert "baseline" in str(caught.value.hint)


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
