"""Any model of the transformers library in the entailment seat, from a folder or the model hub.

What kind of model it is is read from `architectures` in its config.json. Only safetensors are read,
and no code from a model's folder is ever run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guard.errors import ModelError
from guard.verify.cross_encoder import classifier
from guard.verify.seq2seq import first_token_classifier, yes_no_writer
from guard.verify.windowed import Windowed

LEAST_ENTRIES = 0.5
"""Models have rows to spare, but a tokenizer with less than half of them is another model's."""

SPECS = "“baseline”, “openai:NAME”, or the folder or hub id of a transformers model"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How models whose architecture's name ends with `ending` are loaded and used."""

    ending: str
    loader: str
    build: Callable[[str, Any, Any], Windowed]


_KINDS = (
    _Kind("ForSequenceClassification", "AutoModelForSequenceClassification", classifier),
    _Kind("T5ForConditionalGeneration", "AutoModelForSeq2SeqLM", yes_no_writer),
    _Kind("T5ForTokenClassification", "AutoModelForTokenClassification", first_token_classifier),
)


def load_hugging_face(directory_or_id: str | Path) -> Windowed:
    """The model in a folder, or of that name on the hub. Raises ModelError."""
    name = str(directory_or_id)
    folder = Path(name).expanduser()
    where = str(folder) if folder.is_dir() else name
    kind = _kind(name, _config(name, where))
    model, tokenizer = _parts(name, where, kind)
    return kind.build(folder.resolve().name if folder.is_dir() else name, model, tokenizer)


def _config(name: str, where: str) -> Mapping[str, Any]:
    """The model's config.json, as it is."""
    from transformers import PretrainedConfig

    try:
        config: Mapping[str, Any] = PretrainedConfig.get_config_dict(where)[0]
    except Exception as error:  # the library raises whatever its parts raise
        raise ModelError(
            f"no entailment model {name!r}: {_first_line(error)}", hint=f"pass {SPECS}"
        ) from error
    if not config:
        raise ModelError(f"no entailment model {name!r}: no config.json", hint=f"pass {SPECS}")
    return config


def _kind(name: str, config: Mapping[str, Any]) -> _Kind:
    """How to use a model with this config. Raises ModelError when guard cannot."""
    _refuse_code(name, config)
    architectures = [str(each) for each in config.get("architectures") or ()]
    for kind in _KINDS:
        if any(each.endswith(kind.ending) for each in architectures):
            return kind
    what = ", ".join(architectures) or "of no kind that its config.json names"
    writes = any(each.endswith("ForCausalLM") for each in architectures)
    raise ModelError(
        f"{name} is no entailment model that guard knows: it is {what}",
        hint="serve it, and name it as openai:NAME"
        if writes
        else f"guard knows {', '.join('…' + kind.ending for kind in _KINDS)}",
    )


def _refuse_code(name: str, config: Mapping[str, Any]) -> None:
    """Raise ModelError for a model that only code from its own folder can load."""
    from transformers import CONFIG_MAPPING

    if "auto_map" in config and config.get("model_type") not in CONFIG_MAPPING:
        raise ModelError(
            f"{name} needs code from its own folder (trust_remote_code), which guard never runs",
            hint="save the plain transformers model inside it, with its tokenizer, and name its"
            " labels in id2label; in HHEM-2.1-Open that is model.t5 (a T5ForTokenClassification)"
            " with the tokenizer of flan-t5-base and the labels hallucinated, consistent",
        )


def _parts(name: str, where: str, kind: _Kind) -> tuple[Any, Any]:
    """The model, ready to read, and its tokenizer."""
    try:
        model, lacking, tokenizer = _load(where, kind.loader)
    except Exception as error:  # the library raises whatever its parts raise
        raise ModelError(
            f"the entailment model {name!r} does not load: {_first_line(error)}",
            hint="it needs config.json, undamaged .safetensors weights and tokenizer.json",
        ) from error
    if lacking:
        # transformers would fill the gap with random numbers.
        raise ModelError(
            f"the weights of {name} lack {', '.join(sorted(lacking)[:3])}",
            hint="it was not trained for this, or not all of it was saved: get it again",
        )
    _ensure_own(name, model, tokenizer)
    return model, tokenizer


def _ensure_own(name: str, model: Any, tokenizer: Any) -> None:
    """Raise ModelError where the tokenizer is not the model's, or not one that guard can use.

    Without its files transformers makes an empty tokenizer, to which every word is unknown.
    """
    entries, rows = len(tokenizer), int(model.get_input_embeddings().num_embeddings)
    if not rows * LEAST_ENTRIES <= entries <= rows:
        raise ModelError(
            f"the tokenizer of {name} is not the model's: it has {entries:,} entries, the model"
            f" {rows:,}",
            hint="save the model's own tokenizer.json beside it",
        )
    if not tokenizer.is_fast:
        raise ModelError(
            f"the tokenizer of {name} is a slow one", hint="save its tokenizer.json beside it"
        )


def _load(where: str, loader: str) -> tuple[Any, set[str], Any]:
    import torch
    import transformers

    from guard.models.loading import quiet

    with quiet():
        model, info = getattr(transformers, loader).from_pretrained(
            where,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(where, trust_remote_code=False)
    return model.eval(), set(info["missing_keys"]) | _names(info["mismatched_keys"]), tokenizer


def _names(mismatched: Any) -> set[str]:
    """The names in the library's list of weights of the wrong shape."""
    return {str(each[0]) if isinstance(each, tuple) else str(each) for each in mismatched}


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
