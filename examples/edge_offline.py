"""An edge device without network: write, check and report with what is on the disk.

The weights of the writer and of the encoder came as Python packages, the knowledge base is a
folder. To prove the point this script makes every connection to another machine fail.

Run it from the top of the repository after `make demo`: python examples/edge_offline.py
"""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything is imported that would ask a model hub

from guard import Guard, load_config, render

SCHEMA = Path(__file__).parent.parent / "schemas" / "answer.json"
QUESTION = "Who designed UTF-8, and when?"


def no_network(self: socket.socket, address: Any) -> None:
    """Stand in for `socket.connect`."""
    raise OSError(f"this machine is offline, but something connects to {address}")


def main() -> None:
    """Ask the embedded model and print the report, all on this machine."""
    socket.socket.connect = socket.socket.connect_ex = no_network  # type: ignore[assignment]
    started = time.perf_counter()
    guard = Guard(config=load_config(overrides={"max_tokens": 160, "context": 1}))
    report = guard.run(QUESTION, schema=SCHEMA)
    print(render(report, format="console"))
    print(f"answered offline in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
