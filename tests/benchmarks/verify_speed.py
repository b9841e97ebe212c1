"""How many pairs a second the verifier judges, beside models of the published shapes.

    python tests/benchmarks/verify_speed.py [--lengths 64 256 512] [--repeats N] [--peers NAME ...]

The peers have the sizes of MiniCheck-Flan-T5-large, HHEM-2.1 (Flan-T5-base's encoder) and FactCG
(DeBERTa-v3-large) and random weights, which are as fast as trained ones; nothing is downloaded.
They read batches of random ids of one length with torch in float32 on all cores. The verifier reads
texts of as many tokens, tokenising included, new ones in each repeat, since guard remembers texts.
Rates are of the median repeat, after one to warm up. Runs without the tests.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guard.models.embedded import encoder_dir
from guard.verify import Entailment

CLAIM = 16
"""Tokens of the claim in each pair."""

SENTENCE = 12
"""Words of a sentence of the made-up evidence."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A model of a published shape: how it is built (tiny or not), and one call of it."""

    name: str
    build: Callable[[bool], Any]
    call: Callable[[Any, Any], object]


def minicheck(tiny: bool) -> Any:
    """T5ForConditionalGeneration as Flan-T5-large: 783M parameters, 33M of them shared here."""
    from transformers import T5ForConditionalGeneration

    return T5ForConditionalGeneration(_t5(tiny, d_model=1024, d_ff=2816, layers=24, heads=16))


def hhem(tiny: bool) -> Any:
    """T5ForTokenClassification as the encoder of Flan-T5-base: 110M parameters."""
    from transformers import T5ForTokenClassification

    return T5ForTokenClassification(_t5(tiny, d_model=768, d_ff=2048, layers=12, heads=12))


def _t5(tiny: bool, *, d_model: int, d_ff: int, layers: int, heads: int) -> Any:
    from transformers import T5Config

    return T5Config(
        vocab_size=1000 if tiny else 32128,
        d_model=32 if tiny else d_model,
        d_kv=8 if tiny else 64,
        d_ff=64 if tiny else d_ff,
        num_layers=1 if tiny else layers,
        num_decoder_layers=1 if tiny else layers,
        num_heads=2 if tiny else heads,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
        num_labels=2,
    )


def factcg(tiny: bool) -> Any:
    """DebertaV2ForSequenceClassification as DeBERTa-v3-large: 435M parameters."""
    from transformers import DebertaV2Config, DebertaV2ForSequenceClassification

    config = DebertaV2Config(
        vocab_size=1000 if tiny else 128100,
        hidden_size=32 if tiny else 1024,
        num_hidden_layers=1 if tiny else 24,
        num_attention_heads=2 if tiny else 16,
        intermediate_size=64 if tiny else 4096,
        max_position_embeddings=512,
        type_vocab_size=0,
        layer_norm_eps=1e-7,
        relative_attention=True,
        max_relative_positions=-1,
        position_buckets=256,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        pooler_hidden_size=32 if tiny else 1024,
        num_labels=2,
    )
    return DebertaV2ForSequenceClassification(config)


def _write_one(model: Any, ids: Any) -> object:
    """The one step of the decoder in which MiniCheck answers."""
    import torch

    return model(input_ids=ids, decoder_input_ids=torch.zeros((len(ids), 1), dtype=torch.long))


PEERS = {
    "minicheck": Peer(name="MiniCheck-Flan-T5-large", build=minicheck, call=_write_one),
    "hhem": Peer(name="HHEM (Flan-T5-base)", build=hhem, call=lambda m, ids: m(input_ids=ids)),
    "factcg": Peer(
        name="FactCG (DeBERTa-v3-large)", build=factcg, call=lambda m, ids: m(input_ids=ids)
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print. Without `arguments`, those of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lengths", type=int, nargs="+", default=[64, 256, 512], help="in tokens")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--entailment", default="verifier", help="as in the configuration")
    parser.add_argument("--pairs", type=int, default=64, help="pairs in a repeat of the verifier")
    parser.add_argument("--batch", type=int, default=4, help="pairs in a repeat of a peer")
    parser.add_argument("--tiny", action="store_true", help="tiny peers, to try this script out")
    options = parser.parse_args(arguments)
    entailment = load(options.entailment)
    ours = [our_rate(entailment, length, options) for length in options.lengths]
    print(f"{os.cpu_count()} cores, pairs/s (and how many times as fast {entailment.id} is)\n")
    print(_row("", [f"{length} tokens" for length in options.lengths]))
    print(_row(entailment.id, [f"{rate:,.1f}" for rate in ours]), flush=True)
    for name in options.peers:
        theirs = list(peer_rates(PEERS[name], options))
        cells = [f"{b:,.2f} ({a / b:,.0f}x)" for a, b in zip(ours, theirs, strict=True)]
        print(_row(PEERS[name].name, cells), flush=True)


def load(spec: str) -> Entailment:
    """The entailment to measure."""
    if spec == "verifier":
        from guard.verify.verifier import load_verifier

        return load_verifier()
    from guard.knowledge import load_encoder
    from guard.verify import load_entailment

    return load_entailment(spec, encoder=load_encoder(encoder_dir()))


def make(length: int, count: int) -> Iterator[tuple[str, str]]:
    """`count` pairs of different texts, each of `length` tokens with its control tokens."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(encoder_dir()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    whole = [w for w in tokenizer.get_vocab() if w.isascii() and w.isalpha() and len(w) > 3]
    draw = random.Random(length)
    words = sorted(whole)
    for _ in range(count):
        evidence = [draw.choice(words) for _ in range(length - CLAIM - 3)]
        evidence[SENTENCE::SENTENCE] = "." * len(evidence[SENTENCE::SENTENCE])
        near = [word for word in evidence if word != "."]
        claim = [draw.choice(near if i % 2 else words) for i in range(CLAIM - 1)]
        pair = " ".join(evidence), " ".join(claim) + " ."
        assert len(tokenizer.encode(*pair).ids) == length
        yield pair


def our_rate(entailment: Entailment, length: int, options: argparse.Namespace) -> float:
    """Pairs a second of guard's own."""
    texts = list(make(length, options.pairs * (options.repeats + 1)))
    parts = [texts[i : i + options.pairs] for i in range(0, len(texts), options.pairs)]
    return _rate([lambda part=part: entailment.score(part) for part in parts], options.pairs)


def peer_rates(peer: Peer, options: argparse.Namespace) -> Iterator[float]:
    """Pairs a second of a peer, length by length."""
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(0)
    model = peer.build(options.tiny).eval().float()
    for length in options.lengths:
        ids = torch.randint(5, 1000, (options.batch, length))
        with torch.inference_mode():
            run = [lambda ids=ids: peer.call(model, ids)] * (options.repeats + 1)
            yield _rate(run, options.batch)


def _rate(runs: Sequence[Callable[[], object]], pairs: int) -> float:
    """Pairs a second in the median of the runs, of which the first only warms up."""
    warm_up, *timed = runs
    warm_up()
    seconds = []
    for run in timed:
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return pairs / statistics.median(seconds)


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name[:32]:32s}" + "".join(f"{cell:>20s}" for cell in cells)


if __name__ == "__main__":
    main()
