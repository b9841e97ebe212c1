"""How well and how fast passages are found.

    python tests/benchmarks/knowledge.py [--large 100000]

Recall: of QUESTIONS, worded apart from the documents, the share for which a passage with the
answer in it is among the best k, for each ranking alone and for their fusion. Speed: indexing in
passages a second, and queries a second over synthetic vectors and words (the encoder not counted).
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from guard.knowledge import Knowledge, build_index, load_encoder, open_index
from guard.knowledge.lexical import build_lexicon
from guard.knowledge.search import DEPTH, fuse
from guard.models.embedded import encoder_dir
from guard.types import Passage, Span

FOLDER = Path(__file__).parents[2] / "knowledge"
CUTS = (1, 3, 5, 10)
# A question, and words of which one must stand in a passage that answers it.
QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Is a 120 Wh power bank allowed on a plane without asking?", ("up to 100 Wh",)),
    ("How many channels does low-energy Bluetooth have?", ("40 channels of 2 MHz",)),
    ("How many partitions fit on a GPT disk?", ("128 partitions",)),
    ("Why does my shell script complain about a bad interpreter?", ("^M",)),
    ("Which cipher mode must never be used because equal blocks look equal?", ("ECB",)),
    ("By how much is a tebibyte bigger than a terabyte?", ("10.0 %",)),
    ("In which order do client and server talk to hand out an address?", ("DORA",)),
    ("What is the longest permitted label in a domain name?", ("at most 63 octets",)),
    ("Which record says who may issue certificates for my domain?", ("| CAA |",)),
    ("Mailbox protocol for several devices over TLS, which port?", ("993",)),
    ("SMTP answers that my message is too big. Which code is that?", ("| 552 |",)),
    ("How many VLANs can I number?", ("4,094",)),
    ("What bandwidth is Cat 7 rated for?", ("600 MHz",)),
    ("Copying a film to a stick fails although there is room left.", ("FAT32",)),
    ("Which display link carries 96 gigabits?", ("HDMI 2.2",)),
    ("What does HTTP/2 use to shrink headers?", ("HPACK",)),
    ("How many random bits are in a version 4 UUID?", ("122 random bits",)),
    ("Who invented the QR code?", ("Denso Wave",)),
    ("Is 172.32.0.1 a private address?", ("172.32.0.1 is not private",)),
    ("My router's outer address begins with 100.64, can I be reached?", ("carrier-grade NAT",)),
    ("Does IPv6 know broadcasts?", ("IPv6 has no broadcast",)),
    ("What does chmod 755 permit?", ("755 means",)),
    ("How do I run a cron job every quarter of an hour?", ("*/15",)),
    ("With which bytes does a PNG file begin?", ("89 50 4E 47",)),
    ("Can I put DDR4 into a DDR5 slot?", ("does not fit a DDR5 slot",)),
    ("When did the first GSM call take place?", ("1 July 1991",)),
    ("What did Mirai make use of?", ("Mirai",)),
    ("How big is a C5 envelope?", ("162 × 229",)),
    ("How many disks does a striped mirror need?", ("| RAID 10 |",)),
    ("Which port does OpenVPN use?", ("UDP 1194",)),
    ("Which worm was the first to cripple the internet?", ("Morris worm",)),
    ("Why do drives show less capacity than on the box?", ("1 TB", "1,000,000,000,000")),
    ("Which key type should I make for SSH?", ("Ed25519",)),
    ("What contrast must ordinary text have?", ("4.5:1",)),
    ("Which metal has the highest melting point?", ("3,422",)),
    ("How many ATP does one glucose give?", ("30 to 32",)),
    ("What angle do the bonds of methane have?", ("109.5°",)),
    ("When was the first message sent over the ARPANET?", ("29 October 1969",)),
    ("What is the core of the Earth made of?", ("solid iron",)),
    ("What was the strongest earthquake ever recorded?", ("Valdivia",)),
    ("Up to what share is a capacitor charged after one time constant?", ("63.2 %",)),
    ("How stiff is 6061 aluminium?", ("6061-T6",)),
    ("What part of the air is oxygen?", ("20.95 %",)),
    ("Which base replaces thymine in RNA?", ("uracil",)),
    ("When did the Silurian begin?", ("443.1",)),
    ("How many bones are in a grown person's body?", ("206 bones",)),
    ("How much energy is in a gram of fat?", ("37 kJ",)),
    ("Does one stop on a lens double the light?", ("light is halved",)),
    ("How strong is the field of a hospital MRI?", ("1.5 or 3 T",)),
    ("How precise is a micrometer screw?", ("micrometer to 0.01 mm",)),
    ("How long does the ISS take to circle the Earth?", ("93 minutes",)),
    ("Which isotope is used against thyroid disease?", ("iodine-131",)),
    ("Who proved the four colour theorem?", ("Appel",)),
    ("How long does water stay in the atmosphere?", ("nine days",)),
    ("When does butane boil?", ("| butane |",)),
    ("Which plants take up carbon dioxide in the dark?", ("CAM plants",)),
    ("What dose does everybody get from nature in a year?", ("2.4 mSv",)),
    ("What spin does the Higgs particle have?", ("Higgs boson has spin 0",)),
    ("Which planet would float on water?", ("less than water",)),
    ("What does the James Webb mirror measure?", ("6.5 m",)),
    ("How likely do two of 23 people share a birthday?", ("group of 23",)),
    ("What volume does a mole of gas fill at freezing point?", ("22.414",)),
    ("How much does a 100 m steel bridge grow when it gets 10 degrees warmer?", ("12 mm",)),
    ("From which noise level on must workers wear protection?", ("85 dB(A)",)),
    ("How can I tell how far away a thunderstorm is?", ("divided by three",)),
)


def rankings(knowledge: Knowledge, query: str) -> dict[str, list[int]]:
    """The rows that each way of ranking puts first, best first."""
    vector = knowledge.encoder.encode([query])[0]
    dense = [int(row) for row in np.argsort(-(knowledge.vectors @ vector), kind="stable")[:DEPTH]]
    lexical = knowledge.lexicon.best(query, limit=DEPTH)
    return {"BM25 alone": lexical, "dense alone": dense, "fused": fuse([dense, lexical])}


def recall(knowledge: Knowledge) -> None:
    """Print the recall at each cut, and what the fusion misses in its first ten."""
    ranks: dict[str, list[int]] = {}
    for question, answers in QUESTIONS:
        right = {
            row
            for row, passage in enumerate(knowledge.passages)
            if any(answer in passage.text for answer in answers)
        }
        if not right:
            print(f"no passage answers {question!r}")
        for name, rows in rankings(knowledge, question).items():
            found = [rank for rank, row in enumerate(rows, 1) if row in right]
            ranks.setdefault(name, []).append(min(found, default=10**6))
            if name == "fused" and min(found, default=11) > 10:
                print(f"missed: {question}")
    heads = "".join(f"{f'recall@{cut}':>12}" for cut in CUTS)
    print(f"{len(QUESTIONS)} questions, {len(knowledge.passages)} passages\n{'':14}{heads}     MRR")
    for name, places in ranks.items():
        cells = "".join(
            f"{sum(rank <= cut for rank in places) / len(places):12.3f}" for cut in CUTS
        )
        print(f"{name:14}{cells}{sum(1 / rank for rank in places) / len(places):8.3f}")


def per_second(work: Callable[[], object], amount: int) -> float:
    """How much of `amount` is done in a second."""
    start = time.perf_counter()
    work()
    return amount / (time.perf_counter() - start)


def synthetic(count: int, dimension: int = 384) -> Knowledge:
    """Random unit vectors, and texts of 100 words whose frequencies fall as words' do."""

    class Random:
        id, fingerprint = "random", "random"

        def __init__(self) -> None:
            self.dimension = dimension

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            vectors = dice.standard_normal((len(texts), dimension), dtype=np.float32)
            return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    dice = np.random.default_rng(0)
    words = np.minimum(dice.zipf(1.2, size=(count, 100)), 50_000)
    texts = [" ".join(f"w{word}" for word in row) for row in words]
    passages = tuple(
        Passage(
            id=str(row), document="x", title="x", text=text, span=Span(start=0, end=1), sha256=""
        )
        for row, text in enumerate(texts)
    )
    encoder = Random()
    return Knowledge(
        passages=passages,
        vectors=encoder.encode(texts),
        lexicon=build_lexicon(texts),
        encoder=encoder,
    )


