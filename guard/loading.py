"""From configuration to parts: each is loaded once, when it is first needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guard.config import USUAL_INDEX, Config, parse_target
from guard.errors import UsageError
from guard.parts import Parts
from guard.types import Policy, Target

if TYPE_CHECKING:
    from guard.knowledge import Encoder, Searcher
    from guard.models import Model
    from guard.verify import Calibration, Entailment


class Loader:
    """Loads the parts that `config` names, except those that were given as objects.

    Safe to share between threads: the first caller loads, the others wait.
    """

    def __init__(self, config: Config, *, given: Mapping[str, Any]) -> None:
        self._config = config
        self._loaded = {name: part for name, part in given.items() if part is not None}
        self._named = "index" in self._loaded or config.index is not None
        self._lock = threading.RLock()

    def parts(self, *, writes: bool, named_only: bool = False) -> Parts:
        """The parts of a run; the model only if it `writes`.

        With `named_only` a knowledge base counts only if it was asked for by name.
        """
        config = self._config
        target = parse_target(config.target)
        with self._lock:
            from guard.knowledge.quick_encoder import QuickEncoder

            policy = self.policy()  # first: it takes no model to find out that it cannot be kept
            encoder = self.encoder()
            # Models open and hash their files while the index imports its libraries.
            with ThreadPoolExecutor(max_workers=2) as pool:
                if isinstance(encoder, QuickEncoder):
                    pool.submit(encoder.ready)  # what it raises, the first text raises again
                knowledge = pool.submit(self.knowledge, named_only=named_only)
                entailment = self.entailment()
            return Parts(
                encoder=encoder,
                entailment=entailment,
                model=self.model() if writes else None,
                knowledge=knowledge.result(),
                policy=policy,
                sampling=config.sampling(),
                target=target,
                count_tokens=token_counter(config, target),
                system=config.system,
                passages=config.passages,
                context=config.context,
                attempts=config.attempts,
                config=config.sha256(),
            )

    def encoder(self) -> Encoder:
        """The sentence encoder."""
        if "encoder" not in self._loaded:
            self._loaded["encoder"] = load_encoder(self._config)
        encoder: Encoder = self._loaded["encoder"]
        return encoder

    def entailment(self) -> Entailment:
        """The model in the entailment seat, its support mapped where there is a calibration."""
        if "entailment" not in self._loaded:
            entailed = load_entailment(self._config, encoder=self.encoder())
            self._loaded["entailment"] = entailed
        entailment: Entailment = self._loaded["entailment"]
        calibration = self.calibration()
        if calibration is None:
            return entailment
        from guard.verify import Calibrated

        return Calibrated(entailment, calibration)

    def calibration(self) -> Calibration | None:
        """The calibration that the configuration names. Raises InputError."""
        if self._config.calibration is None:
            return None
        if "calibration" not in self._loaded:
            from guard.verify import read_calibration

            self._loaded["calibration"] = read_calibration(Path(self._config.calibration))
        calibration: Calibration = self._loaded["calibration"]
        return calibration

    def policy(self) -> Policy:
        """The policy, with the threshold that its risk asks for.

        Needs no model. Raises ConfigError, and InputError for a calibration that cannot be read.
        """
        from guard.verify import with_risk

        return with_risk(self._config.policy, self.calibration())

    def model(self) -> Model:
        """The model that writes."""
        if "model" not in self._loaded:
            self._loaded["model"] = load_writer(self._config)
        model: Model = self._loaded["model"]
        return model

    def knowledge(self, *, named_only: bool) -> Searcher | None:
        """The knowledge base, or None where none was asked for and none is at the usual place."""
        path = Path(self._config.index or USUAL_INDEX)
        if not self._named and (named_only or not path.exists()):
            return None
        if "index" not in self._loaded:
            from guard.knowledge import open_index

            self._loaded["index"] = open_index(path, encoder=self.encoder())
        knowledge: Searcher = self._loaded["index"]
        return knowledge


def load_encoder(config: Config, *, many: bool = False) -> Encoder:
    """The encoder that `config` names. Raises ModelError.

    For `many` texts, as when an index is built, sentence-transformers encodes them in batches; for
    the few of a check the embedded encoder starts ten times sooner in onnxruntime.
    """
    from guard.knowledge import load_encoder as load
    from guard.knowledge import quick
    from guard.models.embedded import encoder_dir

    encoder = load(encoder_dir() if config.encoder == "minilm" else config.encoder)
    return encoder if many else quick(encoder)


def load_entailment(config: Config, *, encoder: Encoder) -> Entailment:
    """The model in the entailment seat that `config` names. Raises ModelError or ConfigError."""
    from guard.verify import load_entailment as load

    return load(
        config.entailment,
        encoder=encoder,
        base_url=config.base_url,
        api_key=os.environ.get(config.api_key_env),
        timeout=config.timeout,
    )


def load_writer(config: Config) -> Model:
    """The model that `config` names. Raises ModelError."""
    from guard.models import load_model

    # With a server in the entailment seat only, the base URL is not the writer's.
    judged = _on_server(config.entailment) and not _on_server(config.model)
    return load_model(
        config.model,
        base_url=None if judged else config.base_url,
        api_key=os.environ.get(config.api_key_env),
        timeout=config.timeout,
    )


def _on_server(spec: str) -> bool:
    return spec.startswith("openai:")


def token_counter(config: Config, target: Target | None) -> Callable[[str], int] | None:
    """How many tokens the configured model makes of a text, if the target is given in tokens.

    Raises UsageError for a model whose tokenizer is not on this machine.
    """
    if target is None or target.unit != "tokens":
        return None
    from transformers import AutoTokenizer

    from guard.models.embedded import writer_dir

    name = config.model.removeprefix("local:")
    folder = writer_dir() if name == "smollm2" else Path(name)
    if not folder.is_dir():
        raise UsageError(
            f"cannot count tokens: {config.model} is no local model folder",
            hint="give the length in words (80w) or sentences (5s)",
        )
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False))
