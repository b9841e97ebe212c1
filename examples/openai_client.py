"""The `openai` client with checked answers: one line around a client you already have.

Without arguments the answers come from a scripted server on this machine. With a base URL they
come from any OpenAI-compatible server: python examples/openai_client.py URL MODEL (the key is read
from OPENAI_API_KEY).

Run it from the top of the repository after `make demo`, with the extra `openai` installed.
"""

from __future__ import annotations

import os
import sys

from openai import OpenAI

from guard import Guard, from_openai
from guard.testing import chat_server

QUESTION = "Which ports do IMAP and POP3 use with TLS?"
SCRIPTED = "IMAP with TLS uses port 993. Every POP3 server belongs to Mr Bell. I hope this helps!"


def ask(url: str, model: str) -> None:
    """Ask a server through the guarded client, and print what was said and what is left."""
    key = os.environ.get("OPENAI_API_KEY", "none")
    client = from_openai(OpenAI(base_url=url, api_key=key), guard=Guard())
    completion = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": QUESTION}]
    )
    report = completion.guard_report  # type: ignore[attr-defined]
    print("the model said:", report.text)
    for verdict in report.verdicts:
        print(f"  {verdict.label:16} {verdict.claim.text}")
    print("the caller got:", completion.choices[0].message.content)


def main() -> None:
    """Use the server that is named, or a scripted one."""
    if len(sys.argv) == 3:
        ask(sys.argv[1], sys.argv[2])
        return
    with chat_server([SCRIPTED]) as server:
        ask(server.url, "scripted")


if __name__ == "__main__":
    main()