def search_speed(count: int) -> None:
    """Print queries a second, one by one and in batches of 64."""
    start = time.perf_counter()
    knowledge = synthetic(count)
    built = time.perf_counter() - start
    queries = [" ".join(one.text.split()[:12]) for one in knowledge.passages[:64]]
    knowledge.search(queries[:1], k=5)
    alone = per_second(lambda: [knowledge.search([query], k=5) for query in queries], len(queries))
    batch = per_second(lambda: knowledge.search(queries, k=5), len(queries))
    print(
        f"{count:>9,} passages: {alone:8.1f} queries/s one by one, {batch:8.1f} in a batch of 64"
        f" (words indexed in {built:.1f} s)"
    )


def indexing_speed(index: Path) -> Knowledge:
    """Print what building, refreshing and opening an index of the repository's documents takes."""
    encoder = load_encoder(encoder_dir())
    encoder.encode(["warm up"])
    start = time.perf_counter()
    report = build_index(FOLDER, index, encoder=encoder)
    built = time.perf_counter()
    build_index(FOLDER, index, encoder=encoder)
    refreshed = time.perf_counter()
    knowledge = open_index(index, encoder=encoder)
    opened = time.perf_counter()
    print(
        f"indexing: {report.passages} passages of {len(report.added)} documents in"
        f" {built - start:.1f} s, {report.passages / (built - start):.1f} passages/s;"
        f" unchanged again: {1000 * (refreshed - built):.0f} ms;"
        f" opening: {1000 * (opened - refreshed):.0f} ms"
    )
    return knowledge


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=100_000)
    large = parser.parse_args().large
    logging.disable(logging.DEBUG)
    with TemporaryDirectory() as folder:
        recall(indexing_speed(Path(folder) / "index"))
    for count in (1_000, large):
        search_speed(count)


if __name__ == "__main__":
    main()
