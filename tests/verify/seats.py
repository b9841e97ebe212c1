"""Tiny models with random weights for the entailment seat, and a server that judges by rule.

They know nothing, which is no matter: what is tested is how they are read. They are saved as
safetensors and load in a moment.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NLI = {0: "CONTRADICTION", 1: "ENTAILMENT", 2: "NEUTRAL"}
YES_NO = {0: "hallucinated", 1: "consistent"}
TEXT = """the a pump weighs is heavy 12 kg lamp red blue not and it was built in bergen . ,
determine if hypothesis true given premise ? predict :"""
WORDS = TEXT.split()


def bert(folder: Path, labels: dict[int, str], *, longest: int = 64, seed: int = 0) -> Path:
    """A BertForSequenceClassification with a word-level tokenizer."""
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
        **_labels(labels),
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def t5(
    folder: Path, kind: str, labels: dict[int, str] | None = None, *, seed: int = 0, **config: Any
) -> Path:
    """A T5 of the class `kind`, with a tokenizer that cuts 1 and 0 as T5's own does."""
    import torch
    import transformers

    tokenizer = t5_tokenizer()
    torch.manual_seed(seed)
    settings = {
        "vocab_size": len(tokenizer),
        "d_model": 16,
        "d_kv": 8,
        "d_ff": 32,
        "num_layers": 1,
        "num_heads": 2,
        "initializer_factor": 1.0 if kind == "T5ForConditionalGeneration" else 3.0,
        "decoder_start_token_id": 0,
        **_labels(labels or {}),
        **config,
    }
    getattr(transformers, kind)(transformers.T5Config(**settings)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def t5_tokenizer() -> Any:
    """Whole words, else unknown; no “▁0”, so that a 0 begins with the bare “▁”."""
    from transformers import T5Tokenizer

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("▁", -2.0), ("▁1", -2.0)]
    pieces += [(word, -3.0) for word in ("0", ".", ",", ":", "?")]
    pieces += [("▁" + word, -3.0) for word in WORDS if word.isalnum()]
    return T5Tokenizer(vocab=pieces, extra_ids=0)


def _labels(labels: dict[int, str]) -> dict[str, Any]:
    if not labels:
        return {}
    return {"id2label": labels, "label2id": {label: index for index, label in labels.items()}}


def spoil(folder: Path) -> Path:
    """Replace the last weights of a model by NaN."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    spoiled = {name: tensor * float("nan") for name, tensor in weights.items()}
    save_file(spoiled, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@contextmanager
def judging_server() -> Iterator[str]:
    """The base URL of a chat server with a rule for a model.

    A sentence of the evidence with every word of the claim supports it; with `not` besides it
    contradicts it.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Judge)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Judge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(raw)["messages"][-1]["content"]
        evidence, claim = (
            re.search(rf"<{tag} (\w+)>\n(.*)\n</{tag} \1>", asked, re.DOTALL)[2]  # type: ignore[index]
            for tag in ("evidence", "claim")
        )
        message = {"role": "assistant", "content": json.dumps(_verdict(evidence, claim))}
        body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _verdict(evidence: str, claim: str) -> dict[str, str]:
    wanted = set(re.findall(r"\w+", claim.lower()))
    for sentence in evidence.split(". "):
        words = set(re.findall(r"\w+", sentence.lower()))
        if wanted and wanted <= words:
            verdict = "contradicted" if "not" in words - wanted else "supported"
            return {"quote": sentence, "verdict": verdict}
    return {"quote": "", "verdict": "neutral"}
